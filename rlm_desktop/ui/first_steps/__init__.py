"""The first five minutes: the recorded example, a first model, and a tour of at most five hints."""
