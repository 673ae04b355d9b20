"""Read-only counts of what the rooms hold; nothing here writes."""
