"""Where the bytes of large files lie: in the chunk store or among the LFS objects. Checks no permission."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from openhearth.db import Database, Unchanged
from openhearth.errors import EntryNotFound
from openhearth.kit.recent import Recent
from openhearth.storage import Storage

_REMEMBERED = 50_000


@dataclass(frozen=True)
class InChunks:
    """In the chunk store: `storage.xet.stream(file_hash, span)` gives the bytes."""

    file_hash: str
    size_bytes: int


@dataclass(frozen=True)
class OnDisk:
    """A whole file."""

    path: Path
    size_bytes: int


@dataclass(frozen=True)
class InMemory:
    """A small file, out of git."""

    content: bytes

    @property
    def size_bytes(self) -> int:
        return len(self.content)


LargeSource = InChunks | OnDisk
Source = InChunks | OnDisk | InMemory


class LargeFiles:
    def __init__(self, *, db: Database, storage: Storage) -> None:
        self._storage = storage
        self._places: Unchanged[tuple[str, str], LargeSource | None] = Unchanged(db)
        # Only what was found is kept: a file may be uploaded at any time.
        self._hashes: Recent[tuple[str, str], str] = Recent(_REMEMBERED)

    def find_xet_hashes(self, repo_key: str, sha256s: Collection[str]) -> dict[str, str]:
        """sha256 → Xet hash, for those of `sha256s` that lie in the chunk store."""
        found = {sha: h for sha in sha256s if (h := self._hashes.find((repo_key, sha))) is not None}
        missing = [sha for sha in sha256s if sha not in found]
        if len(missing) == 1:  # one file by its name: asked for most
            source = self._find(repo_key, missing[0])
            return found | ({missing[0]: source.file_hash} if isinstance(source, InChunks) else {})
        if missing:
            for sha, file in self._storage.xet.find_files(repo_key, missing).items():
                found[sha] = file.file_hash_hex
                self._hashes.put((repo_key, sha), file.file_hash_hex)
        return found

    def find_uploaded(self, repo_key: str, sha256s: Collection[str], uploader: str | None) -> dict[str, int]:
        """sha256 → size, for what this repo holds or `uploader` has just brought to it."""
        if not sha256s:
            return {}
        found = self._storage.xet.find_files(repo_key, sha256s, uploader=uploader)
        sizes = {sha: file.size_bytes for sha, file in found.items()}
        missing = [sha for sha in sha256s if sha not in sizes]
        return sizes | self._storage.lfs.linked(repo_key, missing, uploader=uploader)

    def link(self, repo_key: str, sha256s: Collection[str], uploader: str | None) -> None:
        """Let all readers of the repo have what `uploader` brought. Raises EntryNotFound."""
        if uploader is not None:
            self._storage.lfs.accept(repo_key, sha256s, uploader)
        found = self._storage.xet.find_files(repo_key, sha256s, uploader=uploader)
        if found:
            self._storage.xet.link_files(repo_key, [file.file_hash_hex for file in found.values()])
        for sha, file in found.items():
            self._hashes.put((repo_key, sha), file.file_hash_hex)

    def copy(self, source_key: str, target_key: str, sha256s: Collection[str]) -> list[str]:
        """Let the target hold large files of the source, wherever they lie; gives those it does not hold."""
        in_chunks = self._storage.xet.find_files(source_key, sha256s)
        self._storage.xet.copy_links(source_key, target_key, sha256s=list(in_chunks))
        whole = self._storage.lfs.linked(source_key, [sha for sha in sha256s if sha not in in_chunks])
        for sha, size_bytes in whole.items():
            self._storage.lfs.link(target_key, sha, size_bytes=size_bytes, uploaded_by=None)
        return [sha for sha in sha256s if sha not in in_chunks and sha not in whole]

    def unlink(self, repo_key: str, sha256s: Collection[str]) -> None:
        """Let the repo hold these no more. Bytes that no other repo holds are collected later."""
        self._storage.xet.unlink_files(repo_key, sha256s)
        for sha in sha256s:
            self._storage.lfs.unlink(repo_key, sha)
            self.forget(repo_key, sha)

    def forget(self, repo_key: str, sha256: str) -> None:
        """Look it up anew next time: what was known of it turned out false."""
        self._hashes.forget((repo_key, sha256))

    def locate(self, repo_key: str, sha256: str, *, path: str) -> LargeSource:
        """Raises EntryNotFound, which names `path`, if the content was never uploaded to this repo."""
        source = self._find(repo_key, sha256)
        if source is None:
            raise EntryNotFound(
                path,
                message=f"The content of {path!r} (sha256 {sha256}) was never uploaded; push it.",
            )
        return source

    def _find(self, repo_key: str, sha256: str) -> LargeSource | None:
        return self._places.find((repo_key, sha256), lambda: self._look_up(repo_key, sha256))

    def _look_up(self, repo_key: str, sha256: str) -> LargeSource | None:
        file = self._storage.xet.find_file(repo_key, sha256)
        if file is not None:
            return InChunks(file.file_hash_hex, file.size_bytes)
        size_bytes = self._storage.lfs.linked(repo_key, [sha256]).get(sha256)
        return None if size_bytes is None else OnDisk(self._storage.lfs.path(sha256), size_bytes)
