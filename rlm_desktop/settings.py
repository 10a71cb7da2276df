"""The settings: what may be chosen, what is allowed, and the file that keeps it.

The file is TOML in the platform's configuration folder. It holds only what differs from the defaults; `"none"`
stands for "no limit". Keys that this version does not know stay in the file untouched. No key of a model
provider is ever written here. An environment variable `RLM_DESKTOP_` with a setting's name in capitals, as
`RLM_DESKTOP_MAX_DEPTH`, comes before the file and is never written into it.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import re
import threading
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from rlm_desktop import paths
from rlm_desktop.errors import SettingsError

_log = logging.getLogger(__name__)

NO_LIMIT = "none"
"""How a limit that is switched off stands in the file and on the command line."""
VARIABLE = "RLM_DESKTOP_"
"""Before the name of a setting, in capitals: the environment variable that comes before the file."""
TABLES = ("providers", "shortcuts")
"""Tables in the file that are no settings of their own; see `load_tables`."""
_file_lock = threading.Lock()
"""Settings and tables are written from several threads, each by reading the file and writing it anew."""


def _one_of(default: str, *allowed: str, text: str) -> Any:
    return field(default=default, metadata={"text": text, "allowed": (default, *allowed)})


def _name(default: str, text: str, *, is_long: bool = False) -> Any:
    return field(default=default, metadata={"text": text, "is_long": is_long})


def _switch(default: bool, text: str) -> Any:
    return field(default=default, metadata={"text": text})


def _number(
    default: float | None, low: float, high: float, text: str, unit: str = "", none_text: str = "no limit"
) -> Any:
    metadata = {"text": text, "low": low, "high": high, "unit": unit, "none_text": none_text}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a person may choose; each value is checked when the object is made.

    The text, the range and the unit of each setting are in its field's metadata: the settings dialog and the
    command line are made from them (see `options`).

    Attributes:
        overridden: Setting -> what has set it for this time, as `RLM_DESKTOP_MAX_DEPTH` or `--theme`; `save` leaves
            these as they stand in the file.

    Raises:
        SettingsError: A value is not allowed; the text names the setting, the value and what is allowed.
    """

    root_model: str = _name("offline", "Model of the root call")
    sub_model: str = _name("", "Model of the sub-calls; empty means the root model")
    models_by_depth: str = _name("", "Models of single depths, as in 2=local/qwen3, 3=local/qwen3")
    temperature: float | None = _number(
        None, 0.0, 2.0, "How freely models choose their words", none_text="the model's own"
    )
    reasoning_effort: str = _one_of(
        "default", "none", "minimal", "low", "medium", "high", text="How long reasoning models think"
    )
    max_output_tokens: int | None = _number(
        None, 16, 10**6, "Longest response of a model", "tokens", none_text="the model's own"
    )
    system_prompt: str = _name("", "What rlm calls are told of their role; empty means the default", is_long=True)
    max_depth: int = _number(2, 1, 10, "Levels of calls below the root: 1 means plain sub-calls only")
    max_iterations: int = _number(20, 1, 1000, "Iterations of the root call; sub-calls get fewer by depth")
    max_concurrent: int = _number(16, 1, 10_000, "Calls that may ask a model at the same time")
    budget_usd: float | None = _number(None, 0.0001, 1e6, "Most that one run may cost", "USD")
    max_tokens: int | None = _number(None, 1, 10**12, "Most tokens that one run may use, read and written")
    max_calls: int | None = _number(None, 1, 10**9, "Most calls that one run may make")
    timeout: float | None = _number(600.0, 1.0, 1e6, "Longest time that one run may take", "seconds")
    max_errors: int | None = _number(5, 1, 1000, "Iterations with an error in a row after which a call gives up")
    sub_calls: str = _one_of(
        "recursive", "explicit", text="Whether llm_query recurses while levels remain, or only rlm_query does"
    )
    python_fences: bool = _switch(True, "Run ```python blocks when a response has no ```repl block")
    output_limit: int = _number(20_000, 200, 10**7, "Output of a cell that the model is shown", "characters")
    memory_limit_mb: int = _number(2048, 64, 10**6, "Memory that one REPL may use, beside its context", "MB")
    cell_timeout: float | None = _number(
        120.0, 1.0, 1e6, "Longest time that one cell may compute, waiting for models not counted", "seconds"
    )
    repl_mode: str = _one_of(
        "confined", "strict", text="Real Python in confined processes, or a restricted interpreter for a part of it"
    )
    repl_libraries: str = _one_of(
        "none", "numpy", "pandas", text="Installed libraries that cells may import; pandas brings numpy"
    )
    secret_patterns: str = _name(
        "", "Further secrets that no model may see; a kind on each line, as in badge = B-[0-9]+", is_long=True
    )
    theme: str = _one_of("system", "light", "dark", text="Colours of the window")
    language: str = _one_of("system", "en", "de", text="Language of the window, from the next start on")
    density: str = _one_of("normal", "compact", "roomy", text="How much room rows and controls take")
    font_size: int = _number(100, 75, 200, "Size of the text, against the system's", "%")
    check_updates: bool = _switch(
        False, "Look once a day, at the address for updates, whether there is a newer version"
    )
    updates_url: str = _name("", "Address of the document that names the newest version; nothing is sent to it")
    database: str = _name(
        "", "Shared history in place of the file, as in postgresql://name@server/history; from the next start on"
    )
    overridden: Mapping[str, str] = field(default_factory=dict[str, str], compare=False, repr=False)

    def __post_init__(self) -> None:
        for option in options():
            _check(option, getattr(self, option.name))
        _parse_depths(self.models_by_depth)
        _parse_patterns(self.secret_patterns)
        _check_database(self.database)

    @property
    def history_place(self) -> Path | str:
        """Where the history is: its file, or the address of a database."""
        return self.database or paths.history_file()

    @property
    def secret_kinds(self) -> dict[str, str]:
        """Further kinds of secrets: name -> regular expression."""
        return _parse_patterns(self.secret_patterns)

    @property
    def models_at_depth(self) -> dict[int, str]:
        """Depth -> model, where a depth has its own."""
        return _parse_depths(self.models_by_depth)

    @property
    def sub_model_or_root(self) -> str:
        """The model of the sub-calls."""
        return self.sub_model or self.root_model

    @property
    def repl_library_names(self) -> tuple[str, ...]:
        """The libraries that cells may import."""
        return {"none": (), "numpy": ("numpy",), "pandas": ("numpy", "pandas")}[self.repl_libraries]

    def with_values(self, **values: Any) -> Settings:
        """A copy with some values changed; names that are no settings are refused.

        Raises:
            SettingsError: Unknown name or value that is not allowed.
        """
        known = {option.name for option in options()}
        for name in values:
            if name not in known:
                raise SettingsError(f"There is no setting {name!r}. The settings are: {', '.join(sorted(known))}.")
        return dataclasses.replace(self, **values)

    def overridden_by(self, source: str, **values: Any) -> Settings:
        """A copy with values that hold for this time only; `source` says where they come from.

        Raises:
            SettingsError: Unknown name or value that is not allowed.
        """
        overridden = {**self.overridden, **dict.fromkeys(values, source)}
        return dataclasses.replace(self.with_values(**values), overridden=overridden)


