"""Which buckets a reader may know of, and which of them a list shows, as SQL."""

import sqlalchemy as sa

from openhearth.access import Action, Actor
from openhearth.buckets.tables import buckets


def readable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """`access.decide(actor, READ, …)`, as SQL."""
    public = buckets.c.visibility == "public"
    if actor.is_anonymous:
        return public
    names = [*actor.roles, *([actor.name] if actor.name else [])]
    own = sa.true() if actor.is_site_admin else buckets.c.namespace.in_(names)
    limits = actor.token
    if limits is None or limits.scope != "fineGrained":
        return public | own
    granted = [name for name, action in limits.namespaces.items() if action >= Action.READ]
    addresses = [
        address.removeprefix("buckets/").lower()
        for address, action in limits.repos.items()
        if action >= Action.READ and address.startswith("buckets/")
    ]
    return public | (own & (buckets.c.namespace.in_(granted) | buckets.c.address.in_(addresses)))


def conditions_of(
    actor: Actor, *, namespace: str | None = None, search: str = ""
) -> list[sa.ColumnElement[bool]]:
    found = [readable_by(actor)]
    if namespace is not None:
        found.append(sa.func.lower(buckets.c.namespace) == namespace.lower())
    if search:
        found.append(sa.func.lower(buckets.c.name).contains(search.lower(), autoescape=True))
    return found
