"""The verbs about what to be told of: watch and mute repos, people, organisations and single discussions."""

from openhearth.access import Actor
from openhearth.accounts import Accounts
from openhearth.accounts.errors import UserNotFound
from openhearth.accounts.permits import require_account, require_write
from openhearth.community.notifications import queries
from openhearth.community.notifications import watch_queries as watches
from openhearth.community.notifications.records import Level, Watched
from openhearth.db import Database, Duplicate
from openhearth.errors import Invalid, NotFound
from openhearth.kit.names import RepoRef
from openhearth.repos import Repos

SHOWN_WATCHES = 500
NUMBER_MAX = (1 << 31) - 1


class Watching:
    """`level` None takes a setting away: then one is told as without any."""

    def __init__(self, *, db: Database, accounts: Accounts, repos: Repos) -> None:
        self._db = db
        self._accounts = accounts
        self._catalogue = repos.catalogue

    def set_repo(self, actor: Actor, ref: RepoRef, level: Level | None) -> None:
        """Raises RepoNotFound, Unauthenticated, Forbidden."""
        user_id, repo = require_write(actor), self._catalogue.get(actor, ref)
        self._set(watches.REPO, user_id, {"repo_key": repo.key}, level)

    def set_namespace(self, actor: Actor, name: str, level: Level | None) -> None:
        """A user's or an organisation's repos; muted, also what they do elsewhere. Raises UserNotFound."""
        user_id, namespace = require_write(actor), self._accounts.find_namespace(name)
        if namespace is None:
            raise UserNotFound(name)
        self._set(watches.NAMESPACE, user_id, {"namespace_id": namespace.id}, level)

    def set_discussion(self, actor: Actor, ref: RepoRef, number: int, level: Level | None) -> None:
        """Muting also takes what one was told of it out of the inbox."""
        if not 0 < number <= NUMBER_MAX:
            raise Invalid(f"num: {number} is no number of a discussion.")
        user_id, repo = require_write(actor), self._catalogue.get(actor, ref)
        self._set(watches.DISCUSSION, user_id, {"repo_key": repo.key, "number": number}, level)
        if level == "mute":
            with self._db.write() as rows:
                queries.delete_subject(rows, user_id, repo.key, f"discussion:{number}")

    def find_repo_level(self, actor: Actor, repo_key: str) -> Level | None:
        return self._find(actor, watches.REPO, {"repo_key": repo_key})

    def find_namespace_level(self, actor: Actor, namespace_id: str) -> Level | None:
        return self._find(actor, watches.NAMESPACE, {"namespace_id": namespace_id})

    def find_discussion_level(self, actor: Actor, repo_key: str, number: int) -> Level | None:
        return self._find(actor, watches.DISCUSSION, {"repo_key": repo_key, "number": number})

    def list_watched(self, actor: Actor) -> list[Watched]:
        """All settings of the actor, except those of discussions that they only take part in."""
        user_id = require_account(actor)
        with self._db.read() as rows:
            repo_rows = watches.list_of_user(rows, watches.REPO, user_id, limit=SHOWN_WATCHES)
            discussion_rows = watches.list_muted_discussions(rows, user_id, limit=SHOWN_WATCHES)
            names = watches.list_namespaces(rows, user_id, limit=SHOWN_WATCHES)
        repos = self._catalogue.list_by_keys(actor, {row.repo_key for row in [*repo_rows, *discussion_rows]})
        found = [Watched(level=row.level, namespace=row.name, is_org=row.kind == "org") for row in names]
        found += [
            Watched(level=row.level, repo=repos[row.repo_key].repo.ref)
            for row in repo_rows
            if row.repo_key in repos
        ]
        return found + [
            Watched(level=row.level, repo=repos[row.repo_key].repo.ref, number=row.number)
            for row in discussion_rows
            if row.repo_key in repos
        ]

    def _set(self, kind: watches.Kind, user_id: str, place: watches.Place, level: Level | None) -> None:
        try:
            with self._db.write() as rows:
                watches.set_level(rows, kind, user_id, place, level)
        except Duplicate:
            raise NotFound("What you want to watch was deleted meanwhile.") from None

    def _find(self, actor: Actor, kind: watches.Kind, place: watches.Place) -> Level | None:
        if actor.user_id is None:
            return None
        with self._db.read() as rows:
            return watches.find_level(rows, kind, actor.user_id, place)
