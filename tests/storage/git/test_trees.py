"""Listings: complete, in git's order, and the same whether read at once or in pages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhearth.errors import EntryNotFound, RevisionNotFound
from openhearth.storage.git import PutFile, TreeEntry, blob_id, pointer_text
from openhearth.storage.git.edits import TreeEdit
from openhearth.storage.git.objects import object_id
from tests.storage.git.conftest import OneRepo

FILES = ["a", "a.b", "a-b/c", "a/x", "a0", "b/c/d", "b/c/e/f", "b/c.d", "b/z", "ä/ö", "z"]


def _listed(repo: OneRepo, commit: str, path: str = "", *, limit: int | None = None) -> list[TreeEntry]:
    return repo.store.list_tree(repo.key, commit, path, recursive=True, limit=limit)


def test_a_listing_is_what_git_lists(repo: OneRepo) -> None:
    commit = repo.commit(*(PutFile(name, name.encode()) for name in FILES if name != "a"))
    lines = repo.git_bytes("ls-tree", "-r", "-t", "-z", "-l", commit).decode().split("\0")[:-1]
    expected = []
    for line in lines:
        mode, kind, oid, size, path = *line.split("\t")[0].split(), line.split("\t")[1]
        size_bytes = 0 if kind == "tree" else int(size)
        expected.append((path, "directory" if kind == "tree" else "file", oid, size_bytes, int(mode, 8)))
    assert [(e.path, e.type, e.oid, e.size_bytes, e.mode) for e in _listed(repo, commit)] == expected


@pytest.mark.parametrize("page", [1, 2, 3, 5])
@pytest.mark.parametrize("recursive", [True, False])
@pytest.mark.parametrize("folder", ["", "b", "b/c"])
def test_pages_add_up_to_the_whole(repo: OneRepo, page: int, recursive: bool, folder: str) -> None:
    commit = repo.commit(*(PutFile(name, b"") for name in FILES if name != "a"))
    whole = repo.store.list_tree(repo.key, commit, folder, recursive=recursive)
    paged: list[TreeEntry] = []
    while True:
        after = paged[-1].path if paged else None
        found = repo.store.list_tree(repo.key, commit, folder, recursive=recursive, after=after, limit=page)
        assert len(found) <= page
        if not found:
            break
        paged += found
    assert paged == whole


def test_pages_go_on_where_a_file_has_gone_meanwhile(repo: OneRepo) -> None:
    commit = repo.commit(PutFile("a", b""), PutFile("c", b""))
    assert [e.path for e in repo.store.list_tree(repo.key, commit, after="b/gone")] == ["c"]
    assert [e.path for e in repo.store.list_tree(repo.key, commit, after="b")] == ["c"]


def test_lfs_pointers_are_told_from_text(repo: OneRepo) -> None:
    pointer = pointer_text("ab" * 32, 5_000_000_000)
    commit = repo.commit(
        PutFile("m.bin", pointer), PutFile("fake", pointer + b"x" * 2000), PutFile("t", pointer[:50])
    )
    found = {e.path: e for e in _listed(repo, commit)}
    lfs = found["m.bin"].lfs
    assert lfs is not None
    assert (lfs.sha256, lfs.size_bytes, lfs.pointer_size_bytes) == ("ab" * 32, 5_000_000_000, len(pointer))
    assert found["m.bin"].size_bytes == len(pointer) and found["m.bin"].oid == blob_id(pointer)
    assert found["fake"].lfs is None and found["t"].lfs is None


def test_what_is_not_there_is_told_apart(repo: OneRepo) -> None:
    commit = repo.commit(PutFile("a/b", b"1"))
    store = repo.store
    for path in ("nope", "a/b/c", "a/nope", "", "a\0"):
        assert store.find_entry(repo.key, commit, path) is None
    folder = store.find_entry(repo.key, commit, "a")
    assert folder is not None and folder.type == "directory" and folder.size_bytes == 0
    for path in ("nope", "a/b"):
        with pytest.raises(EntryNotFound) as refused:
            store.list_tree(repo.key, commit, path)
        assert refused.value.headers["X-Repo-Commit"] == commit
    with pytest.raises(RevisionNotFound):
        store.list_tree(repo.key, "1" * 40)
    with pytest.raises(RevisionNotFound):
        store.find_entry(repo.key, "1" * 40, "a")


def test_a_blob_is_read_whole_or_from_its_beginning(repo: OneRepo) -> None:
    repo.commit(PutFile("a", b"0123456789"))
    oid = blob_id(b"0123456789")
    assert repo.store.read_blob(repo.key, oid) == b"0123456789"
    assert repo.store.read_blob(repo.key, oid, limit_bytes=4) == b"0123"
    with pytest.raises(EntryNotFound):
        repo.store.read_blob(repo.key, "0" * 40)


@given(st.dictionaries(st.text("ab/", min_size=1, max_size=5), st.binary(max_size=3), max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_tree_edit_ends_where_a_plain_dictionary_does(files: dict[str, bytes]) -> None:
    """Build a tree file by file and delete every second: the root is that of the files that remain."""
    names: list[str] = []
    for path in files:
        clashes = any(path.startswith(f"{n}/") or n.startswith(f"{path}/") for n in names)
        if not clashes and all(path.split("/")):
            names.append(path)
    trees: dict[bytes, bytes] = {}

    def build(wanted: list[str], deleted: list[str]) -> bytes:
        edit = TreeEdit(None, trees.__getitem__)
        for name in wanted:
            edit.put(name, object_id("blob", files[name]), None)
        root = edit.write(trees.__setitem__)
        again = TreeEdit(root, trees.__getitem__)
        for name in deleted:
            again.delete_file(name)
        return again.write(trees.__setitem__)

    assert build(names, names[::2]) == build(names[1::2], [])
