"""Confirmations, reminders and commitments after a yes."""
