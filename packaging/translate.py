"""Keep the translations in step with the texts of the window; run it with the project's Python.

    python packaging/translate.py           renew resources/translations: *.ts from the code, *.qm from the *.ts
    python packaging/translate.py --check   say what is missing, change nothing

The texts are found with Python's own parser and handed to Qt's `lupdate` as a source file that it reads without
fail; its own reader of Python misses plurals and calls inside f-strings. Besides the calls of `tr` and `translate`
there are tables (actions, settings, end states), which the code translates by their content, and the sentences of
the rooms below the window (`sentences.py`), of which `sentences.txt` is the list. The `.ts` files are edited with
Qt Linguist (`pyside6-linguist`) or by hand. The `.qm` files are small and belong to the project, so that a checkout
speaks all languages without a step in between.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import sentences

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "rlm_desktop"
FOLDER = PROJECT / "resources" / "translations"
LANGUAGES = ("en", "de")
SENTENCES = "sentences.txt"
SOURCE_LANGUAGE = "en"
"""Of it only plurals are written down."""
_PLACES = {"tr": 0, "translate": 1, "marked": 1}
"""Which argument of a call is the text; what is before it is the context."""


@dataclass(frozen=True, order=True)
class Text:
    """A text to be translated."""

    context: str
    source: str
    comment: str = ""
    is_plural: bool = False


class BadText(Exception):
    """A call whose text cannot be found; says where."""


@cache
def texts() -> tuple[Text, ...]:
    """Every text of the window, sorted.

    Raises:
        BadText: A text is put together where it should be written down.
    """
    found = set(table_texts())
    for file in sorted((PACKAGE / "ui").rglob("*.py")):
        found |= set(texts_of(file.read_text(encoding="utf-8"), file.relative_to(PROJECT).as_posix()))
    return tuple(sorted(text for text in found if text.source))


def texts_of(code: str, name: str) -> Iterator[Text]:
    """The texts in one file."""
    tree = ast.parse(code)
    yield from _walk(tree, "", name, _short_forms(tree))


def _short_forms(tree: ast.Module) -> dict[str, str]:
    """Functions of a file that only add the context: name -> context."""
    found: dict[str, str] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and isinstance(function.body[-1], ast.Return):
            match function.body[-1].value:
                case ast.Call(args=[ast.Constant(value=str(context)), ast.Name()]):
                    found[function.name] = context
    return found


def _walk(node: ast.AST, context: str, name: str, short: dict[str, str]) -> Iterator[Text]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield from _texts_of_call(child, context, name, short)
        yield from _walk(child, child.name if isinstance(child, ast.ClassDef) else context, name, short)


def _texts_of_call(call: ast.Call, context: str, name: str, short: dict[str, str]) -> Iterator[Text]:
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    arguments = call.args
    if isinstance(call.func, ast.Name) and function in short:
        function, context = "tr", short[function]
    if function == "counted" and len(arguments) == 2:
        if isinstance(noun := _constant(arguments[1]), str):
            yield Text("Counted", f"{{count}} {noun}(s)", is_plural=True)
        return
    place = _PLACES.get(function)
    if place is None or len(arguments) <= place:
        return
    text = arguments[place]
    if isinstance(text, ast.JoinedStr | ast.BinOp):
        raise BadText(f"{name}:{call.lineno}: write the text down, and fill it in with format() afterwards")
    if not isinstance(source := _constant(text), str) or isinstance(_constant(arguments[0]), bytes):
        return
    where = _constant(arguments[0]) if place else context
    if not isinstance(where, str) or not where:
        raise BadText(f"{name}:{call.lineno}: the text {source!r} has no context")
    rest = arguments[place + 1 :]
    comment = _constant(rest[0]) if rest else ""
    is_plural = len(rest) > 1 or any(keyword.arg == "n" for keyword in call.keywords)
    yield Text(where, source, comment if isinstance(comment, str) else "", is_plural)


def _constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def table_texts() -> Iterator[Text]:
    """The texts that are data: the code translates them by their content."""
    from rlm_desktop.engine.events import EndState
    from rlm_desktop.engine.providers import OFFLINE_LABEL
    from rlm_desktop.settings import options
    from rlm_desktop.ui.actions import ACTIONS
    from rlm_desktop.ui.calls.call_filter import KINDS, STATUSES
    from rlm_desktop.ui.calls.call_model import HEADINGS
    from rlm_desktop.ui.settings.fields import CAPTIONS
    from rlm_desktop.ui.settings.pages import PAGES
    from rlm_desktop.ui.shortcut_sheet import TREE_KEYS

    for spec in ACTIONS:
        for text in (*spec.menu.split("/"), spec.text, spec.tip):
            yield Text("Actions", text)
    for keys, text in TREE_KEYS:
        yield from (Text("Actions", keys), Text("Actions", text))
    yield from (Text("FilterBar", text) for text in (*KINDS.values(), *STATUSES.values()))
    yield from (Text("CallModel", text) for heading in HEADINGS.values() for text in heading)
    yield Text("Models", OFFLINE_LABEL)
    for status in ("queued", "running", "ok", "error", "killed", *EndState):
        yield Text("Status", status.capitalize())
    yield from (Text("SettingsPages", page.title) for page in PAGES)
    yield from (Text("Settings", caption) for caption in CAPTIONS.values())
    for option in options():
        caption = "" if option.name in CAPTIONS else option.name.replace("_", " ").capitalize()
        for text in (caption, option.text, option.unit, option.none_text if option.is_optional else ""):
            yield Text("Settings", text)
        yield from (Text("Settings", word.capitalize()) for word in option.allowed)
    yield from (Text("Sentences", template) for template in sentences.sentences(PACKAGE))
    yield from (Text("Counted", f"{{count}} {noun}(s)", is_plural=True) for noun in sentences.nouns(PACKAGE))
    for sample in tomllib.loads((PROJECT / "resources/samples/index.toml").read_text(encoding="utf-8"))["sample"]:
        yield from (Text("Samples", sample["title"]), Text("Samples", sample["description"]))


# -- Qt's tools -------------------------------------------------------------------------------------------------


def update(folder: Path = FOLDER) -> None:
    """Bring the `.ts` files in step with the code; translations are kept, what is gone is dropped."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SENTENCES).write_text("\n".join(sentences.sentences(PACKAGE)) + "\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "texts.cpp"
        source.write_text("".join(map(_as_cpp, texts())), encoding="utf-8")
        for language in LANGUAGES:
            only = ["-pluralonly"] if language == SOURCE_LANGUAGE else []
            target = [
                "-source-language",
                SOURCE_LANGUAGE,
                "-target-language",
                language,
                "-ts",
                _ts(folder, language),
            ]
            options = ["-silent", "-no-obsolete", "-locations", "none", "-sort-messages", *only]
            _run("lupdate", *options, str(source), *target)


