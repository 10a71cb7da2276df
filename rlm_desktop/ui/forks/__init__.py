"""Going on from a stored run: resume, fork, and the family of runs that comes of it."""
