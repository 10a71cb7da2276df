from __future__ import annotations

import time
from email.utils import formatdate
from pathlib import Path

import pytest

from rlm_desktop.engine import failures, prices, providers
from rlm_desktop.engine.chat import ReplyReader
from rlm_desktop.engine.events import Usage
from rlm_desktop.engine.failures import limit_over_in, retry_after
from rlm_desktop.errors import ModelError, SettingsError

NOW = 1_800_000_000


def test_without_anything_there_is_the_offline_model() -> None:
    assert [choice.name for choice in providers.available_models({})] == ["offline"]
    assert providers.available_models({})[0].label == "Offline (extractive, no language model)"
    assert providers.default_models({}) == ("offline", "offline")
    assert providers.label("offline") == "Offline (extractive, no language model)"
    assert providers.find_provider("offline", env={}).is_offline


def test_a_key_in_the_environment_brings_its_provider() -> None:
    env = {"OPENAI_API_KEY": "sk-secret-value", "OPENAI_MODEL": "gpt-5", "OPENAI_SUB_MODEL": "gpt-5-mini"}
    names = [choice.name for choice in providers.available_models(env)]
    assert names[:3] == ["offline", "gpt-5", "gpt-5-mini"]
    assert providers.default_models(env) == ("gpt-5", "gpt-5-mini")
    provider = providers.find_provider("gpt-5", env=env)
    assert (provider.name, provider.base_url) == ("openai", "https://api.openai.com/v1")
    assert "sk-secret-value" not in repr(provider)


def test_another_server_needs_no_key() -> None:
    provider = providers.find_provider("llama", env={"OPENAI_BASE_URL": "http://localhost:11434/v1/"})
    assert (provider.name, provider.base_url, provider.api_key) == (
        "localhost",
        "http://localhost:11434/v1",
        "none",
    )


def test_an_env_file_is_read_but_never_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-from-file-1234\nOPENAI_MODEL=m\n")
    monkeypatch.chdir(tmp_path)
    env = providers.environment()
    assert env["OPENAI_API_KEY"] == "sk-from-file-1234"
    assert "sk-from-file-1234" in providers.configured_secrets()
    import os

    assert "OPENAI_API_KEY" not in os.environ


@pytest.mark.parametrize("text", [b"NAME=K\xe4se\nAPI_KEY=abcdefgh\n", b"\xef\xbb\xbfAPI_KEY=abcdefgh\n"])
def test_an_env_file_in_another_encoding_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: bytes
) -> None:
    (tmp_path / ".env").write_bytes(text)
    monkeypatch.chdir(tmp_path)
    assert providers.environment()["API_KEY"] == "abcdefgh"


def test_a_working_folder_that_is_gone_has_no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.MonkeyPatch.context() as quiet:
        quiet.setattr(providers._log, "warning", lambda *_: None)
        assert "API_KEY" not in providers.environment()


def test_the_token_of_a_secret_header_is_a_secret_by_itself() -> None:
    provider = providers.Provider("box", "http://h/v1", "none", {"Authorization": "Bearer token-1234", "X": "y"})
    assert provider.secrets == ("Bearer token-1234", "token-1234")
    assert set(provider.secrets) <= set(providers.Providers([provider], env={}).secrets)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://host/v1", "http://", "not a url"])
def test_a_base_url_that_is_none_is_explained(url: str) -> None:
    with pytest.raises(SettingsError, match="http://"):
        providers.make_provider(base_url=url, env={})


@pytest.mark.parametrize("key", ["with space", "käse", "line\nend"])
def test_a_key_that_is_none_is_explained(key: str) -> None:
    with pytest.raises(SettingsError, match="API key"):
        providers.make_provider(api_key=key, env={})


def test_keys_are_trimmed() -> None:
    provider = providers.make_provider(api_key=" sk-abc \n", env={})
    assert provider is not None
    assert provider.api_key == "sk-abc"


def test_secrets_are_found_by_their_names() -> None:
    env = {
        "MY_API_KEY": "a",
        "APIKEY": "b",
        "GITHUB_TOKEN": "c",
        "DB_PASSWORD": "d",
        "KEYBOARD": "no",
        "PATH": "no",
    }
    assert providers.configured_secrets(env) == ["a", "b", "c", "d"]


def test_prices_by_name_and_dated_name() -> None:
    assert prices.price_of("gpt-5-mini") == prices.price_of("GPT-5-mini-2025-08-07")
    assert prices.price_of("no-such-model") is None
    assert prices.price_of("gpt-5-mini-special") is None
    free = prices.price_of("offline")
    assert free is not None
    assert prices.cost_of(free, Usage(input_tokens=5, output_tokens=5)) == 0


def test_cost_counts_cached_input_at_its_own_price() -> None:
    price = prices.Price(input=1.0, output=10.0, cached=0.1)
    usage = Usage(input_tokens=1_000_000, output_tokens=100_000, cached_tokens=400_000)
    assert prices.cost_of(price, usage) == pytest.approx(0.6 + 0.04 + 1.0)
    assert prices.cost_of(prices.Price(1.0, 10.0), usage) == pytest.approx(2.0)
    assert prices.cost_of(price, None) is None
    assert prices.cost_of(None, usage) is None
    assert prices.cost_of(price, Usage(input_tokens=5)) is None


def test_a_stream_cut_anywhere_into_bytes_reads_the_same() -> None:
    stream = (
        ': comment\r\nevent: x\r\ndata: {"choices": [{"delta": {"content": "Grüße "}}]}\r\n\r\n'
        'data: {"choices": [{"delta": {"content": [{"type": "text", "text": "und"}], "reasoning": "hm"}}]}\n\n'
        'data: {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": null, "cost": 0.5}}\n\n'
        "data: [DONE]"
    ).encode()
    for size in (1, 2, 3, 7, 1000):
        reader = ReplyReader(is_streamed=True)
        for start in range(0, len(stream), size):
            reader.feed(stream[start : start + size])
        reader.finish()
        assert (reader.text, reader.reasoning) == ("Grüße und", "hm")
        assert reader.usage == Usage(input_tokens=3)
        assert reader.cost_usd == 0.5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}, None),
        ({"retry-after": formatdate(time.time() + 1_000, usegmt=True)}, 1_000),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
    ],
)
def test_how_long_a_server_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    asked = retry_after(headers)
    assert asked == (None if seconds is None else pytest.approx(seconds, rel=0.5))


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("12", 12),
        (str(NOW + 50), 50),
        (str((NOW + 50) * 1_000), 50),
        (str(NOW + 5_000), None),
        ("6m0s", None),
        ("-1", None),
        ("nan", None),
    ],
)
def test_when_a_rate_limit_is_over(monkeypatch: pytest.MonkeyPatch, reset: str, seconds: float | None) -> None:
    monkeypatch.setattr(failures.time, "time", lambda: NOW)
    assert limit_over_in({"x-ratelimit-reset": reset}) == seconds
    assert limit_over_in({}) is None


def test_a_stream_without_an_end_broke_off() -> None:
    reader = ReplyReader(is_streamed=True)
    reader.feed(b'data: {"choices": [{"delta": {"content": "half"}}]}\n\n')
    with pytest.raises(ModelError, match="broke off"):
        reader.finish()
