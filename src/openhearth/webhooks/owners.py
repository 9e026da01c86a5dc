"""Whose webhook it is, and as whom its messages are told: a user, or an organisation through its admins."""

from dataclasses import dataclass
from typing import Protocol

from openhearth.access import Actor, may_manage_namespace, refusal, require_permission
from openhearth.errors import NotFound, Unauthenticated


class Holder(Protocol):
    """A user or an organisation."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


class People(Protocol):
    """What this room asks of the accounts room."""

    def find_namespace(self, name: str) -> Holder | None: ...

    def find_standing(self, namespace_id: str) -> Actor | None:
        """As whom work is done later for a user or an organisation; None once they are gone."""
        ...


@dataclass(frozen=True)
class Owner:
    """`organisation` is its name, None for a user's own webhooks."""

    id: str
    organisation: str | None = None


class Owners:
    def __init__(self, people: People) -> None:
        self._people = people

    def get(self, actor: Actor, organisation: str | None = None) -> Owner:
        """Whose webhooks `actor` manages here. Raises Unauthenticated, Forbidden, NotFound."""
        if actor.user_id is None:
            raise Unauthenticated("Webhooks need an account; sign in first.")
        if organisation is not None:
            return self._get_organisation(actor, organisation)
        require_permission(actor, "webhook.write")
        return Owner(actor.user_id)

    def _get_organisation(self, actor: Actor, name: str) -> Owner:
        found = self._people.find_namespace(name)
        if found is None or found.name == actor.name:
            raise NotFound(f"There is no organisation {name!r}.")
        if not may_manage_namespace(actor, found.name):
            raise refusal(actor, f"Only an admin of {found.name} may manage its webhooks.")
        return Owner(found.id, found.name)
