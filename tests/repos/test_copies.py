"""Copies without bytes, and large files removed for good."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from openhearth.access import NOBODY
from openhearth.errors import EntryNotFound, Forbidden, Gated, Invalid, RepoNotFound, Unauthenticated
from openhearth.kit.names import RepoRef
from openhearth.repos import AddLargeFile, Repo
from openhearth.repos.errors import RepoExists
from openhearth.repos.quotas import QuotaExceeded
from tests.repos.conftest import Workshop
from tests.storage.xet.conftest import Uploads

CHUNKED = bytes(range(256)) * 1000
WHOLE = b"whole object " * 5000
COPY = RepoRef("model", "ada", "copy")


@pytest.fixture
def source(workshop: Workshop) -> Repo:
    """A private repo with small files, a file in the chunk store, a whole object, a branch and a tag."""
    repo = workshop.create("source", visibility="private")
    file = Uploads(workshop.hub.ground.storage.xet).file(
        CHUNKED, repo_key=repo.key, uploader=workshop.ada.user_id or ""
    )
    workshop.commit(repo, AddLargeFile("chunked.bin", file.sha256, len(CHUNKED)))
    workshop.repos.refs.create_tag(workshop.ada, repo, "v1")
    workshop.put_large(repo, "sub/whole.bin", WHOLE)
    workshop.put(repo, config__json="{}")
    workshop.repos.refs.create_branch(workshop.ada, repo, "dev", start="v1")
    return repo


def read(workshop: Workshop, repo: Repo, path: str) -> bytes:
    content = workshop.repos.content
    return content.read_file(repo, content.resolve(repo), path)


def stored_bytes(workshop: Workshop) -> int:
    """What the disk really holds: a file with two names counts once."""
    data = workshop.hub.ground.settings.data
    seen: dict[int, int] = {}
    for folder in ("repos", "xet", "lfs"):
        for path in (Path(root) / name for root, _, names in os.walk(data / folder) for name in names):
            stat = path.stat()
            seen[stat.st_ino] = stat.st_size
    return sum(seen.values())


def test_a_duplicate_has_everything_and_stores_next_to_nothing(workshop: Workshop, source: Repo) -> None:
    before = stored_bytes(workshop)
    copy = workshop.repos.copies.duplicate(workshop.ada, source, COPY)
    assert stored_bytes(workshop) - before < 2000, "a config, a HEAD and refs"
    assert copy.visibility == "private"
    assert workshop.paths(copy) == workshop.paths(source)
    assert read(workshop, copy, "chunked.bin") == CHUNKED
    assert read(workshop, copy, "sub/whole.bin") == WHOLE
    refs = workshop.repos.content.list_refs(copy)
    assert {ref.name for ref in (*refs.branches, *refs.tags)} == {"main", "dev", "v1"}
    assert refs == workshop.repos.content.list_refs(source)
    assert (
        workshop.repos.facts.get(copy).used_storage_bytes
        == workshop.repos.facts.get(source).used_storage_bytes
    )


def test_a_duplicate_stays_whole_when_its_source_is_gone(workshop: Workshop, source: Repo) -> None:
    copy = workshop.repos.copies.duplicate(workshop.ada, source, COPY)
    workshop.repos.catalogue.delete(workshop.ada, source.ref)
    storage = workshop.hub.ground.storage
    storage.xet.collect(unused_for=timedelta(0))
    storage.lfs.collect(unused_for=timedelta(seconds=-1))
    assert read(workshop, copy, "chunked.bin") == CHUNKED
    assert read(workshop, copy, "sub/whole.bin") == WHOLE
    workshop.put(copy, more__txt="the copy goes its own way")
    storage.git.compact(copy.key)
    assert read(workshop, copy, "more.txt") == b"the copy goes its own way"
    workshop.repos.catalogue.delete(workshop.ada, copy.ref)
    storage.xet.collect(unused_for=timedelta(0))
    assert storage.xet.stored_bytes() == 0


def test_changes_to_one_do_not_show_in_the_other(workshop: Workshop, source: Repo) -> None:
    copy = workshop.repos.copies.duplicate(workshop.ada, source, COPY, visibility="public")
    workshop.put(source, after__txt="later")
    assert "after.txt" not in workshop.paths(copy)
    assert workshop.repos.catalogue.get(NOBODY, copy.ref).visibility == "public"


def test_only_those_who_may_have_the_files_duplicate(workshop: Workshop, source: Repo) -> None:
    duplicate = workshop.repos.copies.duplicate
    opened = workshop.create("opened")
    with pytest.raises(Unauthenticated):
        duplicate(NOBODY, opened, RepoRef("model", "eve", "copy"))
    with pytest.raises(Forbidden):
        duplicate(workshop.eve, opened, COPY)
    assert duplicate(workshop.eve, opened, RepoRef("model", "eve", "copy")).ref.namespace == "eve"
    gated = workshop.repos.catalogue.change_settings(workshop.ada, opened, gated="manual")
    with pytest.raises(Gated):
        duplicate(workshop.eve, gated, RepoRef("model", "eve", "second"))
    assert duplicate(workshop.ada, gated, COPY).gated == "manual"
    with pytest.raises(RepoExists):
        duplicate(workshop.ada, source, COPY)
    admin = replace(workshop.ada, is_site_admin=True)
    with pytest.raises(Invalid, match="nobody is called"):
        duplicate(admin, source, RepoRef("model", "nobody-here", "copy"))


def test_large_files_are_copied_for_readers_of_the_source_who_write_the_target(
    workshop: Workshop, source: Repo
) -> None:
    target = workshop.create("target")
    copies, before = workshop.repos.copies, stored_bytes(workshop)
    shas = {e.path: e.lfs.sha256 for e in workshop.files(source) if e.lfs}
    assert copies.copy_large_files(workshop.ada, source, target, list(shas.values())) == []
    assert stored_bytes(workshop) == before
    workshop.commit(target, *(AddLargeFile(path, sha) for path, sha in shas.items()))
    assert read(workshop, target, "chunked.bin") == CHUNKED
    assert read(workshop, target, "sub/whole.bin") == WHOLE
    assert copies.copy_large_files(workshop.ada, target, source, ["ab" * 32]) == ["ab" * 32]
    with pytest.raises(Forbidden):
        copies.copy_large_files(workshop.eve, target, target, [])


def test_the_routes_hide_what_may_not_be_seen(web: TestClient, workshop: Workshop, source: Repo) -> None:
    eve = {"Authorization": f"Bearer {workshop.token(workshop.eve)}"}
    for path, body in (
        ("duplicate", {"repository": "eve/copy"}),
        ("lfs-files/duplicate", {"target": {"type": "model", "name": "eve/x"}, "files": []}),
        ("lfs-files/batch", {"deletions": {"sha": [], "rewriteHistory": True}}),
    ):
        for headers, status in (({}, 401), (eve, 404)):
            hidden = web.post(f"/api/models/ada/source/{path}", json=body, headers=headers)
            missing = web.post(f"/api/models/ada/none/{path}", json=body, headers=headers)
            assert hidden.status_code == missing.status_code == status
            assert hidden.headers["X-Error-Code"] == "RepoNotFound"


def test_duplicating_over_the_wire(web: TestClient, workshop: Workshop, source: Repo) -> None:
    ada = {"Authorization": f"Bearer {workshop.token(workshop.ada)}"}
    address = "/api/models/ada/source/duplicate"
    for status in (200, 409):
        answer = web.post(address, json={"repository": "forge/copy"}, headers=ada)
        assert (answer.status_code, answer.json()["url"]) == (status, "http://hub.test/forge/copy")
    assert web.post(address, json={"repository": "nameless"}, headers=ada).status_code == 400
    secret = {"repository": "ada/x", "secrets": [{"key": "k", "value": "v"}]}
    assert web.post(address, json=secret, headers=ada).status_code == 501
    assert (
        web.post(address, json={"repository": "ada/x", "visibility": "protected"}, headers=ada).status_code
        == 400
    )


def test_a_purge_rewrites_history_without_the_file(workshop: Workshop, source: Repo) -> None:
    content, storage = workshop.repos.content, workshop.hub.ground.storage
    sha = next(e.lfs.sha256 for e in workshop.files(source) if e.lfs and e.path == "chunked.bin")
    before = content.list_refs(source)
    count = content.count_commits(source, content.resolve(source))
    workshop.repos.purge.delete_large_files(workshop.ada, source, [sha], rewrite_history=True)
    after = content.list_refs(source)
    for old, new in zip((*before.branches, *before.tags), (*after.branches, *after.tags), strict=True):
        assert new.target != old.target
        assert "chunked.bin" not in [e.path for e in content.list_files(source, new.target)]
    assert content.count_commits(source, content.resolve(source)) == count
    assert read(workshop, source, "sub/whole.bin") == WHOLE
    assert [c.title for c in content.list_commits(source, content.resolve(source))][-1] == "initial commit"
    page = workshop.repos.facts.list_large_files(source, limit=10)
    assert [file.path for file in page.items] == ["sub/whole.bin"]
    assert workshop.repos.facts.get(source).used_storage_bytes < len(WHOLE) + 10_000
    storage.xet.collect(unused_for=timedelta(0))
    assert storage.xet.stored_bytes() == 0


def test_a_purge_leaves_protected_branches_alone(workshop: Workshop, source: Repo) -> None:
    sha = next(e.lfs.sha256 for e in workshop.files(source) if e.lfs and e.path == "chunked.bin")
    workshop.repos.protections.protect(workshop.ada, source, "dev")
    before = workshop.repos.content.list_refs(source)
    with pytest.raises(Forbidden, match="protected"):
        workshop.repos.purge.delete_large_files(workshop.ada, source, [sha], rewrite_history=True)
    assert workshop.repos.content.list_refs(source) == before
    assert read(workshop, source, "chunked.bin") == CHUNKED


def test_a_copy_needs_room_like_any_upload(workshop: Workshop, source: Repo) -> None:
    workshop.repos.quotas.set_limit("ada", 0.0008)  # 800 kB, of which the source has taken some 320
    copies, target = workshop.repos.copies, workshop.create("target")
    copies.duplicate(workshop.ada, source, COPY)
    with pytest.raises(QuotaExceeded):
        copies.duplicate(workshop.ada, source, RepoRef("model", "ada", "second"))
    with pytest.raises(RepoNotFound):
        workshop.repos.catalogue.get(workshop.ada, RepoRef("model", "ada", "second"))
    shas = [e.lfs.sha256 for e in workshop.files(source) if e.lfs]
    with pytest.raises(QuotaExceeded):
        copies.copy_large_files(workshop.ada, source, target, shas)


def test_a_purge_without_rewriting_leaves_pointers_to_nothing(workshop: Workshop, source: Repo) -> None:
    sha = next(e.lfs.sha256 for e in workshop.files(source) if e.lfs and e.path == "sub/whole.bin")
    head = workshop.repos.content.resolve(source)
    workshop.repos.purge.delete_large_files(workshop.ada, source, [sha], rewrite_history=False)
    assert workshop.repos.content.resolve(source) == head
    with pytest.raises(EntryNotFound):
        read(workshop, source, "sub/whole.bin")
    workshop.put(source, again__txt="facts are read anew")
    assert [f.path for f in workshop.repos.facts.list_large_files(source, limit=10).items] == ["chunked.bin"]
    with pytest.raises(Invalid, match="no large file"):
        workshop.repos.purge.delete_large_files(workshop.ada, source, [sha], rewrite_history=True)


def test_a_purge_spares_other_repos_and_other_people(workshop: Workshop, source: Repo) -> None:
    copy = workshop.repos.copies.duplicate(workshop.ada, source, COPY, visibility="public")
    shas = [e.lfs.sha256 for e in workshop.files(source) if e.lfs]
    with pytest.raises(Forbidden):
        workshop.repos.purge.delete_large_files(workshop.eve, copy, shas, rewrite_history=True)
    with pytest.raises(RepoNotFound):
        workshop.repos.purge.delete_large_files(workshop.eve, source, shas, rewrite_history=True)
    workshop.repos.purge.delete_large_files(workshop.ada, source, shas, rewrite_history=True)
    storage = workshop.hub.ground.storage
    storage.xet.collect(unused_for=timedelta(0))
    storage.lfs.collect(unused_for=timedelta(seconds=-1))
    assert read(workshop, copy, "chunked.bin") == CHUNKED
    assert read(workshop, copy, "sub/whole.bin") == WHOLE
