"""REPL workers: the child processes in which model-written code runs, and the doors to them.

`ReplHost.spawn` starts a worker, `Repl.run_cell` runs a cell in it. The host side is asyncio; the worker is a
program of its own that uses the standard library and msgspec only. Nothing is imported here, because the worker
imports this package too.
"""
