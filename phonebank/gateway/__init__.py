"""Where the house meets the phone network."""
