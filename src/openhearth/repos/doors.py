"""What the git and LFS doors ask of this room: may this actor, where are the bytes, and refs moved."""

from collections.abc import Collection, Mapping, Sequence

from openhearth.access import Action, Actor
from openhearth.db import Database
from openhearth.errors import EntryNotFound, HubError, RepoNotFound
from openhearth.events import Events, RefUpdated
from openhearth.kit.clock import Clock
from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos import queries
from openhearth.repos.catalogue import Catalogue
from openhearth.repos.content import Content
from openhearth.repos.git_doors import MovedTo, RepoHandle
from openhearth.repos.large_files import LargeFiles, OnDisk
from openhearth.repos.lfs_api import OpenObject
from openhearth.repos.permits import may, require_contribute
from openhearth.repos.protections import Protections
from openhearth.repos.pull_requests import Contributions, number_of, ref_of
from openhearth.repos.push_rules import check_updates
from openhearth.repos.quotas import Quotas
from openhearth.repos.records import LargeFile, Repo
from openhearth.storage.git import RefUpdate


class GitDoor:
    """Fulfils `git_http.GitRepos` and `lfs_api.LfsRepos`."""

    def __init__(
        self,
        *,
        db: Database,
        events: Events,
        clock: Clock,
        catalogue: Catalogue,
        content: Content,
        large_files: LargeFiles,
        protections: Protections,
        quotas: Quotas,
        contributions: Contributions,
    ) -> None:
        self._db = db
        self._events = events
        self._clock = clock
        self._catalogue = catalogue
        self._content = content
        self._large_files = large_files
        self._protections = protections
        self._quotas = quotas
        self._contributions = contributions

    def find_for_git(
        self, actor: Actor, repo_type: RepoType, namespace: str, name: str, action: Action
    ) -> RepoHandle | MovedTo:
        """The repo, if `actor` may do `action` to it and have its files."""
        asked = RepoRef(repo_type, namespace, name)
        repo = self._catalogue.get(actor, asked, action)
        self._catalogue.require_files(actor, repo)
        return RepoHandle(repo.key, repo.ref) if repo.ref == asked else MovedTo(repo.ref)

    def refuse_forced(self, handle: RepoHandle, ref: str) -> str | None:
        """The sentence against `ref` losing commits, None if it may."""
        return self._protections.refuse_forced(self._get(handle), ref)

    def refuse_size(self, handle: RepoHandle, adding_bytes: int) -> str | None:
        """The sentence against storing so much more, None if there is room."""
        return self._quotas.refuse(handle.ref.namespace, adding_bytes)

    def _get(self, handle: RepoHandle) -> Repo:
        repo = self._catalogue.find_by_key(handle.key)
        if repo is None:  # deleted since this push began
            raise RepoNotFound(handle.ref.id)
        return repo

    def find_to_push(
        self, actor: Actor, repo_type: RepoType, namespace: str, name: str
    ) -> RepoHandle | MovedTo:
        """The repo, if `actor` may push anything to it, be it to a pull request."""
        asked = RepoRef(repo_type, namespace, name)
        repo = self._catalogue.get(actor, asked)
        require_contribute(actor, repo)
        self._catalogue.require_files(actor, repo)
        return RepoHandle(repo.key, repo.ref) if repo.ref == asked else MovedTo(repo.ref)

    def check_push(self, actor: Actor, handle: RepoHandle, updates: Sequence[RefUpdate]) -> list[str]:
        """Sentences against what `actor` would move, none if all is well."""
        repo = self._catalogue.get(actor, handle.ref)

        def refusal(number: int) -> str | None:
            try:
                self._contributions.require(actor, repo, ref_of(number))
            except HubError as error:
                return f"{ref_of(number)}: {error.message}"
            return None

        may_write = may(actor, Action.WRITE, repo)
        return check_updates(
            updates, may_write=may_write, refuse_pull_request=refusal
        ) or self._protections.refuse_updates(actor, repo, updates)

    def require_upload(self, actor: Actor, handle: RepoHandle, ref: str | None) -> bool:
        """Whether `actor` only proposes what they bring for `ref`. Raises if they may not even do that."""
        repo = self._catalogue.get(actor, handle.ref)
        # git-lfs names the branch it is on, wherever it pushes to: where the push goes is checked when it comes.
        named = ref if ref is not None and number_of(ref) is not None else None
        return self._contributions.require(actor, repo, named)

    def after_push(
        self, actor: Actor, handle: RepoHandle, updates: list[tuple[str, str | None, str | None]]
    ) -> None:
        """Remember the large files of the branches that moved, then announce every ref."""
        for ref, _, new in updates:
            if new is not None and ref.startswith(("refs/heads/", "refs/pr/")):
                self._keep_large_files(actor, handle.key, new)
        for ref, old, new in updates:
            self._events.publish(
                RefUpdated(
                    repo_key=handle.key, repo=handle.ref, ref=ref, old=old, new=new, actor_name=actor.name
                )
            )

    def _keep_large_files(self, actor: Actor, key: str, commit: str) -> None:
        repo = self._catalogue.find_by_key(key)
        if repo is None:
            return
        now = self._clock()
        files = [
            LargeFile(entry.lfs.sha256, entry.path, entry.size_bytes, now)
            for entry in self._content.list_files(repo, commit)
            if entry.lfs
        ]
        if files:
            self._large_files.link(key, {file.sha256 for file in files}, actor.user_id)
            with self._db.write() as rows:
                queries.add_large_files(rows, key, files)

    def find_sizes(
        self, repo_key: str, sha256s: Collection[str], uploader: str | None = None
    ) -> Mapping[str, int]:
        """sha256 → size of the objects that the repo holds or `uploader` has just brought, wherever their bytes lie."""
        return self._large_files.find_uploaded(repo_key, sha256s, uploader)

    def linked(self, repo_key: str, sha256s: Sequence[str], uploader: str | None) -> Mapping[str, int]:
        return self.find_sizes(repo_key, sha256s, uploader)

    def open_object(self, repo_key: str, sha256: str) -> OpenObject:
        """Raises EntryNotFound if the repo does not hold the object."""
        source = self._large_files.locate(repo_key, sha256, path=sha256)
        if isinstance(source, OnDisk):
            if not source.path.exists():
                raise EntryNotFound(
                    sha256, message=f"The bytes of object {sha256} are missing; restore a backup."
                )
            return OpenObject(size_bytes=source.size_bytes, path=source.path)
        return OpenObject(
            size_bytes=source.size_bytes, stream=lambda span: self._content.stream(source, span)
        )
