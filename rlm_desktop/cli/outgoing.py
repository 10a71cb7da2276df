"""What the command line gives to other programs of a run: cleaned of the secrets that a model may have said.

A reply and the code in it stand in the history as the model wrote them, else code would not do what it says.
"""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec

from rlm_desktop import settings as settings_file
from rlm_desktop.cli.output import for_programs, print_json
from rlm_desktop.engine import events as ev
from rlm_desktop.engine.events import AnyEvent
from rlm_desktop.engine.providers import known_secrets
from rlm_desktop.engine.secrets import SecretFilter, SecretStream
from rlm_desktop.history.exports.recorded import Redactor, clean_value, cleaned


def print_clean_json(value: Any) -> None:
    """Print what came of a run as indented JSON, without the secrets that a model may have said."""
    clean = Redactor(known_secrets(), patterns=settings_file.load().secret_kinds)
    print_json(clean_value(msgspec.to_builtins(value), clean))


class EventLines:
    """Prints the events of a run as lines of JSON, without the secrets that a model may have said.

    What may be the beginning of a secret in a reply that is still arriving is left out of its pieces; the whole
    reply follows with its end.
    """

    def __init__(self, secret_filter: SecretFilter) -> None:
        self._filter = secret_filter
        self._output = for_programs()
        self._streams: dict[tuple[type, int], SecretStream] = {}

    def take(self, event: AnyEvent) -> None:
        """Take an event of the run. A sink must not raise: when the reader has gone, the run goes on."""
        if isinstance(event, ev.TextDelta | ev.ReasoningDelta):
            stream = self._streams.setdefault((type(event), event.call), self._filter.stream())
            event = msgspec.structs.replace(event, text=stream.feed(event.text)[0])
        else:
            if isinstance(event, ev.ModelRequested | ev.ModelRetried):
                self._streams.pop((ev.TextDelta, event.call), None)
                self._streams.pop((ev.ReasoningDelta, event.call), None)
            event = cleaned([event], lambda text: self._filter.clean(text)[0])[0]
        with contextlib.suppress(BrokenPipeError):
            self._output.write(ev.encode(event).decode() + "\n")
            self._output.flush()
