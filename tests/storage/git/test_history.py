"""Logs, last commits and diffs agree with git's own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from openhearth.errors import RevisionNotFound
from openhearth.storage.git import GitStore, PutFile, RefMoved
from openhearth.storage.git.diffs import MAX_FILE_LINES, MAX_TEXT_BYTES
from openhearth.storage.git.records import DeleteFile
from tests.storage.git.conftest import OneRepo


def test_the_log_pages_through_linear_history(repo: OneRepo) -> None:
    commits = [repo.commit(PutFile(f"f{n % 3}", b"%d" % n), message=f"Number {n}\n\nbody") for n in range(7)]
    log = repo.store.log(repo.key, commits[-1], skip=2, limit=3)
    assert [c.oid for c in log] == commits[::-1][2:5]
    assert log[0].title == "Number 4" and log[0].message == "Number 4\n\nbody"
    touched = repo.store.log(repo.key, commits[-1], path="f1")
    assert [c.oid for c in touched] == repo.git("log", "--format=%H", commits[-1], "--", "f1").split()
    assert repo.store.count_commits(repo.key, commits[-1]) == 7
    with pytest.raises(RevisionNotFound):
        repo.store.log(repo.key, "1" * 40)


def test_last_commits_are_those_of_git_log(repo: OneRepo) -> None:
    for n in range(12):
        repo.commit(PutFile(f"d{n % 3}/f{n % 5}", b"%d" % n), PutFile("always", b"%d" % n))
    head = repo.commit(DeleteFile("d0/f0"), PutFile("d1/sub/x", b""))
    paths = [e.path for e in repo.store.list_tree(repo.key, head, recursive=True)]
    last = repo.store.last_commits(repo.key, head, [*paths, "not there"])
    assert set(last) == set(paths)
    for path in paths:
        assert last[path].oid == repo.git("log", "-1", "--format=%H", head, "--", path).strip()


def test_last_commits_grow_with_the_branch(repo: OneRepo) -> None:
    first = repo.commit(PutFile("a", b"1"), PutFile("b", b"1"))
    assert repo.store.last_commits(repo.key, first, ["a"])["a"].oid == first
    second = repo.commit(PutFile("b", b"2"))
    last = repo.store.last_commits(repo.key, second, ["a", "b"])
    assert (last["a"].oid, last["b"].oid) == (first, second)


def test_what_a_long_walk_found_outlives_a_restart(repo: OneRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openhearth.storage.git.last_commits._KEPT_FROM_STEPS", 3)
    first = repo.commit(PutFile("d/a", b"1"), PutFile("d/שלום 😀", b"1"), PutFile("d/b", b"0"))
    for n in range(4):
        repo.commit(PutFile("d/b", b"%d" % n))
    head = repo.commit(PutFile("d/b", b"last"))
    assert repo.store.last_commits(repo.key, head, ["d/a"])["d/a"].oid == first
    head = repo.commit(PutFile("d/b", b"after"))
    again = GitStore(repo.path.parents[1])
    (kept,) = (repo.path / "openhearth-last-commits").iterdir()
    found = again.last_commits(repo.key, head, ["d/a", "d/b", "d/שלום 😀"])
    assert {path: commit.oid for path, commit in found.items()} == {
        "d/a": first,
        "d/b": head,
        "d/שלום 😀": first,
    }
    kept.write_bytes(kept.read_bytes()[:-1])  # cut short by a power cut
    assert GitStore(repo.path.parents[1]).last_commits(repo.key, head, ["d/a"])["d/a"].oid == first


def test_last_commits_follow_merges_as_git_does(repo: OneRepo, tmp_path: Path) -> None:
    """A merge is no change of a file that one of its parents has unchanged."""
    work = tmp_path / "work"
    script = """
    git init -q -b main . && git config user.name Ada && git config user.email a@b
    echo 1 > a; echo 1 > b; git add .; git commit -qm base
    git checkout -qb side; echo 2 > a; git commit -qam side-a
    git checkout -q main; echo 2 > b; git commit -qam main-b
    git merge -q --no-edit side; echo 3 > c; git add c; git commit -qm c
    """
    work.mkdir()
    subprocess.run(["sh", "-ec", script], cwd=work, check=True, capture_output=True, timeout=60)
    subprocess.run(["git", "push", "-q", str(repo.path), "main"], cwd=work, check=True, timeout=60)
    head = repo.store.resolve(repo.key, "main")
    assert head is not None
    last = repo.store.last_commits(repo.key, head, ["a", "b", "c"])
    assert {path: commit.title for path, commit in last.items()} == {"a": "side-a", "b": "main-b", "c": "c"}
    assert repo.store.count_commits(repo.key, head) == 5
    assert len(repo.store.log(repo.key, head)) == 5


def test_a_diff_shows_lines_renames_and_binaries(repo: OneRepo) -> None:
    text = b"".join(b"line %d\n" % n for n in range(50))
    old = repo.commit(
        PutFile("keep", text), PutFile("move", text + b"!"), PutFile("gone", b"x\n"), PutFile("bin", b"\0")
    )
    new = repo.commit(
        PutFile("keep", text.replace(b"line 7\n", b"LINE 7\n")), DeleteFile("move"),
        PutFile("moved", text + b"!"),
        DeleteFile("gone"), PutFile("bin", b"\0\1"), PutFile("new 🦥", b"a\nb"),
    )  # fmt: skip
    files = {file.path: file for file in repo.store.diff(repo.key, old, new)}
    assert {path: file.status for path, file in files.items()} == {
        "keep": "modified", "moved": "renamed", "gone": "deleted", "bin": "modified", "new 🦥": "added"
    }  # fmt: skip
    changed = [
        (line.origin, line.text, line.old_number, line.new_number) for line in files["keep"].hunks[0].lines
    ]
    assert ("-", "line 7", 8, None) in changed and ("+", "LINE 7", None, 8) in changed
    assert (files["keep"].additions, files["keep"].deletions) == (1, 1)
    assert files["moved"].old_path == "move" and files["moved"].hunks == ()
    assert files["bin"].is_binary and not files["bin"].hunks
    assert files["new 🦥"].additions == 2 and files["new 🦥"].old_oid is None
    root = repo.store.diff(repo.key, None, old)
    assert {file.status for file in root} == {"added"} and len(root) == 4


def test_a_large_diff_is_cut_and_says_so(repo: OneRepo) -> None:
    old = repo.commit(PutFile("a", b""))
    many = b"x\n" * (MAX_FILE_LINES + 10)
    new = repo.commit(PutFile("long", many), PutFile("huge", b"y\n" * MAX_TEXT_BYTES))
    files = {file.path: file for file in repo.store.diff(repo.key, old, new)}
    assert files["long"].is_cut and files["long"].additions == MAX_FILE_LINES + 10
    assert sum(len(hunk.lines) for hunk in files["long"].hunks) == MAX_FILE_LINES
    assert files["huge"].is_cut and files["huge"].hunks == ()


def test_a_stale_parent_leaves_no_trace_in_history(repo: OneRepo) -> None:
    base = repo.commit(PutFile("a", b"1"))
    late = repo.write(PutFile("a", b"late"), parent=base)
    winner = repo.commit(PutFile("a", b"2"))
    with pytest.raises(RefMoved):
        repo.store.update_ref(repo.key, "refs/heads/main", late, expected=base)
    assert repo.store.log(repo.key, winner)[0].oid == winner
