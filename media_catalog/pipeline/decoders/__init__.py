"""One decoder per family of formats; each gives a small picture of one file."""
