"""Runs a scenario in another engine, in that engine's own environment; started by `engine_peers`.

    python _peer_program.py PEER URL MODEL WIDTH RUNS CONTEXT_FILE REPETITIONS

Prints seconds and answers as JSON. `rlms-best` and `dspy-best` have their concurrency raised to the width asked
for; where the engine has no setting for that, the default in its code is replaced.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

# The engines compared with are installed in the environment that runs this file, and only there.
# pyright: reportMissingImports=false


def make_rlms(url: str, model: str, width: int, is_best: bool) -> Any:
    """The official library; only its batches' width has no setting."""
    from rlm import RLM
    from rlm.core.lm_handler import LMHandler

    if is_best:
        LMHandler.__init__.__defaults__ = (*(LMHandler.__init__.__defaults__ or ())[:-1], max(16, width))
    levels = int(model.rpartition("x")[2]) if model.startswith("tree:") else 1

    def run(context: Any) -> str:
        rlm = RLM(
            backend="openai",
            backend_kwargs={"model_name": model, "base_url": url, "api_key": "key"},
            max_depth=levels,
            max_concurrent_subcalls=max(4, width) if is_best else 4,
        )
        return str(rlm.completion(context, root_prompt="Q?").response)

    return run


def make_dspy(url: str, model: str, width: int, is_best: bool) -> Any:
    """DSPy's module, with its local interpreter: the default one needs Deno and starts more slowly still."""
    import dspy
    from dspy.predict.rlm import RLM
    from dspy.primitives.local_interpreter import LocalInterpreter

    if is_best:
        RLM._make_llm_tools.__defaults__ = (None, max(8, width))

    def lm(name: str) -> Any:
        return dspy.LM(f"openai/{name}", api_base=url, api_key="key", cache=False)

    dspy.configure(lm=lm(f"dspy-{model}"), sub_lm=lm("answer"))

    def run(context: Any) -> str:
        module = dspy.RLM(
            "context, query -> answer",
            max_llm_calls=2000,
            sub_lm=lm("answer"),
            interpreter_factory=LocalInterpreter,
        )
        return str(module(context=context, query="Q?").answer)

    return run


def main() -> None:
    peer, url, model, width, runs, file, repetitions = sys.argv[1:]
    make = make_rlms if peer.startswith("rlms") else make_dspy
    run = make(url, model, int(width), peer.endswith("best"))
    context = Path(file).read_text("utf-8") if file else "x"
    taken: list[float] = []
    answers: list[str] = []
    for _ in range(int(repetitions) + 1):
        started = time.perf_counter()
        if int(runs) == 1:
            answers = [run(context)]
        else:
            with ThreadPoolExecutor(int(runs)) as pool:
                answers = list(pool.map(run, [context] * int(runs)))
        taken.append(time.perf_counter() - started)
    # `rlms` swaps the process's streams while cells run; with many at once they may stay swapped.
    print(f"\n{json.dumps({'seconds': taken[1:] or taken, 'answers': answers})}", file=sys.__stdout__)


if __name__ == "__main__":
    try:
        main()
    except Exception:  # standard output is the protocol's; the benchmark reports what stands in this one
        traceback.print_exc(file=sys.__stderr__)
        sys.exit(1)