@dataclass(frozen=True, slots=True)
class Option:
    """What a setting may be.

    Attributes:
        kind: `str`, `bool`, `int` or `float`.
        is_optional: Whether it may be None: no limit.
        allowed: The words to choose from, () when it is not a choice.
        low / high: Range of a number.
        none_text: What None stands for.
        is_long: Whether it is a text of several lines.
    """

    name: str
    text: str
    kind: type
    default: Any
    is_optional: bool = False
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str = ""
    none_text: str = "no limit"
    is_long: bool = False

    @property
    def allowed_text(self) -> str:
        """What is allowed, in words."""
        if self.allowed:
            words = ", ".join(f'"{word}"' for word in self.allowed)
            return f"one of {words}"
        if self.kind is bool:
            return "true or false"
        if self.kind is str:
            return "a text"
        number = "a whole number" if self.kind is int else "a number"
        low, high = _plain(self.low), _plain(self.high)
        if self.is_optional:
            return f'{number} from {low} to {high}, or "{NO_LIMIT}" for {self.none_text}'
        return f"{number} from {low} to {high}"

    def parse(self, text: str) -> Any:
        """The value that `text` stands for, as typed on a command line.

        Raises:
            SettingsError: It is none of what is allowed.
        """
        value: Any = text
        try:
            if self.is_optional and text.lower() == NO_LIMIT:
                value = None
            elif self.kind is bool:
                value = {"true": True, "false": False}.get(text.lower(), text)
            elif self.kind is not str:
                value = self.kind(text.replace("_", ""))
        except ValueError:
            pass  # `_check` says what is allowed
        _check(self, value)
        return value


def _plain(number: float | None) -> str:
    return "?" if number is None else f"{number:,.13g}"


def options() -> tuple[Option, ...]:
    """Every setting with what it may be, in their order."""
    return _OPTIONS


def _make_option(item: dataclasses.Field[Any], hint: Any) -> Option:
    is_optional = type(None) in getattr(hint, "__args__", ())
    kind = next(part for part in hint.__args__ if part is not type(None)) if is_optional else hint
    return Option(item.name, kind=kind, default=item.default, is_optional=is_optional, **item.metadata)


