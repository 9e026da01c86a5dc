"""What a bucket holds: lists, batches, and who may bring what into them."""

import threading
from datetime import UTC, datetime

import pytest

from openhearth.access import NOBODY, Action
from openhearth.buckets.folders import behind, depth_of
from openhearth.buckets.records import AddFile, BucketFolder, CopyFile, DeleteFile
from openhearth.errors import EntryNotFound, Forbidden, HubError
from openhearth.kit.names import BucketRef, RepoRef
from openhearth.repos import AddLargeFile, CommitRequest
from openhearth.repos.quotas import QuotaExceeded
from openhearth.storage.xet import EMPTY_FILE
from openhearth.wire.request import Credentials
from tests.buckets.conftest import Yard
from tests.storage.xet.conftest import Uploads

ZEROS_AND_ONE = "0" * 63 + "1"


def test_nobody_and_strangers_write_nothing(yard: Yard) -> None:
    bucket = yard.create()
    for actor in (NOBODY, yard.eve):
        with pytest.raises(HubError):
            yard.apply(bucket, DeleteFile("a"), actor=actor)
    ben = yard.create(namespace="forge")
    assert not yard.apply(ben, AddFile("a", EMPTY_FILE), actor=yard.ben).failures


def test_sums_are_those_of_the_files(yard: Yard) -> None:
    bucket = yard.create()
    yard.put(bucket, a=b"x" * 100, b__c=b"y" * 50)
    yard.put(bucket, a=b"z" * 7)
    yard.apply(bucket, DeleteFile("b/c"), DeleteFile("never"), AddFile("empty", EMPTY_FILE))
    now = yard.again(bucket)
    assert (now.file_count, now.size_bytes) == (2, 7)
    assert yard.read(bucket, "a") == b"z" * 7
    assert yard.read(bucket, "empty") == b""
    with pytest.raises(EntryNotFound):
        yard.read(bucket, "b/c")


@pytest.mark.both_engines
def test_a_level_shows_each_folder_once_with_the_date_of_its_newest_file(yard: Yard) -> None:
    bucket = yard.create()
    yard.put(
        bucket, **{"logs__a": b"1", "logs__b__c": b"2", "logs.json": b"3", "logs_old__d": b"4", "z": b"5"}
    )
    yard.clock.advance(hours=1)
    yard.put(bucket, logs__b__late=b"6")
    contents = yard.buckets.contents
    top = contents.list_folder(bucket).items
    assert [entry.path for entry in top] == ["logs.json", "logs", "logs_old", "z"]
    assert isinstance(top[1], BucketFolder)
    assert top[1].uploaded_at == yard.clock.now
    for prefix in ("logs/", "logs"):
        inside = [e.path for e in contents.list_folder(bucket, prefix).items if e.path.startswith("logs/")]
        assert inside == ["logs/a", "logs/b"]
    assert yard.paths(bucket, "logs") == ["logs.json", "logs/a", "logs/b/c", "logs/b/late", "logs_old/d"]


def test_pages_join_to_the_whole_list(yard: Yard) -> None:
    bucket = yard.create()
    yard.apply(bucket, *(AddFile(f"{n % 3}/{n:03}", EMPTY_FILE) for n in range(60)), AddFile("9", EMPTY_FILE))
    contents = yard.buckets.contents
    for list_page, count in ((contents.list_files, 61), (contents.list_folder, 4)):
        found, cursor = [], None
        while True:
            page = list_page(bucket, limit=2 if count == 4 else 7, cursor=cursor)
            found += [entry.path for entry in page.items]
            if (cursor := page.cursor) is None:
                break
        assert found == sorted(set(found))
        assert len(found) == count


@pytest.mark.parametrize(
    ("prefix", "first_behind"),
    [("a", "b"), ("a/", "a0"), ("a\U0010ffff", "b"), ("\ud7ff", "\ue000"), ("", None)],
)
def test_what_is_behind_a_prefix(prefix: str, first_behind: str | None) -> None:
    assert behind(prefix) == first_behind


def test_depths() -> None:
    assert [depth_of(prefix) for prefix in ("", "/", "a", "a/", "a/b")] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("path", ["../out", "/abs", "a//b", "a/../b", ".", "a\\b", "a\nb", "x" * 300, "a/"])
def test_paths_that_lead_astray_fail_alone(yard: Yard, path: str) -> None:
    bucket = yard.create()
    done = yard.apply(bucket, AddFile(path, EMPTY_FILE), AddFile("good", EMPTY_FILE))
    assert [failure.path for failure in done.failures] == [path]
    assert done.succeeded == 1
    assert yard.paths(bucket) == ["good"]


def test_folders_of_git_are_folders_like_any_other(yard: Yard) -> None:
    bucket = yard.create()
    assert not yard.apply(bucket, AddFile(".git/config", EMPTY_FILE)).failures


