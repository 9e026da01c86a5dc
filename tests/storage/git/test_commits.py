"""What write_commit writes is what git reads."""

from __future__ import annotations

import time

import pytest

from openhearth.errors import EntryNotFound, Invalid, RevisionNotFound
from openhearth.storage.git import (
    MODE_EXECUTABLE,
    CopyFile,
    DeleteFile,
    DeleteFolder,
    PutFile,
    blob_id,
)  # fmt: skip
from tests.storage.git.conftest import OneRepo

NAMES_THAT_HURT = [
    "with space.txt", "hash#tag", "what?", "quote'\"s", "semi;colon&amp", "100%", "back\\slash", "-dash",
    "~tilde", "🦥.bin", "folder 🦥/инфо.txt", "مرحبا/عالم.txt", "e\u0301/combining", "a" * 255, "é" * 127,
    "[brackets]*", "con", "refs/heads/main", "HEAD",
]  # fmt: skip


def test_git_reads_back_every_name_and_content(repo: OneRepo) -> None:
    commit = repo.commit(*(PutFile(name, f"content of {name}".encode()) for name in NAMES_THAT_HURT))
    listed = repo.git_bytes("ls-tree", "-r", "-z", "--name-only", commit).decode().split("\0")[:-1]
    assert sorted(listed) == sorted(NAMES_THAT_HURT)
    for name in NAMES_THAT_HURT:
        assert repo.git_bytes("show", f"{commit}:{name}").decode() == f"content of {name}"
        entry = repo.store.find_entry(repo.key, commit, name)
        assert entry is not None and entry.path == name
    repo.check()


def test_the_commit_carries_author_date_parent_and_message(repo: OneRepo) -> None:
    first = repo.commit(PutFile("a", b"1"), message="First\n\nwith a body\r\n")
    second = repo.commit(PutFile("a", b"2"), message="Second")
    shown = repo.git("log", "--format=%H|%P|%an|%ae|%aI|%cn|%B", "-2", second)
    assert f"{second}|{first}|Ada|ada@example.org|2026-03-04T05:06:07+00:00|Ada|Second\n" in shown
    assert "|Ada|First\n\nwith a body\n" in shown
    assert repo.store.get_commit(repo.key, second).parents == (first,)
    repo.check()


def test_what_a_signature_cannot_hold_is_left_out(repo: OneRepo) -> None:
    commit = repo.store.write_commit(
        repo.key,
        parent=None,
        changes=[PutFile("a", b"1")],
        message="null\0byte",
        author_name="Eve <root@evil>\nparent 0000",
        author_email="<>\n",
        date=repo.store.get_commit(repo.key, repo.put(None, a=b"")).date,
    )
    repo.store.update_ref(repo.key, "refs/heads/main", commit, expected=None)
    repo.check()
    assert "nullbyte" in repo.git("log", "-1", "--format=%B", commit)


def test_an_edit_deep_down_writes_only_the_trees_on_its_way(repo: OneRepo) -> None:
    base = repo.commit(*(PutFile(f"d{n}/e{n}/f", b"x") for n in range(20)))
    before = int(repo.git("count-objects", "-v").split("in-pack: ")[1].split()[0])
    repo.commit(PutFile("d3/e3/f", b"changed"))
    after = int(repo.git("count-objects", "-v").split("in-pack: ")[1].split()[0])
    assert after - before == 5  # blob, e3, d3, root, commit
    assert repo.git("diff", "--name-only", base, "main") == "d3/e3/f\n"


def test_an_unchanged_file_is_not_written_again(repo: OneRepo) -> None:
    base = repo.commit(PutFile("a", b"same"))
    again = repo.write(PutFile("b", b"same"), parent=base)
    repo.store.update_ref(repo.key, "refs/heads/other", again, expected=None)
    assert repo.git("verify-pack", "-v", *_indexes(repo)).count(blob_id(b"same")) == 1


def _indexes(repo: OneRepo) -> list[str]:
    return [str(path) for path in (repo.path / "objects/pack").glob("*.idx")]


def test_deletions_prune_folders_that_become_empty(repo: OneRepo) -> None:
    repo.commit(PutFile("a/b/c", b"1"), PutFile("a/d", b"2"), PutFile("e/f", b"3"))
    commit = repo.commit(DeleteFile("a/b/c"), DeleteFolder("e"))
    assert repo.git("ls-tree", "-r", "-t", "--name-only", commit).split() == ["a", "a/d"]
    commit = repo.commit(DeleteFile("a/d"))
    assert repo.git("ls-tree", "-r", "-t", commit) == ""
    repo.check()


def test_changes_apply_in_their_order(repo: OneRepo) -> None:
    repo.commit(PutFile("a", b"1"), PutFile("folder/x", b"1"))
    commit = repo.commit(
        DeleteFile("a"), PutFile("a/now/a/folder", b"2"), DeleteFolder("folder"), PutFile("folder", b"3")
    )
    assert repo.git("ls-tree", "-r", "--name-only", commit).split() == ["a/now/a/folder", "folder"]
    repo.check()


