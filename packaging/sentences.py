"""The sentences of the rooms below the window, as templates: what errors, warnings and checks say in English.

Those rooms know nothing of Qt and write their sentences down in English, with values filled in by f-strings. The
window recognises them by their templates (`rlm_desktop/ui/sentences.py`) and says them in the person's language.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path

WHOLE = (
    "checks.py",
    "display.py",
    "documents/document.py",
    "documents/draft.py:Draft",
    "documents/encoding.py",
    "documents/extract.py",
    "documents/folders.py:_Walk",
    "documents/formats/*.py",
    "documents/kinds.py:_LABELS",
    "documents/kinds.py:label",
    "documents/kinds.py:disagreement",
    "documents/ocr.py",
    "documents/task.py",
    "documents/worker.py",
    "engine/failures.py",
    "engine/limits.py",
    "engine/provider_check.py",
    "engine/provider_settings.py:_key_of",
    "engine/providers.py:_no_server",
    "engine/requests.py",
    "engine/rlm_call.py",
    "engine/sub_calls.py",
    "engine/tool_calls.py:Room",
    "history/database.py",
    "history/log_file.py",
    "history/upgrade.py",
    "history/writer.py",
    "keys.py",
    "repl/handle.py",
    "repl/isolation.py",
    "repl/process.py",
    "repl/self_test.py",
    "settings.py:allowed_text",
    "settings.py:_check",
)
"""Files, or what is named in them, of which every sentence is meant for a person; elsewhere what errors say."""
FURTHER = (
    # How sentences are put together.
    "{name}: {sentence}",
    "{name} ({sentence})",
    "{sentence}.",
    "{list} and {count} more",
    "{sentence} (HTTP {status}): {text}",
    "The server refused: {text}",
    # Values in the sentences, too short to be taken for sentences.
    "tier {tier}: {description}",
    "one of {words}",
    "a text",
    "no limit",
    "the model's own",
    "fully confined (bubblewrap, Landlock, seccomp)",
    "files",
    "system calls",
    "hidden",
    "empty",
    "read",
    "written",
    "shrunk",
    "backed up",
    "restored",
    # The names of the system check.
    "Versions",
    "Display",
    "Isolation",
    "Settings",
    "Keys",
    "Providers",
    "Provider {name}",
    "History",
    "Disk",
    "{path}, {size} MB, {sessions} sessions",
    "{path}, {size} MB, 1 session",
    "{base_url} answers, {count} models",
    # What the system says of a failure.
    "Permission denied",
    "No such file or directory",
    "No space left on device",
    "Read-only file system",
    "File name too long",
    "Is a directory",
    "Not a directory",
    "File exists",
    "Too many open files",
    "Input/output error",
    "Connection refused",
)
_SMALL_WORDS = frozenset(
    {
        "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "have", "holds", "in", "is",
        "it", "its", "larger", "more", "no", "not", "of", "on", "or", "out", "than", "that", "the", "there",
        "this", "to", "was", "were", "with",
    }
)  # fmt: skip
"""A sentence has one of them; names, formats and commands have not."""
_NOT_SAID = frozenset({"cast", "compile", "XPath", "Thread", "create_task"})
_NOT_FOR_PEOPLE = frozenset({"_BY_WORDS", "QUESTION"})
"""What is assigned to these names is for servers and models."""
_NO_SENTENCE = re.compile(r"\n|%s|%r|\(\?|[A-Z]{4,} +(?:INTO|OR|FROM)\b|: $")
_VALUE = re.compile(r"\{\w+\}")
_NEIGHBOURS = re.compile(r"(\{\w+\})(?:\{\w+\})+")
_FEWEST_LETTERS = 6


def sentences(package: Path) -> list[str]:
    """Every template below the window, sorted; what is filled in stands in braces, as `{path} is empty.`."""
    trees = _trees(package)
    errors = _error_classes(trees.values())
    found = {text for tree in trees.values() for text in _texts_of_errors(tree, errors)}
    for place in WHOLE:
        pattern, _, name = place.partition(":")
        files = {file.relative_to(package).as_posix() for file in package.glob(pattern)}
        found |= {text for file in files for part in _named(trees[file], name) for text in _texts(part)}
    all_found = {_NEIGHBOURS.sub(r"\1", text) for text in found if _is_sentence(text)}.union(FURTHER)
    by_shape = {_VALUE.sub("{}", text): text for text in sorted(all_found)}
    return sorted(text for shape, text in by_shape.items() if f"{shape}." not in by_shape)


def unwritten(package: Path) -> list[str]:
    """The files in which an error is made of a text that is written down nowhere, as `engine/rlm.py`."""
    trees = _trees(package)
    errors = _error_classes(trees.values())
    whole = {
        file.relative_to(package).as_posix() for place in WHOLE for file in package.glob(place.partition(":")[0])
    }
    return [
        name
        for name, tree in trees.items()
        if name not in whole
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func) in errors and node.args
        if not any(map(_is_sentence, (text for argument in node.args for text in _texts(argument))))
    ]


def nouns(package: Path) -> list[str]:
    """What the documents count: `3 pages`."""
    calls = (
        node
        for file in sorted((package / "documents").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _name(node.func) == "count" and len(node.args) == 2
    )
    return sorted({str(call.args[1].value) for call in calls if isinstance(call.args[1], ast.Constant)})


@cache
def _trees(package: Path) -> Mapping[str, ast.Module]:
    """The files below the window, by their places."""
    return {
        file.relative_to(package).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted(package.rglob("*.py"))
        if file.relative_to(package).parts[0] not in ("ui", "cli")
    }


def _named(tree: ast.Module, name: str) -> Iterator[ast.AST]:
    """The definitions and assignments of a name; the whole file for none."""
    if not name:
        yield tree
    for node in ast.walk(tree) if name else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            is_it = node.name == name
        else:
            is_it = isinstance(node, ast.Assign) and name in map(_name, node.targets)
        if is_it:
            yield node


def _error_classes(trees: Iterable[ast.Module]) -> set[str]:
    """The names of all classes that come from `RLMError`."""
    classes = [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
    found = {"RLMError", "Unreadable"}
    while new := {one.name for one in classes if found & set(map(_name, one.bases))} - found:
        found |= new
    return found


def _texts_of_errors(tree: ast.AST, errors: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in errors:
            for argument in node.args:
                yield from _texts(argument)


def _texts(node: ast.AST) -> Iterator[str]:
    """Every text in a piece of code but docstrings, log entries and patterns."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Call) and (_name(node.func) in _NOT_SAID or _is_log(node.func)):
        return
    if isinstance(node, ast.Assign) and not _NOT_FOR_PEOPLE.isdisjoint(map(_name, node.targets)):
        return
    is_text = _is_text(node)
    if is_text and isinstance(node, ast.expr):
        yield from _forms(node)
    for child in ast.iter_child_nodes(node):
        if not (is_text and _is_text(child)):
            yield from _texts(child)


