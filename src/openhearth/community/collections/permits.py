"""Who may do what to a collection. The rules of repos, for a namespace: the person's right, then the token's limits."""

import sqlalchemy as sa

from openhearth.access import Action, Actor, Role, refusal
from openhearth.accounts.tables import namespaces
from openhearth.community.collections.errors import CollectionNotFound
from openhearth.community.collections.records import Collection
from openhearth.community.collections.tables import collections
from openhearth.errors import Unauthenticated


def readable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Which collections `actor` may know of; the statement must join `namespaces` as their owners."""
    public = collections.c.private.is_(False)
    if actor.is_anonymous:
        return public
    names = [*actor.roles, *([actor.name] if actor.name else [])]
    limited = actor.token is not None and actor.token.scope == "fineGrained"
    if actor.is_site_admin and not limited:
        return sa.true()
    if limited:
        names = [name for name in names if _token_allows(actor, Action.READ, name)]
    return public | namespaces.c.name.in_(names)


def may_read(actor: Actor, collection: Collection) -> bool:
    if not collection.private:
        return True
    name = collection.owner.name
    known = actor.name == name or actor.is_site_admin or name in actor.roles
    return known and not actor.is_anonymous and _token_allows(actor, Action.READ, name)


def may_change(actor: Actor, collection: Collection) -> bool:
    """Contributors of an organisation change what they made, writers everything."""
    own = collection.creator_id is not None and collection.creator_id == actor.user_id
    return _may_write(actor, collection.owner.name, least=Role.CONTRIBUTOR if own else Role.WRITE)


def may_create(actor: Actor, namespace: str) -> bool:
    return _may_write(actor, namespace, least=Role.CONTRIBUTOR)


def require_change(actor: Actor, collection: Collection) -> None:
    """Raises CollectionNotFound for whoever may not look, Unauthenticated and Forbidden for the others."""
    if not may_read(actor, collection):
        raise CollectionNotFound(collection.slug)
    if not may_change(actor, collection):
        raise refusal(
            actor, f"You may not change the collection {collection.slug}; ask {collection.owner.name}."
        )


def require_create(actor: Actor, namespace: str) -> None:
    if not may_create(actor, namespace):
        raise refusal(
            actor,
            f"namespace: you may not make collections in {namespace!r}; use your own name or an organisation's "
            "where you may write, with a write token.",
        )


def require_voter(actor: Actor) -> str:
    """The id of whoever votes. Raises Unauthenticated, Forbidden."""
    if actor.user_id is None:
        raise Unauthenticated("Upvoting needs an account; sign in first.")
    if actor.token is not None and actor.token.scope != "write":
        raise refusal(actor, f"This token ({actor.token.scope}) does not allow to upvote; use a write token.")
    return actor.user_id


def _may_write(actor: Actor, namespace: str, *, least: Role) -> bool:
    if actor.is_anonymous or not _token_allows(actor, Action.WRITE, namespace):
        return False
    return actor.name == namespace or actor.is_site_admin or actor.roles.get(namespace, 0) >= least


def _token_allows(actor: Actor, action: Action, namespace: str) -> bool:
    limits = actor.token
    if limits is None or limits.scope == "write":
        return True
    if limits.scope == "read":
        return action <= Action.READ
    if limits.permits("collection.write"):
        return True
    return action <= limits.namespaces.get(namespace, 0)
