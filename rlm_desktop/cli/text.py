"""`rlm-desktop text`: what the loader makes of documents."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Any

from rlm_desktop.cli.output import print_json, warn
from rlm_desktop.documents import Document, expand, load_all, load_bytes
from rlm_desktop.errors import DocumentError


def run(chosen: argparse.Namespace) -> int:
    """Print the text of every file that can be read; 1 when one of them cannot."""
    results = asyncio.run(_read(chosen.files))
    documents = [result for result in results if isinstance(result, Document)]
    if chosen.json:
        print_json([as_json(result) for result in results])
    else:
        for document in documents:
            _print(document, has_title=len(results) > 1)
    for result in results:
        for problem in [str(result)] if isinstance(result, DocumentError) else _warnings(result):
            warn(problem)
    return 0 if len(documents) == len(results) else 1


async def _read(named: Sequence[str]) -> list[Document | DocumentError]:
    """Files, what folders and patterns stand for, and `-` for standard input."""
    results: list[Document | DocumentError] = []
    for name in named:
        if name == "-":
            results.append(_read_input())
            continue
        listing = expand([name])
        results += await load_all(listing.files)
        for left in listing.left_out:
            warn(f"left out: {left.path}: {left.reason}")
    return results


def _read_input() -> Document | DocumentError:
    try:
        return load_bytes("standard input", sys.stdin.buffer.read())
    except DocumentError as error:
        return error


def as_json(result: Document | DocumentError) -> dict[str, Any]:
    """A document with its offsets, or why there is none."""
    if isinstance(result, DocumentError):
        return {"path": result.path, "error": result.reason}
    return {
        "name": result.name,
        "path": result.path,
        "kind": result.kind,
        "characters": result.characters,
        "size_bytes": result.size_bytes,
        "sha256": result.sha256,
        "encoding": result.encoding,
        "pages": list(result.pages),
        "outline": [
            {"level": heading.level, "title": heading.title, "start": heading.start} for heading in result.outline
        ],
        "warnings": list(result.warnings),
        "text": result.text,
    }


def _print(document: Document, *, has_title: bool) -> None:
    if has_title:
        print(f"==> {document.name} <==")
    print(document.text, end="" if document.text.endswith("\n") else "\n")


def _warnings(document: Document) -> list[str]:
    return [f"{document.name}: {warning}" for warning in document.warnings]
