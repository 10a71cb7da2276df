"""Plants keys in every place that a key may come from, runs a real run, and looks for them everywhere else.

The server repeats each key: in an error, and in a reply. The code of the cells tries to find keys too. Searched are
the settings, the database, the logs, the cache, presets, every form of export and archives, the trace, what "Copy
details" copies, the arguments and the environment of all processes, and the memory of the REPL workers while they
run. A crash leaves a report without them, and no picture of the memory.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from aiohttp import web

from rlm_desktop import cli, paths, presets
from rlm_desktop.engine import provider_settings
from rlm_desktop.engine.events import AnyEvent, encode
from rlm_desktop.engine.log_format import without_secrets
from rlm_desktop.engine.provider_check import check
from rlm_desktop.engine.provider_settings import ProviderSettings
from rlm_desktop.engine.providers import Providers
from rlm_desktop.engine.rlm import RLM
from rlm_desktop.history import History
from rlm_desktop.history.exports import export
from rlm_desktop.history.transfer import save_archive
from rlm_desktop.keys import KeyStore
from rlm_desktop.presets import Preset
from rlm_desktop.settings import Settings
from tests.conftest import PROJECT
from tests.engine.conftest import cell
from tests.engine.test_provider_settings import Memory
from tests.provider_servers import Answer, models, refusal, say, serving

CANARIES = {
    "sys": "canary.in.the.key.store.7f3a91c2",
    "ses": "canary.of.the.session.5be02d44",
    "env": "canary.of.the.environment.c81d6f09",
    "localhost": "canary.of.the.env.file.2a9977e1",
    "header": "canary.of.a.header.90aa13bd",
}
SNOOP = """
import os
found = [str(dict(os.environ))]
for path in ("/proc/self/environ", "/proc/1/environ", "/proc/self/cmdline", os.path.expanduser("~/.env"), ".env"):
    try:
        found.append(open(path).read())
    except Exception as error:
        found.append(repr(error))
print(found)
answers = [llm_query("repeat it", model=name + "/m") for name in ("sys", "ses", "env", "localhost")]
errors = [llm_query("refuse it", model=name + "/m") for name in ("sys", "ses", "env", "localhost")]
print(answers, errors)
"""


class Watched:
    """What the workers' processes showed while a request was held back."""

    def __init__(self) -> None:
        self.workers = 0
        self.bytes = 0
        self.found: list[str] = []
        self.core_limits: set[str] = set()

    def look(self) -> None:
        """Search the arguments, the environment and the memory of every process that this one started."""
        own = psutil.Process()
        for process in own.children(recursive=True):
            self.workers += 1
            for place in ("cmdline", "environ"):
                self._search(f"{place} of {process.pid}", Path(f"/proc/{process.pid}/{place}").read_bytes())
            limits = Path(f"/proc/{process.pid}/limits").read_text()
            self.core_limits.update(re.findall(r"Max core file size +(\w+)", limits))
            for start, end in _regions(process.pid):
                self._search_memory(process.pid, start, end)
        self._search("own cmdline", Path("/proc/self/cmdline").read_bytes())

    def _search_memory(self, pid: int, start: int, end: int) -> None:
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for offset in range(start, end, 1 << 22):
                try:
                    memory.seek(offset)
                    data = memory.read(min(1 << 22, end - offset) + 64)
                except (OSError, ValueError, OverflowError):
                    return  # a region without pages behind it
                self.bytes += len(data)
                self._search(f"memory of {pid}", data)

    def _search(self, place: str, data: bytes) -> None:
        self.found += [f"{name} in {place}" for name, canary in CANARIES.items() if canary.encode() in data]


def _regions(pid: int) -> Iterator[tuple[int, int]]:
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)  # what cannot be written is from files
        if match and not line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
            yield int(match[1], 16), int(match[2], 16)


def _forms(canary: str) -> list[bytes]:
    """A key as it may stand in a file."""
    plain = canary.encode()
    return [plain, base64.b64encode(plain)[:-4], plain.hex().encode(), "".join(reversed(canary)).encode()]


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(f"... {CANARIES['sys']} ...")
    assert search(tmp_path) == ["sys in x"]


