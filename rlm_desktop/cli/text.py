"""`rlm-desktop text`: what the loader makes of documents."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

from rlm_desktop.cli.output import print_json
from rlm_desktop.documents import Document, load_all
from rlm_desktop.errors import DocumentError


def run(chosen: argparse.Namespace) -> int:
    """Print the text of every file that can be read; 1 when one of them cannot."""
    results = asyncio.run(load_all(chosen.files))
    documents = [result for result in results if isinstance(result, Document)]
    if chosen.json:
        print_json([as_json(result) for result in results])
    else:
        for document in documents:
            _print(document, has_title=len(results) > 1)
    for result in results:
        for problem in [str(result)] if isinstance(result, DocumentError) else _warnings(result):
            print(f"rlm-desktop: {problem}", file=sys.stderr)
    return 0 if len(documents) == len(results) else 1


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
