"""People we may reach and how they came to us."""
