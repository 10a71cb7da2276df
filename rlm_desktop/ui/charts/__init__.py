"""Charts of a run, painted by ourselves: how much at once, tokens and cost, how long the calls of a batch took."""
