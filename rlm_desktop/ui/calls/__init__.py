"""The tree of calls, its filter, its timeline and its icicle."""