def _make_options() -> tuple[Option, ...]:
    hints = get_type_hints(Settings)
    described = [item for item in dataclasses.fields(Settings) if item.metadata]
    return tuple(_make_option(item, hints[item.name]) for item in described)


_OPTIONS = _make_options()


def _check(option: Option, value: Any) -> None:
    """Raise unless `value` is allowed for `option`."""
    if not _fits(option, value):
        shown = f'"{value}"' if isinstance(value, str) else repr(value)
        raise SettingsError(
            f"The setting {option.name} is {shown}, which is not allowed. Allowed is {option.allowed_text}."
        )


def _parse_depths(text: str) -> dict[int, str]:
    """`2=name, 3=name` as a mapping."""
    found: dict[int, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        depth, is_given, model = (word.strip() for word in part.partition("="))
        if not (is_given and model and depth.isascii() and depth.isdigit() and int(depth) <= 10):
            raise SettingsError(
                f'The setting models_by_depth is "{text}", which is not allowed. Allowed is a list of depths with '
                'their models, as in "1=openai/gpt-5-mini, 2=local/qwen3".'
            )
        found[int(depth)] = model
    return found


def _fits(option: Option, value: Any) -> bool:
    if value is None:
        return option.is_optional
    if not _is_of_kind(value, option.kind) or (option.allowed and value not in option.allowed):
        return False
    return option.low is None or option.high is None or option.low <= value <= option.high  # false for NaN


def _is_of_kind(value: Any, kind: type) -> bool:
    """Whether it is one; a truth value is no number, a whole number is a number."""
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind) or (kind is float and isinstance(value, int))


def _parse_patterns(text: str) -> dict[str, str]:
    """Lines of `name = pattern` as a mapping."""
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _, pattern = (word.strip() for word in line.partition("="))
        try:
            # One that fits nothing at all would fit everywhere.
            is_pattern = bool(name and pattern) and re.compile(pattern).search("") is None
        except (re.error, OverflowError, RecursionError):
            is_pattern = False
        if not is_pattern:
            raise SettingsError(
                f'The setting secret_patterns has the line "{line}", which is not allowed. Allowed is a name with '
                'a regular expression that fits some text, as in "badge = B-[0-9]+".'
            )
        found[name] = pattern
    return found


def _check_database(address: str) -> None:
    """Raise unless it is none, or one without a password."""
    scheme, _, rest = address.partition("://")
    if re.match("[^:/]*:[^@]*@", rest) or "password=" in rest:
        raise SettingsError(
            "The setting database must not hold a password, which would be kept as it is. Put it into the variable "
            "PGPASSWORD or the file ~/.pgpass."
        )
    is_known = scheme.partition("+")[0] in ("postgresql", "postgres") or address.startswith("sqlite:///")
    if address and not (is_known and rest):
        raise SettingsError(
            f'The setting database is "{address}", which is not allowed. Allowed is the address of a database, as '
            'in "postgresql://name@server/history".'
        )


def from_mapping(values: Mapping[str, Any]) -> Settings:
    """Settings from names and plain values; unknown names are logged and left out.

    Raises:
        SettingsError: A value is not allowed.
    """
    known = {option.name: option for option in options()}
    chosen: dict[str, Any] = {}
    for name, value in values.items():
        if name in TABLES:
            continue
        if name not in known:
            _log.info("The settings file has the unknown key %r; it is ignored.", name)
        elif known[name].is_optional and value == NO_LIMIT:
            chosen[name] = None
        else:
            chosen[name] = value
    return Settings(**chosen)


def load(path: Path | None = None) -> Settings:
    """The settings of the file and the environment, or the defaults where they say nothing.

    Raises:
        SettingsError: The file cannot be read, is not TOML or holds a value that is not allowed,
            or a variable does.
    """
    path = path or paths.settings_file()
    try:
        settings = from_mapping(_read(path))
    except SettingsError as error:
        raise SettingsError(f"{error} Mend or delete the file {path}.") from None
    for option in options():
        settings = _from_environment(settings, option)
    return settings


def load_what_fits(path: Path | None = None) -> tuple[Settings, list[str]]:
    """`load` that never fails: a value that is not allowed is left at its default, the others hold.

    Returns:
        The settings, and a sentence for each thing that was wrong. The file is then also kept beside itself as
        `settings.toml.broken`, because the next change writes it anew.
    """
    path = path or paths.settings_file()
    faults: list[str] = []
    settings = Settings()
    try:
        values = _read(path)
    except SettingsError as error:
        faults.append(str(error))
        values = {}
    for name, value in values.items():
        try:
            settings = settings.with_values(**_plain_values(from_mapping({name: value})))
        except SettingsError as error:
            faults.append(str(error))
    if faults:
        _keep_copy(path)
    for option in options():
        try:
            settings = _from_environment(settings, option)
        except SettingsError as error:
            faults.append(str(error))
    return settings, faults


