"""What they said, and what we do about it."""
