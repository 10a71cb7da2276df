"""The one table of actions: menus, shortcuts, the command palette and the shortcut sheet are all made from it.

Texts stand here in English; `translated` says them in the window's language.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QMenuBar, QPlainTextEdit, QTextEdit, QWidget
from shiboken6 import isValid

log = logging.getLogger(__name__)


class ActionSpec(NamedTuple):
    """One thing that a person can do.

    Attributes:
        name: How the code names it; the handler is looked up by it.
        menu: Top-level menu, `Menu/Submenu` for one below.
        text: With the mnemonic mark `&`.
        keys: Portable key sequences; the first one shows in the menu.
        tip: One sentence for the tooltip in the menu and in the shortcut sheet.
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
        """The text without marks, in the window's language."""
        return translated(self.text).replace("&", "").rstrip("…")

    @property
    def place(self) -> str:
        """The menu that it is in, without marks, as `View: Theme`."""
        return ": ".join(translated(part).replace("&", "") for part in self.menu.split("/"))


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("new_session", "&File", "&New session", ("Ctrl+N",), "Start with an empty session."),
    ActionSpec("add_documents", "&File", "&Add documents…", ("Ctrl+O",), "Choose files to ask questions of."),
    ActionSpec(
        "add_folder",
        "&File",
        "Add a f&older…",
        ("Ctrl+Shift+O",),
        "Choose a folder: every file in it that holds text is taken.",
    ),
    ActionSpec(
        "open_example", "&File", "Open the &example session", (), "Load the example documents and a question."
    ),
    ActionSpec("settings", "&File", "&Settings…", ("Ctrl+,",), "Models, limits and appearance.", is_separated=True),
    ActionSpec(
        "import_runs",
        "&File",
        "&Import runs…",
        ("Ctrl+I",),
        "Take in archives, traces, and logs of other engines.",
        is_separated=True,
    ),
    ActionSpec("export_runs", "&File", "E&xport runs…", ("Ctrl+E",), "Write the selected runs to files."),
    ActionSpec(
        "quit",
        "&File",
        "&Quit",
        ("Ctrl+Q",),
        "Close the window; it asks first when a run is going on.",
        is_separated=True,
    ),
    ActionSpec(
        "undo_removal",
        "&Edit",
        "&Undo last change",
        ("Ctrl+Shift+Z",),
        "Take back the last removal, import, name or tags while its message shows.",
    ),
    ActionSpec(
        "copy_answer",
        "&Edit",
        "&Copy final answer",
        ("Ctrl+Shift+C",),
        "Copy the answer as Markdown.",
        is_separated=True,
    ),
    ActionSpec(
        "paste_documents", "&Edit", "&Paste as document", ("Ctrl+Shift+V",), "Make a document of the clipboard."
    ),
    ActionSpec(
        "rename_session",
        "&Edit",
        "&Rename session…",
        ("F2",),
        "Give the selected session another name.",
        is_separated=True,
    ),
    ActionSpec("tag_session", "&Edit", "&Tags…", ("Ctrl+T",), "Give the selected session or runs tags."),
    ActionSpec("pin_session", "&Edit", "Pi&n or unpin", ("Ctrl+D",), "Keep the selected session or runs on top."),
    ActionSpec("history", "&View", "&History", ("Ctrl+H",), "Look at all runs, search through them, or go back."),
    ActionSpec(
        "show_history",
        "&View",
        "&List of sessions",
        ("Ctrl+B",),
        "Show or hide the list of sessions.",
        is_checkable=True,
    ),
    ActionSpec(
        "documents_list", "&View", "List of &documents", ("Ctrl+Shift+D",), "Show all documents with their states."
    ),
    ActionSpec(
        "run_costs", "&View", "&Costs of the run", ("Ctrl+Shift+E",), "Show tokens and cost by depth and by model."
    ),
    ActionSpec("palette", "&View", "Command &palette…", ("Ctrl+K",), "Find any command or session by its name."),
    ActionSpec("theme_system", "&View/&Theme", "Follow the &system", (), "", "theme", is_separated=True),
    ActionSpec("theme_light", "&View/&Theme", "&Light", (), "", "theme"),
    ActionSpec("theme_dark", "&View/&Theme", "&Dark", (), "", "theme"),
    ActionSpec("choose_model", "&Run", "Choose a &model…", ("Ctrl+M",), "Choose the root model out of all lists."),
    ActionSpec("ask", "&Run", "&Ask", ("Ctrl+Return", "Ctrl+Enter"), "Ask the question over the documents."),
    ActionSpec("stop", "&Run", "&Stop", ("Esc",), "Stop the run; what it has found so far is kept."),
    ActionSpec(
        "pause", "&Run", "&Pause or go on", ("Ctrl+P",), "Hold the run at its next iterations, or let it go on."
    ),
    ActionSpec(
        "step_mode",
        "&Run",
        "S&tep mode",
        ("F9",),
        "Look at each cell before it runs: run, change, skip it, or answer by hand.",
        is_checkable=True,
    ),
    ActionSpec("run_cell", "&Run/Waiting &cell", "&Run it", ("F10",), "Run the cell that waits."),
    ActionSpec("skip_cell", "&Run/Waiting &cell", "&Skip it", ("Ctrl+F10",), "Do not run the cell that waits."),
    ActionSpec(
        "go_waiting", "&Run/Waiting &cell", "Sho&w it", ("Shift+F9",), "Go to the cell that has waited longest."
    ),
    ActionSpec(
        "show_answer",
        "&Run",
        "Show final a&nswer",
        ("Ctrl+Shift+A",),
        "Select the run's first row.",
        is_separated=True,
    ),
    ActionSpec(
        "resume", "&Run", "Res&ume", ("Ctrl+Shift+R",), "Let a run that was cut off go on; nothing is paid twice."
    ),
    ActionSpec(
        "fork", "&Run", "&Fork here…", ("Ctrl+Shift+F",), "A new run that shares this one up to an iteration."
    ),
    ActionSpec(
        "compare", "&Run", "Compare &with…", ("Ctrl+Shift+M",), "Show this run and another one side by side."
    ),
    ActionSpec(
        "replay",
        "&Run",
        "&Replay",
        ("Ctrl+R",),
        "Play the run that is shown as it happened, or stop that.",
        is_separated=True,
    ),
    ActionSpec(
        "replay_play", "&Run/Replay contro&l", "&Play or pause", ("Ctrl+Space",), "Play or pause the replay."
    ),
    ActionSpec("replay_next", "&Run/Replay contro&l", "&Next event", (".",), "Go one event on."),
    ActionSpec("replay_previous", "&Run/Replay contro&l", "Pre&vious event", (",",), "Go one event back."),
    ActionSpec(
        "replay_next_iteration", "&Run/Replay contro&l", "Next &iteration", ("Ctrl+.",), "Go to the next iteration."
    ),
    ActionSpec(
        "replay_previous_iteration",
        "&Run/Replay contro&l",
        "Previous i&teration",
        ("Ctrl+Shift+,",),
        "Go to the iteration before.",
    ),
    ActionSpec(
        "replay_next_error",
        "&Run/Replay contro&l",
        "Next &error",
        ("Ctrl+F8",),
        "Go to the next error and its call.",
    ),
    ActionSpec(
        "replay_previous_error",
        "&Run/Replay contro&l",
        "Previous e&rror",
        ("Ctrl+Shift+F8",),
        "Go to the error before and its call.",
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
    ActionSpec("guide", "&Help", "&Guide", ("F1",), "How everything works; searchable."),
    ActionSpec("tour", "&Help", "Take the &tour", (), "At most five hints about the window."),
    ActionSpec(
        "replay_example", "&Help", "&Watch the recorded example", (), "A run of 13 seconds, as it happened."
    ),
    ActionSpec("shortcuts", "&Help", "&Keyboard shortcuts", ("?", "Ctrl+/"), "Show all keys, and change them."),
    ActionSpec(
        "system_check", "&Help", "&System check", (), "What works on this machine, and how to mend what does not."
    ),
    ActionSpec("show_log", "&Help", "Show the &log", (), "Read what the program has noted.", is_separated=True),
    ActionSpec("open_log", "&Help", "Open the log &folder", (), "Where the log and crash reports are."),
    ActionSpec("about", "&Help", "&About RLM Desktop", (), "Version and licence.", is_separated=True),
)


