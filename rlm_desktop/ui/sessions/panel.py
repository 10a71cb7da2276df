"""The list of sessions on the left: by day, with how each ended, a filter, and what can be done with one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from rlm_desktop.history.rows import Facets, RunFilter
from rlm_desktop.ui.actions import let_escape_empty
from rlm_desktop.ui.key_tips import KeyTip
from rlm_desktop.ui.sessions.filter_button import FilterButton
from rlm_desktop.ui.sessions.naming import ask_name, ask_tags
from rlm_desktop.ui.sessions.session_list import (
    PADDING,
    AnyIndex,
    DayLine,
    Line,
    RunLine,
    SessionLine,
    SessionsModel,
    SessionsView,
    line_id,
    lines_of,
    searched,
)
from rlm_desktop.ui.window_style import muted

if TYPE_CHECKING:
    from rlm_desktop.history.rows import RunRow, SessionRow

__all__ = ["DayLine", "HistoryPanel", "RunLine", "SessionLine"]

TYPING_MS = 120
LEAST_WIDTH = 170


class HistoryPanel(QWidget):
    """New session, the filter, the list.

    Signals:
        new_requested: The person wants an empty session.
        run_opened: A run was chosen: session and run.
        filter_changed: Other sessions are wanted: a `RunFilter`.
        filter_opened: The menu of the filter shows.
        more_wanted: The next page of sessions.
        renamed: A session or a run shall have this name: kind, id, name.
        tagged: It shall have these tags: kind, id, tags.
        pinned: It shall be pinned or not: kind, id, whether.
        session_deleted / run_deleted: One shall go; it is hidden already.
        export_requested: Ids of runs to be written to files.
    """

    new_requested = Signal()
    run_opened = Signal(str, str)
    filter_changed = Signal(object)
    filter_opened = Signal()
    more_wanted = Signal()
    renamed = Signal(str, str, str)
    tagged = Signal(str, str, list)
    pinned = Signal(str, str, bool)
    session_deleted = Signal(str)
    run_deleted = Signal(str)
    export_requested = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyPanel")
        self._sessions: Sequence[SessionRow] = ()
        self._searched: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._open = ("", "")
        self._asked = RunFilter()
        self._shown = RunFilter()
        self.model = SessionsModel(self)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._ask)
        new = QPushButton(self.tr("+ New session"))
        new.setAccessibleName(self.tr("New session"))
        KeyTip(new, self.tr("Start with an empty session {keys}"), "new_session")
        new.clicked.connect(self.new_requested)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter sessions"))
        self.filter.setAccessibleName(self.tr("Filter sessions"))
        self.filter.setClearButtonEnabled(True)
        let_escape_empty(self.filter)
        self.filter.textChanged.connect(self._on_typed)
        self.choice = FilterButton()
        self.choice.changed.connect(self._ask)
        self.choice.menu().aboutToShow.connect(self.filter_opened)
        self.view = SessionsView(self.model)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        self._hint.setContentsMargins(PADDING, 4, PADDING, 0)
        muted(self._hint)
        self.view.clicked.connect(self._open_index)
        self.view.activated.connect(self._open_index)
        self.view.delete_pressed.connect(self._delete_current)
        self.view.more_wanted.connect(self.more_wanted)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self._arrange(new)
        self._show()

    def _arrange(self, new: QPushButton) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.filter, 1)
        line.addWidget(self.choice)
        top = QVBoxLayout()
        top.setContentsMargins(8, 8, 8, 6)
        top.setSpacing(6)
        top.addWidget(new)
        top.addLayout(line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._hint)
        layout.addWidget(self.view, 1)

    def minimumSizeHint(self) -> QSize:
        """Room for titles, and for the words of the button in letters of any size."""
        least = super().minimumSizeHint()
        return QSize(max(LEAST_WIDTH, least.width()), least.height())

    # -- what is shown --------------------------------------------------------------------------------------

    @property
    def sessions(self) -> Sequence[SessionRow]:
        """All that were read so far, the pinned ones first, then the newest."""
        return self._sessions

    @property
    def chosen(self) -> RunFilter:
        """What the filter lets pass."""
        return self.choice.chosen(self.filter.text().strip())

    def set_sessions(self, sessions: Sequence[SessionRow], chosen: RunFilter | None = None) -> None:
        """Show these sessions, which are those that pass the filter `chosen`."""
        self._sessions = sessions
        self._searched.clear()
        self._shown = chosen or RunFilter()
        self._show()

    def set_facets(self, facets: Facets) -> None:
        """Offer these models and tags in the filter."""
        self.choice.offer(facets)

    def set_open(self, session_id: str, run_id: str) -> None:
        """Mark the session and the run that the window shows."""
        self._open = (session_id, run_id)
        self._show()

    def hide_item(self, item_id: str) -> None:
        """Leave a session or a run out of the list, until `unhide_items`."""
        self._hidden.add(item_id)
        self._show()

    def unhide_items(self, item_ids: Iterable[str]) -> None:
        """Show them again."""
        self._hidden.difference_update(item_ids)
        self._show()

    def _on_typed(self) -> None:
        self._typing.start()
        self._show()

    def _ask(self) -> None:
        self._typing.stop()
        if self.chosen != self._asked:
            self._asked = self.chosen
            self.filter_changed.emit(self.chosen)

    def _show(self) -> None:
        current = self._current_line()
        today = datetime.now().astimezone().date()
        self.model.show_lines(list(lines_of(self._visible(), self._open, today, self._hidden)))
        self._hint.setVisible(not self.model.lines)
        is_filtered = bool(self._sessions) or not self._shown.is_empty
        self._hint.setText(
            self.tr("No session fits the filter.") if is_filtered else self.tr("Your sessions will be listed here.")
        )
        if current is not None:
            self._choose(current)

    def _visible(self) -> Iterable[SessionRow]:
        """The sessions that are there; those that were read with another filter only if they have the words."""
        words = self.filter.text().lower().split() if self._shown != self.chosen else ()
        for session in self._sessions:
            if session.id not in self._hidden and all(word in self._text_of(session) for word in words):
                yield session

    def _text_of(self, session: SessionRow) -> str:
        """What the filter looks at, put together once: each key that is typed asks for it."""
        text = self._searched.get(session.id)
        if text is None:
            text = self._searched[session.id] = searched(session)
        return text

    # -- the cursor -----------------------------------------------------------------------------------------

    def _current_line(self) -> Line | None:
        index = self.view.currentIndex()
        return self.model.lines[index.row()] if index.isValid() and index.row() < len(self.model.lines) else None

    def _choose(self, chosen: Line) -> None:
        """Put the cursor back on the line that it was on."""
        wanted = line_id(chosen)
        for row, line in enumerate(self.model.lines):
            if line_id(line) == wanted:
                self.view.setCurrentIndex(self.model.index(row, 0))
                return

    def _open_index(self, index: AnyIndex) -> None:
        line = self.model.lines[index.row()]
        if isinstance(line, RunLine):
            self._request(line.run.session_id, line.run.id)
        elif isinstance(line, SessionLine) and line.session.runs:
            visible = [run for run in line.session.runs if run.id not in self._hidden]
            if visible and line.session.id != self._open[0]:
                self._request(line.session.id, visible[0].id)

    def _request(self, session_id: str, run_id: str) -> None:
        if (session_id, run_id) != self._open:
            self.run_opened.emit(session_id, run_id)

    # -- what can be done -----------------------------------------------------------------------------------

    def _target(self) -> SessionLine | RunLine | None:
        """What is under the cursor, else the session that is open."""
        line = self._current_line()
        if isinstance(line, SessionLine | RunLine):
            return line
        opened = next((session for session in self._sessions if session.id == self._open[0]), None)
        return SessionLine(opened, is_open=True) if opened is not None else None

    def rename_current(self) -> None:
        """Ask for another name of the session or run under the cursor, else of the open session."""
        line = self._target()
        if isinstance(line, RunLine):
            run = line.run
            name = run.title or run.question
            ask_name(self, self.tr("Rename run"), name, lambda name: self.renamed.emit("run", run.id, name))
        elif line is not None:
            session = line.session
            ask_name(
                self,
                self.tr("Rename session"),
                session.name,
                lambda name: self.renamed.emit("session", session.id, name),
            )

    def tag_current(self) -> None:
        """Ask for the tags of the session or run under the cursor, else of the open session."""
        line = self._target()
        if line is not None:
            kind, item = _item(line)
            ask_tags(self, item.tags, lambda tags: self.tagged.emit(kind, item.id, tags))

    def pin_current(self) -> None:
        """Pin or unpin the session or run under the cursor, else the open session."""
        line = self._target()
        if line is not None:
            kind, item = _item(line)
            self.pinned.emit(kind, item.id, not item.is_pinned)

    def _delete_current(self) -> None:
        line = self._current_line()
        if isinstance(line, SessionLine):
            self.hide_item(line.session.id)
            self.session_deleted.emit(line.session.id)
        elif isinstance(line, RunLine):
            self.hide_item(line.run.id)
            self.run_deleted.emit(line.run.id)

    def _export_current(self) -> None:
        line = self._target()
        if isinstance(line, RunLine):
            self.export_requested.emit([line.run.id])
        elif line is not None:
            self.export_requested.emit([run.id for run in reversed(line.session.runs)])

    def _show_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        line = self.model.lines[index.row()] if index.isValid() else None
        if line is None or isinstance(line, DayLine):
            return
        self.view.setCurrentIndex(index)
        _, item = _item(line)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open"), lambda: self._open_index(self.view.currentIndex()))
        menu.addSeparator()
        menu.addAction(self.tr("Rename…"), self.rename_current)
        menu.addAction(self.tr("Tags…"), self.tag_current)
        menu.addAction(self.tr("Unpin") if item.is_pinned else self.tr("Pin"), self.pin_current)
        menu.addAction(self.tr("Export…"), self._export_current)
        menu.addSeparator()
        is_session = isinstance(line, SessionLine)
        delete = self.tr("Delete session") if is_session else self.tr("Delete run")
        menu.addAction(delete, self._delete_current)
        menu.popup(self.view.viewport().mapToGlobal(place))


def _item(line: SessionLine | RunLine) -> tuple[str, SessionRow | RunRow]:
    """The kind of a line, as `StoredSessions` names it, and what it shows."""
    return ("session", line.session) if isinstance(line, SessionLine) else ("run", line.run)
