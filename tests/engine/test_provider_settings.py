from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlm_desktop import paths, settings
from rlm_desktop.engine import provider_settings, providers
from rlm_desktop.engine.provider_kinds import KINDS
from rlm_desktop.engine.provider_settings import ProviderSettings, parse
from rlm_desktop.engine.providers import Providers
from rlm_desktop.errors import SettingsError
from rlm_desktop.keys import KeyStore

KEY = "sk-never-in-a-file-0123"


class Memory:
    """A key store in memory."""

    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


GROQ = ProviderSettings(
    name="groq",
    base_url="https://api.groq.example/openai/v1/",
    key="system",
    headers={"X-Title": "RLM Desktop", "X-Auth-Token": "Bearer ${GATE_TOKEN}"},
    organization="org-1",
    proxy="http://proxy.example:3128",
    timeout=90,
    max_connections=8,
)


def test_a_provider_survives_the_file_and_its_key_is_never_in_it() -> None:
    keys = KeyStore(Memory())
    keys.keep("groq", KEY)
    provider_settings.save([GROQ, ProviderSettings(name="box", kind="ollama", base_url="http://10.0.0.5:11434/v1")])
    found, problems = provider_settings.load()
    assert (found[0], problems) == (GROQ, [])
    assert KEY not in paths.settings_file().read_text()
    known = Providers.load(keys, env={"GATE_TOKEN": "gate-0123456789"})
    groq = known.find("groq/meta/llama-3")
    assert (groq.api_key, groq.base_url) == (KEY, "https://api.groq.example/openai/v1")
    assert groq.headers["X-Auth-Token"] == "Bearer gate-0123456789"
    assert groq.server_name("groq/meta/llama-3") == "meta/llama-3"
    assert (groq.proxy, groq.timeout, groq.max_connections, groq.organization) == (
        "http://proxy.example:3128", 90, 8, "org-1",
    )  # fmt: skip
    assert KEY not in repr(groq)
    assert {KEY, "Bearer gate-0123456789"} <= set(known.secrets)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"name": "with space"}, "cannot name a provider"),
        ({"name": "a/b"}, "cannot name a provider"),
        ({"name": "offline", "base_url": "http://h/v1"}, "built-in"),
        ({"name": "ollama", "kind": "vllm"}, "stands for Ollama"),
        ({"name": "x", "kind": "martian"}, "kind"),
        ({"name": "x"}, "base URL"),
        ({"name": "x", "base_url": "host:1"}, "base URL"),
        ({"name": "x", "base_url": "http://me:secret@h/v1"}, "password"),
        ({"name": "x", "base_url": "http://h/v1", "key": "drawer"}, "place"),
        ({"name": "x", "base_url": "http://h/v1", "key": "environment"}, "environment variable"),
        ({"name": "x", "base_url": "http://h/v1", "proxy": "socks5://p:1"}, "HTTP proxy"),
        ({"name": "x", "base_url": "http://h/v1", "proxy": "http://me:pw@p:1"}, "HTTPS_PROXY"),
        ({"name": "x", "base_url": "http://h/v1", "headers": {"Authorization": "Bearer abc"}}, "secret"),
        ({"name": "x", "base_url": "http://h/v1", "headers": {"Bad name": "x"}}, "header"),
        ({"name": "x", "base_url": "http://h/v1", "headers": {"X": "a\nb"}}, "header"),
        ({"name": "x", "base_url": "http://h/v1", "headers": "X: 1"}, "headers"),
        ({"name": "x", "base_url": "http://h/v1", "timeout": 0}, "timeout"),
        ({"name": "x", "base_url": "http://h/v1", "timeout": "long"}, "number"),
        ({"name": "x", "base_url": "http://h/v1", "max_connections": 0}, "concurrency"),
        ({"name": 7}, "text"),
        ({}, "name"),
        ("text", "table"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(table: Any, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        parse(table)


def test_a_broken_table_is_left_out_said_and_kept() -> None:
    settings.save_tables("providers", [{"name": "a b"}, {**GROQ.table(), "from_the_future": 7}, GROQ.table()])
    found, problems = provider_settings.load()
    assert [item.name for item in found] == ["groq"]
    assert [name for name, _ in problems] == ["a b", "groq"]
    assert ["cannot name" in problems[0][1], "twice" in problems[1][1]] == [True, True]
    provider_settings.save(found)
    text = paths.settings_file().read_text()
    assert 'name = "a b"' in text
    assert "from_the_future = 7" in text


_plain = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)


@given(
    st.builds(
        dict,
        name=st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,10}\Z"),
        kind=st.sampled_from(list(KINDS)),
        base_url=st.sampled_from(["http://h:1/v1", "https://example.org/a/b"]),
        key=st.sampled_from(["system", "session", "none"]),
        organization=_plain,
        headers=st.dictionaries(st.from_regex(r"\AX-[A-Za-z]{1,8}\Z"), _plain, max_size=2),
        timeout=st.none() | st.integers(1, 86_400),
        max_connections=st.integers(1, 10_000),
    )
)
def test_any_provider_comes_back_as_it_was(values: dict[str, Any]) -> None:
    try:
        item = ProviderSettings(**values)
    except SettingsError:
        return
    assert parse(item.table()) == item


# -- keys ----------------------------------------------------------------------------------------------------


