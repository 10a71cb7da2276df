"""Playing a stored run again."""
