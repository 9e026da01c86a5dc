"""Who may read what: pending uploads, linked files, claims about sha256, copies and dropped repos."""

import hashlib

import pytest

from openhearth.errors import EntryNotFound, Invalid
from openhearth.storage.xet import XetStore
from tests.storage.xet.conftest import Uploads
from tests.storage.xet.packing import PackedFile, PackedShard, PackedXorb, cut


def test_a_file_is_readable_by_its_uploader_until_a_commit_links_it(
    store: XetStore, uploads: Uploads, content: bytes
) -> None:
    file = uploads.file(content)
    assert store.may_read("repo", file.file_hash_hex, uploader="ada")
    for stranger in (None, "", "ben"):
        assert not store.may_read("repo", file.file_hash_hex, uploader=stranger)
    assert store.find_file("repo", file.sha256) is None
    assert store.find_file("repo", file.sha256, uploader="ben") is None
    assert store.find_file("repo", file.sha256, uploader="ada") == file
    store.link_files("repo", [file.file_hash_hex])
    assert store.may_read("repo", file.file_hash_hex)
    assert store.find_file("repo", file.sha256) == file
    assert not store.may_read("other", file.file_hash_hex, uploader="ada")
    assert store.find_files("other", [file.sha256], uploader="ada") == {}


def test_only_what_was_uploaded_to_the_repo_can_be_linked(
    store: XetStore, uploads: Uploads, content: bytes
) -> None:
    file = uploads.file(content)
    with pytest.raises(EntryNotFound, match="was not uploaded to this repo"):
        store.link_files("other", [file.file_hash_hex])
    assert not store.may_read("other", file.file_hash_hex)


def test_knowing_a_sha256_gives_nothing_in_another_repo(
    store: XetStore, uploads: Uploads, content: bytes
) -> None:
    file = uploads.file(content)
    store.link_files("repo", [file.file_hash_hex])
    assert store.find_file("eves", file.sha256, uploader="eve") is None


def test_many_files_are_found_at_once(store: XetStore, uploads: Uploads) -> None:
    files = [uploads.file(b"file %d" % at) for at in range(20)]
    store.link_files("repo", [file.file_hash_hex for file in files])
    asked = [file.sha256 for file in files] + [f"{at:064x}" for at in range(1200)]
    assert store.find_files("repo", asked) == {file.sha256: file for file in files}
    assert store.find_files("repo", []) == {}


def test_a_true_claim_is_verified_and_a_false_one_dropped(
    store: XetStore, uploads: Uploads, content: bytes
) -> None:
    true = uploads.file(content)
    false = uploads.file(b"something else", sha256=hashlib.sha256(b"what it claims to be").digest())
    store.link_files("repo", [true.file_hash_hex, false.file_hash_hex])
    assert sorted(store.list_unverified_claims()) == sorted([("repo", true.sha256), ("repo", false.sha256)])
    assert store.verify_claim("repo", true.sha256)
    assert not store.verify_claim("repo", false.sha256)
    assert store.list_unverified_claims() == []
    assert store.find_file("repo", true.sha256) == true
    assert store.find_file("repo", false.sha256) is None
    with pytest.raises(EntryNotFound):
        store.verify_claim("repo", false.sha256)


def test_claims_that_wait_for_a_commit_are_not_verified_yet(
    store: XetStore, uploads: Uploads, content: bytes
) -> None:
    uploads.file(content)
    assert store.list_unverified_claims() == []


def test_a_false_claim_cannot_take_the_place_of_the_true_content(
    store: XetStore, uploads: Uploads, content: bytes
) -> None:
    """Eve, who may open pull requests, sends other bytes under the sha256 of what ada is about to push."""
    sha256 = hashlib.sha256(content).digest()
    poison = uploads.file(b"poison", sha256=sha256, uploader="eve")
    store.link_files("repo", [poison.file_hash_hex])
    file = uploads.file(content)
    found = store.find_file("repo", file.sha256, uploader="ada")
    assert found == file
    assert b"".join(store.stream(found.file_hash_hex)) == content
    store.link_files("repo", [file.file_hash_hex])
    assert store.find_file("repo", file.sha256) == file
    assert store.list_unverified_claims() == []


