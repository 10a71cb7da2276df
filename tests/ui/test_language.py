"""What the window says in other languages, and that it says all of it."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit
from pytestqt.qtbot import QtBot

from rlm_desktop.documents import load
from rlm_desktop.errors import DocumentError, SettingsError
from rlm_desktop.settings import options
from rlm_desktop.ui import figures, language
from rlm_desktop.ui.actions import ACTIONS, MENUS, translated
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.settings.fields import SettingField
from tests.conftest import PROJECT


@pytest.fixture(scope="module")
def translate() -> ModuleType:
    """`packaging/translate.py`."""
    spec = importlib.util.spec_from_file_location("translate", PROJECT / "packaging" / "translate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass asks for it
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    language.install(qapp, "de")
    yield
    language.install(qapp, "en")


@pytest.mark.parametrize("name", ["en", "de"])
def test_every_text_of_the_code_is_translated(translate: ModuleType, name: str) -> None:
    """When this fails: `python packaging/translate.py`, then fill in what it names, then again."""
    assert [f"{text.context}: {text.source}" for text in translate.missing(name)] == []


@pytest.mark.parametrize("name", ["en", "de"])
def test_translations_keep_what_is_filled_in(translate: ModuleType, name: str) -> None:
    def filled(text: str) -> set[str]:
        return set(re.findall(r"\{\w+\}|%L?n", text))

    wrong = [
        (text.source, form)
        for text, forms in translate.translations(name)
        for form in forms
        # The form for one may leave the number out, as in "A run is going on."
        if filled(form) - filled(text.source) or (not text.is_plural and filled(form) != filled(text.source))
    ]
    assert wrong == []


def test_the_compiled_translations_are_those_of_the_texts(translate: ModuleType, tmp_path: Path) -> None:
    translate.release(into=tmp_path)
    for file in tmp_path.iterdir():
        kept = PROJECT / "resources" / "translations" / file.name
        assert file.read_bytes() == kept.read_bytes(), "python packaging/translate.py"


@pytest.mark.parametrize("name", ["en", "de"])
def test_no_two_entries_of_a_menu_have_the_same_letter(qapp: QApplication, name: str) -> None:
    language.install(qapp, name)
    menus: dict[str, dict[str, str]] = {"": {menu: menu for menu in MENUS}}
    for spec in ACTIONS:
        top, _, below = spec.menu.partition("/")
        menus.setdefault(top, {})[below or spec.text] = ""
        if below:
            menus.setdefault(spec.menu, {})[spec.text] = ""
    for menu, texts in menus.items():
        letters = [match[1].lower() for text in texts if (match := re.search("&(.)", translated(text)))]
        assert len(letters) == len(set(letters)) == len(texts), (menu, sorted(map(translated, texts)))
    language.install(qapp, "en")


@pytest.mark.usefixtures("german")
def test_german_figures_and_words() -> None:
    assert figures.money(1234.5) == "1.234,50\xa0$"
    assert figures.short_count(9_500) == "9,5 k"
    assert figures.counted(1, "page") == "1 Seite"
    assert figures.counted(12_345, "page") == "12.345 Seiten"
    assert figures.counted(3 * 10**12, "page").endswith(" Seiten")
    assert figures.status_words("budget exceeded") == "Budget überschritten"
    assert QCoreApplication.translate("Actions", "&File") == "&Datei"
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.buttons()[0].text() == "Abbrechen"  # Qt's own


@pytest.mark.parametrize(
    ("choice", "wanted", "expected"),
    [("en", ("de-AT",), "en"), ("de", ("en",), "de"), ("system", ("de-AT", "en"), "de"),
     ("system", ("fr", "de"), "de"), ("system", ("fr", "it"), "en"), ("system", (), "en"), ("system", ("C",), "en"),
     ("nonsense", ("de",), "de")],
)  # fmt: skip
def test_the_language_is_the_person_s(
    qapp: QApplication, choice: str, wanted: tuple[str, ...], expected: str
) -> None:
    assert language.install(qapp, choice, wanted) == expected
    assert QLocale().name().startswith(expected)
    assert figures.counted(1, "call") == {"en": "1 call", "de": "1 Aufruf"}[expected]
    language.install(qapp, "en")


def test_plurals_in_english(qapp: QApplication) -> None:
    found = [QCoreApplication.translate("Application", "%n run(s) are going on.", None, n) for n in (1, 3)]
    assert found == ["A run is going on.", "3 runs are going on."]


@pytest.mark.usefixtures("german")
def test_numbers_are_typed_and_shown_as_the_language_writes_them(qtbot: QtBot) -> None:
    field = SettingField(next(option for option in options() if option.name == "budget_usd"), 0.5)
    qtbot.addWidget(field)
    edit = field.control
    assert isinstance(edit, QLineEdit)
    assert edit.text() == "0,5"
    for typed, value, shown in (
        ("1.250,75", 1250.75, "1250,75"), ("2.5", 2.5, "2,5"), ("0.250", 0.25, "0,25"), ("1000000", 1e6, "1000000"),
    ):  # fmt: skip
        edit.clear()
        qtbot.keyClicks(edit, typed)
        qtbot.keyClick(edit, Qt.Key.Key_Return)
        assert (field.value, edit.text(), field.fault) == (value, shown, "")


@pytest.mark.usefixtures("german")
def test_what_each_setting_may_be_is_said_in_german() -> None:
    said_of = [said(option.allowed_text) for option in options()]
    assert [text for text in said_of if re.search(r"\b(a|one|from|or|for|limit)\b", text)] == []


class TestFindingTexts:
    def _found(self, translate: ModuleType, code: str) -> list[tuple[str, str, bool]]:
        return [(text.context, text.source, text.is_plural) for text in translate.texts_of(code, "x.py")]

    def test_calls_short_forms_and_plurals(self, translate: ModuleType) -> None:
        code = """
