"""Whom to tell. The closest setting wins: the discussion's before the repo's before its namespace's.

Without a setting people are told of what mentions them, of what they look after and of what answers them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from sqlalchemy.engine import Connection

from openhearth.access import Action, Actor, decide
from openhearth.accounts import Organisation, User
from openhearth.community.notifications import watch_queries as watches
from openhearth.community.notifications.records import Level, Reason, Recipient
from openhearth.repos import Repo

FAN_OUT_MAX = 500  # people told of one thing: the act waits for it
CARETAKERS_MAX = 50

FindMentions = Callable[[str], Sequence[str]]


class People(Protocol):
    """What is asked of the accounts room."""

    def find_namespace(self, name: str) -> User | Organisation | None: ...

    def list_caretakers(self, namespace: str, *, limit: int) -> list[str]: ...

    @property
    def people(self) -> "Directory": ...


class Directory(Protocol):
    def list_users_by_name(self, names: Sequence[str]) -> list[User]: ...

    def list_actors(self, ids: Sequence[str]) -> Mapping[str, Actor]: ...


class Recipients:
    """Those to tell of something in `repo`, gathered reason by reason; the first reason stands."""

    def __init__(self, rows: Connection, people: People, repo: Repo, *, number: int | None = None) -> None:
        self._rows = rows
        self._people = people
        self._repo = repo
        self._number = number
        self._holder = people.find_namespace(repo.ref.namespace)
        self._reasons: dict[str, Reason] = {}

    def add(self, user_ids: Sequence[str], reason: Reason) -> None:
        for user_id in user_ids:
            if len(self._reasons) < FAN_OUT_MAX:
                self._reasons.setdefault(user_id, reason)

    def add_mentioned(self, names: Sequence[str]) -> None:
        if names:
            self.add([user.id for user in self._people.people.list_users_by_name(names)], "mention")

    def add_participants(self) -> None:
        self.add(self._watchers(watches.DISCUSSION, self._discussion), "participant")

    def add_watchers(self) -> None:
        self.add(self._watchers(watches.REPO, {"repo_key": self._repo.key}), "watch")
        if self._holder is not None:
            self.add(self._watchers(watches.NAMESPACE, {"namespace_id": self._holder.id}), "watch")

    def add_caretakers(self) -> None:
        self.add(self._people.list_caretakers(self._repo.ref.namespace, limit=CARETAKERS_MAX), "owner")

    def chosen(self, *, actor_id: str | None) -> list[Recipient]:
        """Those who want to know and may, without whoever did it."""
        self._reasons.pop(actor_id or "", None)
        ids = list(self._reasons)
        if not ids:
            return []
        actors, muted = self._people.people.list_actors(ids), self._muted(ids, actor_id)
        return [
            Recipient(user_id=user_id, reason=self._reasons[user_id])
            for user_id in ids
            if user_id not in muted
            and user_id in actors
            and decide(actors[user_id], Action.READ, self._repo.resource).allowed
        ]

    @property
    def _discussion(self) -> watches.Place:
        return {"repo_key": self._repo.key, "number": self._number}

    def _watchers(self, kind: watches.Kind, place: watches.Place) -> list[str]:
        return watches.list_watchers(self._rows, kind, place, limit=FAN_OUT_MAX)

    def _muted(self, ids: Sequence[str], actor_id: str | None) -> set[str]:
        """Who does not want to know: of this place, or of anything that this actor does."""
        places: list[tuple[watches.Kind, watches.Place]] = []
        if self._number is not None:
            places.append((watches.DISCUSSION, self._discussion))
        places.append((watches.REPO, {"repo_key": self._repo.key}))
        for namespace_id in (self._holder.id if self._holder else None, actor_id):
            if namespace_id is not None:
                places.append((watches.NAMESPACE, {"namespace_id": namespace_id}))
        closest: dict[str, Level] = {}
        for kind, place in places:
            for user_id, level in watches.list_levels(self._rows, kind, place, ids).items():
                closest.setdefault(user_id, level)
        return {user_id for user_id, level in closest.items() if level == "mute"}