def test_a_false_claim_against_stored_content_is_refused(
    store: XetStore, uploads: Uploads, content: bytes
) -> None:
    file = uploads.file(content)
    store.link_files("repo", [file.file_hash_hex])
    with pytest.raises(Invalid, match="content has sha256"):
        uploads.file(b"poison", sha256=hashlib.sha256(content).digest(), uploader="eve")
    assert store.find_file("repo", file.sha256) == file


def test_whoever_only_proposes_proves_what_they_claim_at_once(
    store: XetStore, uploads: Uploads, content: bytes
) -> None:
    """Else eve's commit could give all readers her bytes for a sha256 that the repo is about to hold."""
    sha256 = hashlib.sha256(content)
    with pytest.raises(Invalid, match="content has sha256"):
        uploads.file(b"poison", sha256=sha256.digest(), uploader="eve", proven=True)
    assert store.find_file("repo", sha256.hexdigest(), uploader="eve") is None
    file = uploads.file(content, uploader="eve", proven=True)
    assert store.find_file("repo", file.sha256, uploader="eve") == file
    store.link_files("repo", [file.file_hash_hex])
    assert store.list_unverified_claims() == [], "it is known to be true"


def test_the_same_content_in_other_chunks_keeps_the_file_that_is_linked(
    store: XetStore, uploads: Uploads, content: bytes
) -> None:
    file = uploads.file(content)
    store.link_files("repo", [file.file_hash_hex])
    xorb = PackedXorb(cut(content, 9999))
    uploads.xorb(xorb)
    other = PackedFile.of([(xorb, 0, len(xorb.chunks))])
    uploads.shard(PackedShard([other], [xorb]), uploader="ben")
    assert store.find_file("repo", file.sha256) == file
    assert store.find_file("repo", file.sha256, uploader="ben") == file


def test_the_same_content_in_other_chunks_is_found_by_its_uploader_before_any_link(
    store: XetStore, uploads: Uploads, content: bytes
) -> None:
    file = uploads.file(content, uploader="eve")
    xorb = PackedXorb(cut(content, 9999))
    uploads.xorb(xorb)
    uploads.shard(PackedShard([PackedFile.of([(xorb, 0, len(xorb.chunks))])], [xorb]), uploader="ben")
    assert store.find_file("repo", file.sha256, uploader="ben") == file
    assert store.find_file("repo", file.sha256) is None


def test_links_are_copied_without_bytes(store: XetStore, uploads: Uploads, content: bytes) -> None:
    first, second = uploads.file(content), uploads.file(b"another")
    pending = uploads.file(b"never committed")
    store.link_files("repo", [first.file_hash_hex, second.file_hash_hex])
    before = store.stored_bytes()
    assert store.copy_links("repo", "chosen", sha256s=[first.sha256, pending.sha256]) == 1
    assert store.copy_links("repo", "all") == 2
    assert store.stored_bytes() == before
    assert store.find_file("chosen", first.sha256) == first
    assert store.find_file("chosen", second.sha256) is None
    assert store.may_read("all", second.file_hash_hex)
    assert not store.may_read("all", pending.file_hash_hex, uploader="ada")


def test_a_dropped_repo_reads_nothing_while_its_copies_live_on(
    store: XetStore, uploads: Uploads, content: bytes
) -> None:
    file = uploads.file(content)
    store.link_files("repo", [file.file_hash_hex])
    store.copy_links("repo", "fork")
    store.drop_repo("repo")
    assert not store.may_read("repo", file.file_hash_hex, uploader="ada")
    assert store.find_file("repo", file.sha256, uploader="ada") is None
    assert store.find_file("fork", file.sha256) == file
    assert b"".join(store.stream(file.file_hash_hex)) == content
