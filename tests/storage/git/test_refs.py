"""Refs move by compare-and-swap, whoever else writes, and git reads them as its own."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openhearth.errors import Conflict, Invalid
from openhearth.storage.git import GitStore, PutFile, RefMoved, RepositoryGone
from tests.storage.git.conftest import KEY, OneRepo

ODD_NAMES = ["feature/x", "v1.0", "with#hash", "émoji-🦥", "a'b\"c", "UPPER", "9", "pr/1", "a&b;c"]


def test_git_sees_our_refs_and_we_see_what_git_packed(repo: OneRepo) -> None:
    commit = repo.commit(PutFile("a", b"1"))
    for name in ODD_NAMES:
        repo.store.update_ref(repo.key, f"refs/heads/{name}", commit, expected=None)
    seen = repo.git("for-each-ref", "--format=%(refname)").splitlines()
    assert sorted(seen) == sorted(["refs/heads/main", *(f"refs/heads/{name}" for name in ODD_NAMES)])
    repo.git("pack-refs", "--all", "--prune")
    assert not (repo.path / "refs/heads/main").exists()
    assert repo.store.list_refs(repo.key) == dict.fromkeys(sorted(seen), commit)
    newer = repo.commit(PutFile("a", b"2"))
    assert repo.store.resolve(repo.key, "main") == newer == repo.git("rev-parse", "main").strip()
    repo.store.update_ref(repo.key, "refs/heads/9", None, expected=commit)
    assert repo.store.find_ref(repo.key, "refs/heads/9") is None
    assert "refs/heads/9\n" not in repo.git("for-each-ref", "--format=%(refname)")


def test_a_ref_that_is_elsewhere_does_not_move(repo: OneRepo) -> None:
    first = repo.commit(PutFile("a", b"1"))
    second = repo.commit(PutFile("a", b"2"))
    for expected in (first, None):
        with pytest.raises(RefMoved):
            repo.store.update_ref(repo.key, "refs/heads/main", first, expected=expected)
    with pytest.raises(RefMoved):
        repo.store.update_ref(repo.key, "refs/heads/gone", None, expected=first)
    assert repo.store.resolve(repo.key, "main") == second


def test_racing_writers_lose_no_update(repo: OneRepo) -> None:
    """Eight threads add ten commits each to one branch; every one must end up in its history."""
    repo.commit(PutFile("a", b"0"))
    failures: list[BaseException] = []

    def add_commits(name: str) -> None:
        try:
            for n in range(10):
                while True:
                    head = repo.store.find_ref(repo.key, "refs/heads/main")
                    commit = repo.write(PutFile(f"{name}/{n}", b"x"), parent=head)
                    try:
                        repo.store.update_ref(repo.key, "refs/heads/main", commit, expected=head)
                        break
                    except RefMoved:
                        continue
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=add_commits, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert repo.git("rev-list", "--count", "main").strip() == "81"
    assert repo.git("ls-tree", "-r", "--name-only", "main").count("\n") == 81
    repo.check()


def test_what_a_crashed_git_left_does_not_block_us(repo: OneRepo) -> None:
    repo.commit(PutFile("a", b"1"))
    for name in (
        "refs/heads/main.lock",
        "packed-refs.lock",
        "openhearth.lock",
        "openhearth.ref",
        "HEAD.lock",
    ):
        (repo.path / name).write_text("left over")
    (repo.path / "objects/pack/tmp_pack_dead").write_bytes(b"PACK")
    newer = repo.commit(PutFile("a", b"2"))
    assert repo.store.list_refs(repo.key) == {"refs/heads/main": newer}


def test_names_that_clash_or_escape_are_refused(repo: OneRepo) -> None:
    commit = repo.commit(PutFile("a", b"1"))
    repo.store.update_ref(repo.key, "refs/heads/a/b", commit, expected=None)
    for name in ("a", "a/b/c"):
        with pytest.raises(Conflict):
            repo.store.update_ref(repo.key, f"refs/heads/{name}", commit, expected=None)
    for ref in (
        "refs/heads/../../x",
        "HEAD",
        "refs/heads/x.lock",
        "refs/heads/",
        "main",
        "refs/heads/a b",
        "/etc/x",
    ):
        with pytest.raises(Invalid):
            repo.store.update_ref(repo.key, ref, commit, expected=None)
        assert repo.store.find_ref(repo.key, ref) is None
    repo.store.update_ref(repo.key, "refs/heads/a/b", None, expected=commit)
    repo.store.update_ref(repo.key, "refs/heads/a", commit, expected=None)
    assert repo.store.resolve(repo.key, "a") == commit


def test_a_ref_must_point_to_a_commit(repo: OneRepo) -> None:
    repo.commit(PutFile("a", b"1"))
    blob = repo.git("rev-parse", "main:a").strip()
    for target in (blob, "2" * 40):
        with pytest.raises(Invalid):
            repo.store.update_ref(repo.key, "refs/heads/x", target, expected=None)


def test_revisions_resolve_as_people_spell_them(repo: OneRepo) -> None:
    first = repo.commit(PutFile("a", b"1"))
    head = repo.commit(PutFile("a", b"2"))
    store = repo.store
    when = datetime(2026, 1, 1, tzinfo=UTC)
    store.create_tag(KEY, "v1", first, message="Release", tagger_name="Ada", tagger_email="a@b", date=when)
    store.create_tag(KEY, "light", first, message=None, tagger_name="Ada", tagger_email="a@b", date=when)
    store.update_ref(KEY, "refs/pr/1", first, expected=None)
    for revision in ("main", "HEAD", "refs/heads/main", head, head[:7], head[:20]):
        assert store.resolve(KEY, revision) == head
    for revision in ("v1", "light", "refs/tags/v1", "refs/pr/1", first[:8]):
        assert store.resolve(KEY, revision) == first
    for revision in (
        "nope",
        "refs/heads/nope",
        "0" * 40,
        "fffffff",
        "../../HEAD",
        "main\0",
        "",
        "pr/1",
        "v1^{}",
    ):
        assert store.resolve(KEY, revision) is None
    assert repo.git("cat-file", "-t", "v1").strip() == "tag"
    assert store.list_refs(KEY)["refs/tags/v1"] == first
    with pytest.raises(Conflict):
        store.create_tag(KEY, "v1", head, message=None, tagger_name="Ada", tagger_email="a@b", date=when)
    store.update_ref(KEY, "refs/heads/v1", head, expected=None)
    assert store.resolve(KEY, "v1") == head  # a branch wins over a tag
    store.update_ref(KEY, "refs/tags/v1", None, expected=first)
    assert store.find_ref(KEY, "refs/tags/v1") is None
    repo.check()


def test_a_repo_is_made_once_and_gone_when_deleted(store: GitStore, tmp_path: Path) -> None:
    store.create(KEY)
    with pytest.raises(Conflict):
        store.create(KEY)
    assert store.exists(KEY) and store.list_refs(KEY) == {} and store.resolve(KEY, "main") is None
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)
    assert list((tmp_path / "git/trash").iterdir()) == []
    with pytest.raises(RepositoryGone):
        store.get_commit(KEY, "1" * 40)
    for key in ("../x", "ABC", "0" * 23):
        with pytest.raises(ValueError):
            store.path(key)
