"""Runs kept in SQLite: store, search, import, export."""
