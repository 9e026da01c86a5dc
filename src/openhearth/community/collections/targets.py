"""What items point to: from a type and an id to what an item holds on to, and back to what a reader may see of it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy.engine import Connection

from openhearth.access import Actor
from openhearth.community.collections import queries
from openhearth.community.collections.permits import may_read, readable_by
from openhearth.community.collections.records import (
    ITEM_TYPES,
    Item,
    ItemRow,
    ItemType,
    Target,
    Thing,
    Things,
)
from openhearth.community.collections.slugs import id_in
from openhearth.db import Database
from openhearth.errors import HubError, Invalid
from openhearth.kit.names import REPO_TYPES, RepoRef
from openhearth.repos import Repos

ARXIV_ID = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}")
_BY_PLURAL: Mapping[str, ItemType] = {f"{kind}s": kind for kind in ITEM_TYPES}


class ArxivPapers:
    """Papers where no room holds any: known by their arXiv number alone, shown as a link to arXiv."""

    def find_thing(self, actor: Actor, thing_id: str) -> Thing | None:
        return _paper(thing_id) if ARXIV_ID.fullmatch(thing_id) else None

    def list_things(self, actor: Actor, keys: Sequence[str]) -> Mapping[str, Thing]:
        return {key: _paper(key) for key in keys}


def _paper(number: str) -> Thing:
    return Thing(key=number, id=number, title=f"arXiv:{number}", href=f"https://arxiv.org/abs/{number}")


def read_item_type(text: str) -> ItemType:
    """Raises Invalid."""
    for kind in ITEM_TYPES:
        if kind == text:
            return kind
    raise Invalid(f"item.type: {text[:40]!r} cannot be in a collection; use one of {', '.join(ITEM_TYPES)}.")


class Targets:
    def __init__(self, *, db: Database, repos: Repos, things: Mapping[ItemType, Things]) -> None:
        self._db = db
        self._catalogue = repos.catalogue
        self._things: Mapping[ItemType, Things] = {"paper": ArxivPapers(), **things}

    def find(self, actor: Actor, kind: ItemType, item_id: str) -> Target | None:
        """What `item_id` names, if `actor` may see it."""
        for repo_type in REPO_TYPES:
            if repo_type == kind:
                return self._find_repo(actor, kind, RepoRef(repo_type, *_split(item_id)))
        if kind == "collection":
            return self._find_collection(actor, item_id)
        thing = self._things[kind].find_thing(actor, item_id) if kind in self._things else None
        return Target(type=kind, key=thing.key) if thing else None

    def find_spelled(self, actor: Actor, spelled: str) -> Target | None:
        """`find` for `models/ns/name`, as lists are asked for what holds it."""
        plural, _, item_id = spelled.partition("/")
        kind = _BY_PLURAL.get(plural)
        return self.find(actor, kind, item_id) if kind else None

    def _find_repo(self, actor: Actor, kind: ItemType, ref: RepoRef) -> Target | None:
        try:
            repo = self._catalogue.get(actor, ref)
        except HubError:
            return None
        return Target(type=kind, key=repo.key, repo_key=repo.key)

    def _find_collection(self, actor: Actor, slug: str) -> Target | None:
        named = id_in(slug if "/" in slug else f"-/{slug}")
        if named is None:
            return None
        with self._db.read() as rows:
            found = queries.find_collection(rows, named[1])
        if found is None or not may_read(actor, found):
            return None
        return Target(type="collection", key=found.id, linked_id=found.id)

    def visible_to(self, actor: Actor) -> queries.Condition:
        return queries.visible(self._catalogue.readable_keys(actor), readable_by(actor))

    def list_seen(self, rows: Connection, actor: Actor, collection_id: str) -> list[ItemRow]:
        """The items of a collection that `actor` may see, in their order."""
        found = queries.list_items(rows, collection_id, self.visible_to(actor))
        things = self._things_of(actor, [row.target for row in found])
        return [row for row in found if _is_seen(row.target, things)]

    def count_seen(self, rows: Connection, actor: Actor, ids: Sequence[str]) -> Mapping[str, int]:
        """Collection id → how many of its items `actor` may see."""
        counts = Counter(queries.count_items(rows, ids, self.visible_to(actor)))
        held = queries.list_things(rows, ids)
        things = self._things_of(actor, [target for _, target in held])
        counts.update(collection_id for collection_id, target in held if _is_seen(target, things))
        return counts

    def show(self, rows: Connection, actor: Actor, found: Sequence[ItemRow]) -> Mapping[str, Item]:
        """Item id → item, without those that `actor` may not see. Positions are those of the rows."""
        repos = self._catalogue.list_by_keys(
            actor, [row.target.repo_key for row in found if row.target.repo_key]
        )
        linked_ids = [row.target.linked_id for row in found if row.target.linked_id]
        linked = queries.list_by_id(rows, linked_ids, readable_by(actor)) if linked_ids else {}
        things = self._things_of(actor, [row.target for row in found])
        items = {}
        for row in found:
            item = Item(
                id=row.id,
                type=row.target.type,
                position=row.position,
                note=row.note,
                repo=repos.get(row.target.repo_key or ""),
                linked=linked.get(row.target.linked_id or ""),
                thing=things.get(row.target.type, {}).get(row.target.key),
            )
            if item.repo or item.linked or item.thing:
                items[row.id] = item
        return items

    def _things_of(self, actor: Actor, targets: Sequence[Target]) -> Mapping[ItemType, Mapping[str, Thing]]:
        """What the rooms that hold papers and buckets say of those among `targets`."""
        found: dict[ItemType, Mapping[str, Thing]] = {}
        for kind, source in self._things.items():
            keys = list({target.key for target in targets if target.type == kind})
            if keys:
                found[kind] = source.list_things(actor, keys)
        return found


def _is_seen(target: Target, things: Mapping[ItemType, Mapping[str, Thing]]) -> bool:
    """Repos and collections were chosen by SQL; things are seen if their room tells of them."""
    is_thing = target.repo_key is None and target.linked_id is None
    return not is_thing or target.key in things.get(target.type, {})


def _split(repo_id: str) -> tuple[str, str]:
    namespace, _, name = repo_id.partition("/")
    return namespace, name
