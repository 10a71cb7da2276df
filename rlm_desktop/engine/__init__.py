"""The RLM engine: asyncio, no Qt, no SQL."""
