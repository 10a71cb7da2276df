"""The list of sessions and what is stored of them."""
