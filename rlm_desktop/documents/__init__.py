"""Files to text, with where every character came from."""
