"""The service of this part: its verbs in groups."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol, Self

from openhearth.accounts import Organisation, User
from openhearth.community.discussions.comments import Comments
from openhearth.community.discussions.lines import Lines
from openhearth.community.discussions.pulls import Pulls
from openhearth.community.discussions.threads import Threads
from openhearth.repos import Repos
from openhearth.wire.room import Ground


class People(Protocol):
    """What is asked of the accounts room."""

    def list_users_by_id(self, ids: Collection[str]) -> Mapping[str, User]: ...

    def find_namespace(self, name: str) -> User | Organisation | None: ...


@dataclass(frozen=True, kw_only=True)
class Discussions:
    threads: Threads
    comments: Comments
    pulls: Pulls
    lines: Lines
    people: People

    @classmethod
    def on(cls, ground: Ground, *, repos: Repos, people: People) -> Self:
        threads = Threads(db=ground.db, events=ground.events, clock=ground.clock)
        lines = Lines(repos)

        def find_user_id(name: str) -> str | None:
            found = people.find_namespace(name)
            return found.id if isinstance(found, User) else None

        return cls(
            threads=threads,
            comments=Comments(threads=threads, lines=lines),
            pulls=Pulls(threads=threads, lines=lines, repos=repos, find_user_id=find_user_id),
            lines=lines,
            people=people,
        )
