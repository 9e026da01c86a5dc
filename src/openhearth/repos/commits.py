"""The verbs that add commits: advice before an upload, and the commit itself.

Order: large files are found among this repo's uploads → git objects → rows → the ref moves, by
compare-and-swap → `RefUpdated`. Before the ref moved nothing happened; after it nothing is lost.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from openhearth.access import Actor
from openhearth.db import Database
from openhearth.errors import Busy, Invalid, RevisionNotFound
from openhearth.events import Events, RefUpdated
from openhearth.kit.clock import Clock
from openhearth.kit.names import check_path
from openhearth.repos import queries
from openhearth.repos.advice import upload_mode
from openhearth.repos.attributes import LfsAttributes
from openhearth.repos.catalogue import author_email
from openhearth.repos.commit_checks import branch_ref, check_parent, check_request
from openhearth.repos.content import Content
from openhearth.repos.gitignore import IgnoreRules
from openhearth.repos.large_files import LargeFiles
from openhearth.repos.protections import Protections
from openhearth.repos.pull_refs import PullRefs
from openhearth.repos.pull_requests import Contributions
from openhearth.repos.quotas import Quotas
from openhearth.repos.records import (
    AddFile,
    AddLargeFile,
    CommitRequest,
    Entry,
    LargeFile,
    Operation,
    PlannedFile,
    RemoveFile,
    RemoveFolder,
    Repo,
    UploadAdvice,
)  # fmt: skip
from openhearth.storage import Storage
from openhearth.storage.git import (
    Change,
    DeleteFile,
    DeleteFolder,
    PutFile,
    RefMoved,
    blob_id,
    parse_pointer,
    pointer_text,
)

ATTEMPTS = 20
_STRIPES = 64


@dataclass(frozen=True)
class CommitMade:
    """The branch's head after a commit; the same as before if nothing changed."""

    oid: str
    is_new: bool


@dataclass(frozen=True)
class Proposal:
    """A commit that waits on a pull request of its own."""

    oid: str
    number: int


