"""One text, in or out."""
