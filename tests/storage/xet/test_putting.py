"""Files that the store cuts up itself are the same files that clients would make of them."""

from __future__ import annotations

import hashlib
import random
from itertools import pairwise
from pathlib import Path

import hf_xet
import pytest

from openhearth.errors import TooLarge
from openhearth.storage.xet import EMPTY_FILE, XetStore
from openhearth.storage.xet.chunking import CHUNK_MIN_BYTES, cut
from openhearth.storage.xet.xorb import CHUNK_MAX_BYTES

RANDOM = random.Random(7).randbytes(3_000_000)
CONTENTS = {
    "one byte": b"a",
    "less than a chunk": b"hello",
    "random": RANDOM,
    "zeros": bytes(1 << 20),
    "pattern": bytes(range(256)) * 3000,
    "zeros inside": RANDOM[:500_000] + bytes(700_000) + RANDOM[500_000:900_000],
    "exactly the least": RANDOM[:CHUNK_MIN_BYTES],
    "text": b"the quick brown fox jumps over the lazy dog; " * 20_000,
}


@pytest.mark.parametrize("name", CONTENTS)
def test_the_hash_is_the_one_that_clients_compute(store: XetStore, tmp_path: Path, name: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENTS[name])
    given = store.put_file(path, repo_key="repo", namespace="ada", is_public=False, uploader="ada")
    assert given == hf_xet.hash_files([str(path)])[0].hash
    assert b"".join(store.stream(given)) == CONTENTS[name]
    assert store.may_read("repo", given, uploader="ada")
    assert not store.may_read("repo", given, uploader="eve")


def test_chunks_cover_the_file_and_keep_their_bounds() -> None:
    content = CONTENTS["zeros inside"]
    spans = list(cut(memoryview(content)))
    assert spans[0][0] == 0
    assert spans[-1][1] == len(content)
    assert all(end == start for (_, end), (start, _) in pairwise(spans))
    assert all(CHUNK_MIN_BYTES <= end - start <= CHUNK_MAX_BYTES for start, end in spans[:-1])


def test_what_was_there_before_is_not_stored_again(store: XetStore, tmp_path: Path) -> None:
    path = tmp_path / "file"
    for number, content in enumerate((RANDOM, b"inserted" + RANDOM)):
        path.write_bytes(content)
        store.put_file(path, repo_key=f"repo{number}", namespace="ada", is_public=False, uploader="ada")
    assert store.stored_bytes() < len(RANDOM) * 1.2


def test_the_sha256_is_believed_at_once_and_the_empty_file_needs_nothing(
    store: XetStore, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(RANDOM)
    sha256 = hashlib.sha256(RANDOM).hexdigest()
    hash = store.put_file(path, repo_key="repo", namespace="ada", is_public=False, uploader="", sha256=sha256)
    store.link_files("repo", [hash])
    found = store.find_file("repo", sha256)
    assert found is not None
    assert found.file_hash_hex == hash
    assert store.list_unverified_claims() == []
    path.write_bytes(b"")
    assert store.put_file(path, repo_key="repo", namespace="ada", is_public=False, uploader="") == EMPTY_FILE


def test_a_file_above_the_limit_is_refused(tmp_path: Path, store: XetStore) -> None:
    store._file_max_bytes = 1000
    path = tmp_path / "file"
    path.write_bytes(RANDOM[:2000])
    with pytest.raises(TooLarge):
        store.put_file(path, repo_key="repo", namespace="ada", is_public=False, uploader="ada")