@pytest.mark.parametrize("path", ["a/b", "a"])
def test_a_file_and_a_folder_of_one_name_are_refused(repo: OneRepo, path: str) -> None:
    base = repo.commit(PutFile("a", b"1")) if path == "a/b" else repo.commit(PutFile("a/b", b"1"))
    with pytest.raises(Invalid, match="first"):
        repo.write(PutFile(path, b"2"), parent=base)
    assert repo.store.find_ref(repo.key, "refs/heads/main") == base


def test_deleting_nothing_is_an_error(repo: OneRepo) -> None:
    base = repo.commit(PutFile("a/b", b"1"))
    for change in (
        DeleteFile("nope"),
        DeleteFolder("a/b"),
        DeleteFolder("x/y"),
        DeleteFile("a/b/c"),
    ):
        with pytest.raises(EntryNotFound):
            repo.write(change, parent=base)


def test_a_folder_goes_by_its_name_alone(repo: OneRepo) -> None:
    """Clients send `deletedFile` for a folder whose name has no slash at its end."""
    base = repo.commit(PutFile("a/b", b"1"), PutFile("c", b"2"))
    after = repo.write(DeleteFile("a"), parent=base)
    assert repo.git("ls-tree", "-r", "--name-only", after).split() == ["c"]


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a//b", ".git/config", "a/.GIT/x", "", "a\0b", "/".join(["d"] * 200)]
)
def test_paths_that_leave_the_repo_or_hurt_git_are_refused(repo: OneRepo, path: str) -> None:
    with pytest.raises(Invalid):
        repo.write(PutFile(path, b""))
    leftovers = [p.name for p in (repo.path / "objects/pack").iterdir()]
    assert leftovers == []


def test_an_executable_stays_one_when_overwritten(repo: OneRepo) -> None:
    repo.commit(PutFile("run.sh", b"1", MODE_EXECUTABLE), PutFile("plain", b"1"))
    commit = repo.commit(PutFile("run.sh", b"2"), PutFile("plain", b"2"))
    modes = {line.split()[3]: line.split()[0] for line in repo.git("ls-tree", commit).splitlines()}
    assert modes == {"run.sh": "100755", "plain": "100644"}


def test_a_copy_reuses_the_blob_and_must_name_one(repo: OneRepo) -> None:
    base = repo.commit(PutFile("a", b"content"))
    commit = repo.commit(CopyFile("b/c", blob_id(b"content")))
    assert repo.git("show", f"{commit}:b/c") == "content"
    for oid in ("0" * 40, base, "nonsense"):
        with pytest.raises(Invalid):
            repo.write(CopyFile("d", oid), parent=base)


def test_a_missing_parent_is_an_error(repo: OneRepo) -> None:
    with pytest.raises(RevisionNotFound):
        repo.put("1" * 40, a=b"")


def test_ten_thousand_files_are_one_pack_within_a_second_of_cpu(repo: OneRepo) -> None:
    changes = [PutFile(f"d{n % 100}/f{n}.txt", b"line %d\n" % n * 40) for n in range(10_000)]
    began = time.process_time()
    commit = repo.commit(*changes)
    spent_s = time.process_time() - began
    assert spent_s < 2  # about 0.5 on an idle core; the machine of the tests may be busy
    assert len(_indexes(repo)) == 1
    assert repo.git("ls-tree", "-r", "--name-only", commit).count("\n") == 10_000
    repo.check()


def test_a_squash_keeps_the_files_and_drops_the_history(repo: OneRepo) -> None:
    repo.commit(PutFile("a", b"1"))
    head = repo.commit(PutFile("b", b"2"))
    squashed = repo.store.squash(
        repo.key,
        head,
        "One",
        author_name="Ada",
        author_email="a@b",
        date=repo.store.get_commit(repo.key, head).date,
    )
    repo.store.update_ref(repo.key, "refs/heads/main", squashed, expected=head)
    assert repo.git("rev-list", "--count", "main").strip() == "1"
    assert repo.git("diff", "--name-only", head, squashed) == ""
    repo.check()


def test_many_small_packs_are_folded_and_nothing_is_lost(repo: OneRepo) -> None:
    for n in range(12):
        repo.commit(PutFile(f"f{n}", b"%d" % n))
    loose = repo.write(PutFile("not yet referenced", b"!"), parent=repo.store.resolve(repo.key, "main"))
    repo.store.compact(repo.key)
    assert len(_indexes(repo)) == 1
    assert repo.store.get_commit(repo.key, loose).title == "change"
    assert len(repo.store.list_tree(repo.key, loose)) == 13
    repo.check()
