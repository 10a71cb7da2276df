"""The one table of actions: menus, keyboard shortcuts and the shortcut sheet are all made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing that a person can do.

    Attributes:
        name: How the code names it; the handler is looked up by it.
        menu: Top-level menu, `Menu/Submenu` for one below.
        text: With the mnemonic mark `&`.
        keys: Portable key sequences; the first one shows in the menu.
        tip: One sentence for the status tip and the shortcut sheet.
        choice: Name of the exclusive group that it belongs to; such actions are checkable.
        is_separated: Whether a line comes before it.
    """

    name: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    choice: str = ""
    is_checkable: bool = False
    is_separated: bool = False

    @property
    def label(self) -> str:
        """The text without marks."""
        return self.text.replace("&", "").rstrip("…")


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("new_session", "&File", "&New session", ("Ctrl+N",), "Start with an empty session."),
    ActionSpec("add_documents", "&File", "&Add documents…", ("Ctrl+O",), "Choose files to ask questions of."),
    ActionSpec(
        "open_example", "&File", "Open the &example session", (), "Load the example documents and a question."
    ),
    ActionSpec("settings", "&File", "&Settings…", ("Ctrl+,",), "Models, limits and appearance.", is_separated=True),
    ActionSpec("quit", "&File", "&Quit", ("Ctrl+Q",), "Close the window; a run that is going on is stopped."),
    ActionSpec("undo_removal", "&Edit", "&Undo removal", ("Ctrl+Shift+Z",), "Bring back what was removed last."),
    ActionSpec("copy_answer", "&Edit", "&Copy final answer", ("Ctrl+Shift+C",), "Copy the answer as Markdown."),
    ActionSpec("rename_session", "&Edit", "&Rename session…", ("F2",), "Give the selected session another name."),
    ActionSpec(
        "show_history", "&View", "&History", ("Ctrl+H",), "Show or hide the list of sessions.", is_checkable=True
    ),
    ActionSpec("theme_system", "&View/&Theme", "Follow the &system", (), "", "theme", is_separated=True),
    ActionSpec("theme_light", "&View/&Theme", "&Light", (), "", "theme"),
    ActionSpec("theme_dark", "&View/&Theme", "&Dark", (), "", "theme"),
    ActionSpec("ask", "&Run", "&Ask", ("Ctrl+Return", "Ctrl+Enter"), "Ask the question over the documents."),
    ActionSpec("stop", "&Run", "&Stop", ("Esc",), "Stop the run; what it has found so far is kept."),
    ActionSpec(
        "pause", "&Run", "&Pause or go on", ("Ctrl+P",), "Hold the run at its next iterations, or let it go on."
    ),
    ActionSpec(
        "step_mode",
        "&Run",
        "Step &mode",
        ("F9",),
        "Look at each cell before it runs: run, change, skip it, or answer by hand.",
        is_checkable=True,
    ),
    ActionSpec("run_cell", "&Run/Waiting &cell", "&Run it", ("F10",), "Run the cell that waits."),
    ActionSpec("skip_cell", "&Run/Waiting &cell", "&Skip it", ("Ctrl+F10",), "Do not run the cell that waits."),
    ActionSpec(
        "go_waiting", "&Run/Waiting &cell", "Sho&w it", ("Shift+F9",), "Go to the cell that has waited longest."
    ),
    ActionSpec("show_answer", "&Run", "Show final &answer", ("Ctrl+Shift+A",), "Select the run's first row."),
    ActionSpec(
        "replay", "&Run", "&Replay", ("Ctrl+R",), "Play the run that is shown as it happened, or stop that."
    ),
    ActionSpec(
        "replay_play", "&Run/Re&play control", "&Play or pause", ("Ctrl+Space",), "Play or pause the replay."
    ),
    ActionSpec("replay_next", "&Run/Re&play control", "&Next event", (".",), "Go one event on."),
    ActionSpec("replay_previous", "&Run/Re&play control", "Pre&vious event", (",",), "Go one event back."),
    ActionSpec(
        "replay_next_iteration", "&Run/Re&play control", "Next &iteration", ("Ctrl+.",), "Go to the next iteration."
    ),
    ActionSpec(
        "replay_previous_iteration",
        "&Run/Re&play control",
        "Previous i&teration",
        ("Ctrl+Shift+,",),
        "Go to the iteration before.",
    ),
    ActionSpec("go_question", "&Go", "&Question", ("Ctrl+1",), "Go to the question box."),
    ActionSpec("go_tree", "&Go", "&Calls", ("Ctrl+2",), "Go to the tree of calls."),
    ActionSpec("go_inspector", "&Go", "&Inspector", ("Ctrl+3",), "Go to what the selected row did."),
    ActionSpec("go_history", "&Go", "&Sessions", ("Ctrl+4",), "Go to the list of sessions."),
    ActionSpec("go_documents", "&Go", "&Documents", ("Ctrl+5",), "Go to the list of documents."),
    ActionSpec("next_pane", "&Go", "&Next pane", ("F6",), "Go to the next pane.", is_separated=True),
    ActionSpec("previous_pane", "&Go", "&Previous pane", ("Shift+F6",), "Go to the pane before."),
    ActionSpec("find_calls", "&Go", "&Find in the calls", ("Ctrl+F",), "Go to the filter of the calls."),
    ActionSpec(
        "next_error", "&Go", "Next &error", ("F8",), "Select the next row with an error.", is_separated=True
    ),
    ActionSpec("previous_error", "&Go", "Pre&vious error", ("Shift+F8",), "Select the row with an error before."),
    ActionSpec("shortcuts", "&Help", "&Keyboard shortcuts", ("F1", "?"), "Show this list."),
    ActionSpec("open_log", "&Help", "Open the &log folder", (), "Where the log and crash reports are."),
    ActionSpec("about", "&Help", "&About RLM Desktop", (), "Version and licence.", is_separated=True),
)


class Actions:
    """The actions of `window`, by name; their shortcuts work anywhere in it."""

    def __init__(self, window: QWidget) -> None:
        self._actions: dict[str, QAction] = {}
        groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            action = QAction(spec.text, window)
            action.setObjectName(spec.name)
            action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
            action.setStatusTip(spec.tip)
            action.setCheckable(spec.is_checkable or bool(spec.choice))
            if spec.choice:
                groups.setdefault(spec.choice, QActionGroup(window)).addAction(action)
            window.addAction(action)
            self._actions[spec.name] = action

    def __getitem__(self, name: str) -> QAction:
        """The action of that name."""
        return self._actions[name]

    def connect_handlers(self, handlers: Mapping[str, Callable[[], object]]) -> None:
        """Let each action do something; every action of the table needs a handler."""
        for name, action in self._actions.items():
            handler = handlers[name]
            action.triggered.connect(lambda _checked=False, handler=handler: handler())

    def fill(self, bar: QMenuBar) -> None:
        """Put every action into its menu."""
        menus: dict[str, QMenu] = {}
        for spec in ACTIONS:
            top, _, below = spec.menu.partition("/")
            menu = menus.setdefault(top, menus.get(top) or bar.addMenu(top))
            if spec.is_separated:
                menu.addSeparator()
            if below:
                menu = menus.setdefault(spec.menu, menus.get(spec.menu) or menu.addMenu(below))
            menu.addAction(self._actions[spec.name])
