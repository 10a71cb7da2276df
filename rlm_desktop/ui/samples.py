"""The sample documents that ship with the program, each with questions to ask of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

from rlm_desktop import paths
from rlm_desktop.errors import UserError


class Sample(NamedTuple):
    """A document to try the program with.

    Attributes:
        title: What it is, for a person.
        questions: What may be asked of it; the first is the one to begin with.
        depth: Max depth that shows most with it; None for the setting's.
    """

    name: str
    path: Path
    title: str
    description: str
    questions: tuple[str, ...]
    depth: int | None = None


def samples() -> list[Sample]:
    """All samples, in order.

    Raises:
        UserError: They are missing or damaged.
    """
    try:
        index = tomllib.loads(paths.resource("samples/index.toml").read_text(encoding="utf-8"))
        return [
            Sample(
                name=entry["name"],
                path=paths.resource(entry["file"]),
                title=entry["title"],
                description=entry["description"],
                questions=tuple(entry["questions"]),
                depth=entry.get("depth"),
            )
            for entry in index["sample"]
        ]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"The samples are damaged ({error}): install the program again.") from error
