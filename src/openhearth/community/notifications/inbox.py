"""The verbs about what one was told: list, count, read, done. Everybody has their own inbox and sees no other."""

from collections.abc import Collection
from typing import Any

from openhearth.access import Actor
from openhearth.accounts.permits import require_account, require_write
from openhearth.community.notifications import queries
from openhearth.community.notifications.records import Counts, News, Notification, Shown
from openhearth.db import Database
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor, from_micros, to_micros
from openhearth.kit.names import RepoRef
from openhearth.repos import Listed, Repos


class Inbox:
    def __init__(self, *, db: Database, repos: Repos) -> None:
        self._db = db
        self._catalogue = repos.catalogue

    def list_notifications(
        self,
        actor: Actor,
        shown: Shown = "all",
        *,
        repo: RepoRef | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> Page[Notification]:
        """What the actor was told, newest first, as far as they may still see it. Raises Unauthenticated."""
        user_id, keys = require_account(actor), self._catalogue.readable_keys(actor)
        repo_key = self._catalogue.get(actor, repo).key if repo else None
        before = None
        if cursor is not None:
            at, notification_id = decode_cursor(cursor, 2)
            before = from_micros(at), str(notification_id)
        with self._db.read() as rows:
            condition = queries.of_inbox(user_id, keys, shown, repo_key=repo_key)
            found = queries.list_notifications(rows, condition, before=before, limit=limit + 1)
        repos = self._catalogue.list_by_keys(actor, {row.repo_key for row in found[:limit]})
        items = [_notification(row, repos[row.repo_key]) for row in found[:limit] if row.repo_key in repos]
        last = found[limit - 1] if len(found) > limit else None
        return Page(items, encode_cursor(to_micros(last.at), last.id) if last else None)

    def count(self, actor: Actor) -> Counts:
        """Raises Unauthenticated."""
        user_id, keys = require_account(actor), self._catalogue.readable_keys(actor)
        with self._db.read() as rows:
            return Counts(
                all=queries.count(rows, queries.of_inbox(user_id, keys)),
                unread=queries.count(rows, queries.of_inbox(user_id, keys, "unread")),
            )

    def count_unread(self, actor: Actor) -> int:
        """For the header: at most a hundred; 0 for nobody, without a query."""
        if actor.user_id is None:
            return 0
        with self._db.read() as rows:
            return queries.count_unread(rows, actor.user_id, self._catalogue.readable_keys(actor))

    def mark(self, actor: Actor, ids: Collection[str] | None, *, read: bool = True) -> None:
        """Call notifications read or unread; None means all. Raises Unauthenticated, Forbidden."""
        user_id = require_write(actor)
        with self._db.write() as rows:
            queries.mark(rows, user_id, ids, read=read)

    def finish(self, actor: Actor, ids: Collection[str] | None) -> None:
        """Take notifications out of the inbox; None means all."""
        user_id = require_write(actor)
        with self._db.write() as rows:
            queries.delete(rows, user_id, ids)


def _notification(row: Any, listed: Listed) -> Notification:
    news = News(
        repo_key=row.repo_key, subject=row.subject, title=row.title, change=row.change,
        actor_name=row.actor_name, number=row.number, is_pull_request=row.is_pull_request,
        comment_id=row.comment_id,
    )  # fmt: skip
    return Notification(
        id=row.id,
        news=news,
        repo=listed.repo.ref,
        reason=row.reason,
        updates=row.updates,
        is_read=row.is_read,
        at=row.at,
    )
