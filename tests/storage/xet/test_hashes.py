"""Hashes against vectors of the protocol and against the released client."""

import random
from pathlib import Path

import hf_xet
import pytest

from openhearth.errors import Invalid
from openhearth.storage.xet.hashes import (
    EMPTY_FILE_HASH,
    chunk_hash,
    file_hash,
    find_dedup_eligible,
    from_hex,
    merkle_root,
    range_hash,
    sort_key,
    to_hex,
)


def _file_hash_of(chunks: list[bytes]) -> str:
    return to_hex(file_hash(b"".join(map(chunk_hash, chunks)), [len(chunk) for chunk in chunks]))


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([b"hello"], "48a3213a086cad271381aafe47232eb5df291a963cebbfec071972eff45eb422"),
        ([b"a" * 8192], "609de9aa94571ece06df6817dd0fa028f057e843ab1ace8045746a6244c47da4"),
        ([bytes(131072)] * 8, "1e671fe124cea35586b1d1c30b9d4fc6b4e05ee60c93406986444f7c23d54056"),
        ([bytes([n]) for n in range(20)], "2fd2f0a32402564fb45a5ba4845ef78445474a2033286de7e63d53f886234e4a"),
    ],
)
def test_file_hashes_match_the_vectors(chunks: list[bytes], expected: str) -> None:
    assert _file_hash_of(chunks) == expected


def test_chunk_root_and_range_hashes_match_the_vectors() -> None:
    assert to_hex(chunk_hash(b"hello")) == "9076ba12d998050b9c95c8bf770f943e6cad55c7490a82b76cf1582a2a05c2c2"
    hashes = b"".join(chunk_hash(bytes([n])) for n in range(20))
    root = "66fc37019f244e74e857c7a1fdf380598fbc16263e500d25eacaef7377ea7a1f"
    assert to_hex(merkle_root(hashes, [1] * 20)) == root
    assert to_hex(range_hash(hashes)) == "666f574bb881b9144ac4256bda667d96a3f3bf45c9b7094e7fae9734958bc9ca"


@pytest.mark.parametrize("size", [1, 100, 8191, 8192])
def test_files_of_one_chunk_hash_as_in_the_released_client(tmp_path: Path, size: int) -> None:
    content = random.Random(size).randbytes(size)
    path = tmp_path / "file"
    path.write_bytes(content)
    (info,) = hf_xet.hash_files([str(path)])
    assert _file_hash_of([content]) == info.hash


@pytest.mark.parametrize("count", [1, 2, 3, 9, 10, 500])
def test_files_of_zeros_hash_as_in_the_released_client(tmp_path: Path, count: int) -> None:
    # The gear hash of zeros never meets a boundary, so that every chunk has the largest size.
    path = tmp_path / "file"
    path.write_bytes(bytes(131072 * count))
    (info,) = hf_xet.hash_files([str(path)])
    assert _file_hash_of([bytes(131072)] * count) == info.hash


def test_a_tree_over_more_nodes_than_one_slice_does_not_depend_on_slicing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashes = b"".join(chunk_hash(n.to_bytes(4, "little")) for n in range(5000))
    whole = merkle_root(hashes, [1] * 5000)
    monkeypatch.setattr("openhearth.storage.xet.hashes._SLICE", 7)
    assert merkle_root(hashes, [1] * 5000) == whole


def test_an_empty_file_has_the_zero_hash() -> None:
    assert file_hash(b"", []) == EMPTY_FILE_HASH


def test_the_string_form_reverses_words_and_sorts_by_them() -> None:
    raw = bytes(range(32))
    assert to_hex(raw).startswith("0706050403020100" + "0f0e0d0c0b0a0908")
    assert from_hex(to_hex(raw)) == raw
    others = [random.Random(n).randbytes(32) for n in range(50)]
    assert [to_hex(raw) for raw in sorted(others, key=sort_key)] == sorted(map(to_hex, others))


@pytest.mark.parametrize(
    "text", ["", "00" * 31, "00" * 33, "0A" * 32, "zz" * 32, "../" * 21 + "x", "00" * 32 + "\n"]
)
def test_a_string_that_is_no_hash_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="64 lowercase hex digits"):
        from_hex(text)


def test_eligible_chunks_are_those_whose_last_word_is_a_multiple_of_1024() -> None:
    words = [0, 1, 1024, 512, 5 * 1024, 2**63 + 1024, 2**63 + 1023]
    hashes = b"".join(bytes(24) + word.to_bytes(8, "little") for word in words)
    assert find_dedup_eligible(hashes) == [0, 2, 4, 5]
