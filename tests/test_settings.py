from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rlm_desktop import paths, settings
from rlm_desktop.errors import SettingsError
from rlm_desktop.settings import Option, Settings


def write(text: str) -> Path:
    path = paths.settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold() -> None:
    assert settings.load() == Settings()


def test_what_was_saved_is_loaded() -> None:
    chosen = Settings(
        root_model="gpt-5", max_depth=3, budget_usd=None, timeout=90, python_fences=False, theme="dark"
    )
    settings.save(chosen)
    assert settings.load() == chosen


def test_only_what_differs_from_the_defaults_is_written() -> None:
    settings.save(Settings(max_depth=3))
    assert paths.settings_file().read_text() == "max_depth = 3\n"


def test_what_another_window_chose_meanwhile_stays() -> None:
    before = Settings(max_depth=3)
    settings.save(Settings(max_depth=3, theme="dark"))  # by the other one
    after = before.with_values(max_depth=4)
    settings.save(after, before=before)
    assert settings.load() == Settings(max_depth=4, theme="dark")
    settings.save(after.with_values(max_depth=2), before=after)
    assert paths.settings_file().read_text() == 'theme = "dark"\n'


def test_what_is_not_allowed_goes_with_the_next_change() -> None:
    write('max_depth = 50\nmax_iterations = 30\ndatabase = "nowhere"\n')
    found, faults = settings.load_what_fits()
    settings.save(found.with_values(theme="dark"), before=found)
    assert len(faults) == 2
    assert settings.load() == Settings(max_iterations=30, theme="dark")


def test_a_limit_that_is_switched_off_survives() -> None:
    settings.save(Settings(max_errors=None))
    assert 'max_errors = "none"' in paths.settings_file().read_text()
    assert settings.load().max_errors is None


def test_unknown_keys_are_ignored_with_a_log_line_and_kept(caplog: pytest.LogCaptureFixture) -> None:
    path = write("from_the_future = 7\nmax_depth = 3\n\n[window]\nwidth = 900\n")
    with caplog.at_level(logging.INFO):
        loaded = settings.load()
    assert loaded.max_depth == 3
    assert "from_the_future" in caplog.text
    settings.save(loaded.with_values(max_depth=4))
    text = path.read_text()
    assert "from_the_future = 7" in text
    assert "width = 900" in text
    assert "max_depth = 4" in text


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("max_depth = 0", "a whole number from 1 to 10"),
        ('max_depth = "two"', "a whole number from 1 to 10"),
        ("max_depth = 2.5", "a whole number from 1 to 10"),
        ("max_depth = true", "a whole number from 1 to 10"),
        ('max_depth = "none"', "a whole number from 1 to 10"),
        ("budget_usd = -1", 'a number from 0.0001 to 1,000,000, or "none" for no limit'),
        ("budget_usd = nan", 'a number from 0.0001 to 1,000,000, or "none" for no limit'),
        ("python_fences = 1", "true or false"),
        ('theme = "pink"', 'one of "system", "light", "dark"'),
        ("root_model = 5", "a text"),
    ],
)
def test_a_wrong_value_is_refused_with_key_value_and_what_is_allowed(line: str, allowed: str) -> None:
    path = write(line)
    key, _, value = line.partition(" = ")
    with pytest.raises(SettingsError) as raised:
        settings.load()
    message = str(raised.value)
    assert f"The setting {key} is " in message
    assert value.strip('"').lower() in message.lower()
    assert f"Allowed is {allowed}." in message
    assert str(path) in message


@pytest.mark.parametrize(
    "content", [b"max_depth = = 3", b"\xff\xfe\x00", b"[unfinished", b"a=" + b"[" * 9999, b"a=" + b"9" * 9999]
)
def test_a_broken_file_is_refused_in_words(content: bytes) -> None:
    path = write("")
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="not valid TOML"):
        settings.load()


@pytest.mark.expect_log_warnings
def test_saving_keeps_a_broken_file_aside() -> None:
    path = write("max_depth = = 3")
    settings.save(Settings(max_depth=5))
    assert settings.load().max_depth == 5
    assert path.with_name("settings.toml.broken").read_text() == "max_depth = = 3"


