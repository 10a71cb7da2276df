"""REPL workers: model-written code in confined child processes."""
