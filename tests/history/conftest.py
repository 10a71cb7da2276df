"""Traces made by hand for the history's tests, and a history in a fresh folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rlm_desktop.history import History


@pytest.fixture
def troubles() -> list[str]:
    return []


@pytest.fixture
def history(tmp_path: Path, troubles: list[str]) -> Iterator[History]:
    made = History(tmp_path / "data" / "history.sqlite", on_trouble=troubles.append)
    yield made
    made.close()
