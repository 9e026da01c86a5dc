"""The nouns of the room. Frozen; times in UTC, sizes in bytes, paths relative to the repo's root."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from openhearth.access import RepoResource
from openhearth.kit.names import RepoRef, RepoType
from openhearth.storage.git import Commit, LfsPointer

# `protected` is for Spaces: the app is open, the files are not. To whoever asks for files it is private.
RepoVisibility = Literal["public", "private", "protected"]
Gating = Literal["auto", "manual"] | None
UploadMode = Literal["lfs", "regular"]
SortKey = Literal["trendingScore", "likes", "downloads", "createdAt", "lastModified"]

MAIN = "main"


@dataclass(frozen=True, kw_only=True)
class Repo:
    """A repo, as people address it (`ref`) and as storage does (`key`, which never changes).

    Whoever was given a Repo by `Catalogue.get` may read what the repo says of itself.
    """

    key: str
    ref: RepoRef
    visibility: RepoVisibility
    gated: Gating
    sdk: str | None
    creator_id: str | None
    created_at: datetime
    last_modified: datetime
    downloads: int = 0  # of the last 30 days
    downloads_all_time: int = 0
    likes: int = 0
    trending: int = 0  # heat, see trending.py

    @property
    def id(self) -> str:
        return self.ref.id

    @property
    def is_private(self) -> bool:
        return self.visibility != "public"

    @property
    def resource(self) -> RepoResource:
        """What `access.decide` needs to know."""
        return RepoResource(
            ref=self.ref,
            visibility="private" if self.is_private else "public",
            creator_id=self.creator_id,
            app_is_open=self.visibility == "protected",
        )


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the files on the main branch say: rows made from git, rebuilt from it at any time."""

    commit: str | None = None  # the commit they were read from
    card: Mapping[str, Any] = field(default_factory=dict)
    card_problem: str | None = None
    description: str | None = None
    tags: Sequence[str] = ()
    pipeline_tag: str | None = None
    library_name: str | None = None
    config: Mapping[str, Any] | None = None
    transformers_info: Mapping[str, Any] | None = None
    safetensors: Mapping[str, Any] | None = None  # {"parameters": {dtype: count}, "total": count}
    parameters: int | None = None
    gguf: Mapping[str, Any] | None = None  # architecture, context_length, total, …
    citation: str | None = None  # BibTeX from the card
    eval_results: Sequence[Mapping[str, Any]] | None = None
    used_storage_bytes: int = 0


@dataclass(frozen=True)
class Listed:
    """One line of a list of repos."""

    repo: Repo
    facts: Facts


@dataclass(frozen=True)
class Like:
    """That somebody likes a repo, since when."""

    user_id: str
    repo_key: str
    repo: RepoRef
    at: datetime


@dataclass(frozen=True, kw_only=True)
class RepoFilter:
    """Which repos a list holds. All conditions must hold; `tags` are spelled as in `Facts.tags`."""

    type: RepoType
    search: str = ""
    author: str | None = None
    tags: Sequence[str] = ()
    pipeline_tag: str | None = None
    gated: bool | None = None
    least_parameters: int | None = None
    most_parameters: int | None = None
    any_of_tags: Sequence[Sequence[str]] = ()  # of each group, at least one
    pipeline_tags: Sequence[str] | None = None  # one of these
    links: Mapping[str, Sequence[str]] = field(
        default_factory=dict
    )  # type → ids, of which one is used; none: any
    is_linked: bool = False  # uses any model or dataset
    sort: SortKey = "trendingScore"
    ascending: bool = False


@dataclass(frozen=True)
class Entry:
    """A file or folder at a commit. `size_bytes` is the content's own, never a pointer's; 0 for folders.

    `xet_hash` is set if the content lies in the chunk store; `last_commit` where it was asked for.
    """

    path: str
    type: Literal["file", "directory"]
    oid: str
    size_bytes: int
    lfs: LfsPointer | None = None
    xet_hash: str | None = None
    mode: int = 0
    last_commit: Commit | None = None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def etag(self) -> str:
        """What the content is known by: sha256 for large files, the blob's id for the rest."""
        return self.lfs.sha256 if self.lfs else self.oid


@dataclass(frozen=True)
class Ref:
    """A branch or tag: `name` is short, `ref` is full, `target` the commit it stands at."""

    name: str
    ref: str
    target: str


@dataclass(frozen=True)
class Refs:
    branches: Sequence[Ref] = ()
    tags: Sequence[Ref] = ()
    converts: Sequence[Ref] = ()
    pull_requests: Sequence[Ref] = ()


@dataclass(frozen=True, kw_only=True)
class PlannedFile:
    """A file that a client is about to upload; `sample` holds its first bytes."""

    path: str
    size_bytes: int
    sample: bytes = b""


@dataclass(frozen=True, kw_only=True)
class UploadAdvice:
    """How to upload a planned file. `oid` is what stands at its path now, as `Entry.etag`."""

    path: str
    mode: UploadMode
    should_ignore: bool
    oid: str | None


@dataclass(frozen=True)
class AddFile:
    path: str
    content: bytes


@dataclass(frozen=True)
class AddLargeFile:
    """A file whose content was uploaded before; `size_bytes` None: whatever was uploaded."""

    path: str
    sha256: str
    size_bytes: int | None = None


@dataclass(frozen=True)
class RemoveFile:
    path: str


@dataclass(frozen=True)
class RemoveFolder:
    path: str


Operation = AddFile | AddLargeFile | RemoveFile | RemoveFolder


@dataclass(frozen=True, kw_only=True)
class CommitRequest:
    """What to change, in order, and on top of which commit (None: whatever the branch holds by then)."""

    summary: str
    description: str = ""
    parent_commit: str | None = None
    operations: Sequence[Operation] = ()

    @property
    def message(self) -> str:
        return f"{self.summary}\n\n{self.description}" if self.description else self.summary


@dataclass(frozen=True)
class LargeFile:
    """An LFS object of a repo, as the storage page lists it."""

    sha256: str
    path: str
    size_bytes: int
    pushed_at: datetime


@dataclass(frozen=True)
class BranchProtection:
    """Branches that lose no commits and cannot be deleted. `pattern` is a name, or holds `*` for any characters."""

    pattern: str
    admins_only: bool = False


@dataclass(frozen=True)
class Lock:
    """That somebody works on a file which cannot be merged (`git lfs lock`)."""

    id: str
    path: str
    user_id: str
    user_name: str
    locked_at: datetime


@dataclass(frozen=True)
class Usage:
    """What a namespace stores and may store, in bytes; without a limit, 0."""

    namespace: str
    used_bytes: int
    limit_bytes: int


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two revisions and what they stand for; files are compared from `start` on."""

    base: str
    head: str
    base_commit: str
    head_commit: str
    start: str
