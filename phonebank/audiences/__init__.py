"""Whom to ask: a new list put together from others, by what is known of people and of what they were asked."""
