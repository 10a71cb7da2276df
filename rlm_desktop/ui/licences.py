"""The licences of what the program is made of: those that a bundle carries, else of what is installed here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from rlm_desktop import paths

INDEX = "index.json"
_FILES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "COPYING", "NOTICE")
"""Where the metadata names none."""
_UNKNOWN = "see its text"


@dataclass(frozen=True, slots=True)
class Licence:
    """What one part is, and what its licence says.

    Attributes:
        name: Of the part.
        version: Of the part; may be empty.
        licence: Its short name, as `MIT`.
        text: All of it; may be empty when the part brings none.
    """

    name: str
    version: str
    licence: str
    text: str


def all_licences() -> list[Licence]:
    """Of every part, by name; reads files."""
    try:
        folder = paths.resource("licences")
    except FileNotFoundError:
        return sorted((of_distribution(found) for found in _required()), key=_by_name)
    return read(folder)


def of_distribution(found: metadata.Distribution) -> Licence:
    """What an installed distribution says of itself."""
    names = found.metadata.get_all("License-File") or _FILES
    places = ((f"licenses/{name}", name) for name in names)
    texts = [text.strip() for new, old in places if (text := _text(found, new) or _text(found, old))]
    return Licence(found.name, found.version, _short(found), "\n\n".join(texts))


def write(licences: Iterable[Licence], folder: Path) -> None:
    """Put licences into a folder, for a bundle."""
    folder.mkdir(parents=True, exist_ok=True)
    index: list[dict[str, str]] = []
    for licence in sorted(licences, key=_by_name):
        file = re.sub(r"[^\w.-]", "_", f"{licence.name}.txt")
        (folder / file).write_text(licence.text + "\n", encoding="utf-8")
        index.append(asdict(licence) | {"text": file})
    (folder / INDEX).write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(folder: Path) -> list[Licence]:
    """What `write` wrote."""
    entries = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    return [Licence(**entry | {"text": (folder / entry["text"]).read_text(encoding="utf-8")}) for entry in entries]


def _text(found: metadata.Distribution, name: str) -> str:
    """A file of its metadata; empty when there is none."""
    try:
        return found.read_text(name) or ""
    except UnicodeDecodeError:  # an old text, whose author's name is in Latin-1
        files = (file for file in found.files or () if str(file).endswith(f".dist-info/{name}"))
        return next((Path(str(file.locate())).read_text(encoding="latin-1") for file in files), "")


def _short(found: metadata.Distribution) -> str:
    """Its short name: an expression, else the classifiers, else the first line of the field."""
    said = found.metadata.get_all
    classifiers = [each.rpartition(" :: ")[2] for each in said("Classifier") or () if "License ::" in each]
    expression, field = said("License-Expression") or [""], said("License") or [""]
    return expression[0] or " or ".join(classifiers) or field[0].strip().partition("\n")[0] or _UNKNOWN


def _required() -> list[metadata.Distribution]:
    """This program's distribution and what it needs here; all of them where it is not installed."""
    waiting, found = ["rlm-desktop"], dict[str, metadata.Distribution]()
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # of another platform
            continue
        for line in found[name].requires or ():
            if "extra ==" not in line and (match := re.match(r"[\w.-]+", line)):
                waiting.append(match[0])
    return list(found.values()) or list(metadata.distributions())


def _by_name(licence: Licence) -> str:
    return licence.name.lower()
