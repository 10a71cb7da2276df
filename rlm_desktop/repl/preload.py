"""What is imported before a worker is confined: quicker for cells, and later some libraries could not be read."""

from __future__ import annotations

import contextlib
import importlib

_MODULES = """
array ast asyncio base64 bisect calendar collections concurrent.futures copy csv dataclasses datetime decimal
difflib enum fractions functools hashlib heapq html html.parser io itertools json linecache locale math operator
pathlib pprint queue random re shutil sqlite3 statistics string struct tempfile textwrap threading time traceback
types typing unicodedata urllib.parse uuid xml.etree.ElementTree zlib zoneinfo encodings.idna encodings.latin_1
encodings.ascii encodings.utf_16
"""


def preload() -> None:
    """Import what cells often want; what this Python lacks is left out."""
    for name in _MODULES.split():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