def _as_cpp(text: Text) -> str:
    parts = (json.dumps(part, ensure_ascii=False) for part in (text.context, text.source, text.comment))
    return f"QCoreApplication::translate({', '.join(parts)}{', n' if text.is_plural else ''});\n"


def release(folder: Path = FOLDER, into: Path | None = None) -> None:
    """Make the `.qm` files of the `.ts` files.

    Each is replaced as a whole: running programs have the old one mapped, and would crash if it changed below them.
    """
    for language in LANGUAGES:
        target = Path(_ts(into or folder, language)).with_suffix(".qm")
        new = target.with_suffix(".new")
        _run("lrelease", "-silent", "-nounfinished", _ts(folder, language), "-qm", str(new))
        new.replace(target)


def _ts(folder: Path, language: str) -> str:
    return str(folder / f"rlm_desktop_{language}.ts")


def _run(tool: str, *arguments: str) -> None:
    program = Path(sys.executable).with_name(f"pyside6-{tool}")
    subprocess.run([str(program), *arguments], check=True)


# -- what is missing --------------------------------------------------------------------------------------------


def missing(language: str, folder: Path = FOLDER) -> list[Text]:
    """The texts of the code that have no translation, or not in all forms."""
    done = {text for text, forms in translations(language, folder) if forms and all(forms)}
    wanted: Iterable[Text] = texts()
    if language == SOURCE_LANGUAGE:
        wanted = [text for text in wanted if text.is_plural]
    return [text for text in wanted if text not in done]


def translations(language: str, folder: Path = FOLDER) -> Iterator[tuple[Text, list[str]]]:
    """What the `.ts` file of a language has: each text with its forms, none when it is unfinished."""
    for context in ET.parse(_ts(folder, language)).getroot().iter("context"):
        for message in context.iter("message"):
            text = Text(
                context.findtext("name") or "",
                message.findtext("source") or "",
                message.findtext("comment") or "",
                message.get("numerus") == "yes",
            )
            found = message.find("translation")
            if found is None or found.get("type") == "unfinished":
                yield text, []
            else:
                forms = found.findall("numerusform") or [found]
                yield text, [form.text or "" for form in forms]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only say what is missing")
    options = parser.parse_args()
    sys.path.insert(0, str(PROJECT))
    if not options.check:
        update()
        release()
    lacking = [(language, text) for language in LANGUAGES for text in missing(language)]
    for language, text in lacking:
        print(f"{language}: {text.context}: {text.source!r}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
