"""The inspector: everything about the selected row."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.engine.state import RunState
from rlm_desktop.engine.tree import BatchNode, CallNode, Exchange, IterationNode, Node
from rlm_desktop.ui import figures, theme
from rlm_desktop.ui.calls import call_text
from rlm_desktop.ui.calls.call_model import Clock
from rlm_desktop.ui.calls.notes import crumbs
from rlm_desktop.ui.inspector import inspector_text
from rlm_desktop.ui.inspector.answer import AnswerPage
from rlm_desktop.ui.inspector.batch import BatchPage
from rlm_desktop.ui.inspector.cells import CellsPage
from rlm_desktop.ui.inspector.text_view import Section, TextPane
from rlm_desktop.ui.inspector.variables import VariablesPage
from rlm_desktop.ui.labels import CopyLabel, ElidedLabel
from rlm_desktop.ui.sentences import said

REFRESH_MS = 150
"""Texts that grow are shown about seven times a second: reading needs no more, and layout costs."""
HEAD_FROM = 140
"""Lower than this, where the row is and how it stands gives way to its page: the tree says both."""
_LONGEST_FACT = 5_000
"""Characters of a value: what a server says of a failed attempt may be a page of HTML."""


class FactsPage(QScrollArea):
    """Names and values in groups, all of it to be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName(self.tr("Details"))
        self._shown: list[tuple[str, list[inspector_text.Fact]]] = []
        self._values: list[QLabel] = []

    def show_facts(self, groups: list[tuple[str, list[inspector_text.Fact]]]) -> None:
        """Show them; labels are made anew only when the names change."""
        if self._names(groups) != self._names(self._shown):
            self._build(groups)
        else:
            facts = [fact for _, rows in groups for fact in rows]
            for label, (name, value) in zip(self._values, facts, strict=True):
                if label.text() != (text := _short(value)):
                    _write_fact(label, name, text)
        self._shown = groups

    @staticmethod
    def _names(groups: list[tuple[str, list[inspector_text.Fact]]]) -> list[tuple[str, list[str]]]:
        return [(heading, [name for name, _ in rows]) for heading, rows in groups]

    def _build(self, groups: list[tuple[str, list[inspector_text.Fact]]]) -> None:
        page = QWidget()
        page.setBackgroundRole(QPalette.ColorRole.Base)
        page.setAutoFillBackground(True)
        grid = QGridLayout(page)
        grid.setContentsMargins(12, 8, 12, 12)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self._values.clear()
        row = 0
        for heading, rows in groups:
            if heading:
                label = QLabel(heading)
                label.setContentsMargins(0, 10, 0, 0)
                font = label.font()
                font.setBold(True)
                label.setFont(font)
                grid.addWidget(label, row, 0, 1, 2)
                row += 1
            for name, value in rows:
                self._add_fact(grid, row, name, value)
                row += 1
        grid.setRowStretch(row, 1)
        self.setWidget(page)

    def _add_fact(self, grid: QGridLayout, row: int, name: str, value: str) -> None:
        key = QLabel(name)
        key.setTextFormat(Qt.TextFormat.PlainText)  # it may be the name of a document or a model
        key.setProperty("muted", True)
        text = QLabel()
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # a word may be very long
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        _write_fact(text, name, _short(value))
        grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, row, 1)
        self._values.append(text)


def _in_order(page: QWidget) -> Iterator[QWidget]:
    """A page and what is on it, in the order of Tab."""
    yield page
    control = page.nextInFocusChain()
    while control is not None and page.isAncestorOf(control):
        yield control
        control = control.nextInFocusChain()


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_FACT else value[:_LONGEST_FACT] + "…"


def _write_fact(label: QLabel, name: str, value: str) -> None:
    label.setText(value)
    label.setAccessibleName(f"{name.strip()}: {value}")


