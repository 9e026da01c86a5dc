"""Large files that came whole end up in chunks, with the hash that clients would give them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import hf_xet
import pytest

from openhearth.errors import EntryNotFound
from openhearth.kit.clock import utc_now
from openhearth.kit.names import RepoRef
from openhearth.repos import Repo
from openhearth.repos.conversion import Conversion
from tests.repos.conftest import Workshop

CONTENT = bytes(range(256)) * 1500


def conversion_of(workshop: Workshop, *, later: timedelta = timedelta(hours=1)) -> Conversion:
    return Conversion(
        storage=workshop.hub.ground.storage,
        catalogue=workshop.repos.catalogue,
        clock=lambda: utc_now() + later,
    )


@pytest.fixture
def repo(workshop: Workshop) -> Repo:
    repo = workshop.create("whole")
    workshop.put_large(repo, "w.bin", CONTENT)
    return repo


def read(workshop: Workshop, repo: Repo) -> bytes:
    content = workshop.repos.content
    return content.read_file(repo, content.resolve(repo), "w.bin")


def xet_hash(workshop: Workshop, repo: Repo) -> str | None:
    content = workshop.repos.content
    return content.get_file(repo, content.resolve(repo), "w.bin").xet_hash


def test_every_repo_that_holds_it_has_it_in_chunks(workshop: Workshop, repo: Repo, tmp_path: Path) -> None:
    copy = workshop.repos.copies.duplicate(workshop.ada, repo, RepoRef("model", "ada", "copy"))
    folder, _ = workshop.repos.snapshots.materialise(workshop.ada, repo.ref)
    conversion, storage = conversion_of(workshop), workshop.hub.ground.storage
    assert conversion.convert_some() == 1
    (tmp_path / "oracle").write_bytes(CONTENT)
    expected = hf_xet.hash_files([str(tmp_path / "oracle")])[0].hash
    for each in (repo, copy):
        assert xet_hash(workshop, each) == expected
        assert read(workshop, each) == CONTENT
    assert conversion.convert_some() == 0
    assert storage.xet.list_unverified_claims() == []
    assert storage.lfs.collect(unused_for=timedelta(seconds=-1)).count == 1
    assert read(workshop, copy) == CONTENT
    assert (folder / "w.bin").read_bytes() == CONTENT, "a folder that is in use stays whole"


def test_what_is_young_waits(workshop: Workshop, repo: Repo) -> None:
    assert conversion_of(workshop, later=timedelta(minutes=1)).convert_some() == 0
    assert xet_hash(workshop, repo) is None


def test_what_the_disk_has_spoiled_is_left_as_it_is(workshop: Workshop, repo: Repo) -> None:
    lfs = workshop.hub.ground.storage.lfs
    sha = next(e.lfs.sha256 for e in workshop.files(repo) if e.lfs)
    lfs.path(sha).chmod(0o644)
    lfs.path(sha).write_bytes(CONTENT[:-1] + b"?")
    conversion = conversion_of(workshop)
    assert conversion.convert_some() == 1
    assert conversion.convert_some() == 0, "it is not looked at again and again"
    assert xet_hash(workshop, repo) is None
    assert lfs.is_linked(repo.key, sha)


def test_a_purged_file_does_not_come_back(workshop: Workshop, repo: Repo) -> None:
    sha = next(e.lfs.sha256 for e in workshop.files(repo) if e.lfs)
    workshop.repos.purge.delete_large_files(workshop.ada, repo, [sha], rewrite_history=False)
    assert conversion_of(workshop).convert_some() == 0
    with pytest.raises(EntryNotFound):
        read(workshop, repo)


def test_a_converted_file_is_pushed_and_fetched_like_any_other(workshop: Workshop, repo: Repo) -> None:
    conversion_of(workshop).convert_some()
    workshop.put_large(repo, "same.bin", CONTENT)  # git-lfs sends it again, whole
    assert conversion_of(workshop).convert_some() == 1
    assert read(workshop, repo) == CONTENT
