"""The language of the window: which one, and Qt's translators for it.

Texts are written in English in the code, in `self.tr(...)` or `QCoreApplication.translate(...)`. What they are in
other languages is in `resources/translations/*.ts`, which `packaging/translate.py` keeps in step with the code.
The language is taken when the window is made; another one holds from the next start on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from rlm_desktop import paths

log = logging.getLogger(__name__)

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "de": "Deutsch"}
"""The languages that the window speaks, each in its own words."""
_NAME, _SPOKEN = "rlmTranslator", "rlmLanguage"


def install(app: QCoreApplication, choice: str = "system", wanted: Iterable[str] | None = None) -> str:
    """Let `app` speak a language, and write its numbers and dates as that language does.

    Args:
        app: The application; another language that was installed before goes.
        choice: A key of `LANGUAGES`, or `system` for the first of the person's own languages that is one.
        wanted: The person's languages, best first, as `de-AT`; as the system has them by default.

    Returns:
        The language.
    """
    system = QLocale.system()
    language = choice if choice in LANGUAGES else _first_known(system.uiLanguages() if wanted is None else wanted)
    if app.property(_SPOKEN) == language:
        return language
    app.setProperty(_SPOKEN, language)
    QLocale.setDefault(system if _code(system.name()) == language else QLocale(language))
    for old in app.findChildren(QTranslator, _NAME):
        app.removeTranslator(old)
        old.deleteLater()
    # English needs a file too: for what there is more than one of.
    _add(app, f"rlm_desktop_{language}", str(paths.resource("translations")))
    if language != ENGLISH:
        _add(app, f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return language


def spoken() -> str:
    """The language that the window speaks, a key of `LANGUAGES`."""
    app = QCoreApplication.instance()
    return str(app.property(_SPOKEN) or ENGLISH) if app is not None else ENGLISH


def marked(context: str, text: str) -> str:
    """`text` as it is; `packaging/translate.py` finds it, and the code translates it when it is needed."""
    return text


def _add(app: QCoreApplication, name: str, folder: str) -> None:
    translator = QTranslator(app)
    translator.setObjectName(_NAME)
    if not (translator.load(name, folder) and app.installTranslator(translator)):
        log.info("there is no translation %s in %s", name, folder)


def _first_known(wanted: Iterable[str]) -> str:
    return next((code for name in wanted if (code := _code(name)) in LANGUAGES), ENGLISH)


def _code(name: str) -> str:
    return name.replace("_", "-").partition("-")[0].lower()