def test_a_failed_save_leaves_the_old_file_and_no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.save(Settings(max_depth=3))

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(SettingsError, match="No space left on device"):
        settings.save(Settings(max_depth=4))
    assert settings.load().max_depth == 3
    assert [file.name for file in paths.config_dir().iterdir()] == ["settings.toml"]


def test_a_folder_in_the_place_of_the_file_is_said() -> None:
    paths.settings_file().mkdir(parents=True)
    with pytest.raises(SettingsError, match="cannot be read"):
        settings.load()


def test_with_values_refuses_unknown_names() -> None:
    with pytest.raises(SettingsError, match="no setting 'depth'"):
        Settings().with_values(depth=3)


def test_the_sub_calls_use_the_root_model_unless_told() -> None:
    assert Settings(root_model="a").sub_model_or_root == "a"
    assert Settings(root_model="a", sub_model="b").sub_model_or_root == "b"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("max_depth", "3", 3),
        ("max_tokens", "1_000_000", 1_000_000),
        ("budget_usd", "0.25", 0.25),
        ("budget_usd", "None", None),
        ("python_fences", "false", False),
        ("sub_calls", "explicit", "explicit"),
    ],
)
def test_options_read_what_is_typed(name: str, text: str, value: Any) -> None:
    option = next(option for option in settings.options() if option.name == name)
    assert option.parse(text) == value


@pytest.mark.parametrize(("name", "text"), [("max_depth", "many"), ("python_fences", "maybe"), ("theme", "pink")])
def test_options_refuse_what_is_not_allowed(name: str, text: str) -> None:
    option = next(option for option in settings.options() if option.name == name)
    with pytest.raises(SettingsError, match=name):
        option.parse(text)


@pytest.mark.parametrize("text", ["SN-[0-9]+", "= x", "badge =", "badge = (", "badge = B*", "a = b\nc"])
def test_kinds_of_secrets_that_cannot_be_looked_for_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="secret_patterns"):
        Settings(secret_patterns=text)


def test_kinds_of_secrets() -> None:
    chosen = Settings(secret_patterns="\n badge = B-[0-9]{6}\n\nstaff number=SN=[0-9]+ \n")
    assert chosen.secret_kinds == {"badge": "B-[0-9]{6}", "staff number": "SN=[0-9]+"}


@pytest.mark.parametrize(
    "address",
    [
        "history",
        "postgresql:server",
        "postgresql://",
        "mysql://me@server/history",
        "sqlite://server/history",
        "postgresql://me:hush-hush@server/history",
        "postgresql://me:hush/hush-hush@server/history",
        "postgresql://server/history?user=me&password=hush-hush",
    ],
)
def test_the_address_of_a_history_is_one_and_holds_no_password(address: str) -> None:
    with pytest.raises(SettingsError, match="setting database") as raised:
        Settings(database=address)
    assert "hush-hush" not in str(raised.value)


def test_where_the_history_is() -> None:
    assert Settings().history_place == paths.history_file()
    for address in ("postgresql://me@server:5432/history?host=/run/a:b", "sqlite:////a:b@c/history.sqlite"):
        assert Settings(database=address).history_place == address


@pytest.mark.parametrize("text", ["m", "=m", "2=", "x=m", "11=m", "-1=m", "2=m, nonsense"])
def test_models_by_depth_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="models_by_depth"):
        Settings(models_by_depth=text)


def test_models_by_depth() -> None:
    assert Settings(models_by_depth="2=local/a, 3 = b").models_at_depth == {2: "local/a", 3: "b"}


def test_tables_and_settings_leave_each_other_alone() -> None:
    settings.save(Settings(max_depth=3))
    settings.save_tables("providers", [{"name": "box", "headers": {"X": "1"}}])
    settings.save(Settings(max_depth=4))
    assert settings.load().max_depth == 4
    assert settings.load_tables("providers") == [{"name": "box", "headers": {"X": "1"}}]
    settings.save_tables("providers", [])
    assert paths.settings_file().read_text() == "max_depth = 4\n"


