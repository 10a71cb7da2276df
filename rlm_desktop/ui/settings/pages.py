"""Which setting stands where in the dialog."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from rlm_desktop.settings import Option, options


@dataclass(frozen=True, slots=True)
class Page:
    """A group of settings.

    Attributes:
        title: In English; `heading` translates it.
        names: The settings on it, in order; () for a page that is a widget of its own.
    """

    name: str
    title: str
    names: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The title in the window's language."""
        return QCoreApplication.translate("SettingsPages", self.title)

    @property
    def options(self) -> list[Option]:
        """What can be chosen on it."""
        known = {option.name: option for option in options()}
        return [known[name] for name in self.names if name in known]


PAGES = (
    Page("providers", "Providers"),
    Page(
        "models",
        "Models",
        (
            *("root_model", "sub_model", "models_by_depth", "sub_calls", "temperature", "reasoning_effort"),
            *("max_output_tokens", "system_prompt"),
        ),
    ),
    Page("presets", "Presets"),
    Page("prices", "Prices"),
    Page(
        "limits",
        "Limits",
        (
            *("max_depth", "max_iterations", "max_concurrent", "budget_usd", "max_tokens", "max_calls", "timeout"),
            "max_errors",
        ),
    ),
    Page(
        "repl",
        "REPL",
        (
            *("repl_mode", "repl_libraries", "cell_timeout", "memory_limit_mb", "output_limit", "python_fences"),
            "secret_patterns",
        ),
    ),
    Page(
        "appearance",
        "Appearance",
        ("theme", "density", "font_size", "language"),
    ),
    Page("general", "General", ("check_updates", "updates_url", "database")),
    Page("storage", "Storage"),
    Page("shortcuts", "Shortcuts"),
)
