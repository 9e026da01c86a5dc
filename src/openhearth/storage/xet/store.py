"""The chunk store: xorbs on disk, files made of their chunks, and which repo may read which file.

Verifies all that clients send before it keeps it. Knows repos as opaque keys and uploaders as opaque names (a
user's id); knows no HTTP. File hashes come and go in their string form, xorb and chunk hashes as raw bytes.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import numpy as np
from blake3 import blake3
from sqlalchemy.engine import Connection

from openhearth.config import DedupScope
from openhearth.db import Database
from openhearth.errors import Conflict, EntryNotFound, Invalid
from openhearth.kit.clock import Clock, utc_now
from openhearth.kit.ranges import ByteRange
from openhearth.storage.xet import queries
from openhearth.storage.xet.adopt import Adoption
from openhearth.storage.xet.checks import CheckedFile, CheckedShard, check_shard
from openhearth.storage.xet.claims import Claims
from openhearth.storage.xet.collect import UNUSED_FOR, collect
from openhearth.storage.xet.dedup import Dedup
from openhearth.storage.xet.folder import Piece, XorbFolder
from openhearth.storage.xet.hashes import EMPTY_FILE_HASH, from_hex, to_hex
from openhearth.storage.xet.index import Records
from openhearth.storage.xet.packing import pack_file
from openhearth.storage.xet.plan import Plan, make_plan
from openhearth.storage.xet.records import Collected, XetFile
from openhearth.storage.xet.scrub import Scrub
from openhearth.storage.xet.shard import TERM, Shard, parse_shard
from openhearth.storage.xet.stream import stream_plan

FILE_MAX_BYTES = 500 * 10**9
_READ_THREADS = 4
_DEDUP_KEY_CONTEXT = "openhearth 2026 xet dedup answers v1"


class XetStore:
    def __init__(
        self,
        *,
        db: Database,
        folder: Path,
        key: bytes,
        dedup_scope: DedupScope = "namespace",
        file_max_bytes: int = FILE_MAX_BYTES,
        clock: Clock = utc_now,
    ) -> None:
        """`folder` holds xorbs and incoming bodies; `key` is the installation's, it blinds dedup answers."""
        dedup_key = blake3(key, derive_key_context=_DEDUP_KEY_CONTEXT).digest()
        self._db = db
        self._clock = clock
        self._file_max_bytes = file_max_bytes
        self._xorbs = XorbFolder(folder, key=dedup_key)
        self._adoption = Adoption(db=db, xorbs=self._xorbs, clock=clock)
        self._dedup = Dedup(db=db, xorbs=self._xorbs, key=dedup_key, scope=dedup_scope, clock=clock)
        self._claims = Claims(db=db, stream=self._stream_file, stream_checked=self._stream_checked)
        self._threads = ThreadPoolExecutor(_READ_THREADS, thread_name_prefix="xet-read")

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)

    # Xorbs

    def new_incoming(self) -> Path:
        """A fresh path to receive a body at, for `adopt_xorb`. Whoever asks removes it on failure."""
        return self._xorbs.new_incoming()

    def has_xorb(self, hash: bytes) -> bool:
        if not self._xorbs.has(hash):
            return False
        with self._db.read() as connection:
            return queries.has_xorb(connection, hash)

    def adopt_xorb(self, temp: Path, hash: bytes, *, uploader: str, repo_key: str) -> bool:
        """Verify the received body at `temp` and keep it. Says whether it is new, once it is safely on disk.

        `temp` must come from `new_incoming`, and is gone afterwards. Raises Invalid, TooLarge.
        """
        return self._adoption.adopt(temp, hash, uploader=uploader, repo_key=repo_key)

    def xorb_path(self, hash: bytes) -> Path:
        """Where the body of a xorb lies, unless it is composed of others."""
        return self._xorbs.body_path(hash)

    def xorb_pieces(self, hash: bytes, span: ByteRange) -> list[Piece]:
        """The files and spans that make up a range of a xorb. Raises EntryNotFound."""
        return list(self._xorbs.pieces(hash, span))

    def xorb_size(self, hash: bytes) -> int:
        """Packed bytes of a xorb, whether they lie in a body of its own or not. Raises EntryNotFound."""
        return self._xorbs.index(hash).packed_bytes

    def verify_xorb(self, hash: bytes) -> bool:
        """Whether a stored xorb still is what it was. Raises EntryNotFound."""
        return Scrub(self._xorbs).is_intact(hash)

    def damaged_xorbs(self) -> Iterator[str]:
        """Read every stored xorb again; yield the hashes of those that are missing or not what they were."""
        with self._db.read() as connection:
            stored = queries.list_xorbs(connection)
        scrub = Scrub(self._xorbs)
        for hash in stored:
            if not (self._xorbs.has(hash) and scrub.is_intact(hash)):
                yield to_hex(hash)

    def stored_bytes(self) -> int:
        """Bytes of all stored bodies."""
        with self._db.read() as connection:
            return queries.sum_stored_bytes(connection)

    def collect(self, *, unused_for: timedelta = UNUSED_FOR, dry_run: bool = False) -> Collected:
        """Delete xorbs that no repo's file needs and nobody has used for `unused_for`."""
        return collect(
            db=self._db, xorbs=self._xorbs, unused_since=self._clock() - unused_for, dry_run=dry_run
        )

    # Uploads

    def sum_bytes(self, repo_keys: Sequence[str]) -> int:
        """How much the repos hold together; what two of them share counts twice."""
        with self._db.read() as connection:
            return queries.sum_bytes(connection, repo_keys)

    def register_shard(
        self,
        body: bytes,
        *,
        repo_key: str,
        namespace: str,
        is_public: bool,
        uploader: str,
        proven: bool = False,
        admit: Callable[[int], None] = lambda _size_bytes: None,
    ) -> int:
        """Verify an uploaded shard and keep its files, all or none. Gives how many were new to the store.

        The files are readable by `uploader` alone until `link_files`. With `proven`, every sha256 that is claimed
        is checked at once, which reads all of the content. `admit` is told the bytes of the files, and raises
        if there is no room for them. Raises Invalid, TooLarge.
        """
        return self._register(
            parse_shard(body), repo_key=repo_key, namespace=namespace, is_public=is_public,
            uploader=uploader, proven=proven, admit=admit,
        )  # fmt: skip

    def put_file(
        self,
        path: Path,
        *,
        repo_key: str,
        namespace: str,
        is_public: bool,
        uploader: str,
        sha256: str | None = None,
        admit: Callable[[int], None] = lambda _size_bytes: None,
    ) -> str:
        """Cut up and keep the file at `path`, for who has no Xet client; gives its hash.

        `sha256`: what the caller hashed it to. The file at `path` stays, and its content is readable by
        `uploader` alone until it is linked or held. `admit` as for `register_shard`. Raises TooLarge.
        """
        if path.stat().st_size == 0:
            return to_hex(EMPTY_FILE_HASH)
        shard = pack_file(
            path,
            sha256=sha256,
            new_temp=self.new_incoming,
            adopt=lambda temp, xorb: self.adopt_xorb(temp, xorb, uploader=uploader, repo_key=repo_key),
        )
        self._register(
            shard, repo_key=repo_key, namespace=namespace, is_public=is_public, uploader=uploader, admit=admit
        )
        hash = shard.files[0].hash
        if sha256 is not None:
            with self._db.write() as connection:
                queries.mark_claim_verified(connection, repo_key, sha256, hash)
        return to_hex(hash)

    def _register(
        self,
        uploaded: Shard,
        *,
        repo_key: str,
        namespace: str,
        is_public: bool,
        uploader: str,
        proven: bool = False,
        admit: Callable[[int], None] = lambda _size_bytes: None,
    ) -> int:
        try:
            shard = check_shard(uploaded, self._xorbs.index, file_max_bytes=self._file_max_bytes)
        except EntryNotFound as error:
            raise Invalid(error.message) from None
        admit(sum(file.size_bytes for file in shard.files))
        settled = self._claims.settle(repo_key, shard.files, all_of_them=proven)
        now = self._clock()
        with self._db.write() as connection:
            if queries.touch_xorbs(connection, shard.xorbs, now) != len(shard.xorbs):
                raise Conflict("shard: one of its xorbs is no longer stored; upload the files again.")
            rows = [
                {"hash": f.hash, "size_bytes": f.size_bytes, "terms": f.terms.tobytes()} for f in shard.files
            ]
            new_count = queries.put_files(connection, rows)
            held = {file.hash for file in shard.files} | set(settled.values())
            queries.put_repo_files(connection, repo_key, held, uploader, now)
            queries.put_claims(connection, repo_key, _claims_of(shard, settled))
            queries.put_repo(connection, repo_key, namespace=namespace, is_public=is_public)
            self._dedup.add_upload(connection, repo_key, shard)
        return new_count

    def dedup_answer(self, chunk_hash: bytes, *, namespace: str) -> bytes | None:
        """A shard of what was uploaded with this chunk, or None where `namespace` may learn nothing."""
        return self._dedup.answer(chunk_hash, namespace=namespace)

    # Which repo holds which file

    def find_file(self, repo_key: str, sha256: str, *, uploader: str | None = None) -> XetFile | None:
        """The file of that content in the repo. A commit names its `uploader` to find what they just sent."""
        return self.find_files(repo_key, [sha256], uploader=uploader).get(sha256)

    def find_files(
        self, repo_key: str, sha256s: Collection[str], *, uploader: str | None = None
    ) -> dict[str, XetFile]:
        with self._db.read() as connection:
            return queries.find_files(connection, repo_key, sha256s, uploader)

    def link_files(self, repo_key: str, file_hashes: Collection[str]) -> None:
        """Let all readers of the repo read files uploaded to it. Raises EntryNotFound for any other file."""
        wanted = {from_hex(text) for text in file_hashes}
        with self._db.write() as connection:
            if missing := queries.list_missing(connection, repo_key, wanted):
                name = to_hex(min(missing))
                raise EntryNotFound(
                    name, message=f"Xet file {name} was not uploaded to this repo; upload it again."
                )
            queries.link_files(connection, repo_key, wanted, self._clock())

    def may_read(self, repo_key: str, file_hash: str, *, uploader: str | None = None) -> bool:
        """Whether readers of the repo may read the file, or at least `uploader`, who has just sent it."""
        with self._db.read() as connection:
            return queries.may_read(connection, repo_key, from_hex(file_hash), uploader)

    def copy_links(self, source_key: str, target_key: str, *, sha256s: Collection[str] | None = None) -> int:
        """Make files of one repo readable in another (None: all), without moving bytes. Gives how many."""
        with self._db.write() as connection:
            return queries.copy_links(connection, source_key, target_key, sha256s, self._clock())

    def unlink_files(self, repo_key: str, sha256s: Collection[str]) -> None:
        """Forget the files that `sha256s` name in the repo, whoever sent them. Bytes are collected later."""
        with self._db.write() as connection:
            claimed = queries.list_claims(connection, repo_key, sha256s)
            queries.delete_files(
                connection, repo_key, {claim.file_hash for claim in claimed.values()}, sha256s
            )

    def set_scope(self, repo_key: str, *, namespace: str, is_public: bool) -> None:
        """Say whose uploads may be deduplicated against this repo's, after it was moved, opened or closed."""
        with self._db.write() as connection:
            queries.update_repo(connection, repo_key, namespace=namespace, is_public=is_public)

    def drop_repo(self, repo_key: str) -> None:
        """End all reading through this repo at once. Bytes are collected later."""
        with self._db.write() as connection:
            queries.delete_repo(connection, repo_key)

    # Files held by their own hash, in the caller's transaction: a bucket's paths and what it holds change together

    def find_sizes(
        self, rows: Connection, repo_key: str, file_hashes: Collection[str], *, uploader: str | None = None
    ) -> dict[str, int]:
        """File hash → size, for those that readers of the repo, or `uploader` who has just sent them, may read."""
        wanted = {from_hex(text) for text in file_hashes}
        sizes = queries.find_readable_sizes(rows, repo_key, wanted, uploader)
        return {to_hex(hash): size for hash, size in sizes.items()}

    def hold(self, rows: Connection, repo_key: str, file_hashes: Collection[str]) -> None:
        """Let the repo hold files that `find_sizes` found, there or in another repo, in the same transaction.

        The empty file need not have been found: it has no chunks, and nobody uploads it.
        """
        hashes = {from_hex(text) for text in file_hashes}
        if EMPTY_FILE_HASH in hashes:
            queries.put_files(rows, [{"hash": EMPTY_FILE_HASH, "size_bytes": 0, "terms": b""}])
        queries.hold_files(rows, repo_key, hashes, self._clock())

    def release(self, rows: Connection, repo_key: str, file_hashes: Collection[str]) -> None:
        """End what `hold` began. Bytes that nothing else holds are collected later."""
        queries.release_files(rows, repo_key, {from_hex(text) for text in file_hashes})

    # Claims

    def verify_claim(self, repo_key: str, sha256: str) -> bool:
        """Hash the content of a sha256 in a repo; a false claim is dropped. Raises EntryNotFound."""
        return self._claims.verify(repo_key, sha256)

    def list_unverified_claims(self, limit: int = 100) -> list[tuple[str, str]]:
        """Repo key and sha256 of committed files that `verify_claim` has not seen."""
        with self._db.read() as connection:
            return queries.list_unverified_claims(connection, limit)

    # Reading

    def file_size(self, file_hash: str) -> int:
        """Raises EntryNotFound."""
        with self._db.read() as connection:
            size = queries.find_size(connection, from_hex(file_hash))
        if size is None:
            raise _unknown_file(file_hash)
        return size

    def plan(self, file_hash: str, span: ByteRange | None = None) -> Plan:
        """How to put `span` of a file together (None: all of it; may reach beyond its end).

        Raises EntryNotFound, and RangeInvalid if `span` begins at or behind the end.
        """
        return make_plan(self._terms(from_hex(file_hash)), span, self._xorbs.index)

    def stream(self, file_hash: str, span: ByteRange | None = None) -> Iterator[bytes]:
        """The bytes of `span`, in blocks of about 2 MiB. Raises as `plan` does, and at once."""
        return self._stream_plan(self.plan(file_hash, span))

    def _stream_file(self, file_hash: bytes) -> Iterator[bytes]:
        return self._stream_plan(make_plan(self._terms(file_hash), None, self._xorbs.index))

    def _stream_checked(self, file: CheckedFile) -> Iterator[bytes]:
        return self._stream_plan(make_plan(file.terms, None, self._xorbs.index))

    def _stream_plan(self, plan: Plan) -> Iterator[bytes]:
        return stream_plan(
            plan, index_of=self._xorbs.index, pieces_of=self._xorbs.pieces, threads=self._threads
        )

    def _terms(self, file_hash: bytes) -> Records:
        with self._db.read() as connection:
            terms = queries.find_terms(connection, file_hash)
        if terms is None:
            raise _unknown_file(to_hex(file_hash))
        return np.frombuffer(terms, TERM)


def _claims_of(shard: CheckedShard, settled: dict[str, bytes]) -> list[tuple[str, bytes, bool]]:
    """sha256, file hash and whether it was verified, of each file that claims one."""
    named = [(file.sha256, file.hash) for file in shard.files if file.sha256 is not None]
    return [(sha256, settled.get(sha256, hash), sha256 in settled) for sha256, hash in named]


def _unknown_file(file_hash: str) -> EntryNotFound:
    return EntryNotFound(file_hash, message=f"Xet file {file_hash} is not stored here.")