def test_only_its_uploader_brings_in_what_was_uploaded(yard: Yard) -> None:
    """Knowing a hash gives nobody the bytes: neither one never sent, nor one sent by another or elsewhere."""
    mine = yard.create(visibility="private")
    theirs = yard.buckets.catalogue.create(yard.eve, BucketRef("eve", "open"))
    secret = yard.upload(mine, b"secret" * 100)
    yard.apply(mine, AddFile("secret", secret))
    for operation in (
        AddFile("stolen", secret),
        AddFile("stolen", ZEROS_AND_ONE),
        CopyFile("stolen", secret, "bucket", "ada/scratch"),
        CopyFile("stolen", secret, "bucket", "eve/open"),
        CopyFile("stolen", EMPTY_FILE, "bucket", "eve/open"),
        CopyFile("stolen", secret, "planet", "ada/scratch"),
        CopyFile("stolen", secret, "model", "ada/none"),
        CopyFile("stolen", secret, "bucket", "no-slash"),
    ):
        done = yard.apply(theirs, operation, actor=yard.eve)
        assert len(done.failures) == 1, operation
    assert yard.paths(theirs) == []
    missing = yard.apply(theirs, CopyFile("x", secret, "bucket", "ada/nothing"), actor=yard.eve).failures[0]
    hidden = yard.apply(theirs, CopyFile("x", secret, "bucket", "ada/scratch"), actor=yard.eve).failures[0]
    assert missing.error.replace("nothing", "scratch") == hidden.error


def test_files_of_repos_are_copied_by_those_who_may_have_them(yard: Yard) -> None:
    repos, bucket = yard.hub.repos, yard.create("models")
    repo = repos.catalogue.create(yard.ada, RepoRef("model", "ada", "steel"))
    content = b"weights" * 20_000
    file = Uploads(yard.xet).file(content, repo_key=repo.key, uploader=yard.ada.user_id or "")
    request = CommitRequest(summary="add", operations=[AddLargeFile("w.bin", file.sha256, len(content))])
    repos.commits.commit(yard.ada, repo, "main", request)
    stored = yard.xet.stored_bytes()
    copy = CopyFile("w.bin", file.file_hash_hex, "model", "ada/steel", datetime(2020, 1, 1, tzinfo=UTC))
    assert not yard.apply(bucket, copy).failures
    assert yard.xet.stored_bytes() == stored
    repos.catalogue.change_settings(yard.ada, repo, gated="manual")
    hers = yard.buckets.catalogue.create(yard.eve, BucketRef("eve", "copy"))
    assert "restricted" in yard.apply(hers, copy, actor=yard.eve).failures[0].error

    repos.catalogue.delete(yard.ada, repo.ref)
    yard.clock.advance(days=40)
    yard.xet.collect()
    assert yard.read(bucket, "w.bin") == content
    assert yard.buckets.contents.get_file(bucket, "w.bin").mtime.year == 2020


def test_replaced_files_are_freed_unless_another_path_names_them(yard: Yard) -> None:
    bucket = yard.create()
    old, new = bytes(range(256)) * 300, bytes(reversed(range(256))) * 300
    yard.put(bucket, a=old, b=old)
    stored = yard.xet.stored_bytes()
    yard.put(bucket, a=new)
    yard.clock.advance(days=31)
    yard.xet.collect()
    assert yard.read(bucket, "b") == old
    yard.apply(bucket, DeleteFile("b"))
    yard.clock.advance(days=31)
    yard.xet.collect()
    assert yard.xet.stored_bytes() <= stored
    assert yard.read(bucket, "a") == new


@pytest.mark.both_engines
def test_writers_on_one_path_leave_one_whole_file_and_true_sums(yard: Yard) -> None:
    bucket = yard.create()
    contents = [bytes([n]) * (1000 + n) for n in range(8)]
    hashes = [yard.upload(bucket, content) for content in contents]

    def write(number: int) -> None:
        for turn in range(5):
            yard.apply(
                bucket, AddFile("one", hashes[number]), AddFile(f"own/{number}/{turn}", hashes[number])
            )
            yard.apply(bucket, DeleteFile(f"own/{number}/{turn}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert yard.read(bucket, "one") in contents
    now = yard.again(bucket)
    assert now.file_count == 1
    assert now.size_bytes == len(yard.read(bucket, "one"))
    yard.clock.advance(days=31)
    yard.xet.collect()
    assert yard.read(bucket, "one") in contents


def test_a_batch_on_a_deleted_bucket_writes_nothing(yard: Yard) -> None:
    bucket = yard.create()
    yard.buckets.catalogue.delete(yard.ada, bucket.ref)
    with pytest.raises(HubError, match="not found"):
        yard.apply(bucket, AddFile("a", EMPTY_FILE))


def test_buckets_count_for_the_quota_of_their_namespace(yard: Yard) -> None:
    bucket, other = yard.create(), yard.create("other")
    yard.put(bucket, a=b"x" * 600_000)
    quotas = yard.hub.repos.quotas
    assert quotas.get_usage("ada").used_bytes == 600_000
    quotas.set_limit("ada", 0.001)
    hash = yard.buckets.contents.get_file(bucket, "a").xet_hash
    with pytest.raises(QuotaExceeded):
        yard.apply(other, CopyFile("a", hash, "bucket", "ada/scratch"))
    assert yard.paths(other) == []
    yard.apply(bucket, DeleteFile("a"))
    yard.clock.advance(days=31)
    yard.xet.collect()
    assert quotas.get_usage("ada").used_bytes == 0


def test_a_read_only_token_reads_only(yard: Yard) -> None:
    bucket = yard.create(visibility="private")
    token = yard.hub.accounts.tokens.create(yard.ada, name="r", scope="read", grants={}).value
    reader = yard.hub.accounts.identify(Credentials(token=token))
    assert yard.buckets.catalogue.get(reader, bucket.ref, Action.READ)
    with pytest.raises(Forbidden):
        yard.apply(bucket, AddFile("a", EMPTY_FILE), actor=reader)
