"""RLM Desktop."""
