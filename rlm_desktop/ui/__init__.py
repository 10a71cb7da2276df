"""Qt widgets, item models, delegates, and the event loop."""