def search(folder: Path) -> list[str]:
    found: list[str] = []
    for file in folder.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            found += [
                f"{name} in {file.relative_to(folder)}"
                for name, canary in CANARIES.items()
                if any(form in data for form in _forms(canary))
            ]
    return found


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="the memory of processes is looked at in /proc")
@pytest.mark.expect_log_warnings
async def test_no_key_is_found_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    watched = Watched()

    async def handler(request: web.Request, body: dict[str, Any]) -> Answer:
        key = request.headers.get("Authorization", "") + request.headers.get("X-Gate-Token", "")
        if "chat" not in request.path:
            return models("m")
        if body["model"] == "refused":
            return refusal(400, {"error": {"message": f"what is {key}?"}})
        text = body["messages"][-1]["content"]
        if body["messages"][0]["role"] == "system":
            is_first = not any(message["role"] == "assistant" for message in body["messages"])
            return await say(request, cell(SNOOP) if is_first else "FINAL(done)")
        if "refuse" in text:
            if watched.workers == 0:  # the cell has the replies that repeat the keys
                await asyncio.to_thread(watched.look)
            return refusal(401, {"error": {"message": f"Incorrect API key provided: {key}"}})
        return await say(request, f"You sent {key}, I say it again: {key[7:]}")

    log = logging.FileHandler(_log_file(home))
    logging.getLogger().addHandler(log)
    events: list[AnyEvent] = []
    try:
        async with serving(handler) as served:
            keys = _plant(served.url, work, monkeypatch)
            known = Providers.load(keys)
            assert {provider.api_key for provider in known.all} == set(CANARIES.values()) - {CANARIES["header"]}
            history = History(paths.history_file())
            async with RLM("localhost/m", providers=known, max_depth=1) as rlm:
                sinks = [events.append, history.sink()]
                result = await rlm.arun("What is the key?", context="no key here", sinks=sinks)
            reports = [await check(provider, "m") for provider in known.all]
            failed = [await check(provider, "refused") for provider in known.all]
            history.flush()
            presets.save(Preset.of("shared", Settings(root_model="sys/m", max_depth=1)), home / "shared.toml")
            exports = _export_all(history, result.run_id, tmp_path / "exports")
            await asyncio.to_thread(history.close)
    finally:
        logging.getLogger().removeHandler(log)
        log.close()
    assert result.final_answer == "done"
    assert all(report.is_working for report in reports)
    assert not any(report.is_working for report in failed)
    assert watched.core_limits == {"0"}
    assert watched.workers >= 2
    assert watched.bytes > 1 << 20
    assert watched.found == []
    copied = [f"{report.sentence} {report.advice} {report.details}" for report in failed]
    told = [encode(event).decode() for event in events]
    everything = "\n".join([*told, repr(result), repr(known.all), *exports, *copied])
    assert [name for name, canary in CANARIES.items() if canary in everything] == []
    assert [place for folder in (home, tmp_path / "exports") for place in search(folder)] == []
    assert "secret removed" in everything
    for arguments in (["doctor", "--json"], ["runs", "show", "--json", result.run_id]):
        await asyncio.to_thread(cli.main, arguments)
    said = capsys.readouterr()
    assert [name for name, canary in CANARIES.items() if canary in said.out + said.err] == []


def _plant(url: str, work: Path, monkeypatch: pytest.MonkeyPatch) -> KeyStore:
    """The keys in their places: the key store, the session, the environment, `.env`, a header."""
    keys = KeyStore(Memory())
    keys.keep("sys", CANARIES["sys"])
    keys.keep("ses", CANARIES["ses"], "session")
    monkeypatch.setenv("BOX_KEY", CANARIES["env"])
    monkeypatch.setenv("GATE_TOKEN", CANARIES["header"])
    (work / ".env").write_text(
        f"OPENAI_API_KEY={CANARIES['localhost']}\nOPENAI_BASE_URL={url.replace('127.0.0.1', 'localhost')}\n"
    )
    provider_settings.save(
        [
            ProviderSettings(name="sys", base_url=url, key="system", headers={"X-Gate-Token": "${GATE_TOKEN}"}),
            ProviderSettings(name="ses", base_url=url, key="session"),
            ProviderSettings(name="env", base_url=url, key="environment", key_variable="BOX_KEY"),
        ]
    )
    return keys


def _log_file(home: Path) -> Path:
    file = home / "log" / "everything.log"
    file.parent.mkdir(parents=True)
    return file


def _export_all(history: History, run_id: str, folder: Path) -> list[str]:
    folder.mkdir()
    events = history.events(run_id)
    for form in cli.EXPORTS:
        if form != "archive":
            export(events, form, folder / form)
    save_archive(history, folder / "archive.rlmarchive", [run_id], with_documents=True)
    with contextlib.closing(History(folder / "archive.rlmarchive")) as archive:
        (folder / "archive.txt").write_text(repr(archive.events(run_id)))
    state = history.state(run_id)
    return [repr(history.run(run_id)), repr(msgspec.to_builtins(events)), state.answer or ""]


CRASHING = """
import logging, sys
from rlm_desktop import keys, paths
from rlm_desktop.__main__ import forbid_core_dumps
from rlm_desktop.engine.log_format import SecretFormatter, learn_secrets
from rlm_desktop.engine.providers import Providers
from rlm_desktop.ui.faults import crash_report
from rlm_desktop.ui.help.crash_file import CrashFile
forbid_core_dumps()
handler = logging.FileHandler(paths.log_file())
handler.setFormatter(SecretFormatter())
logging.getLogger().addHandler(handler)
known = Providers.load(keys.KeyStore())
learn_secrets(known.secrets)
def ask(key):
    raise ValueError(f"{key} was not taken")
try:
    ask(known.all[0].api_key)
except ValueError as error:
    logging.exception("with %s", known.all[0].api_key)
    print(crash_report(error), flush=True)
CrashFile(paths.log_dir()).arm()
import faulthandler
faulthandler._sigsegv()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="where a crash leaves its core is known of Linux only")
def test_a_crash_leaves_a_report_without_a_key_and_no_core(tmp_path: Path) -> None:
    home, canary = tmp_path / "home", CANARIES["env"]
    (home / "log").mkdir(parents=True)
    environment = {**os.environ, "RLM_DESKTOP_HOME": str(home), "OPENAI_API_KEY": canary}
    environment["PYTHONPATH"] = str(PROJECT)
    command = ["sh", "-c", 'ulimit -S -c unlimited; exec "$0" "$@"', sys.executable, "-c", CRASHING]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGSEGV, done.stderr
    assert "was not taken" in done.stdout
    assert [name for name in CANARIES if CANARIES[name] in done.stdout + done.stderr] == []
    assert "Segmentation fault" in "".join(file.read_text() for file in (home / "log").glob("crash-*"))
    assert "was not taken" in (home / "log" / "rlm-desktop.log").read_text()
    assert search(tmp_path) == []
    assert list(tmp_path.rglob("core*")) == []


def test_a_log_line_with_a_key_of_a_known_form_is_cleaned() -> None:
    assert "sk-proj-" not in without_secrets("Bearer sk-proj-abcdefghijklmnopqrstuvwxyz012345")
