"""Volunteers who are ready for calls, and the callers who wait for one of them."""
