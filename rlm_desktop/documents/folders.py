"""Folders to lists of files: what is worth reading, and what was left out and why.

Hidden files, what `.gitignore` files name and what is no text by its name's ending are left out; links to folders
are not followed, so no tree is endless.
"""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from rlm_desktop.documents.ignoring import MOST_TRIED, Ignoring
from rlm_desktop.documents.kinds import ending_of
from rlm_desktop.errors import DocumentError

MAX_FILES = 100_000
_BINARIES = (
    "png jpg jpeg gif bmp tif tiff webp ico icns heic avif psd ai eps mp3 wav flac ogg oga opus m4a aac"
    " mid mp4 m4v mov avi mkv webm wmv ttf otf woff woff2 eot exe dll so dylib a lib o obj pdb class jar"
    " war ear pyc pyo pyd whl egg wasm bin dat db sqlite sqlite3 mdb iso img dmg deb rpm msi apk 7z rar"
    " zst lz4 npy npz pkl pickle parquet feather h5 hdf5 onnx pt pth safetensors gguf swp swo"
)
_BINARY_ENDINGS = frozenset(_BINARIES.split())
_LONGEST_RULES = 1 << 16
"""Characters of a `.gitignore` that are read."""
_TOOL_FOLDERS = frozenset(("node_modules", "__pycache__", "__MACOSX"))


class Found(NamedTuple):
    """A file to load.

    Attributes:
        path: Where it is.
        name: What to call it: with the folder's name before it when it was found in one.
        size: In bytes.
    """

    path: str
    name: str
    size: int


class LeftOut(NamedTuple):
    """A file or folder that is not loaded, and why."""

    path: str
    reason: str


