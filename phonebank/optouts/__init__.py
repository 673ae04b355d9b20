"""Numbers we must not reach, and holds."""
