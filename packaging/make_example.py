"""Makes `resources/samples/example-session.jsonl.xz`, the recorded run that the first page replays.

    python packaging/make_example.py

The built-in offline model answers behind a server on loopback that takes its time, asks once to wait (a retry) and
refuses one request for good (an error), over the invented company report, three levels deep. The records are made
by the engine itself; nothing in them is edited.
"""

from __future__ import annotations

import asyncio
import dataclasses
import lzma
import random
import sys
from itertools import count
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from rlm_desktop import RLM, events  # noqa: E402
from rlm_desktop.documents import load  # noqa: E402
from rlm_desktop.engine.offline.model import reply  # noqa: E402
from rlm_desktop.engine.providers import Provider  # noqa: E402
from tests.servers import Fault, ModelServer, Reply  # noqa: E402

TARGET = PROJECT / "resources/samples/example-session.jsonl.xz"
DOCUMENT = PROJECT / "resources/samples/company-report.md"
QUESTION = "Which state has the highest revenue in each region?"
DEPTH = 3
ASKED_TO_WAIT, REFUSED = 30, 60
"""Which of the plain requests."""
TOO_MANY = Fault("status", 429, {"retry-after": "1"}, '{"error": {"message": "Too many requests."}}')
NO = Fault("status", 400, body='{"error": {"message": "The request was refused by the content filter."}}')


class ExampleServer(ModelServer):
    """Answers as the offline model does, after a while that varies."""

    def __init__(self) -> None:
        super().__init__(self._answer_to, pieces=8)
        self._chance = random.Random(7)
        self._plain = count(1)

    @property
    def latency(self) -> float:
        """Seconds before the first byte."""
        return self._chance.uniform(0.15, 0.9)

    @latency.setter
    def latency(self, _: float) -> None:
        pass

    def _answer_to(self, body: dict[str, Any]) -> Reply:
        messages = [(message["role"], message["content"]) for message in body["messages"]]
        if messages[0][0] != "system":
            number = next(self._plain)
            if number == ASKED_TO_WAIT:
                return TOO_MANY
            if number == REFUSED:
                return NO
        return reply(messages)


async def main() -> None:
    """Run it, and write down what happened."""
    recorded: list[events.AnyEvent] = []
    document = dataclasses.replace(load(DOCUMENT), path=DOCUMENT.name)
    async with ExampleServer() as server:
        provider = Provider("example", server.url, "none")
        async with RLM("offline-root", "offline-small", provider=provider, max_depth=DEPTH) as rlm:
            result = await rlm.arun(QUESTION, documents=[document], sinks=[recorded.append])
    print(result.end_state, result.calls, "calls", result.final_answer)
    lines = b"".join(events.encode(event) + b"\n" for event in recorded)
    TARGET.write_bytes(lzma.compress(lines, preset=9))
    print(f"{TARGET}: {len(recorded)} events, {TARGET.stat().st_size:,} bytes of {len(lines):,}")


if __name__ == "__main__":
    asyncio.run(main())
