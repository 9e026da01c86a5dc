"""Ignore rules decide as git itself does."""

import subprocess
from pathlib import Path

import pytest

from openhearth.errors import Invalid
from openhearth.repos.gitignore import IgnoreRules

PATHS = [
    "a.log", "keep.log", "x/a.log", "x/keep.log", "build/out", "x/build/out", "build", "doc/a/b/c.txt", "doc/c.txt",
    "a1", "a2", "ab", "#x", "!y", "sp ace", "deep/node_modules/z/q.js", "f.txt", "x/f.txt",
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "*.log\n!keep.log\n",
        "/build/\n",
        "build/\n",
        "build\n",
        "doc/**/c.txt\n",
        "doc/**\n",
        "**/c.txt\n",
        "a[0-9]\n",
        "a[!0-9]\n",
        "a?\n",
        "\\#x\n\\!y\n# comment\n",
        "sp ace   \n",
        "node_modules\n",
        "x/\n!x/f.txt\n",
        "x/*\n!x/f.txt\n",
        "*\n!*.txt\n",
        "[\n",
        "?.txt\n",
    ],
)
def test_the_verdict_is_gits(tmp_path: Path, text: str) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True, timeout=30)
    (tmp_path / ".gitignore").write_text(text)
    command = [
        "git",
        "-C",
        str(tmp_path),
        "-c",
        "core.quotePath=off",
        "check-ignore",
        "--no-index",
        "-z",
        "--stdin",
    ]
    asked = "\0".join(PATHS).encode()
    done = subprocess.run(command, input=asked, capture_output=True, check=False, timeout=30)
    by_git = set(done.stdout.decode().split("\0")) - {""}
    rules = IgnoreRules.from_gitignore(text)
    assert {path for path in PATHS if rules.matches(path)} == by_git


def test_a_pattern_made_to_be_slow_is_left_out() -> None:
    rules = IgnoreRules.from_gitignore("*a" * 50 + "b\n")
    assert not rules.matches("a" * 250)


def test_too_many_rules_are_refused() -> None:
    with pytest.raises(Invalid, match="gitIgnore"):
        IgnoreRules.from_gitignore("x\n" * 6000)
