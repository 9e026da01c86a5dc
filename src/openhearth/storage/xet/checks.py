"""What a shard must prove before anything of it is kept. Compares it with our own indexes; knows no rows.

The range hash of every term is the access control on writing: without it, whoever guesses a xorb's hash could
make a file of other people's chunks and read it back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from openhearth.errors import Invalid, TooLarge
from openhearth.storage.xet.hashes import HASH_BYTES, file_hash, find_dedup_eligible, range_hash, to_hex
from openhearth.storage.xet.index import Records, XorbIndex
from openhearth.storage.xet.shard import Shard, ShardFile, ShardXorb

_SHARD_MAX_FILES = 4  # of the largest size; one shard may name very many small ones

IndexOf = Callable[[bytes], XorbIndex]


@dataclass(frozen=True)
class CheckedFile:
    hash: bytes
    size_bytes: int
    terms: Records
    sha256: str | None


@dataclass(frozen=True)
class CheckedShard:
    """`xorbs`: all that the upload touches, in order.

    `entrances`: the chunks that clients may ask about, and the place of their xorb in `xorbs`.
    """

    files: list[CheckedFile]
    xorbs: list[bytes]
    entrances: dict[bytes, int]


def check_shard(shard: Shard, index_of: IndexOf, *, file_max_bytes: int) -> CheckedShard:
    """Check all that `shard` says. Raises Invalid, TooLarge, and what `index_of` raises."""
    _check_sizes(shard.files, file_max_bytes)
    for listed in shard.xorbs:
        _check_listing(listed, index_of(listed.hash))
    files = [_check_file(file, index_of) for file in shard.files]
    referenced = (xorb for file in files for xorb in split_hashes(file.terms["xorb"].tobytes()))
    xorbs = list(dict.fromkeys([*referenced, *(listed.hash for listed in shard.xorbs)]))
    return CheckedShard(files, xorbs, dict(_find_entrances(files, xorbs, index_of)))


def split_hashes(joined: bytes) -> Iterator[bytes]:
    return (joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES))


def _check_listing(listed: ShardXorb, index: XorbIndex) -> None:
    if listed.chunks["hash"].tobytes() != index.hashes() or listed.chunks["size"].tolist() != index.sizes():
        raise Invalid(f"shard: lists other chunks for xorb {to_hex(listed.hash)} than it has; upload again.")


def _check_sizes(files: list[ShardFile], file_max_bytes: int) -> None:
    """Before any hashing, because a few bytes can announce very many chunks."""
    total = 0
    for file in files:
        size_bytes = sum(file.terms["unpacked"].tolist())
        total += size_bytes
        if size_bytes > file_max_bytes:
            raise TooLarge(f"shard: a file has {size_bytes} bytes; at most {file_max_bytes} are allowed.")
    if total > _SHARD_MAX_FILES * file_max_bytes:
        raise TooLarge(f"shard: its files have {total} bytes together; upload them in several commits.")


def _check_file(file: ShardFile, index_of: IndexOf) -> CheckedFile:
    hashes: list[bytes] = []
    sizes: list[int] = []
    for term, proof in zip(file.terms, file.range_hashes, strict=True):
        term_hashes, term_sizes = _check_term(term, proof.tobytes(), index_of)
        hashes.append(term_hashes)
        sizes += term_sizes
    if file_hash(b"".join(hashes), sizes) != file.hash:
        raise Invalid(f"shard: the terms do not add up to file {to_hex(file.hash)}; upload the file again.")
    return CheckedFile(file.hash, sum(sizes), file.terms, file.sha256)


def _check_term(term: Records, proof: bytes, index_of: IndexOf) -> tuple[bytes, list[int]]:
    """The hashes and sizes of the chunks that `term` names."""
    xorb, start, end = term["xorb"].tobytes(), int(term["start"]), int(term["end"])
    index = index_of(xorb)
    where = f"shard: the term of chunks {start} to {end} in xorb {to_hex(xorb)}"
    if not start < end <= len(index):
        raise Invalid(f"{where} lies outside it; upload the file again.")
    hashes, sizes = index.hashes(start, end), index.sizes(start, end)
    if sum(sizes) != int(term["unpacked"]):
        raise Invalid(f"{where} announces a wrong length; upload the file again.")
    if range_hash(hashes) != proof:
        raise Invalid(f"{where} is not verified by its hash; upload the file again.")
    return hashes, sizes


def _find_entrances(
    files: list[CheckedFile], xorbs: list[bytes], index_of: IndexOf
) -> Iterator[tuple[bytes, int]]:
    places = {xorb: place for place, xorb in enumerate(xorbs)}
    for xorb, place in places.items():
        hashes = index_of(xorb).hashes()
        for at in find_dedup_eligible(hashes):
            yield hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES], place
    for file in files:
        if len(file.terms):
            xorb, start = file.terms["xorb"][0].tobytes(), int(file.terms["start"][0])
            yield index_of(xorb).hashes(start, start + 1), places[xorb]
