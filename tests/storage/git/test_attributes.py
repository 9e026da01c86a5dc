"""LFS rules agree with `git check-attr`, pattern by pattern."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from openhearth.storage.git import LfsRules

PATTERNS = [
    "*.bin", "*.tar.*", "/root.bin", "folder/*.bin", "**/deep.bin", "folder/**", "a/**/b",
    "saved_model/**/*", "*tfevents*", "[abc].x", "[!a].x", "[^a].x", "[a-c]*.y", "[[:digit:]]*.n",
    "no\\*star", "wh?t", "dir/", "**", '"with space.bin"', "a/b", "*", "/*", "*/x", "x/*",
    "folder/**/deep.bin", "*.[bB][iI][nN]", "[", "[]a].x", "foo**bar", "é*", "a/**", "**/folder/*", "/**/b",
    "\\#hash", "sub/dir/file",
]  # fmt: skip
PATHS = [
    "x.bin", "folder/x.bin", "folder/sub/x.bin", "root.bin", "folder/root.bin", "deep.bin",
    "a/b/c/deep.bin", "a/b", "a/x/b", "a/x/y/b", "saved_model/a", "saved_model/a/b", "m.tar.gz",
    "events.out.tfevents.123", "a.x", "b.x", "d.x", "b1.y", "7.n", "no*star", "noXstar", "what", "dir/f",
    "with space.bin", "x/y", "y/x", "folder/deep.bin", "X.BIN", "].x", "fooXbar", "foo/x/bar", "été",
    "sub/dir/file", "folder/folder/z", "b", "#hash", "saved_model",
]  # fmt: skip


def _git_says(folder: Path, text: str) -> set[str]:
    (folder / ".gitattributes").write_text(text)
    asked = subprocess.run(
        ["git", "check-attr", "-z", "--stdin", "filter"],
        cwd=folder, input="\0".join(PATHS).encode() + b"\0", capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    fields = asked.stdout.decode().split("\0")
    return {fields[n] for n in range(0, len(fields) - 2, 3) if fields[n + 2] == "lfs"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("attributes")
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True, timeout=60)
    return folder


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_matches_what_git_matches(folder: Path, pattern: str) -> None:
    text = f"{pattern} filter=lfs diff=lfs merge=lfs -text\n"
    rules = LfsRules.from_gitattributes(text)
    assert {path for path in PATHS if rules.matches(path)} == _git_says(folder, text)


@pytest.mark.parametrize(
    "text",
    [
        "*.bin filter=lfs\nfolder/*.bin -filter\n",
        "*.bin filter=lfs\n*.bin !filter\n",
        "*.bin filter=lfs\n*.bin filter=other\n",
        "*.bin filter=lfs\n*.bin text\n",
        "# *.bin filter=lfs\n\n  a/b\tfilter=lfs  \n!*.x filter=lfs\n",
        "*.bin filter\n*.x filter=lfs -text\r\n",
        "* -filter\n*.bin filter=lfs\n/root.bin -filter\n",
    ],
)
def test_the_last_word_on_a_path_wins(folder: Path, text: str) -> None:
    rules = LfsRules.from_gitattributes(text)
    assert {path for path in PATHS if rules.matches(path)} == _git_says(folder, text)


def test_many_stars_do_not_explode() -> None:
    rules = LfsRules.from_gitattributes("*a" * 60 + "*b filter=lfs\n" + "**/" * 30 + "x filter=lfs\n")
    began = time.process_time()
    assert not rules.matches("a" * 255)
    assert not rules.matches("/".join("a" * 200))
    assert time.process_time() - began < 1
