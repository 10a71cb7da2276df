from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from rlm_desktop.documents import Document, Loader

Load: TypeAlias = Callable[..., Document]

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "documents"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents beside the project."""
    if not SHARED.is_dir():
        pytest.skip("the shared documents (../shared/data/documents) are not here")
    return SHARED


@pytest.fixture(scope="module")
def loader() -> Iterator[Loader]:
    """One loader for a module: its extraction process stays."""
    loader = Loader(workers=2)
    yield loader
    loader.close()


@pytest.fixture
def read(loader: Loader, tmp_path: Path) -> Load:
    """Load bytes under a name."""

    def read(name: str, data: bytes | str, **options: Any) -> Document:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return loader.load(path, **options)

    return read
