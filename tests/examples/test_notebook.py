"""The notebook of resources/examples, executed cell by cell on the offline model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "resources" / "examples" / "notebook.ipynb"

# Of jupyter's own parts, about each other.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


async def test_every_cell_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat = pytest.importorskip(
        "nbformat", reason="jupyter is not installed (pip install rlm-desktop[examples])"
    )
    nbclient = pytest.importorskip(
        "nbclient", reason="jupyter is not installed (pip install rlm-desktop[examples])"
    )
    pytest.importorskip("ipykernel", reason="jupyter is not installed (pip install rlm-desktop[examples])")
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOK.parents[2]))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    await client.async_execute()
    shown = [_text(cell) for cell in notebook.cells if cell.cell_type == "code"]
    assert "12 percent" in shown[1]
    assert "completed" in shown[1]
    assert "3 percent" in shown[2]
    assert "===" in shown[3]
    assert shown[4].count("->") == 3
    assert "requests" in shown[5]


def _text(cell: Any) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)