TEXTS = {
    "models_by_depth": ["", "1=m", "2=local/qwen3, 3=openai/gpt-5-mini"],
    "secret_patterns": ["", "badge = B-[0-9]{6}\npage=\\bSN\\d+"],
    "database": ["", "postgresql://me@server/history"],
}
"""Of settings that do not take any text."""


def values_of(option: Option) -> st.SearchStrategy[Any]:
    if option.allowed:
        return st.sampled_from(option.allowed)
    if option.kind is bool:
        return st.booleans()
    if option.name in TEXTS:
        return st.sampled_from(TEXTS[option.name])
    if option.kind is str:
        return st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    low, high = option.low or 0, option.high or 0
    numbers: st.SearchStrategy[Any]
    numbers = st.integers(int(low), int(high)) if option.kind is int else st.floats(low, high)
    return numbers | st.none() if option.is_optional else numbers


@given(st.fixed_dictionaries({option.name: values_of(option) for option in settings.options()}))
@hypothesis_settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_allowed_settings_survive_the_file(values: dict[str, Any]) -> None:
    chosen = Settings(**values)
    settings.save(chosen)
    assert settings.load() == chosen


# -- what comes before the file, and what of it can be used ---------------------------------------------------


def test_the_environment_comes_before_the_file_and_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.save(Settings(max_depth=5, theme="dark"))
    monkeypatch.setenv("RLM_DESKTOP_MAX_DEPTH", "3")
    monkeypatch.setenv("RLM_DESKTOP_TIMEOUT", "none")
    loaded = settings.load()
    assert (loaded.max_depth, loaded.timeout, loaded.theme) == (3, None, "dark")
    assert loaded.overridden == {"max_depth": "RLM_DESKTOP_MAX_DEPTH", "timeout": "RLM_DESKTOP_TIMEOUT"}
    settings.save(loaded.with_values(theme="light"))
    monkeypatch.delenv("RLM_DESKTOP_MAX_DEPTH")
    monkeypatch.delenv("RLM_DESKTOP_TIMEOUT")
    assert settings.load() == Settings(max_depth=5, theme="light")


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RLM_DESKTOP_MAX_DEPTH", "many")
    with pytest.raises(SettingsError, match=r"RLM_DESKTOP_MAX_DEPTH is wrong.*from 1 to 10"):
        settings.load()
    found, faults = settings.load_what_fits()
    assert found == Settings()
    assert len(faults) == 1


def test_what_fits_is_used_and_the_rest_is_kept_aside() -> None:
    file = paths.settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    text = 'max_depth = 4\nmax_iterations = "lots"\ntheme = "pink"\nfrom_the_future = 1\ntimeout = "none"\n'
    file.write_text(text, encoding="utf-8")
    found, faults = settings.load_what_fits()
    assert found == Settings(max_depth=4, timeout=None)
    assert [fault.split()[2] for fault in faults] == ["max_iterations", "theme"]
    assert file.with_name("settings.toml.broken").read_text(encoding="utf-8") == text


def test_a_file_that_is_no_toml_leaves_the_defaults() -> None:
    file = paths.settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\xff = [")
    found, faults = settings.load_what_fits()
    assert found == Settings()
    assert "not valid TOML" in faults[0]


@pytest.mark.expect_log_warnings
@given(st.dictionaries(st.sampled_from([option.name for option in settings.options()]), st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.lists(st.integers(), max_size=2)
)))  # fmt: skip
def test_any_values_give_settings_or_sentences(values: dict[str, Any]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        file = folder / "settings.toml"
        file.write_bytes(tomli_w.dumps({name: v for name, v in values.items() if v is not None}).encode())
        found, faults = settings.load_what_fits(file)
        wrong = sum(name not in settings._plain_values(found) for name in values)
        assert len(faults) <= wrong
        settings.save(found, file)
        assert settings.load(file) == found
    finally:
        shutil.rmtree(folder)
