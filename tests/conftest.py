"""What holds for every test: a home of its own, no keys, no network, no unexpected warnings in the log."""

from __future__ import annotations

import contextlib
import functools
import importlib
import ipaddress
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from rlm_desktop.repl import host, isolation

PROJECT = Path(__file__).resolve().parent.parent
SHARED_DATA = PROJECT.parent / "shared" / "data"
"""Real documents and runs that are not part of the project; tests that read them skip without."""

_KEY_VARIABLES = ("OPENAI_", "AZURE_", "OPENROUTER_", "ANTHROPIC_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


settings.register_profile("normal", max_examples=50, deadline=None)
settings.register_profile("thorough", max_examples=2_000, deadline=None)
settings.load_profile("normal")

LONGEST_FIRST = (
    "tests/end_to_end/test_main_job.py",
    "tests/repl/test_attacks.py",
    "tests/end_to_end/test_large_run.py",
    "tests/test_cli.py",
    "tests/ui/test_documents.py",
    "tests/ui/test_history.py",
    "tests/repl/test_hostile.py",
    "tests/ui/test_accessible.py",
    "tests/documents/test_hostile.py",
    "tests/engine/test_offline_root.py",
    "tests/ui/test_asking.py",
    "tests/history/test_replay.py",
    "tests/engine/test_offline_documents.py",
    "tests/ui/test_sessions_together.py",
    "tests/ui/test_main_window.py",
    "tests/ui/test_start.py",
    "tests/ui/test_forks.py",
    "tests/repl/test_control.py",
    "tests/history/test_search.py",
    "tests/end_to_end/test_first_run.py",
    "tests/examples/test_servers.py",
    "tests/engine/test_run.py",
    "tests/ui/test_stopping.py",
    "tests/ui/test_run_controls.py",
    "tests/ui/test_replay.py",
    "tests/ui/test_room_and_focus.py",
    "tests/ui/test_language.py",
    "tests/engine/test_review.py",
    "tests/history/test_imports.py",
    "tests/ui/test_call_tree.py",
    "tests/test_cli_continuing.py",
    "tests/engine/test_resume.py",
)
"""Files that take more than some four seconds. A file is done by one worker, so these must not come last."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One more than there are cores: a test that waits for a program, a server or a time limit needs none."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # xdist takes what it says
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:
    from tests.crashed_workers import make_scheduler

    return make_scheduler(config, log)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expect_log_warnings: warnings in the log are part of what is tested")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.update(LC_ALL="C.UTF-8", LANGUAGE="en")
    with contextlib.suppress(ImportError):  # Qt may be refused here
        importlib.import_module("rlm_desktop.ui.binding")  # else PySide reads the source of all that tests import


@pytest.fixture(autouse=True, scope="session")
def _layers_are_tried_once() -> Iterator[None]:
    """What can confine workers does not change between two tests, and trying it starts a sandbox."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(host, "probe", functools.cache(isolation.probe))
        yield


@pytest.fixture(autouse=True)
def _clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own home, and nothing from the person's environment that could reach a model."""
    monkeypatch.setenv("RLM_DESKTOP_HOME", str(tmp_path / "home"))
    for name in list(os.environ):
        if name.upper().startswith(_KEY_VARIABLES):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that is not to this machine."""
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex

    def connect(self: socket.socket, address: Any) -> None:
        _refuse_remote(self, address)
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_remote(self, address)
        return real_connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)


def _refuse_remote(connection: socket.socket, address: Any) -> None:
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = str(address[0])
    is_local = host in ("localhost", "")
    with contextlib.suppress(ValueError):
        is_local = is_local or ipaddress.ip_address(host.split("%")[0]).is_loopback
    if not is_local:
        pytest.fail(f"A test tried to reach the network: {host}")


@pytest.fixture(autouse=True)
def _no_log_warnings(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test that logs a warning or worse, unless it says `expect_log_warnings`.

    Fixtures are torn down in the reverse order, so what those of the test itself log in the end is seen, too.
    """
    yield
    if request.node.get_closest_marker("expect_log_warnings"):
        return
    found = [
        record.getMessage()
        for phase in ("setup", "call", "teardown")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING
    ]
    if found:
        pytest.fail("The log has warnings:\n" + "\n".join(found))