class Commits:
    def __init__(
        self,
        *,
        db: Database,
        storage: Storage,
        events: Events,
        clock: Clock,
        content: Content,
        large_files: LargeFiles,
        protections: Protections,
        quotas: Quotas,
        contributions: Contributions,
        pull_refs: PullRefs,
    ) -> None:
        self._db = db
        self._git = storage.git
        self._events = events
        self._clock = clock
        self._content = content
        self._large_files = large_files
        self._protections = protections
        self._quotas = quotas
        self._contributions = contributions
        self._pull_refs = pull_refs
        self._attributes = LfsAttributes(content)
        # Writers of one process queue here; those of other processes meet at the compare-and-swap.
        self._queues = [threading.Lock() for _ in range(_STRIPES)]

    def advise(
        self,
        actor: Actor,
        repo: Repo,
        revision: str,
        files: Sequence[PlannedFile],
        *,
        git_ignore: str | None = None,
        new_pull_request: bool = False,
    ) -> list[UploadAdvice]:
        """How to upload each of `files`. Raises Invalid for a path that no repo can hold."""
        self._contributions.require(actor, repo, revision, new_pull_request=new_pull_request)
        if new_pull_request:
            self._pull_refs.get_base(repo, revision)
        commit = self._content.resolve(repo, revision)
        rules = self._attributes.rules(repo, commit)
        ignored = IgnoreRules.from_gitignore(
            git_ignore or self._content.read_text(repo, commit, ".gitignore")
        )
        present = {e.path: e for e in self._content.list_entries(repo, commit, [f.path for f in files])}
        self._quotas.check(repo.ref.namespace, _new_bytes(files, present))
        return [
            UploadAdvice(
                path=check_path(file.path),
                mode=upload_mode(file, rules.matches),
                should_ignore=ignored.matches(file.path),
                oid=e.etag if (e := present.get(file.path)) is not None and e.type == "file" else None,
            )
            for file in files
        ]

    def commit(self, actor: Actor, repo: Repo, revision: str, request: CommitRequest) -> CommitMade:
        """Add a commit to a branch, or to a pull request by `refs/pr/N`.

        Raises StaleParent if the branch left `request.parent_commit`, RevisionNotFound for a missing branch,
        EntryNotFound for deleting nothing, Invalid for a bad path, card or message and for a large file never
        uploaded.
        """
        ref = branch_ref(revision)
        self._contributions.require(actor, repo, revision)
        self._protections.check(actor, repo, ref)
        check_request(request, repo)
        self._quotas.check(repo.ref.namespace, _regular_bytes(request))
        request = replace(request, operations=[_unmasked(op) for op in request.operations])
        large = self._find_large_files(actor, repo, request)
        with self._queues[hash(repo.key) % _STRIPES]:
            for _ in range(ATTEMPTS):
                head = self._git.find_ref(repo.key, ref)
                if head is None:
                    raise RevisionNotFound(revision, repo.id)
                check_parent(request, head, revision)
                oid = self._write(actor, repo, head, request, large)
                if oid is None:
                    return CommitMade(head, is_new=False)
                try:
                    self._git.update_ref(repo.key, ref, oid, expected=head)
                except RefMoved:
                    continue
                break
            else:
                raise Busy(f"{revision}: other commits kept arriving; try again in a moment.")
        self._events.publish(
            RefUpdated(repo_key=repo.key, repo=repo.ref, ref=ref, old=head, new=oid, actor_name=actor.name)
        )
        return CommitMade(oid, is_new=True)

    def propose(self, actor: Actor, repo: Repo, revision: str, request: CommitRequest) -> Proposal:
        """Open a pull request against the branch `revision` that holds one commit, on top of `request.parent_commit`
        or the newest of that branch.

        Whoever may read the repo may. Raises as `commit` does, but never StaleParent.
        """
        self._contributions.require(actor, repo, revision, new_pull_request=True)
        base = self._pull_refs.get_base(repo, revision)
        check_request(request, repo)
        self._quotas.check(repo.ref.namespace, _regular_bytes(request))
        request = replace(request, operations=[_unmasked(op) for op in request.operations])
        large = self._find_large_files(actor, repo, request)
        parent = self._content.resolve(repo, request.parent_commit or f"refs/heads/{base}")
        head = self._write(actor, repo, parent, request, large) or parent
        number = self._contributions.pull_requests.open_with(
            actor, repo, title=request.summary, description=request.description, base=base, head=head
        )
        return Proposal(head, number)

    def _find_large_files(self, actor: Actor, repo: Repo, request: CommitRequest) -> dict[str, int]:
        """sha256 → size of every large file of `request`. Raises Invalid for one that was never uploaded."""
        asked = [op for op in request.operations if isinstance(op, AddLargeFile)]
        sizes = self._large_files.find_uploaded(repo.key, {op.sha256 for op in asked}, actor.user_id)
        for op in asked:
            if op.sha256 not in sizes:
                raise Invalid(
                    f"lfsFile: {op.path!r} names sha256 {op.sha256}, which was never uploaded to {repo.id}; "
                    "upload its content first."
                )
            if op.size_bytes is not None and op.size_bytes != sizes[op.sha256]:
                raise Invalid(
                    f"lfsFile: {op.path!r} claims {op.size_bytes} bytes; {sizes[op.sha256]} were uploaded."
                )
        return sizes

    def _changes_anything(self, repo: Repo, head: str, changes: Sequence[Change]) -> bool:
        """Whether a commit would differ from `head`; clients send again what they are unsure of."""
        for change in changes:
            if not isinstance(change, PutFile):
                return True
            entry = self._git.find_entry(repo.key, head, change.path)
            if entry is None or entry.oid != blob_id(change.content):
                return True
        return False

    def _write(
        self, actor: Actor, repo: Repo, head: str, request: CommitRequest, large: dict[str, int]
    ) -> str | None:
        """The commit on top of `head`, its large files linked, None if it would change nothing. No ref moves."""
        changes = [_change(op, large) for op in request.operations]
        if not self._changes_anything(repo, head, changes):
            return None
        changes += self._attributes.changes(repo, head, request)
        oid = self._git.write_commit(
            repo.key,
            parent=head,
            changes=changes,
            message=request.message,
            author_name=actor.name or "nobody",
            author_email=author_email(actor),
            date=self._clock(),
        )
        self._keep_large_files(actor, repo, request, large)
        return oid

    def _keep_large_files(
        self, actor: Actor, repo: Repo, request: CommitRequest, sizes: dict[str, int]
    ) -> None:
        """Link what the commit names, before the ref can show it."""
        if not sizes:
            return
        self._large_files.link(repo.key, sizes, actor.user_id)
        now = self._clock()
        files = [
            LargeFile(op.sha256, op.path, sizes[op.sha256], now)
            for op in request.operations
            if isinstance(op, AddLargeFile)
        ]
        with self._db.write() as rows:
            queries.add_large_files(rows, repo.key, files)


def _new_bytes(files: Sequence[PlannedFile], present: Mapping[str, Entry]) -> int:
    """What an upload may add: files as large as what stands in their place are taken for unchanged."""
    return sum(
        f.size_bytes for f in files if (e := present.get(f.path)) is None or e.size_bytes != f.size_bytes
    )


def _regular_bytes(request: CommitRequest) -> int:
    """What git itself will hold; large files were counted when they were uploaded."""
    return sum(len(op.content) for op in request.operations if isinstance(op, AddFile))


def _unmasked(op: Operation) -> Operation:
    """A pointer sent as a small file is a large file like any other: what it names must be held, in that size."""
    pointer = parse_pointer(op.content) if isinstance(op, AddFile) else None
    return op if pointer is None else AddLargeFile(op.path, pointer.sha256, pointer.size_bytes)


def _change(op: AddFile | AddLargeFile | RemoveFile | RemoveFolder, sizes: dict[str, int]) -> Change:
    match op:
        case AddFile():
            return PutFile(op.path, op.content)
        case AddLargeFile():
            return PutFile(op.path, pointer_text(op.sha256, sizes[op.sha256]))
        case RemoveFile():
            return DeleteFile(op.path)
        case RemoveFolder():
            return DeleteFolder(op.path)
