"""One file a room: a turn opens its context and drains the due rows of that room."""
