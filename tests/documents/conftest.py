from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rlm_desktop.documents import Loader

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