def _tr(text):
    return QCoreApplication.translate("Short", text)
class A(B):
    def f(self, n):
        self.tr("one" " text"); self.tr("%n thing(s)", "", n); self.tr(NAME); _tr("short"); counted(n, "page")
        return f"{self.tr('inside')}" + QCoreApplication.translate("C", "other", None, n) + marked("D", "marked")
"""
        assert set(self._found(translate, code)) == {
            ("A", "one text", False), ("A", "%n thing(s)", True), ("Short", "short", False), ("A", "inside", False),
            ("Counted", "{count} page(s)", True), ("C", "other", True), ("D", "marked", False),
        }  # fmt: skip

    @pytest.mark.parametrize("call", ["self.tr(f'a {b}')", "self.tr('a' + b)"])
    def test_what_is_put_together_is_refused(self, translate: ModuleType, call: str) -> None:
        with pytest.raises(translate.BadText, match=r"x\.py:2"):
            self._found(translate, f"class A:\n    x = {call}\n")


@pytest.mark.usefixtures("german")
class TestSentences:
    """What the rooms below the window say is known again by its template."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("tier A: fully confined (bubblewrap, Landlock, seccomp)",
             "Stufe A: vollständig eingeschlossen (bubblewrap, Landlock, seccomp)"),
            ("The rate limit is reached (HTTP 429): now", "Das Anfragelimit ist erreicht (HTTP 429): now"),
            ("3 pages of 1,234 could not be read: 4, 8-9.", "3 Seiten von 1.234 waren nicht lesbar: 4, 8-9."),
            ("The history /a cannot be written: the disk is full. It was cancelled; nothing of it was kept.",
             "Der Verlauf /a kann nicht geschrieben werden: der Datenträger ist voll. "
             "Es wurde abgebrochen; nichts davon wurde behalten."),
            ("/a.sqlite, 12.3 MB, 3 sessions", "/a.sqlite, 12,3 MB, 3 Sitzungen"),
            ("Put it into {braces}", "Put it into {braces}"),
            ("What a document says is left alone. It is empty here.",) * 2,
            ("", ""),
        ],
    )  # fmt: skip
    def test_known_ones_are_said_in_german(self, text: str, expected: str) -> None:
        assert said(text) == expected

    def test_errors_as_they_are_raised(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError) as wrong:
            next(option for option in options() if option.name == "max_depth").parse("99")
        assert said(str(wrong.value)).startswith("Die Einstellung max_depth ist 99; das ist nicht erlaubt.")
        assert not re.search(r"\b(is|the|from|to)\b", said(str(wrong.value)))
        (file := tmp_path / "empty.txt").touch()
        with pytest.raises(DocumentError) as empty:
            load(file)
        assert said(str(empty.value)) == f"{file}: die Datei ist leer."

    def test_a_template_knows_what_is_made_of_it(self, translate: ModuleType) -> None:
        """Each one with its German, whatever is filled in."""
        names = re.compile(r"\{\w+\}")
        for text, forms in translate.translations("de"):
            if text.context == "Sentences":
                english, german = (names.sub("4711x", one).replace("{{", "{").replace("}}", "}")
                                   for one in (text.source, forms[0]))  # fmt: skip
                assert said(english) == german, text.source

    @given(st.text(max_size=300))
    def test_any_text_is_left_as_it_is_or_said(self, text: str) -> None:
        assert isinstance(said(text), str)
        assert said(text) == text or re.search("[a-z]", text)


def test_every_error_writes_its_sentence_down(translate: ModuleType) -> None:
    """An error's text is a template, or comes from a file of which every sentence is taken.

    These pass on what others have written down.
    """
    passing_on = {"engine/rlm.py", "history/store.py", "history/transfer.py", "repl/host.py"}
    assert set(translate.sentences.unwritten(translate.PACKAGE)) == passing_on


@pytest.mark.parametrize("text", ["a: " * 660, "a: b\n" * 400, "Error: " * 280, "x: a. B; " * 220])
def test_a_text_that_is_all_joints_is_left_alone(german: None, text: str) -> None:
    said(text)  # neither too deep nor for long, whatever a server says


def test_in_english_nothing_is_looked_up(qapp: QApplication) -> None:
    assert said("the file is empty.") == "the file is empty."
