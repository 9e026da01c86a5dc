"""The verbs that read what a repo holds: revisions, folders, files, history.

They take a `Repo` that `Catalogue.get` gave, which proves that the actor may know of it; bytes of gated
repos are given after `Catalogue.require_files`. Writes nothing.
"""

from collections.abc import Collection, Iterator, Sequence

from openhearth.errors import EntryNotFound, Invalid, RevisionNotFound, TooLarge
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
from openhearth.kit.ranges import ByteRange
from openhearth.kit.recent import Recent
from openhearth.kit.text import is_storable
from openhearth.repos.large_files import InChunks, InMemory, LargeFiles, OnDisk, Source
from openhearth.repos.records import MAIN, Comparison, Entry, Ref, Refs, Repo
from openhearth.storage import Storage
from openhearth.storage.git import BlamedLines, Commit, FileDiff, TreeEntry

READ_MAX_BYTES = 16 << 20
_REMEMBERED_LISTS = 128
_REMEMBERED_LIST_MAX = 2000
_REF_KINDS = (
    ("refs/heads/", "branches"),
    ("refs/tags/", "tags"),
    ("refs/convert/", "converts"),
    ("refs/pr/", "pull_requests"),
)


class Content:
    def __init__(self, *, storage: Storage, large_files: LargeFiles) -> None:
        self._git = storage.git
        self._xet = storage.xet
        self._large_files = large_files
        self._files: Recent[tuple[str, str], list[Entry]] = Recent(_REMEMBERED_LISTS)

    # Revisions

    def resolve(self, repo: Repo, revision: str = MAIN) -> str:
        """The commit that a branch, tag, full ref or commit id stands for. Raises RevisionNotFound."""
        commit = self._git.resolve(repo.key, revision)
        if commit is None:
            raise RevisionNotFound(revision, repo.id)
        return commit

    def list_refs(self, repo: Repo) -> Refs:
        found: dict[str, list[Ref]] = {field: [] for _, field in _REF_KINDS}
        for full, target in self._git.list_refs(repo.key).items():
            for prefix, field in _REF_KINDS:
                if full.startswith(prefix):
                    found[field].append(Ref(full.removeprefix(prefix), full, target))
        return Refs(**found)

    # Folders and files

    def list_tree(
        self,
        repo: Repo,
        commit: str,
        path: str = "",
        *,
        recursive: bool = False,
        limit: int = 1000,
        cursor: str | None = None,
        with_last_commit: bool = False,
    ) -> Page[Entry]:
        """What a folder holds. Raises EntryNotFound if `path` is no folder."""
        after = str(decode_cursor(cursor, 1)[0]) if cursor else None
        found = self._git.list_tree(
            repo.key, commit, path.strip("/"), recursive=recursive, after=after, limit=limit + 1
        )
        more = encode_cursor(found[limit - 1].path) if len(found) > limit else None
        return Page(self._describe(repo, commit, found[:limit], with_last_commit), more)

    def list_files(self, repo: Repo, commit: str) -> list[Entry]:
        """Every file at `commit`, remembered where there are few."""
        known = self._files.find((repo.key, commit))
        if known is not None:
            return known
        found = self._git.list_tree(repo.key, commit, "", recursive=True, after=None, limit=None)
        files = self._describe(repo, commit, [entry for entry in found if entry.type == "file"], False)
        if len(files) <= _REMEMBERED_LIST_MAX:
            self._files.put((repo.key, commit), files)
        return files

    def list_entries(
        self, repo: Repo, commit: str, paths: Collection[str], *, with_last_commit: bool = False
    ) -> list[Entry]:
        """The files and folders at `paths`; what does not exist is left out."""
        wanted = [path.strip("/") for path in paths if is_storable(path)]
        found = (self._git.find_entry(repo.key, commit, path) for path in wanted if path)
        return self._describe(repo, commit, [entry for entry in found if entry is not None], with_last_commit)

    def find_entry(self, repo: Repo, commit: str, path: str) -> Entry | None:
        found = self._git.find_entry(repo.key, commit, path) if is_storable(path) else None
        return self._describe(repo, commit, [found], False)[0] if found is not None else None

    def get_file(self, repo: Repo, commit: str, path: str) -> Entry:
        """Raises EntryNotFound, with the commit for clients to remember, unless `path` is a file."""
        entry = self.find_entry(repo, commit, path)
        if entry is None or entry.type != "file":
            raise EntryNotFound(path, commit=commit)
        return entry

    def _describe(
        self, repo: Repo, commit: str, found: Sequence[TreeEntry], with_last_commit: bool
    ) -> list[Entry]:
        """Complete tree entries with what git does not know."""
        large = [entry.lfs.sha256 for entry in found if entry.lfs is not None]
        hashes = self._large_files.find_xet_hashes(repo.key, large) if large else {}
        commits: dict[str, Commit] = {}
        if with_last_commit and found:
            commits = self._git.last_commits(repo.key, commit, [entry.path for entry in found])
        return [
            Entry(
                path=entry.path,
                type=entry.type,
                oid=entry.oid,
                size_bytes=entry.lfs.size_bytes if entry.lfs else entry.size_bytes,
                lfs=entry.lfs,
                xet_hash=hashes.get(entry.lfs.sha256) if entry.lfs else None,
                mode=entry.mode,
                last_commit=commits.get(entry.path),
            )
            for entry in found
        ]

    # Bytes

    def open_file(self, repo: Repo, entry: Entry) -> Source:
        """Where the bytes of a file are. Raises EntryNotFound for large files that were never uploaded."""
        if entry.lfs is not None:
            return self._large_files.locate(repo.key, entry.lfs.sha256, path=entry.path)
        return InMemory(self._git.read_blob(repo.key, entry.oid))

    def stream(self, source: Source, span: ByteRange | None = None) -> Iterator[bytes]:
        """The bytes of `span` (None: all), in blocks."""
        if isinstance(source, InChunks):
            yield from self._xet.stream(source.file_hash, span)
            return
        span = span or ByteRange(0, source.size_bytes)
        if isinstance(source, InMemory):
            yield source.content[span.start : span.end]
            return
        yield from _read_blocks(source, span)

    def read_file(self, repo: Repo, commit: str, path: str, *, limit_bytes: int = READ_MAX_BYTES) -> bytes:
        """The content of a file. Raises EntryNotFound, or TooLarge beyond `limit_bytes`."""
        entry = self.get_file(repo, commit, path)
        if entry.size_bytes > limit_bytes:
            raise TooLarge(f"{path!r} has {entry.size_bytes} bytes; at most {limit_bytes} are read here.")
        return self.read_span(repo, entry, 0, entry.size_bytes)

    def read_span(self, repo: Repo, entry: Entry, start: int, length: int) -> bytes:
        """At most `length` bytes of a file from `start` on."""
        end = min(start + length, entry.size_bytes)
        if end <= start:
            return b""
        return b"".join(self.stream(self.open_file(repo, entry), ByteRange(start, end)))

    def read_raw(self, repo: Repo, entry: Entry) -> bytes:
        """The blob as git holds it: for a large file, its pointer."""
        return self._git.read_blob(repo.key, entry.oid)

    def read_text(self, repo: Repo, commit: str, path: str) -> str:
        """The text of a small file, empty if there is none or if it is no small text."""
        entry = self.find_entry(repo, commit, path)
        if entry is None or entry.type != "file" or entry.lfs is not None or entry.size_bytes > 1 << 20:
            return ""
        return self.read_raw(repo, entry).decode("utf-8", "replace")

    # History

    def list_commits(
        self, repo: Repo, commit: str, *, page: int = 0, limit: int = 50, path: str | None = None
    ) -> list[Commit]:
        """Newest first; with `path`, only the commits that changed it."""
        if page < 0:
            raise Invalid(f"p: {page} is no page; count from 0.")
        return self._git.log(repo.key, commit, skip=page * limit, limit=limit, path=path)

    def count_commits(self, repo: Repo, commit: str) -> int:
        return self._git.count_commits(repo.key, commit)

    def get_commit(self, repo: Repo, commit: str) -> Commit:
        """Raises RevisionNotFound."""
        return self._git.get_commit(repo.key, commit)

    def diff(self, repo: Repo, commit: str) -> list[FileDiff]:
        """What `commit` changed, against its first parent."""
        parents = self.get_commit(repo, commit).parents
        return self._git.diff(repo.key, parents[0] if parents else None, commit)

    def list_versions(
        self, repo: Repo, commit: str, path: str, *, skip: int = 0, limit: int = 50
    ) -> list[tuple[Commit, str]]:
        """The commits that changed what is at `path`, each with the path it had there: files through their renames."""
        entry = self._git.find_entry(repo.key, commit, path) if is_storable(path) else None
        if entry is not None and entry.type == "directory":
            found = self._git.log(repo.key, commit, skip=skip, limit=limit, path=path)
            return [(made, path) for made in found]
        return self._git.list_versions(repo.key, commit, path, skip=skip, limit=limit)

    def blame(self, repo: Repo, commit: str, path: str) -> Sequence[BlamedLines]:
        """Who last changed each line. Raises EntryNotFound, and TooLarge for large files."""
        entry = self.get_file(repo, commit, path)
        if entry.lfs is not None:
            raise TooLarge(
                f"{path!r} is a large file of {entry.size_bytes:,} bytes; only text kept in git can be blamed."
            )
        return self._git.blame(repo.key, commit, path)

    def compare(self, repo: Repo, base: str, head: str, *, since_parting: bool) -> Comparison:
        """What leads from one revision to another; with `since_parting`, only what `head` did since it left `base`.

        Raises RevisionNotFound.
        """
        old, new = self.resolve(repo, base), self.resolve(repo, head)
        parted = self._git.find_merge_base(repo.key, old, new) if since_parting else old
        return Comparison(base=base, head=head, base_commit=old, head_commit=new, start=parted or old)

    def list_compared(self, repo: Repo, compared: Comparison, limit: int) -> Sequence[Commit]:
        """The newest commits that the head has and the base has not, newest first."""
        return self._git.list_between(repo.key, [compared.base_commit], compared.head_commit, limit=limit)[
            ::-1
        ]

    def diff_compared(self, repo: Repo, compared: Comparison) -> Sequence[FileDiff]:
        return self._git.diff(repo.key, compared.start, compared.head_commit)

    def raw_diff(self, repo: Repo, compared: Comparison) -> bytes:
        """As `git diff` says it. Raises TooLarge, Busy."""
        return self._git.raw_diff(repo.key, compared.start, compared.head_commit)

    def tree_size(self, repo: Repo, commit: str, path: str = "") -> int:
        """The bytes of all files below `path`. Raises EntryNotFound."""
        if not is_storable(path):
            raise EntryNotFound(path, commit=commit)
        return self._git.tree_size(repo.key, commit, path)


def _read_blocks(source: OnDisk, span: ByteRange, block_bytes: int = 1 << 20) -> Iterator[bytes]:
    with source.path.open("rb") as file:
        file.seek(span.start)
        left = span.length
        while left > 0:
            block = file.read(min(block_bytes, left))
            if not block:
                raise EOFError(f"{source.path.name} ended {left} bytes early")
            left -= len(block)
            yield block
