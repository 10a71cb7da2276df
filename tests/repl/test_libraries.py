"""Installed libraries that a person lets cells use."""

from __future__ import annotations

import importlib.util

import pytest

from rlm_desktop.errors import ReplError
from rlm_desktop.repl.host import ReplHost, ReplSpec

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _none(query):
    return []


async def _run(host, *codes, libraries=()):
    repl = await host.spawn(ReplSpec(context="c", libraries=libraries), serve=_none, on_output=lambda *_: None)
    results = [await repl.run_cell(code, timeout=30) for code in codes]
    await repl.aclose()
    return results


@pytest.mark.skipif(not importlib.util.find_spec("numpy"), reason="numpy is not installed")
async def test_numpy_works_and_siblings_have_other_random_numbers(host):
    codes = (
        "import numpy as np\nimport numpy.linalg\na = np.arange(6.0).reshape(2, 3)\nfloat((a @ a.T).sum())",
        "np.random.random(), np.random.default_rng().random()",
        "FINAL(np.float64(2.5))",
        "FINAL({'a': a})",
    )
    first, second = [await _run(host, *codes, libraries=("numpy",)) for _ in range(2)]
    assert [result.error for result in first] == [""] * 4
    assert first[0].stdout == "83.0\n"
    assert first[1].stdout != second[1].stdout
    assert (first[2].final.value, first[3].final.value) == (2.5, {"a": [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]})
    assert next(v for v in first[0].variables if v.name == "a").type == "ndarray"


@pytest.mark.skipif(not importlib.util.find_spec("pandas"), reason="pandas is not installed")
async def test_pandas_works(host):
    code = (
        "import io\nimport pandas as pd\n"
        "table = pd.read_csv(io.StringIO('region,sales\\nn,1\\ns,2\\nn,3'))\n"
        "table['day'] = pd.date_range('2026-01-01', periods=3, tz='Europe/Berlin')\n"
        "table.groupby('region').sales.sum().to_dict()"
    )
    (result,) = await _run(host, code, libraries=("numpy", "pandas"))
    assert (result.error, result.stdout) == ("", "{'n': 4, 's': 2}\n")


async def test_what_was_not_named_cannot_be_imported(host):
    if importlib.util.find_spec("numpy"):
        await _run(host, "import numpy", libraries=("numpy",))
    (result,) = await _run(host, "import psutil")
    assert result.error.startswith("ModuleNotFoundError")
    (result,) = await _run(host, "import numpy")
    assert result.error.startswith("ModuleNotFoundError"), "what another REPL of the host may import"


async def test_a_library_that_is_missing_is_named():
    with pytest.raises(ReplError, match="no_such_library"):
        await ReplHost().start(libraries=("no_such_library",))
