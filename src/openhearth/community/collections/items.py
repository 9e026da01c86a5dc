"""The verbs about what is in a collection, and in which order.

A writer takes the collection's row first, so that two at once take turns; positions are numbered from 0 without
gaps and no two are the same. Places in these verbs count what the actor may see: the rest keeps its order.
"""

from openhearth.access import Actor
from openhearth.community.collections import queries
from openhearth.community.collections.catalogue import Catalogue
from openhearth.community.collections.checks import check_note, check_position
from openhearth.community.collections.errors import ItemExists, ItemNotFound
from openhearth.community.collections.records import Collection, ItemRow, ItemType, Target
from openhearth.community.collections.targets import Targets
from openhearth.db import Database, Duplicate
from openhearth.errors import Invalid
from openhearth.kit.clock import Clock
from openhearth.kit.ids import new_id

ITEMS_MAX = 1000


class Items:
    def __init__(self, *, db: Database, clock: Clock, catalogue: Catalogue, targets: Targets) -> None:
        self._db = db
        self._clock = clock
        self._catalogue = catalogue
        self._targets = targets

    def add(
        self, actor: Actor, slug: str, kind: ItemType, item_id: str, *, note: str | None = None
    ) -> Collection:
        """Put something at the end. Raises ItemNotFound, ItemExists, Invalid and what `get_to_change` raises."""
        found, note = self._catalogue.get_to_change(actor, slug), check_note(note or "")
        target = self.require_target(actor, kind, item_id)
        if target.linked_id == found.id:
            raise Invalid("item: a collection cannot hold itself.")
        now = self._clock()
        try:
            with self._db.write() as rows:
                queries.update_collection(rows, found.id, last_updated=now)
                there = queries.list_items(rows, found.id)
                if len(there) >= ITEMS_MAX:
                    raise Invalid(f"item: {found.slug} holds {ITEMS_MAX} items, the most; start another.")
                queries.renumber(rows, there)
                item = ItemRow(
                    id=new_id(), collection_id=found.id, target=target, position=len(there), note=note or None
                )
                queries.insert_item(rows, item, at=now)
        except Duplicate:
            if self._targets.find(actor, kind, item_id) is None:  # it was deleted meanwhile
                raise _nothing(kind, item_id) from None
            raise ItemExists(f"item: the {kind} {item_id} is in {found.slug} already.") from None
        return self._catalogue.get(actor, found.slug)

    def change(
        self,
        actor: Actor,
        slug: str,
        item_object_id: str,
        *,
        note: str | None = None,
        position: int | None = None,
    ) -> None:
        """Change the note (an empty one removes it), the place, or both. Raises ItemNotFound, Invalid."""
        found = self._catalogue.get_to_change(actor, slug)
        note = None if note is None else check_note(note)
        position = None if position is None else check_position(position)
        with self._db.write() as rows:
            queries.update_collection(rows, found.id, last_updated=self._clock())
            seen = self._targets.list_seen(rows, actor, found.id)
            item = _item_of(seen, item_object_id, found)
            if note is not None:
                queries.update_note(rows, item.id, note or None)
            if position is not None:
                there = queries.list_items(rows, found.id)
                queries.renumber(rows, _moved(there, item, position, among=seen))

    def shift(self, actor: Actor, slug: str, item_object_id: str, by: int) -> None:
        """Move an item up (-1) or down (1) by one place; at the end it stays. Raises ItemNotFound."""
        found = self._catalogue.get_to_change(actor, slug)
        with self._db.write() as rows:
            queries.update_collection(rows, found.id, last_updated=self._clock())
            seen = self._targets.list_seen(rows, actor, found.id)
            item = _item_of(seen, item_object_id, found)
            place = max(0, seen.index(item) + by)
            queries.renumber(rows, _moved(queries.list_items(rows, found.id), item, place, among=seen))

    def require_target(self, actor: Actor, kind: ItemType, item_id: str) -> Target:
        """What can be put into a collection. Raises ItemNotFound."""
        target = self._targets.find(actor, kind, item_id)
        if target is None:
            raise _nothing(kind, item_id)
        return target

    def toggle(self, actor: Actor, slug: str, kind: ItemType, item_id: str) -> None:
        """Put something in, or take it out if it is there. Raises as `add` does."""
        found, target = self._catalogue.get_to_change(actor, slug), self.require_target(actor, kind, item_id)
        with self._db.read() as rows:
            there = [item.id for item in queries.list_items(rows, found.id) if item.target == target]
        if there:
            self.remove(actor, found.slug, there[0])
        else:
            self.add(actor, found.slug, kind, item_id)

    def remove(self, actor: Actor, slug: str, item_object_id: str) -> None:
        """Take something out. Raises ItemNotFound."""
        found = self._catalogue.get_to_change(actor, slug)
        with self._db.write() as rows:
            queries.update_collection(rows, found.id, last_updated=self._clock())
            seen = self._targets.list_seen(rows, actor, found.id)
            queries.delete_item(rows, _item_of(seen, item_object_id, found).id)
            queries.renumber(rows, queries.list_items(rows, found.id))


def _nothing(kind: ItemType, item_id: str) -> ItemNotFound:
    return ItemNotFound(f"item: there is no {kind} {item_id[:200]!r} that you may see; check its name.")


def _item_of(seen: list[ItemRow], item_object_id: str, collection: Collection) -> ItemRow:
    for item in seen:
        if item.id == item_object_id:
            return item
    raise ItemNotFound(f"item: {collection.slug} has no item {item_object_id[:40]!r}; it may be gone.")


def _moved(there: list[ItemRow], item: ItemRow, position: int, *, among: list[ItemRow]) -> list[ItemRow]:
    """`there` with `item` at `position` of those `among` which it is counted."""
    others = [other for other in among if other.id != item.id]
    rest = [other for other in there if other.id != item.id]
    if position == 0 or not others:
        place = 0
    else:
        before = others[min(position, len(others)) - 1]
        place = next(index for index, other in enumerate(rest) if other.id == before.id) + 1
    return [*rest[:place], item, *rest[place:]]