def _plain_values(settings: Settings) -> dict[str, Any]:
    """What differs from the defaults."""
    values = {option.name: getattr(settings, option.name) for option in options()}
    return {option.name: values[option.name] for option in options() if values[option.name] != option.default}


def _from_environment(settings: Settings, option: Option) -> Settings:
    variable = VARIABLE + option.name.upper()
    text = os.environ.get(variable)
    if text is None:
        return settings
    try:
        return settings.overridden_by(variable, **{option.name: option.parse(text.strip())})
    except SettingsError as error:
        raise SettingsError(f"The environment variable {variable} is wrong. {error}") from None


def save(settings: Settings, path: Path | None = None, *, before: Settings | None = None) -> None:
    """Write the settings, at once or not at all: a crash leaves the old file whole.

    A file that is no TOML is kept beside the new one as `settings.toml.broken`.

    Args:
        settings: What is chosen now.
        path: The file; the person's own when None.
        before: What was read or written last: what is the same now is left as it stands in the file, where another
            window or a hand may have changed it meanwhile, unless that is not allowed. Everything is written when
            None.

    Raises:
        SettingsError: The file cannot be written.
    """
    path = path or paths.settings_file()
    with _file_lock:
        try:
            kept = _read(path)
        except SettingsError:
            kept, before = {}, None
            _keep_aside(path)
        for option in options():
            value = getattr(settings, option.name)
            is_same = before is not None and getattr(before, option.name) == value
            if (is_same and _is_allowed(option.name, kept)) or option.name in settings.overridden:
                continue
            kept.pop(option.name, None)
            if value != option.default:
                kept[option.name] = NO_LIMIT if value is None else value
        _write_toml(path, kept)


def _is_allowed(name: str, values: Mapping[str, Any]) -> bool:
    """Whether what a file says of a setting can be used; that it says nothing can."""
    try:
        from_mapping({name: values[name]} if name in values else {})
    except SettingsError:
        return False
    return True


def load_tables(name: str, path: Path | None = None) -> list[Any]:
    """The tables `[[providers]]` or the one table `[shortcuts]` of the file, unchecked; empty where there is none.

    Raises:
        SettingsError: The file cannot be read.
    """
    tables = _read(path or paths.settings_file()).get(name, [])
    return list(tables) if isinstance(tables, list) else [tables]


def save_tables(name: str, tables: Sequence[Any] | Mapping[str, Any], path: Path | None = None) -> None:
    """Write a list of tables, or one table, into the settings file; all else in it stays.

    Raises:
        SettingsError: The file cannot be read or written.
    """
    path = path or paths.settings_file()
    with _file_lock:
        kept = _read(path)
        kept.pop(name, None)
        if tables:
            kept[name] = dict(tables) if isinstance(tables, Mapping) else list(tables)
        _write_toml(path, kept)


def _write_toml(path: Path, values: Mapping[str, Any]) -> None:
    try:
        import tomli_w  # not needed to start

        write_whole(path, tomli_w.dumps(values).encode())
    except OSError as error:
        raise _unwritable(path, error) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"The settings cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:  # of TOML, of its letters, its numbers and its nesting
        raise SettingsError(f"The settings file is not valid TOML: {error}.") from error


def _unwritable(path: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"The settings cannot be written to {path}: {error.strerror}. Until this is mended, changes are not kept."
    )


def _keep_aside(path: Path) -> None:
    aside = path.with_name(path.name + ".broken")
    try:
        path.replace(aside)
    except OSError as error:
        raise _unwritable(path, error) from error
    _log.warning("The settings file could not be used; it was kept as %s.", aside)


def _keep_copy(path: Path) -> None:
    """A copy of a file that can be used only in part; that it cannot be written is no reason to stop."""
    try:
        path.with_name(path.name + ".broken").write_bytes(path.read_bytes())
    except OSError as error:
        _log.warning("No copy of the settings file could be kept: %s", error)


def write_whole(path: Path, content: bytes, *, is_lasting: bool = True) -> None:
    """Write a file at once or not at all: a crash leaves the old one, and who reads it meanwhile sees one of both.

    Args:
        path: Which; its folder is made where it is missing.
        content: What shall stand in it.
        is_lasting: Wait until the disk has it; what can be had again is not worth that time.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    import tempfile  # not needed to start, and it brings a dozen modules

    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if is_lasting:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
