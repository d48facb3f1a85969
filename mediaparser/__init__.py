"""Configuration only: it names application code by dotted string and never imports it."""
