"""The verbs about repos as wholes: find, create, move, delete, change settings, list.

Knows nothing of what the files say; see `content.py`, `commits.py` and `facts.py`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Literal, Protocol

import sqlalchemy as sa

from openhearth.access import Action, Actor, Role, decide_create, refusal
from openhearth.db import Database, Duplicate, Unchanged
from openhearth.errors import Invalid, RepoNotFound
from openhearth.events import Events, RefUpdated, RepoCreated, RepoDeleted, RepoMoved, RepoSettingsChanged
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page
from openhearth.kit.ids import new_id
from openhearth.kit.names import RepoRef, check_repo_name
from openhearth.repos import queries, relation_queries, tables
from openhearth.repos.errors import RepoExists
from openhearth.repos.first_commit import SPACE_SDKS, first_files
from openhearth.repos.gates.admission import Admission
from openhearth.repos.listing import conditions_of, cursor_after, readable_by, select_listed
from openhearth.repos.permits import require, require_found
from openhearth.repos.records import MAIN, Gating, Listed, Repo, RepoFilter, RepoVisibility
from openhearth.storage import Storage
from openhearth.storage.git import PutFile
from openhearth.urls import Urls

TAGS_COUNTED_MAX = 2000
CITATIONS_MAX = 500


class NamespaceFacts(Protocol):
    """What this room needs to know of a user or an organisation."""

    @property
    def name(self) -> str: ...


class Namespaces(Protocol):
    """Who can hold repos; the accounts room answers."""

    def find_namespace(self, name: str) -> NamespaceFacts | None: ...


# Fills the storage of a new repo; gives its refs and their commits.
Fill = Callable[[Repo], Mapping[str, str]]


class Catalogue:
    def __init__(
        self,
        *,
        db: Database,
        storage: Storage,
        events: Events,
        clock: Clock,
        urls: Urls,
        namespaces: Namespaces,
        admission: Admission,
    ) -> None:
        self._db = db
        self._storage = storage
        self._events = events
        self._clock = clock
        self._urls = urls
        self._namespaces = namespaces
        self._admission = admission
        self._at: Unchanged[RepoRef, Repo | None] = Unchanged(db)

    def get(self, actor: Actor, ref: RepoRef, action: Action = Action.READ) -> Repo:
        """The repo at `ref`, if `actor` may do `action` to it.

        Raises RepoNotFound, Unauthenticated, Forbidden. A repo that was moved, or typed in another case,
        answers under its own address: compare `repo.ref`.
        """
        return require_found(actor, action, self._at.find(ref, lambda: self._find(ref)), ref)

    def require_files(self, actor: Actor, repo: Repo) -> None:
        """Raise Gated unless `actor`, who was given `repo`, may have its files too."""
        self._admission.require_files(actor, repo)

    def _find(self, ref: RepoRef) -> Repo | None:
        with self._db.read() as rows:
            return queries.find_repo(rows, ref)

    def find_by_key(self, key: str) -> Repo | None:
        """For listeners to events and other rooms' rows. Checks no permission."""
        with self._db.read() as rows:
            return queries.find_repo_by_key(rows, key)

    def list_repos(
        self, actor: Actor, wanted: RepoFilter, *, limit: int = 100, cursor: str | None = None
    ) -> Page[Listed]:
        """The repos that match and that `actor` may see."""
        with self._db.read() as rows:
            found = queries.list_repos(rows, select_listed(actor, wanted, limit=limit, cursor=cursor))
        more = cursor_after(found[limit - 1].repo, wanted) if len(found) > limit else None
        return Page(found[:limit], more)

    def readable_keys(self, actor: Actor) -> sa.Select[tuple[str]]:
        """The keys of the repos that `actor` may know of, as a query for other rooms' lists to filter by."""
        return sa.select(tables.repos.c.key).where(readable_by(actor))

    def writable_keys(self, actor: Actor) -> sa.Select[tuple[str]]:
        """The keys of the repos in namespaces that `actor` may write to, in a browser, as a query for other rooms' lists."""
        held = [name for name, role in actor.roles.items() if role >= Role.WRITE]
        own = [actor.name] if actor.name and actor.token is None else []
        names = [*own, *(held if actor.token is None else [])]
        return sa.select(tables.repos.c.key).where(tables.repos.c.namespace.in_(names), readable_by(actor))

    def list_by_keys(self, actor: Actor, keys: Collection[str]) -> Mapping[str, Listed]:
        """Key → repo, for those of the repos that `actor` may see."""
        if not keys:
            return {}
        with self._db.read() as rows:
            found = queries.list_by_keys(rows, keys, readable_by(actor))
        return {listed.repo.key: listed for listed in found}

    def count_repos(self, actor: Actor, wanted: RepoFilter) -> int:
        with self._db.read() as rows:
            return queries.count_repos(rows, conditions_of(actor, wanted))

    def count_tasks(self, actor: Actor) -> dict[str, int]:
        """Task → number of models for it that `actor` may see."""
        with self._db.read() as rows:
            return queries.count_tasks(rows, conditions_of(actor, RepoFilter(type="model")))

    def list_citations(self, actor: Actor, prefix: str, words: Sequence[str]) -> dict[str, list[str | None]]:
        """What tags that begin with `prefix` name → how repos cite it that `actor` may see; every word is said there."""
        with self._db.read() as rows:
            return relation_queries.list_citations(rows, prefix, words, readable_by(actor), CITATIONS_MAX)

    def count_tags(self, actor: Actor, wanted: RepoFilter) -> list[tuple[str, int]]:
        """Tags of the repos that match and that `actor` may see, with their number, most used first."""
        with self._db.read() as rows:
            return queries.count_tags(rows, conditions_of(actor, wanted), TAGS_COUNTED_MAX)

    def create(
        self, actor: Actor, ref: RepoRef, *, visibility: RepoVisibility | None = None, sdk: str | None = None
    ) -> Repo:
        """Make a repo with its first commit. Raises RepoExists, Invalid, Forbidden, Unauthenticated.

        Without a visibility, the namespace decides; Spaces need an `sdk`.
        """
        _check_sdk(ref, sdk)
        return self.add(
            actor,
            ref,
            visibility=visibility,
            sdk=sdk,
            fill=lambda repo: self._write_first_commit(actor, repo),
        )

    def add(
        self,
        actor: Actor,
        ref: RepoRef,
        *,
        fill: Fill,
        visibility: RepoVisibility | None = None,
        gated: Gating = None,
        sdk: str | None = None,
    ) -> Repo:
        """Make a repo of what `fill` puts into storage, which nobody can reach before it is complete.

        Raises as `create` does.
        """
        check_repo_name(ref.name)
        verdict = decide_create(actor, ref)
        if not verdict.allowed:
            raise refusal(actor, verdict.reason)
        ref, default = self._in_namespace(ref)
        now = self._clock()
        repo = Repo(
            key=new_id(), ref=ref, visibility=visibility or default, gated=gated, sdk=sdk,
            creator_id=actor.user_id, created_at=now, last_modified=now,
        )  # fmt: skip
        self._refuse_taken(ref)
        try:
            heads = fill(repo)
            with self._db.write() as rows:
                queries.insert_repo(rows, repo)
        except Duplicate:
            self._drop_storage(repo.key)
            raise RepoExists(ref, self.url(ref)) from None
        except BaseException:
            self._drop_storage(repo.key)
            raise
        self._events.publish(RepoCreated(repo_key=repo.key, repo=ref, token_id=actor.token_id))
        for name, head in heads.items():
            self._events.publish(
                RefUpdated(repo_key=repo.key, repo=ref, ref=name, old=None, new=head, actor_name=actor.name)
            )
        return repo

    def move(self, actor: Actor, old: RepoRef, new: RepoRef) -> Repo:
        """Rename or hand over a repo; its old address leads to the new one. Raises as `create` does."""
        repo = self._get_at(actor, old, Action.ADMIN)
        if new.type != repo.ref.type:
            raise Invalid(f"toRepo: a {repo.ref.type} cannot become a {new.type}.")
        check_repo_name(new.name)
        verdict = decide_create(actor, new)
        if not verdict.allowed:
            raise refusal(actor, verdict.reason)
        new, _ = self._in_namespace(new)
        try:
            with self._db.write() as rows:
                queries.move_repo(rows, repo.key, repo.ref, new)
        except Duplicate:
            raise RepoExists(new, self.url(new)) from None
        self._storage.xet.set_scope(repo.key, namespace=new.namespace, is_public=not repo.is_private)
        self._events.publish(RepoMoved(repo_key=repo.key, old=repo.ref, new=new))
        return replace(repo, ref=new)

    def delete(self, actor: Actor, ref: RepoRef) -> None:
        """Remove a repo for good. Its rows go first: what is left after a crash is bytes nobody can reach."""
        repo = self._get_at(actor, ref, Action.ADMIN)
        with self._db.write() as rows:
            queries.delete_repo(rows, repo.key)
        self._events.publish(RepoDeleted(repo_key=repo.key, repo=repo.ref, is_private=repo.is_private))
        self._drop_storage(repo.key)

    def _drop_storage(self, key: str) -> None:
        self._storage.git.delete(key)
        self._storage.lfs.drop_repo(key)
        self._storage.xet.drop_repo(key)

    def change_settings(
        self,
        actor: Actor,
        repo: Repo,
        *,
        visibility: RepoVisibility | None = None,
        gated: Gating | Literal[False] = None,
    ) -> Repo:
        """Change what is given: `gated` False opens a gated repo, None leaves it as it is."""
        require(actor, Action.ADMIN, repo)
        if visibility == "protected" and repo.ref.type != "space":
            raise Invalid("visibility: 'protected' is for Spaces; use 'public' or 'private'.")
        if gated and repo.ref.type == "space":
            raise Invalid("gated: is for models and datasets; make a Space private instead.")
        changes: dict[str, object] = {}
        if visibility is not None:
            changes["visibility"] = visibility
        if gated is not None:
            changes["gated"] = gated or None
        if changes:
            with self._db.write() as rows:
                queries.change_settings(rows, repo.key, **changes)
        changed = self.find_by_key(repo.key)
        if changed is None:
            raise RepoNotFound(repo.id)
        self._storage.xet.set_scope(
            repo.key, namespace=changed.ref.namespace, is_public=not changed.is_private
        )
        if changes:
            told = {name: str(value or "off") for name, value in changes.items()}
            self._events.publish(
                RepoSettingsChanged(repo_key=repo.key, repo=changed.ref, changes=told, actor_name=actor.name)
            )
        return changed

    def url(self, ref: RepoRef) -> str:
        return self._urls.absolute(self._urls.repo(ref))

    def _get_at(self, actor: Actor, ref: RepoRef, action: Action) -> Repo:
        """`get`, but an old address names nothing: nobody deletes a repo by the name of another."""
        repo = self.get(actor, ref, action)
        if queries.address_of(repo.ref) != queries.address_of(ref):
            raise RepoNotFound(ref.id, anonymous=actor.is_anonymous)
        return repo

    def _in_namespace(self, ref: RepoRef) -> tuple[RepoRef, RepoVisibility]:
        """`ref` with its namespace spelled as its holder does, and the visibility repos begin with there."""
        namespace = self._namespaces.find_namespace(ref.namespace)
        if namespace is None:
            raise Invalid(
                f"namespace: nobody is called {ref.namespace!r}; use your own name or an organisation's."
            )
        is_private = bool(getattr(namespace, "private_by_default", False))
        return replace(ref, namespace=namespace.name), "private" if is_private else "public"

    def _refuse_taken(self, ref: RepoRef) -> None:
        with self._db.read() as rows:
            taken = queries.find_repo(rows, ref)
        if taken is not None and queries.address_of(taken.ref) == queries.address_of(ref):
            raise RepoExists(taken.ref, self.url(taken.ref))

    def _write_first_commit(self, actor: Actor, repo: Repo) -> dict[str, str]:
        git = self._storage.git
        git.create(repo.key)
        files = first_files(repo.ref, repo.sdk)
        head = git.write_commit(
            repo.key,
            parent=None,
            changes=[PutFile(path, text.encode()) for path, text in files.items()],
            message="initial commit",
            author_name=actor.name or "openhearth",
            author_email=author_email(actor),
            date=repo.created_at,
        )
        main = f"refs/heads/{MAIN}"
        git.update_ref(repo.key, main, head, expected=None)
        return {main: head}


def author_email(actor: Actor) -> str:
    """An address for commits made through the hub; nobody's real one is published."""
    return f"{actor.name or 'nobody'}@users.noreply.openhearth"


def _check_sdk(ref: RepoRef, sdk: str | None) -> None:
    if ref.type == "space" and sdk not in SPACE_SDKS:
        raise Invalid(f"sdk: {sdk!r} is no Space SDK; use one of {', '.join(SPACE_SDKS)}.")
    if ref.type != "space" and sdk is not None:
        raise Invalid(f"sdk: is for Spaces; leave it out for a {ref.type}.")
