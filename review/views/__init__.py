"""One function per address; none of them writes."""
