"""A maybe in human hands."""
