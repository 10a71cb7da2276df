"""The rules of `.gitignore` files say what git says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from rlm_desktop.documents import expand
from rlm_desktop.documents.ignoring import Ignoring

TREE = (
    "a.txt", "b.py", "keep.py", "x y", "end ", "[x]", "#h", "!n", "é.txt", "sub/a.txt", "sub/b.py",
    "sub/deep/a.txt", "sub/deep/er/b.py", "foo/sub/a.txt", "foo/bar", "build/out.txt", "docs/build/page.txt",
)  # fmt: skip
RULES = (
    "*\n!*.py\n!*/",
    "/*\n!/sub/",
    "*.txt\n!a.txt\nsub/*.py",
    "build/\n!build",
    "/build\n**/deep",
    "foo/**\n!foo/bar",
    "foo/*\n!foo/sub/",
    "sub/**/b.py",
    "**/er/**",
    "**",
    "a**t\n***",
    "sub/",
    "sub/deep/",
    "\ufeffa.txt\r\n\nb.py\r",
    "end \nx\\ y",
    "end\\ ",
    "[[]x]\n\\#h\n\\!n\n#h",
    "[!a-c].*\n[a-]*.py",
    "[[:alpha:]].txt\n?.py",
    "[x",
    "\\",
    "!\n/\n",
    "*u*d*",
    "sub/*/a.txt",
    "é*",
    "/sub/deep\n!sub/deep/a.txt",
    "docs/build\nfoo\\/bar",
    "fo?/[b]ar",
)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_what_is_left_out_is_what_git_leaves_out(tmp_path: Path) -> None:
    paths: list[str] = []
    for number, rules in enumerate(RULES):
        folder = tmp_path / f"case{number:02}"
        for name in TREE:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x")
            paths.append(str(path.relative_to(tmp_path)))
        (folder / ".gitignore").write_bytes(rules.encode())
    nested = tmp_path / "case00" / "sub" / "deep"
    (nested / ".gitignore").write_text("!a.txt\nb.py\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    ask = ["git", "check-ignore", "--no-index", "--stdin", "-z"]
    told = subprocess.run(ask, cwd=tmp_path, input="\0".join(paths).encode(), capture_output=True, check=True)
    ignored = set(told.stdout.decode().split("\0"))
    listed = {str(Path(found.path).relative_to(tmp_path)) for found in expand([tmp_path]).files}
    for number, rules in enumerate(RULES):
        case = f"case{number:02}/"
        ours = {path for path in listed if path.startswith(case)}
        assert ours == {path for path in paths if path.startswith(case)} - ignored, rules


def test_a_rule_made_to_take_long_does_not() -> None:
    ignoring = Ignoring("*a" * 40 + "b\n" + "**/" * 40 + "a*b\n")
    assert ignoring.verdict("/".join(["a" * 200] * 50), is_folder=False) is None
    assert Ignoring("[" * 60_000).verdict("[", is_folder=False) is None


def test_a_rule_that_is_cut_off_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / ".gitignore").write_text("#" * ((1 << 16) - 2) + "\n*.log\n")
    listing = expand([tmp_path])
    assert [Path(found.path).name for found in listing.files] == ["a.txt"]
    assert "it has too many rules: only the first ones were followed" in [one.reason for one in listing.left_out]


def test_rules_that_name_one_file_each_are_not_tried_one_by_one() -> None:
    ignoring = Ignoring("\n".join(f"n{number}" for number in range(2_000)))
    assert (ignoring.is_whole, ignoring.tried) == (True, 0)
    assert ignoring.verdict("n1999", is_folder=False) is True
    assert ignoring.verdict("n2000", is_folder=False) is None


def test_rules_that_would_have_to_be_tried_have_a_limit(tmp_path: Path) -> None:
    for name in ("", "in"):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / ".gitignore").write_text("".join(f"*.{name}{number}\n" for number in range(600)))
    for name in ("a.599", "in/a.in399", "in/a.in400"):
        (tmp_path / name).write_text("x")
    listing = expand([tmp_path])
    assert [Path(found.path).name for found in listing.files] == ["a.in400"]
    (cut,) = [one for one in listing.left_out if "too many rules" in one.reason]
    assert cut.path.endswith("/in/.gitignore")
    alike = Ignoring("".join(f"d{number}/x\n" for number in range(1001)), most=0)
    assert not alike.is_whole
    assert [alike.verdict(f"d{number}/x", is_folder=False) for number in (999, 1000)] == [True, None]