MENUS = ("&File", "&Edit", "&View", "&Run", "&Go", "&Help")


def translated(text: str) -> str:
    """A text of the table in the window's language."""
    return QCoreApplication.translate("Actions", text) if text else ""


def by_place() -> list[tuple[str, list[ActionSpec]]]:
    """The actions as the menus have them: where, and what is there."""
    places: dict[str, list[ActionSpec]] = {}
    for spec in sorted(ACTIONS, key=lambda spec: MENUS.index(spec.menu.partition("/")[0])):
        places.setdefault(spec.place, []).append(spec)
    return list(places.items())


class Actions(QObject):
    """The actions of `window`, by name; their shortcuts work anywhere in it.

    Signals:
        rebound: An action has other keys now.
    """

    rebound = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            action = QAction(window)  # with a text, PySide would make the class of icons to see whether it is one
            action.setText(translated(spec.text))
            action.setObjectName(spec.name)
            action.setShortcuts(_sequences(spec.keys))
            action.setToolTip(translated(spec.tip))
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
        menus: dict[str, QMenu] = {top: bar.addMenu(translated(top)) for top in MENUS}
        for spec in ACTIONS:
            top, _, below = spec.menu.partition("/")
            menu = menus[top]
            if spec.is_separated:
                menu.addSeparator()
            if below and spec.menu not in menus:
                menus[spec.menu] = menu.addMenu(translated(below))
            menus[spec.menu].addAction(self._actions[spec.name])
        for menu in menus.values():
            menu.setToolTipsVisible(True)

    # -- shortcuts ------------------------------------------------------------------------------------------

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of an action, in portable form; the first one shows in the menu."""
        return tuple(key.toString() for key in self._actions[name].shortcuts())

    def first_key(self, name: str) -> str:
        """The first key of an action as this platform writes it, as in the menu; empty when it has none."""
        return self._actions[name].shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def way_to(self, name: str) -> str:
        """How a hint calls an action: by its first key, or by its name when it has none."""
        return self.first_key(name) or f"“{_TABLE[name].label}”"

    def keys_text(self, name: str) -> str:
        """The keys of an action as this platform writes them, as `F1, ?`."""
        native = QKeySequence.SequenceFormat.NativeText
        return ", ".join(key.toString(native) for key in self._actions[name].shortcuts())

    def conflicts(self, name: str, keys: Iterable[str]) -> dict[str, str]:
        """Which of `keys` other actions have: key -> name of the action. Beginnings of longer keys count too."""
        wanted = _sequences(keys)
        return {
            key.toString(): other
            for other, action in self._actions.items()
            if other != name
            for key in wanted
            if any(_collide(key, taken) for taken in action.shortcuts())
        }

    def rebind(self, name: str, keys: Iterable[str] | None) -> None:
        """Give an action other keys; other actions that have them lose them (see `conflicts`).

        Args:
            name: The action.
            keys: Key sequences, as `Ctrl+K`; () for none, None for those of the table.

        Raises:
            ValueError: A text that is no key sequence.
        """
        self._give(name, _sequences(_TABLE[name].keys if keys is None else keys))
        self.rebound.emit()

    def _give(self, name: str, keys: list[QKeySequence]) -> None:
        for other, action in self._actions.items():
            if other != name:
                kept = [old for old in action.shortcuts() if not any(_collide(key, old) for key in keys)]
                if len(kept) < len(action.shortcuts()):
                    action.setShortcuts(kept)
        self._actions[name].setShortcuts(keys)

    def reset_keys(self) -> None:
        """Every action has the keys of the table again."""
        for name, spec in _TABLE.items():
            self._actions[name].setShortcuts(_sequences(spec.keys))
        self.rebound.emit()

    def changed_keys(self) -> dict[str, list[str]]:
        """The actions that have other keys than in the table, as the settings file keeps them."""
        return {
            name: list(self.keys(name))
            for name, spec in _TABLE.items()
            if self._actions[name].shortcuts() != _sequences(spec.keys)
        }

    def restore_keys(self, changed: Mapping[str, object]) -> None:
        """Take over what `changed_keys` gave; what is no action or no key any more is left out."""
        for name, keys in changed.items():
            try:
                self._give(_TABLE[name].name, _sequences(keys if isinstance(keys, list) else [keys]))
            except (KeyError, ValueError):
                log.warning("The settings file gives %r the keys %r: left out.", name, keys)


_TABLE = {spec.name: spec for spec in ACTIONS}


def _sequences(keys: Iterable[object]) -> list[QKeySequence]:
    return [_sequence(str(key)) for key in keys]


def _sequence(text: str) -> QKeySequence:
    """The keys that a text names.

    Raises:
        ValueError: It names none.
    """
    sequence = QKeySequence(text)
    if not sequence.toString():
        raise ValueError(f"{text!r} is no key")
    return sequence


def _collide(one: QKeySequence, other: QKeySequence) -> bool:
    """Whether one is the other or its beginning."""
    none = QKeySequence.SequenceMatch.NoMatch
    return one.matches(other) != none or other.matches(one) != none


class EditKeys(QObject):
    """Keeps text boxes from taking Ctrl+K, Ctrl+E and their like, which are commands of the window here.

    Qt gives them to the box that has the focus, as Emacs has them. Copying, undoing and so on stay with the box,
    and so does what no command has. Escape empties a line of `let_escape_empty`, and does not stop a run then.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._watched: QWidget | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._watch)
        self._watch(None, app.focusWidget())

    def _watch(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = new if isinstance(new, QLineEdit | QPlainTextEdit | QTextEdit) else None
        if self._watched is not None:
            self._watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102
        if not isinstance(event, QKeyEvent) or event.type() == QEvent.Type.KeyRelease:
            return False
        if event.key() == Qt.Key.Key_Escape and isinstance(watched, QLineEdit) and _is_to_be_emptied(watched):
            if event.type() == QEvent.Type.KeyPress:
                watched.clear()
            event.accept()
            return True
        if event.type() != QEvent.Type.ShortcutOverride:
            return False
        if event.modifiers() != Qt.KeyboardModifier.ControlModifier or any(map(event.matches, _EDITING)):
            return False
        event.ignore()
        return True


def let_escape_empty(line: QLineEdit) -> None:
    """Let Escape belong to a line while there is something in it."""
    line.setProperty(_EMPTIED, True)


def _is_to_be_emptied(line: QLineEdit) -> bool:
    return bool(line.text()) and bool(line.property(_EMPTIED))


_EMPTIED = "emptiedByEscape"
_EDITING = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.SelectAll,
    QKeySequence.StandardKey.Undo,
    QKeySequence.StandardKey.Redo,
)
