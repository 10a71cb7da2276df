"""What the window says of documents that were read or refused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from rlm_desktop.ui.documents.items import DocumentItem, State
from rlm_desktop.ui.figures import counted
from rlm_desktop.ui.messages import MAX_MESSAGES, Level, MessageBar

log = logging.getLogger(__name__)
_MOST_LOGGED = 20
"""Documents of one reading that the log names."""
_SECONDS: dict[Level, float] = {"info": 8, "warning": 20}


class DocumentNews(QObject):
    """Says what the person should know: file by file or, when it is much, in sum."""

    def __init__(self, messages: MessageBar, show_list: Callable[[], object], parent: QObject) -> None:
        """`show_list` shows the list that has it all."""
        super().__init__(parent)
        self._messages = messages
        self._show_list = show_list

    def say(
        self, text: str, level: Level = "info", button: str = "", act: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence: an error until it is closed, anything else for a while."""
        self._messages.show_message(text, level, button=button, act=act, seconds=_SECONDS.get(level))

    def tell(self, news: Sequence[DocumentItem]) -> None:
        """Say what was refused and what has warnings; write down what was read.

        The oldest message gives way to others: one is left for what is asked next, and warnings come first.
        """
        failed = [item for item in news if item.state is State.FAILED]
        warned = [item for item in news if item.warnings and not item.is_scanned]
        needs_answer = any(item.state is State.LOCKED or item.is_scanned for item in news)
        room = MAX_MESSAGES - needs_answer - bool(warned)
        of_failed = len(failed) if len(failed) <= room else bool(failed)
        if warned:
            said = [self._warning_of(item) for item in warned]
            summary = self.tr("{documents} have warnings.").format(documents=counted(len(said), "document"))
            self._say_each(said, summary, "warning", MAX_MESSAGES - needs_answer - of_failed)
        if failed:
            said = [self._refusal_of(item) for item in failed]
            summary = self.tr("{files} cannot be read.").format(files=counted(len(said), "file"))
            self._say_each(said, summary, "error", room)
        for item in news[:_MOST_LOGGED]:
            if item.state is State.READY:
                log.info("document %s added: %s", item.name, f"{item.characters:,} characters")
        log.info("%d documents read, %d refused", len(news), len(failed))

    def say_refused(self, item: DocumentItem) -> None:
        """Say why a document cannot be read."""
        self.say(self._refusal_of(item), "error")

    def say_repeated(self, names: Sequence[str]) -> None:
        """Say that files are here already."""
        if len(names) == 1:
            self.say(self.tr("{name} is in the session already.").format(name=names[0]))
        else:
            self.say(self.tr("{files} are in the session already.").format(files=counted(len(names), "file")))

    def _refusal_of(self, item: DocumentItem) -> str:
        return self.tr("{name} cannot be read: {why}").format(name=item.name, why=item.reason)

    def _warning_of(self, item: DocumentItem) -> str:
        first, *others = item.warnings
        if not others:
            return f"{item.name}: {first}"
        return self.tr("{name}: {first} ({count} more in its tooltip)").format(
            name=item.name, first=first, count=len(others)
        )

    def _say_each(self, texts: Sequence[str], summary: str, level: Level, room: int) -> None:
        if len(texts) > room:
            self.say(summary, level, self.tr("Show"), self._show_list)
        else:
            for text in texts:
                self.say(text, level)
