"""Tells organizers when somebody has waited too long for an answer."""
