"""The nouns of collections. Frozen; positions count from 0."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, get_args

from openhearth.access import Actor
from openhearth.repos import Listed

ItemType = Literal["model", "dataset", "space", "paper", "collection", "bucket"]
ITEM_TYPES: tuple[ItemType, ...] = get_args(ItemType)
Theme = Literal["orange", "blue", "green", "purple", "pink", "indigo"]
THEMES: tuple[Theme, ...] = get_args(Theme)
WireSort = Literal["lastModified", "trending", "upvotes"]
SORT_KEYS: tuple[WireSort, ...] = get_args(WireSort)
SortKey = WireSort | Literal["position"]  # as the owner ordered them


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The user or organisation that holds a collection."""

    id: str
    name: str
    fullname: str
    is_org: bool


@dataclass(frozen=True, kw_only=True)
class Collection:
    """A named list of things in an order of its own. `id` never changes, `slug` follows the title."""

    id: str
    owner: Owner
    creator_id: str | None
    title: str
    description: str
    private: bool
    theme: Theme
    position: int  # in the owner's list
    upvotes: int
    created_at: datetime
    last_updated: datetime
    slug: str


@dataclass(frozen=True, kw_only=True)
class Target:
    """What an item holds on to. `repo_key` is set for repos, `linked_id` for collections; both equal `key`."""

    type: ItemType
    key: str
    repo_key: str | None = None
    linked_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ItemRow:
    """An item as it is kept."""

    id: str
    collection_id: str
    target: Target
    position: int
    note: str | None


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A paper or a bucket, as its own room describes it. `key` never changes, `id` is what people call it."""

    key: str
    id: str
    title: str
    href: str
    facts: Mapping[str, Any] = field(default_factory=dict)  # joins the JSON of the item


class Things(Protocol):
    """A kind of thing that other rooms hold. Both answer only with what `actor` may see."""

    def find_thing(self, actor: Actor, thing_id: str) -> Thing | None: ...

    def list_things(self, actor: Actor, keys: Sequence[str]) -> Mapping[str, Thing]:
        """Key → thing."""
        ...


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item as a reader sees it: one of `repo`, `linked` and `thing` says what it is."""

    id: str
    type: ItemType
    position: int  # among those the reader may see
    note: str | None
    repo: Listed | None = None
    linked: Collection | None = None
    thing: Thing | None = None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A collection with what the reader may see of it."""

    collection: Collection
    items: Sequence[Item]
    upvoted: bool = False  # by the reader
    item_count: int = 0  # all that the reader may see


@dataclass(frozen=True, kw_only=True)
class CollectionFilter:
    """Which collections a list holds: all conditions must hold, any of `owners` and any of `items` will do.

    Items are spelled `models/ns/name`, `papers/2311.12983`.
    """

    owners: Sequence[str] = ()
    items: Sequence[str] = ()
    search: str = ""
    sort: SortKey = "trending"


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What to change of a collection; None leaves a field as it is."""

    title: str | None = None
    description: str | None = None
    private: bool | None = None
    theme: str | None = None
    position: int | None = None