def test_a_key_that_is_gone_is_a_fault_of_its_provider_only() -> None:
    box = ProviderSettings(name="box", base_url="http://127.0.0.1:1/v1")
    tmp = ProviderSettings(name="tmp", base_url="http://127.0.0.1:1/v1", key="session")
    env = ProviderSettings(name="env", base_url="http://127.0.0.1:1/v1", key="environment", key_variable="MY_KEY")
    provider_settings.save([GROQ, tmp, env, box])
    known = Providers.load(KeyStore(Memory()), env={"GATE_TOKEN": "x"})
    assert not known.find("box/m").has_key
    for name, words in (("groq", "key store"), ("tmp", "until the program ended"), ("env", "MY_KEY")):
        with pytest.raises(SettingsError, match=words):
            known.find(f"{name}/m")
    assert Providers.load(KeyStore(Memory()), env={"MY_KEY": KEY}).find("env/m").api_key == KEY


def test_keys_of_the_session_are_in_no_store() -> None:
    memory = Memory()
    keys = KeyStore(memory)
    keys.keep("tmp", KEY, "session")
    assert (keys.get("tmp", "session"), memory.kept) == (KEY, {})
    keys.forget("tmp", "session")
    assert keys.get("tmp", "session") == ""


def test_without_a_key_store_the_ways_out_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends import fail

    keys = KeyStore(fail.Keyring())
    assert not keys.state().is_usable
    for words in ("until the program ends", "environment"):
        assert words in keys.state().reason
    with pytest.raises(SettingsError, match="until the program ends"):
        keys.keep("x", KEY)


def test_a_store_that_refuses_or_never_answers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from rlm_desktop import keys as keys_module

    class Locked(Memory):
        def get_password(self, service: str, username: str) -> str | None:
            raise RuntimeError("locked")

    with pytest.raises(SettingsError, match="refused"):
        KeyStore(Locked()).get("x")
    gate = threading.Event()

    class Silent(Memory):
        def get_password(self, service: str, username: str) -> str | None:
            gate.wait()
            return None

    monkeypatch.setattr(keys_module, "SECONDS", 0.05)
    with pytest.raises(SettingsError, match="did not answer"):
        KeyStore(Silent()).get("x")
    gate.set()


# -- whose model is it ---------------------------------------------------------------------------------------


def test_whose_model_a_name_is() -> None:
    box = providers.Provider("box", "http://127.0.0.1:1/v1")
    known = Providers([box], env={"OPENAI_API_KEY": KEY, "OPENROUTER_API_KEY": KEY})
    owners = {
        "offline": "offline",
        "box/m": "box",
        "gpt-5": "openai",
        "openai/gpt-5": "openai",
        "openrouter/openai/gpt-5": "openrouter",
        "ollama/qwen3": "ollama",
    }
    assert {name: known.find(name).name for name in owners} == owners
    assert known.find("openrouter/openai/gpt-5").server_name("openrouter/openai/gpt-5") == "openai/gpt-5"
    assert Providers([box], env={}).find("plain").name == "box"
    assert Providers([box], env={}).find("meta/llama").name == "box"
    with pytest.raises(SettingsError, match="PROVIDER/MODEL"):
        Providers(env={}).find("plain")


def test_a_model_of_a_provider_that_is_gone_is_not_asked_for_elsewhere() -> None:
    settings.save_tables("providers", [{"name": "lab", "base_url": "no address"}])
    known = Providers.load(KeyStore(Memory()), env={"OPENAI_API_KEY": KEY})
    for model, words in (("lab/secret", "cannot be used"), ("gone/secret", "no provider 'gone'")):
        with pytest.raises(SettingsError, match=words):
            known.find(model)
    assert "Provider 1" in known.problems[0]
    paths.settings_file().write_text("= not TOML")
    broken = Providers.load(KeyStore(Memory()), env={})
    assert broken.problems
    assert broken.find("offline").is_offline


def test_a_provider_of_the_settings_comes_before_one_of_the_environment() -> None:
    mine = providers.Provider("openai", "https://gate.example/v1")
    known = Providers([mine], env={"OPENAI_API_KEY": KEY})
    assert known.find("openai/gpt-5") is mine
    assert [provider.name for provider in known.all] == ["openai"]


def test_azure_and_openrouter_of_the_environment() -> None:
    env = {
        "AZURE_OPENAI_API_KEY": KEY,
        "AZURE_OPENAI_ENDPOINT": "https://r.openai.azure.com/",
        "OPENROUTER_API_KEY": KEY,
    }
    known = Providers(env=env)
    assert [(one.name, one.kind, one.source) for one in known.all] == [
        ("openrouter", "openrouter", "environment"),
        ("azure", "azure", "environment"),
    ]
    assert known.find("azure/deployed").uses_deployments


def test_what_is_wrong_in_the_environment_is_said() -> None:
    known = Providers(env={"OPENAI_API_KEY": "with space", "OPENROUTER_API_KEY": KEY})
    assert "character" in known.problems[0]
    assert known.find("m").name == "openrouter"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:11434/v1"),
        ("0.0.0.0:8001", "http://127.0.0.1:8001/v1"),
        ("box", "http://box:11434/v1"),
        ("https://box", "https://box:443/v1"),
        ("[::1]:7", "http://[::1]:7/v1"),
        (":7", "http://127.0.0.1:7/v1"),
        ("nonsense:port", "http://127.0.0.1:11434/v1"),
    ],
)
def test_where_ollama_is(host: str, url: str) -> None:
    assert Providers(env={"OLLAMA_HOST": host}).find("ollama/m").base_url == url
