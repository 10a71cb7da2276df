"""One module a family of formats; each is imported only in an extraction process, when such a file is read."""
