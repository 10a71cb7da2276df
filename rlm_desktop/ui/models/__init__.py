"""Providers, their models and keys, prices, presets and prompts in the window."""
