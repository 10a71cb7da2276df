"""Folders: what is taken, what is left out and why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rlm_desktop.documents import Document, Found, expand, file_key, folders, load_all
from rlm_desktop.documents.folders import LeftOut
from rlm_desktop.errors import DocumentError


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in {
        "README.md": "# Project",
        "src/main.py": "print()",
        "src/util.py": "x = 1",
        "src/.hidden.py": "h",
        "src/debug.log": "l",
        "src/keep.log": "k",
        "src/deep/notes.txt": "n",
        "src/deep/.gitignore": "!special.log\n",
        "src/deep/special.log": "s",
        "build/out.txt": "o",
        "docs/build/page.txt": "p",
        "node_modules/x/index.js": "j",
        ".git/config": "c",
        "logo.png": "p",
        "empty.txt": "",
        ".gitignore": "*.log\n!keep.log\n/build/\n# comment\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def names(found: list[Found]) -> list[str]:
    return [one.name for one in found]


def test_what_is_taken_and_what_not(tree: Path) -> None:
    listing = expand([tree])
    assert names(listing.files) == [
        "project/README.md",
        "project/docs/build/page.txt",
        "project/src/keep.log",
        "project/src/main.py",
        "project/src/util.py",
        "project/src/deep/notes.txt",
        "project/src/deep/special.log",
    ]
    assert sorted(listing.left_out) == [
        LeftOut("project/.git/", "hidden"),
        LeftOut("project/.gitignore", "hidden"),
        LeftOut("project/build/", "named in .gitignore"),
        LeftOut("project/empty.txt", "empty"),
        LeftOut("project/logo.png", "holds no text"),
        LeftOut("project/node_modules/", "made by a tool"),
        LeftOut("project/src/.hidden.py", "hidden"),
        LeftOut("project/src/debug.log", "named in .gitignore"),
        LeftOut("project/src/deep/.gitignore", "hidden"),
    ]


def test_the_person_may_want_them(tree: Path) -> None:
    everything = names(expand([tree], hidden=True, ignored=True).files)
    assert "project/build/out.txt" in everything
    assert "project/.git/config" in everything
    assert "project/node_modules/x/index.js" in everything
    assert "project/logo.png" not in everything


def test_links_do_not_lead_round(tree: Path) -> None:
    os.symlink(tree, tree / "src" / "again")
    os.symlink(tree / "README.md", tree / "src" / "linked.md")
    listing = expand([tree])
    assert LeftOut("project/src/again", "a link to a folder or to nothing") in listing.left_out
    assert "project/src/linked.md" in names(listing.files)


def test_links_do_not_lead_out(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("home") / "key.txt"
    secret.write_text("secret")
    os.symlink(secret, tree / "src" / "notes.txt")
    assert LeftOut("project/src/notes.txt", "a link out of the folder") in expand([tree]).left_out


def test_a_name_without_an_ending_is_none(tmp_path: Path) -> None:
    for name in ("bin", "a", "bin.bin"):
        (tmp_path / name).write_text("text")
    assert names(expand([tmp_path]).files) == [f"{tmp_path.name}/a", f"{tmp_path.name}/bin"]


def test_names_are_unique(tmp_path: Path) -> None:
    paths = []
    for folder in ("a", "b", "c"):
        path = tmp_path / folder / "notes.txt"
        path.parent.mkdir()
        path.write_text(folder)
        paths.append(path)
    assert names(expand(paths).files) == ["notes.txt", "notes (2).txt", "notes (3).txt"]
    assert names(expand([tmp_path / "missing.txt"]).files) == ["missing.txt"]


def test_a_listing_ends_early(tree: Path) -> None:
    assert expand([tree], is_cancelled=lambda: True).files == []


def test_a_listing_ends_when_there_are_too_many_files(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MAX_FILES", 1)
    listing = expand([tree])
    assert len(listing.files) == 1
    assert [left for left in listing.left_out if "more than" in left.reason] == [
        LeftOut("project/docs/build", "there are more than 1 files")
    ]


def test_a_tree_that_is_deeper_than_calls_may_be(tmp_path: Path) -> None:
    made: list[str] = []
    for _ in range(1100):
        made.append(os.path.join(made[-1] if made else tmp_path, "d"))
        os.mkdir(made[-1])
    try:
        Path(made[-1], "deepest.txt").write_text("here")
        (found,) = expand([tmp_path]).files
        assert found.name.endswith("/d/deepest.txt")
    finally:
        Path(made[-1], "deepest.txt").unlink()
        for folder in reversed(made):  # what removes trees would go as deep
            os.rmdir(folder)


@pytest.mark.skipif(not hasattr(os, "pathconf"), reason="paths have no such limit here")
def test_a_file_whose_path_is_too_long(tmp_path: Path) -> None:
    folder, longest = str(tmp_path), os.pathconf(tmp_path, "PC_PATH_MAX")
    while len(folder) < longest - 250:
        folder += "/" + "d" * 200
        os.mkdir(folder)
    inside = os.open(folder, os.O_RDONLY)
    os.close(os.open("f" * 255, os.O_CREAT | os.O_WRONLY, dir_fd=inside))
    os.close(inside)
    listing = expand([tmp_path])
    assert listing.files == []
    assert listing.left_out[0].reason == "it cannot be opened: File name too long"


async def test_a_folder_is_loaded(tree: Path) -> None:
    ready: list[int] = []
    results = await load_all(expand([tree]).files, on_ready=lambda index, result: ready.append(index))
    documents = [result for result in results if isinstance(result, Document)]
    assert [document.name for document in documents] == names(expand([tree]).files)
    assert documents[0].text == "# Project"
    assert sorted(ready) == list(range(7))


async def test_a_folder_itself_is_no_file(tree: Path) -> None:
    (result,) = await load_all([tree])
    assert isinstance(result, DocumentError)
    assert result.reason == "it is a folder, not a file."


def test_the_key_of_a_file_changes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one")
    key = file_key(path)
    assert file_key(path) == key
    path.write_text("other")
    assert file_key(path) != key
    with pytest.raises(DocumentError, match="it cannot be looked at"):
        file_key(tmp_path / "missing")


def test_patterns(tree: Path) -> None:
    (tree / "odd[1].txt").write_text("odd")
    found = expand([tree / "src" / "*.py", tree / "src" / "**" / "notes.txt", tree / "odd[1].txt", tree / "*.docx"])
    assert [one.name for one in found.files] == ["main.py", "util.py", "notes.txt", "odd[1].txt", "*.docx"]


async def test_a_pattern_that_nothing_fits(tree: Path) -> None:
    (result,) = await load_all([tree / "*.docx"])
    assert isinstance(result, DocumentError)
    assert result.reason == "no file fits this pattern."
