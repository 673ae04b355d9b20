"""The counts of large campaigns, kept so that a page never counts a million rows while somebody waits for it."""
