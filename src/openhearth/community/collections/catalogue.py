"""The verbs about collections as wholes: make, find, list, change, delete, upvote. Items: `items.py`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from openhearth.access import Actor
from openhearth.accounts import Accounts, Organisation
from openhearth.community.collections import queries
from openhearth.community.collections.checks import check_changes, check_new
from openhearth.community.collections.errors import CollectionExists, CollectionNotFound
from openhearth.community.collections.permits import (
    may_read,
    readable_by,
    require_change,
    require_create,
    require_voter,
)
from openhearth.community.collections.records import (
    Changes,
    Collection,
    CollectionFilter,
    Owner,
    Shown,
    SortKey,
)
from openhearth.community.collections.slugs import id_in, slug_of
from openhearth.community.collections.tables import collections
from openhearth.community.collections.targets import Targets
from openhearth.db import Database, Duplicate
from openhearth.errors import Invalid
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor, from_micros, to_micros
from openhearth.kit.ids import new_id
from openhearth.kit.text import is_storable

LISTED_ITEMS = 4  # huggingface_hub documents this of `list_collections`
TRENDING_FOR = timedelta(days=7)
FILTERS_MAX = 20
COLLECTIONS_MAX = 1000  # of one owner
# Things of other rooms are sifted after they are read, so some more are read than shown.
_READ_ITEMS = 12


class Catalogue:
    def __init__(self, *, db: Database, clock: Clock, accounts: Accounts, targets: Targets) -> None:
        self._db = db
        self._clock = clock
        self._accounts = accounts
        self._targets = targets

    def get(self, actor: Actor, slug: str) -> Collection:
        """The collection of a slug, also of one from before its title changed. Raises CollectionNotFound."""
        named = id_in(slug)
        if named is not None:
            with self._db.read() as rows:
                found = queries.find_collection(rows, named[1])
            if found and found.owner.name.lower() == named[0].lower() and may_read(actor, found):
                return found
        raise CollectionNotFound(slug)

    def get_to_change(self, actor: Actor, slug: str) -> Collection:
        """As `get`, for whoever may change it. Raises Unauthenticated, Forbidden too."""
        found = self.get(actor, slug)
        require_change(actor, found)
        return found

    def show(self, actor: Actor, collection: Collection) -> Shown:
        """A collection with all its items that `actor` may see."""
        with self._db.read() as rows:
            found = queries.list_items(rows, collection.id, self._targets.visible_to(actor))
            seen = list(self._targets.show(rows, actor, found).values())
            upvoted = bool(actor.user_id and queries.list_upvoted(rows, [collection.id], actor.user_id))
        items = [replace(item, position=place) for place, item in enumerate(seen)]
        return Shown(collection=collection, items=items, upvoted=upvoted, item_count=len(items))

    def list_collections(
        self, actor: Actor, wanted: CollectionFilter, *, limit: int, cursor: str | None = None
    ) -> Page[Shown]:
        """The collections that match and that `actor` may see, each with its first items."""
        conditions = self._conditions(actor, wanted)
        if conditions is None:
            return Page([])
        order = self._order(wanted.sort)
        after = _position_in(cursor) if cursor else None
        with self._db.read() as rows:
            found = queries.list_collections(rows, conditions, order=order, after=after, limit=limit + 1)
            shown = self._with_first_items(rows, actor, [collection for collection, _ in found[:limit]])
        more = _cursor_of(found[limit - 1][1]) if len(found) > limit else None
        return Page(shown, more)

    def count(self, actor: Actor, wanted: CollectionFilter) -> int:
        conditions = self._conditions(actor, wanted)
        if conditions is None:
            return 0
        with self._db.read() as rows:
            return queries.count_collections(rows, conditions)

    def count_of(self, actor: Actor, owner_id: str) -> int:
        """How many collections of an owner `actor` may see."""
        with self._db.read() as rows:
            return queries.count_collections(rows, [collections.c.owner_id == owner_id, readable_by(actor)])

    def count_upvotes(self, actor: Actor, owner_id: str) -> int:
        """How often the collections of an owner were found good, as far as `actor` may see them."""
        with self._db.read() as rows:
            return queries.sum_upvotes(rows, [collections.c.owner_id == owner_id, readable_by(actor)])

    def create(
        self, actor: Actor, title: str, *, namespace: str, description: str = "", private: bool = False
    ) -> Collection:
        """Make a collection. Raises CollectionExists, Invalid, Forbidden, Unauthenticated."""
        title, description = check_new(title, description)
        holder = self._accounts.find_namespace(namespace)
        require_create(actor, holder.name if holder else namespace)
        if holder is None:
            raise Invalid(
                f"namespace: nobody is called {namespace!r}; use your own name or an organisation's."
            )
        owner = Owner(
            id=holder.id, name=holder.name, fullname=holder.fullname, is_org=isinstance(holder, Organisation)
        )
        collection_id, now = new_id(), self._clock()
        made = Collection(
            id=collection_id, owner=owner, creator_id=actor.user_id, title=title, description=description,
            private=private, theme="orange", position=0, upvotes=0, created_at=now, last_updated=now,
            slug=slug_of(owner.name, title, collection_id),
        )  # fmt: skip
        try:
            with self._db.write() as rows:
                if queries.count_collections(rows, [collections.c.owner_id == owner.id]) >= COLLECTIONS_MAX:
                    raise Invalid(f"namespace: {owner.name} has {COLLECTIONS_MAX} collections; delete some.")
                queries.insert_collection(rows, made)
        except Duplicate:
            raise self._exists(owner.id, title) from None
        return made

    def update(self, actor: Actor, slug: str, changes: Changes) -> Collection:
        """Change what is given. Raises CollectionExists, Invalid and what `get_to_change` raises."""
        found, values = self.get_to_change(actor, slug), check_changes(changes)
        try:
            with self._db.write() as rows:
                queries.update_collection(rows, found.id, **values, last_updated=self._clock())
                changed = queries.find_collection(rows, found.id)
        except Duplicate:
            raise self._exists(found.owner.id, str(values["title"])) from None
        if changed is None:
            raise CollectionNotFound(slug)
        return changed

    def delete(self, actor: Actor, slug: str) -> None:
        found = self.get_to_change(actor, slug)
        with self._db.write() as rows:
            queries.delete_collection(rows, found.id)

    def upvote(self, actor: Actor, slug: str, *, up: bool = True) -> int:
        """Find a collection good, or no longer; gives the number of upvotes. Raises Unauthenticated, Forbidden."""
        found, user_id = self.get(actor, slug), require_voter(actor)
        with self._db.write() as rows:
            if up:
                queries.insert_upvote(rows, found.id, user_id, self._clock())
            else:
                queries.delete_upvote(rows, found.id, user_id)
            return queries.count_upvotes_again(rows, found.id)

    def _exists(self, owner_id: str, title: str) -> CollectionExists:
        with self._db.read() as rows:
            other = queries.find_by_title(rows, owner_id, title)
        return CollectionExists(title, other.slug if other else "")

    def _conditions(self, actor: Actor, wanted: CollectionFilter) -> list[queries.Condition] | None:
        """Everything that must hold for a collection to be listed; None where nothing can."""
        found: list[queries.Condition] = [readable_by(actor)]
        if wanted.owners:
            owners = [self._accounts.find_namespace(name) for name in wanted.owners[:FILTERS_MAX]]
            found.append(collections.c.owner_id.in_([owner.id for owner in owners if owner]))
        if wanted.items:
            spelled = [self._targets.find_spelled(actor, text) for text in wanted.items[:FILTERS_MAX]]
            held = [queries.holds(target) for target in spelled if target]
            if not held:
                return None
            found.append(sa.or_(*held))
        words = wanted.search.lower().split()[:8] if is_storable(wanted.search) else ()
        return found + [_speaks_of(word) for word in words]

    def _order(self, sort: SortKey) -> sa.ColumnElement[int] | None:
        """What comes before the time of the last change."""
        if sort == "trending":
            return queries.recent_upvotes(self._clock() - TRENDING_FOR)
        if sort == "position":
            return -collections.c.position
        return collections.c.upvotes if sort == "upvotes" else None

    def _with_first_items(
        self, rows: sa.Connection, actor: Actor, found: Sequence[Collection]
    ) -> list[Shown]:
        ids, visible = [collection.id for collection in found], self._targets.visible_to(actor)
        first = queries.list_first_items(rows, ids, visible, each=_READ_ITEMS)
        counts = self._targets.count_seen(rows, actor, ids)
        upvoted = queries.list_upvoted(rows, ids, actor.user_id) if actor.user_id else set()
        seen = self._targets.show(rows, actor, [row for some in first.values() for row in some])
        shown = []
        for collection in found:
            items = [seen[row.id] for row in first[collection.id] if row.id in seen][:LISTED_ITEMS]
            items = [replace(item, position=place) for place, item in enumerate(items)]
            shown.append(
                Shown(
                    collection=collection,
                    items=items,
                    upvoted=collection.id in upvoted,
                    item_count=counts.get(collection.id, 0),
                )
            )
        return shown


def _speaks_of(word: str) -> queries.Condition:
    described = sa.func.lower(collections.c.description).contains(word, autoescape=True)
    return collections.c.title_key.contains(word, autoescape=True) | described


def _cursor_of(position: queries.Position) -> str:
    key, changed_at, collection_id = position
    return encode_cursor(key, to_micros(changed_at), collection_id)


def _position_in(cursor: str) -> queries.Position:
    key, changed_at, collection_id = decode_cursor(cursor, 3)
    if not isinstance(key, int):
        raise Invalid("cursor: is not one of this list; follow the Link header instead.")
    return key, from_micros(changed_at), str(collection_id)
