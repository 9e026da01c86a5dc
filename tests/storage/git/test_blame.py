"""Blame and file history say what git says, on a repository with renames, merges and names that hurt."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from openhearth.errors import EntryNotFound, TooLarge
from openhearth.kit.ids import new_id
from openhearth.storage.git import BLAME_MAX_BYTES, GitStore

NAMES = ['q"uo te.txt', "ünï/c\\ö #?%2F.txt", "😀/שלום.txt", ":(glob)*.txt", "-v.txt"]


class Bench:
    """A repository of the store, written to by git itself."""

    def __init__(self, folder: Path) -> None:
        self.store = GitStore(folder / "store")
        self.key = new_id()
        self.store.create(self.key)
        self.work = folder / "work"
        subprocess.run(["git", "init", "-q", "-b", "main", str(self.work)], check=True)
        self.count = 0

    def git(self, *arguments: str) -> str:
        self.count += 1
        date = f"{1_700_000_000 + self.count * 60} +0000"
        people = {"GIT_AUTHOR_NAME": "ada", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "ada"}
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(self.work), "GIT_COMMITTER_EMAIL": "a@x", **people}
        done = subprocess.run(
            ["git", "-C", str(self.work), "-c", "core.quotePath=false", *arguments],
            env={**environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date},
            capture_output=True, check=True,
        )  # fmt: skip
        return done.stdout.decode()

    def commit(self, path: str, text: str) -> None:
        file = self.work / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", f"Change {path}")

    def push(self) -> str:
        self.git("push", "-qf", str(self.store.path(self.key)), "main")
        return self.git("rev-parse", "main").strip()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    yield Bench(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_blame_is_git_blame_line_by_line(bench: Bench, name: str) -> None:
    lines = [f"line {n}\n" for n in range(40)]
    bench.commit("old-name.txt", "".join(lines))
    lines[7] = "seven\twith a tab\r\n"
    lines[20:22] = []
    bench.commit("old-name.txt", "".join(lines))
    (bench.work / name).parent.mkdir(parents=True, exist_ok=True)
    bench.git("mv", "--", "old-name.txt", name)
    bench.git("commit", "-qm", "Rename")
    lines.insert(0, "first\n")
    lines.append("no newline at the end")
    bench.commit(name, "".join(lines))
    commit = bench.push()
    ours = [
        (run.commit, run.old_start + n, run.start + n, text)
        for run in bench.store.blame(bench.key, commit, name)
        for n, text in enumerate(run.lines)
    ]
    theirs, rows = (
        [],
        iter(bench.git("--literal-pathspecs", "blame", "--line-porcelain", "main", "--", name).split("\n")),
    )
    for row in rows:
        if not row:
            break
        oid, old, new = row.split(" ")[:3]
        text = next(r for r in rows if r.startswith("\t"))[1:]
        theirs.append((oid, int(old), int(new), text))
    assert ours == theirs
    assert len(ours) == 40
    runs = bench.store.blame(bench.key, commit, name)
    assert {run.path for run in runs} == {"old-name.txt", name}
    assert runs[0].previous is not None
    assert runs[0].previous[1] == name


def test_what_cannot_be_blamed_is_refused_with_a_sentence(bench: Bench) -> None:
    bench.commit("long.txt", "x\n" * BLAME_MAX_BYTES)
    bench.commit("empty.txt", "")
    commit = bench.push()
    with pytest.raises(TooLarge, match="2 MiB are blamed here"):
        bench.store.blame(bench.key, commit, "long.txt")
    for path in ("none.txt", "", "../x"):
        with pytest.raises(EntryNotFound):
            bench.store.blame(bench.key, commit, path)
    assert bench.store.blame(bench.key, commit, "empty.txt") == []


@pytest.mark.parametrize("name", NAMES)
def test_the_history_of_a_file_follows_it_through_renames(bench: Bench, name: str) -> None:
    bench.commit("born.txt", "content that stays\n" * 20)
    bench.commit("other.txt", "noise\n")
    (bench.work / name).parent.mkdir(parents=True, exist_ok=True)
    bench.git("mv", "--", "born.txt", name)
    bench.git("commit", "-qm", "Rename")
    bench.commit(name, "content that stays\n" * 20 + "more\n")
    commit = bench.push()
    found = bench.store.list_versions(bench.key, commit, name)
    assert [path for _, path in found] == [name, name, "born.txt"]
    expected = bench.git("--literal-pathspecs", "log", "--follow", "--format=%H", "main", "--", name).split()
    assert [made.oid for made, _ in found] == expected
    assert bench.store.list_versions(bench.key, commit, name, skip=1, limit=1) == found[1:2]
    assert bench.store.list_versions(bench.key, commit, "none") == []


def test_sizes_of_folders_add_up(bench: Bench) -> None:
    bench.commit("a/b/one.txt", "12345")
    bench.commit("a/two.txt", "123")
    bench.commit(
        "large.bin", f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 1000\n"
    )
    commit = bench.push()
    sizes = {
        path: bench.store.tree_size(bench.key, commit, path)
        for path in ("", "a", "a/b", "a/two.txt", "large.bin")
    }
    assert sizes == {"": 1008, "a": 8, "a/b": 5, "a/two.txt": 3, "large.bin": 1000}
    with pytest.raises(EntryNotFound):
        bench.store.tree_size(bench.key, commit, "none")