def _is_text(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _is_text(left) or _is_text(right)
    return False


def _forms(node: ast.expr) -> Iterator[str]:
    """The templates that an expression may give."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr():
            names: dict[str, int] = {}
            yield "".join(_part(part, names) for part in node.values)
        case ast.IfExp():
            yield from (*_forms(node.body), *_forms(node.orelse))
        case ast.BinOp(op=ast.Add()):
            yield from map("".join, product(_forms(node.left), _forms(node.right)))
        case _:
            yield "{value}"


def _part(part: ast.expr, names: dict[str, int]) -> str:
    if not isinstance(part, ast.FormattedValue):
        return str(getattr(part, "value", "")).replace("{", "{{").replace("}", "}}")
    name = _value_name(part.value)
    names[name] = names.get(name, 0) + 1
    return f"{{{name}{names[name] if names[name] > 1 else ''}}}"


def _value_name(node: ast.expr) -> str:
    """What a translator reads in braces: a name of the expression."""
    found = next((name for child in ast.walk(node) if (name := _name(child).strip("_"))), "")
    return found if found.isidentifier() else "value"


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_log(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and _name(function.value) == "log"


def _is_sentence(template: str) -> bool:
    """Whether it has words enough to be known by, and is neither a command nor a pattern."""
    fixed = _VALUE.sub(" ", template)
    words = [word.strip(".,:;!?()'\"").lower() for word in fixed.split()]
    is_long = len(words) > 1 and sum(map(len, words)) >= _FEWEST_LETTERS
    return is_long and not _SMALL_WORDS.isdisjoint(words) and not _NO_SENTENCE.search(fixed)