class Inspector(QWidget):
    """Everything about one row of the tree: code and output, prompt, response, variables, details, answer.

    Signals:
        node_selected: The person asked for another row: a mark, a call of a batch, an ancestor.
        message: Something to tell the person, as "Saved …"; text, level.
        cell_decided: In step mode, the `CellProposed` that waited and the person's `CellDecision`.
        variable_requested: A variable's value is wanted: the number of its call, its name.
    """

    node_selected = Signal(object)
    message = Signal(str, str)
    cell_decided = Signal(object, object)
    variable_requested = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = RunState()
        self._node: Node | None = None
        self._clock: Clock = lambda: self._state.now
        self._chosen: dict[str, str] = {}
        self._shown_at = 0.0
        self._make_pages()
        self._make_head()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self._hint = QLabel(self.tr("Select a row of the run to see what it did."))
        self._hint.setProperty("muted", True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setMargin(12)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.tabs, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._hint)
        self._stack.addWidget(shown)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._show)
        self.setMinimumWidth(280)
        self.setAccessibleName(self.tr("Inspector"))

    def _make_pages(self) -> None:
        # In the inspector from the beginning: those that no tab shows belong to it too, and Qt dresses them once.
        self.cells = CellsPage(self)
        hint = self.tr("The model has not been asked yet.")
        self.prompt = TextPane(self.tr("Prompt"), hint=hint, parent=self)
        self.response = TextPane(self.tr("Response"), parent=self)
        self.result = TextPane(self.tr("Result"), hint=self.tr("The call has not ended yet."), parent=self)
        name, hint = self.tr("Transcript of the call"), self.tr("The model has not replied yet.")
        self.transcript = TextPane(name, hint=hint, parent=self)
        self.variables = VariablesPage(self)
        self.facts = FactsPage(self)
        self.answer = AnswerPage(self)
        self.batch = BatchPage(self)
        self.cells.node_chosen.connect(self.node_selected)
        pages = (self.cells, self.prompt, self.response, self.result, self.transcript, self.variables, self.facts)
        for page in (*pages, self.answer, self.batch):
            page.hide()
        self.cells.cell_decided.connect(self.cell_decided)
        self.variables.value_requested.connect(self.variable_requested)
        self.batch.node_chosen.connect(self.node_selected)
        saved = self.tr("The chart was saved as {path}.")
        self.batch.saved.connect(lambda path: self.message.emit(saved.format(path=path), "info"))
        self.batch.failed.connect(lambda reason: self.message.emit(reason, "error"))
        self.batch.copied.connect(self._say_copied)
        kept = self.tr("The answer was saved as {path}.")
        self.answer.saved.connect(lambda path: self.message.emit(kept.format(path=path), "info"))
        self.answer.failed.connect(lambda reason: self.message.emit(reason, "error"))

    def _say_copied(self, calls: int) -> None:
        text = self.tr("On the clipboard: {calls}.")
        self.message.emit(text.format(calls=figures.counted(calls, "call")), "info")

    def _make_head(self) -> None:
        self.breadcrumb = QLabel()
        self.breadcrumb.setTextFormat(Qt.TextFormat.RichText)
        self.breadcrumb.setWordWrap(True)
        self.breadcrumb.setAccessibleName(self.tr("Where the row is in the run"))
        self.breadcrumb.linkActivated.connect(self._on_link)
        self._icon = QLabel()
        self._icon.setFixedSize(16, 16)
        self.caption = ElidedLabel()
        self.caption.setProperty("muted", True)
        self.caption.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.failure = CopyLabel()
        self.failure.setProperty("level", "error")
        self.failure.setWordWrap(True)
        self.failure.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # as a fact's value
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._icon)
        line.addWidget(self.caption, 1)
        self._head = QWidget()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self._head.setSizePolicy(policy)
        column = QVBoxLayout(self._head)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(4)
        column.addWidget(self.breadcrumb)
        column.addLayout(line)
        column.addWidget(self.failure)

    # -- what is shown --------------------------------------------------------------------------------------

    @property
    def node(self) -> Node | None:
        """The row that is shown."""
        return self._node

    def show_node(
        self, state: RunState, node: Node | None, clock: Clock | None = None, *, may_wait: bool = False
    ) -> None:
        """Show a row; None shows that none is selected.

        Args:
            state: The run.
            node: Its row.
            clock: The run's current time in seconds, where that is not the time of its last event.
            may_wait: It need not show at once where another one has just been shown: the playhead is being dragged.
        """
        self._state = state
        self._clock = clock or (lambda: state.now)
        changes = node is not self._node
        self._node = node
        self._stack.setCurrentIndex(0 if node is None else 1)
        if node is None:
            return
        if changes:
            self._set_tabs(node)
        if may_wait and self.isVisible():
            self.refresh()
        else:
            self._show()

    def set_live(self, is_live: bool) -> None:
        """Whether the run is going on: only then can cells be decided about and values be fetched."""
        self.cells.proposal.set_live(is_live)
        self.variables.set_live(is_live)

    def set_waiting(self, waiting: int) -> None:
        """How many cells wait for a decision, the one shown included."""
        self.cells.proposal.set_others(max(0, waiting - 1))

    def show_proposal(self) -> None:
        """Bring the cell that waits to the front."""
        if self.tabs.indexOf(self.cells) >= 0:
            self.tabs.setCurrentWidget(self.cells)
            self._show()

    def focus_page(self) -> None:
        """Put the focus on what the page shows, where the arrow keys do something at once."""
        controls = _in_order(self.tabs.currentWidget() or self.tabs)
        takes = (one for one in controls if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible())
        next(takes, self.tabs).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        """Take in what has happened to the row, soon."""
        if self._node is not None and self.isVisible() and not self._timer.isActive():
            since = (time.monotonic() - self._shown_at) * 1000
            self._timer.start(int(max(0.0, REFRESH_MS - since)))

    def _set_tabs(self, node: Node) -> None:
        """Put up the pages that fit the row, the one last chosen for its kind in front."""
        wanted = self._pages_for(node)
        if wanted == [(self.tabs.tabText(tab), self.tabs.widget(tab)) for tab in range(self.tabs.count())]:
            return
        self.tabs.blockSignals(True)
        self.tabs.clear()
        for title, page in wanted:
            self.tabs.addTab(page, title)
        chosen = self._chosen.get(self._kind(node))
        titles = [title for title, _ in wanted]
        self.tabs.setCurrentIndex(titles.index(chosen) if chosen in titles else 0)
        self.tabs.blockSignals(False)

    def _pages_for(self, node: Node) -> list[tuple[str, QWidget]]:
        details, transcript = (self.tr("Details"), self.facts), (self.tr("Transcript"), self.transcript)
        if isinstance(node, IterationNode):
            return [
                (self.tr("Code and output"), self.cells),
                (self.tr("Response"), self.response),
                (self.tr("Prompt"), self.prompt),
                (self.tr("Variables"), self.variables),
                details,
            ]
        if isinstance(node, BatchNode):
            return [(self.tr("Calls"), self.batch), details]
        if node.parent is None:
            return [
                (self.tr("Final answer"), self.answer),
                transcript,
                (self.tr("Question"), self.prompt),
                details,
            ]
        if isinstance(node, CallNode) and node.kind == "rlm":
            return [(self.tr("Result"), self.result), transcript, (self.tr("Context"), self.prompt), details]
        return [(self.tr("Response"), self.response), (self.tr("Prompt"), self.prompt), details]

    @staticmethod
    def _kind(node: Node) -> str:
        return "run" if node.parent is None else call_text.kind(node)

    def _on_tab_changed(self) -> None:
        if self._node is not None:
            self._chosen[self._kind(self._node)] = self.tabs.tabText(self.tabs.currentIndex())
            self._show_page(self._node)
            self._show_failure()
            self._place_bar()

    def _place_bar(self) -> None:
        """Put the answer's buttons beside the tabs where there is room: below, they would take a line from it."""
        tabs, answer = self.tabs, self.answer
        needed = tabs.tabBar().sizeHint().width() + answer.lent_width
        is_beside = tabs.currentWidget() is answer and needed <= self.width()
        if is_beside == (tabs.cornerWidget() is answer.bar):
            return
        if is_beside:
            tabs.setCornerWidget(answer.lend_bar())
            answer.bar.show()
        else:
            tabs.setCornerWidget(None)  # pyright: ignore[reportArgumentType]  # None is for none
            answer.take_bar()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._head.setVisible(self.height() >= theme.scaled(self, HEAD_FROM))
        self._place_bar()

    def _show(self) -> None:
        node = self._node
        if node is None:
            return
        self._shown_at = time.monotonic()
        self._show_page(node)
        self._show_head(node)
        self._place_bar()

    def _show_head(self, node: Node) -> None:
        colours = theme.colours_of(self)
        path = crumbs(node, colours)
        if self.breadcrumb.text() != path:
            self.breadcrumb.setText(path)
        icon, role = call_text.look(node)
        drawn = theme.pixmap(icon, getattr(colours, role), 16, self.devicePixelRatioF())
        self._icon.setPixmap(drawn)
        self._icon.setAccessibleName(call_text.status(node))
        self.caption.set_full_text(inspector_text.caption(node, self._clock()))
        failure = inspector_text.failure(self._state, node)
        self.failure.setText(failure[:1000])
        self._show_failure()

    def _show_failure(self) -> None:
        """Say why the row failed, unless the page says it in the answer's place."""
        is_said = isinstance(self._node, BatchNode)  # by its caption
        is_said = is_said or (self.tabs.currentWidget() is self.answer and not self.answer.answer)
        self.failure.setVisible(bool(self.failure.text()) and not is_said)

    def _on_link(self, link: str) -> None:
        if link.isdigit() and int(link) < len(self._state.nodes):
            self.node_selected.emit(self._state.nodes[int(link)])

    def _show_page(self, node: Node) -> None:
        page = self.tabs.currentWidget()
        exchange = inspector_text.exchange_of(node)
        if page is self.cells and isinstance(node, IterationNode):
            self.cells.show_node(node)
        elif page is self.variables and isinstance(node, IterationNode):
            self.variables.show_node(node)
        elif page is self.batch and isinstance(node, BatchNode):
            self.batch.show_node(node, self._clock)
        elif page is self.facts:
            self.facts.show_facts(inspector_text.facts(self._state, node, self._clock()))
        elif page is self.response:
            self._show_response(exchange, is_over=node.finished is not None)
        elif page is self.answer:
            root = self._state.root
            answer = self._state.answer if self._state.answer is not None else root.answer if root else None
            instead = ""
            if self._state.finished is not None:
                failure = inspector_text.failure(self._state, root) if root else said(self._state.error)
                reason = f": {failure}" if failure else "."
                instead = f"{self.tr('There is no answer.')} {figures.status_words(self._state.status)}{reason}"
            self.answer.show_answer(answer, root.answer_source if root else "", instead=instead)
        elif isinstance(node, CallNode) and page is self.transcript:
            self.transcript.set_sections(inspector_text.transcript(node))
        elif isinstance(node, CallNode) and page is self.result:
            self.result.set_text(node.result)
        elif page is self.prompt:
            self._show_prompt(node)

    def _show_response(self, exchange: Exchange | None, *, is_over: bool) -> None:
        hint = self.tr("No response arrived.") if is_over else self.tr("Nothing has arrived yet.")
        self.response.edit.setPlaceholderText(hint)
        if exchange is not None and exchange.reasoning:
            reasoning = Section(self.tr("Reasoning"), exchange.reasoning)
            self.response.set_sections([reasoning, Section(self.tr("Response"), exchange.text)])
        else:
            self.response.set_text(exchange.text if exchange else "")

    def _show_prompt(self, node: Node) -> None:
        if isinstance(node, CallNode) and node.kind == "rlm":
            self.prompt.set_text(node.prompt)
            return
        sections = inspector_text.conversation(node)
        if not sections and isinstance(node, CallNode):
            sections = [Section(self.tr("Prompt"), node.prompt)]
        before = self.prompt.text
        self.prompt.set_sections(sections)
        if self.prompt.text != before and (heading := inspector_text.first_new_heading(sections)):
            self.prompt.scroll_to_heading(heading)

    def changeEvent(self, event: QEvent) -> None:
        """Other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._node is not None:
            self._show_head(self._node)

    def sizeHint(self) -> QSize:
        """Room for code beside the tree."""
        return QSize(480, 600)
