"""The documents of the session and how they are read."""
