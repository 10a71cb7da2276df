"""Help: the guide, the system check, the log, and what is left of a crash."""