@dataclass(slots=True)
class Listing:
    """What was found, in order, and what was left out."""

    files: list[Found] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def expand(
    paths: Iterable[str | os.PathLike[str]],
    *,
    hidden: bool = False,
    ignored: bool = False,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Listing:
    """Replace folders by the files in them, and patterns by what fits them.

    Args:
        paths: Files, folders and patterns such as `reports/**/*.pdf`; files are taken as they are, even when they
            do not exist.
        hidden: Take hidden files too.
        ignored: Take what `.gitignore` files name too.
        is_cancelled: Asked now and then; the listing ends early when it says so.
    """
    listing = Listing()
    names: set[str] = set()
    for path in [fitting for named in paths for fitting in _fitting(os.fspath(named))]:
        if os.path.isdir(path):
            root = os.path.abspath(path)
            _Walk(root, listing, hidden, ignored, is_cancelled).tree(root, shown_name(os.path.basename(root)))
        else:
            listing.files.append(found_at(path))
    listing.files = [found._replace(name=_unique(found.name, names)) for found in listing.files]
    return listing


def _fitting(path: str) -> list[str]:
    """What fits a pattern, in order; the path itself when it is none, names a file, or when nothing fits."""
    if not glob.has_magic(path) or "\0" in path or os.path.lexists(path):
        return [path]
    return sorted(glob.glob(path, recursive=True)) or [path]


def found_at(path: str | os.PathLike[str]) -> Found:
    """A single file, which need not exist, under its own name."""
    path = os.fspath(path)
    return Found(path, shown_name(os.path.basename(path) or path), _size(path))


def file_key(path: str | os.PathLike[str]) -> str:
    """Changes whenever the file does: the same key means that it need not be extracted again.

    Raises:
        DocumentError: The file cannot be looked at.
    """
    try:
        return key_of(os.stat(path), os.fspath(path))
    except (OSError, ValueError) as error:
        raise DocumentError(os.fspath(path), f"it cannot be looked at: {error}.") from None


def key_of(status: os.stat_result, path: str) -> str:
    """The key of a file whose status is known; its name's ending may tell what kind of text it is."""
    numbers = (_VERSION, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    return ":".join([*(f"{number:x}" for number in numbers), ending_of(path)])


_VERSION = 5
"""Of what the extraction gives: raise it when a change should make kept texts stale."""


_UNSHOWN = re.compile(r"[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown_name(name: str) -> str:
    """A name that can be shown, sent and kept: bytes in another encoding, line ends and the like become U+FFFD."""
    return _UNSHOWN.sub("�", name)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0


def _unique(name: str, taken: set[str]) -> str:
    """`a.txt`, then `a (2).txt`: names are keys in `context`."""
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (name, "")
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{stem} ({number}){ending}"
    taken.add(free)
    return free


class _Rules(NamedTuple):
    """The `.gitignore` of one folder.

    Attributes:
        base: Where a path goes on after the folder.
        is_whole: Whether all of its rules were taken.
    """

    base: int
    ignoring: Ignoring
    is_whole: bool


_Folder: TypeAlias = tuple[str, str, tuple[_Rules, ...]]
"""Path, name, and the rules of the folders above."""


class _Full(Exception):
    """There are as many files as are ever read."""


class _Walk:
    def __init__(
        self, root: str, listing: Listing, hidden: bool, ignored: bool, is_cancelled: Callable[[], bool]
    ) -> None:
        self._real_root = os.path.join(os.path.realpath(root), "")
        self._listing = listing
        self._hidden = hidden
        self._ignored = ignored
        self._is_cancelled = is_cancelled

    def tree(self, path: str, name: str) -> None:
        """List a folder and those below it: its files first, then its folders in order."""
        waiting: list[_Folder] = [(path, name, ())]
        while waiting and not self._is_cancelled():
            path, name, rules = waiting.pop()
            try:
                inner = self._folder(path, name, rules)
            except _Full:
                self._leave_out(name, f"there are more than {MAX_FILES:,} files")
                return
            except OSError as error:
                self._leave_out(name, f"it cannot be opened: {error.strerror}")
            else:
                waiting += reversed(inner)

    def _folder(self, path: str, name: str, rules: tuple[_Rules, ...]) -> list[_Folder]:
        """List the files of a folder; returns the folders in it."""
        with os.scandir(path) as entries:
            children = sorted(entries, key=lambda entry: entry.name)
        if not self._ignored and (own := _rules(path, MOST_TRIED - sum(one.ignoring.tried for one in rules))):
            rules = (*rules, own)
            if not own.is_whole:
                self._leave_out(f"{name}/.gitignore", "it has too many rules: only the first ones were followed")
        folders: list[_Folder] = []
        for entry in children:
            label = f"{name}/{shown_name(entry.name)}"
            is_folder = entry.is_dir(follow_symlinks=False)
            if reason := self._reason(entry, is_folder, rules):
                self._leave_out(label + "/" * is_folder, reason)
            elif is_folder:
                folders.append((entry.path, label, rules))
            elif len(self._listing.files) >= MAX_FILES:
                raise _Full
            else:
                self._listing.files.append(Found(entry.path, label, entry.stat().st_size))
        return folders

    def _reason(self, entry: os.DirEntry[str], is_folder: bool, rules: tuple[_Rules, ...]) -> str:
        """Why an entry is left out; empty when it is not."""
        if entry.name.startswith(".") and not self._hidden:
            return "hidden"
        if is_folder and entry.name in _TOOL_FOLDERS and not self._ignored:
            return "made by a tool"
        if _is_ignored(entry.path, is_folder, rules):
            return "named in .gitignore"
        return "" if is_folder else self._reason_of_file(entry)

    def _reason_of_file(self, entry: os.DirEntry[str]) -> str:
        is_link = entry.is_symlink()
        try:
            status = entry.stat()
        except OSError as error:
            return "a link to a folder or to nothing" if is_link else f"it cannot be opened: {error.strerror}"
        if not stat.S_ISREG(status.st_mode):
            return "a link to a folder or to nothing" if is_link else "a device"
        if is_link and not os.path.realpath(entry.path).startswith(self._real_root):
            return "a link out of the folder"
        if "." in entry.name and ending_of(entry.name) in _BINARY_ENDINGS:
            return "holds no text"
        return "" if status.st_size else "empty"

    def _leave_out(self, label: str, reason: str) -> None:
        self._listing.left_out.append(LeftOut(label, reason))


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False


def _rules(folder: str, most: int) -> _Rules | None:
    """The rules of the `.gitignore` of a folder, if it has one; at most so many that end with a pattern."""
    path = os.path.join(folder, ".gitignore")
    if not _is_file(path):
        return None
    try:
        with open(path, encoding="latin-1", newline="\n") as file:
            text = file.read(_LONGEST_RULES)
    except OSError:
        return None
    is_whole = len(text) < _LONGEST_RULES
    if not is_whole:
        text = text[: text.rfind("\n") + 1]  # a part of a rule may fit anything
    ignoring = Ignoring(text, most)
    return _Rules(len(path) - len(".gitignore"), ignoring, is_whole and ignoring.is_whole)


def _is_ignored(path: str, is_folder: bool, rules: Iterable[_Rules]) -> bool:
    """Whether the rules, the outer ones first, leave a path out; the last that says something counts."""
    verdict = False
    for rule in rules:
        relative = os.fsencode(path[rule.base :]).decode("latin-1").replace(os.sep, "/")
        said = rule.ignoring.verdict(relative, is_folder)
        verdict = verdict if said is None else said
    return verdict
