"""What each template of this part is given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from openhearth.accounts.pages.routes import ACCEPTED, Refused
from openhearth.community.collections.records import Theme
from openhearth.web.parts import Choice, RepoSummary


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class ItemLine:
    """An item of a collection: a repo as cards show it, or a title that leads somewhere."""

    id: str
    type: str
    icon: str
    title: str
    href: str
    note: str
    repo: RepoSummary | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class CollectionCard:
    """A collection in a list."""

    title: str
    href: str
    description: str
    owner_name: str
    owner_is_org: bool
    private: bool
    theme: Theme
    upvotes: int
    item_count: int
    items: Sequence[ItemLine] = field(metadata=_help("The first four"))
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Context of `collections/list.html`."""

    collections: Sequence[CollectionCard]
    total: int
    search: str
    owner: str | None = field(metadata=_help("Whose collections they are, if of one"))
    item: str | None = field(metadata=_help("What all of them hold, if asked for: models/ada/tiny"))
    sorts: Sequence[tuple[str, str, bool]] = field(metadata=_help("(label, address, whether it is chosen)"))
    new_href: str | None
    next_href: str | None


@dataclass(frozen=True, kw_only=True)
class ShowPage:
    """Context of `collections/show.html`."""

    card: CollectionCard
    lines: Sequence[ItemLine] = field(metadata=_help("All items the reader may see"))
    upvoted: bool
    may_change: bool
    share_href: str
    kinds: Sequence[Choice] = field(metadata=_help("What can be added"))
    kind: str = field(default="model", metadata=_help("What was chosen in the form"))
    item_id: str = field(default="", metadata=_help("What was typed in the form"))
    note: str = ""
    refused: Refused = ACCEPTED


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """Context of `collections/form.html`: a new collection, or the settings of one."""

    action: str
    back_href: str
    is_new: bool
    owners: Sequence[Choice] = field(
        metadata=_help("In whose name it can be made; empty for one that exists")
    )
    owner: str
    title: str = ""
    description: str = ""
    private: bool = False
    theme: str = "orange"
    themes: Sequence[Choice] = ()
    position: str = "0"
    item: str = field(default="", metadata=_help("What goes into it first: models/ada/tiny"))
    refused: Refused = ACCEPTED


@dataclass(frozen=True, kw_only=True)
class Shelfmark:
    """One of the reader's collections, where something can go or already is."""

    slug: str
    title: str
    href: str
    private: bool
    holds: bool


@dataclass(frozen=True, kw_only=True)
class AddPage:
    """Context of `collections/add.html`: the reader's collections, for one item."""

    type: str
    item_id: str
    item_href: str
    marks: Sequence[Shelfmark]
    new_href: str
    refused: Refused = ACCEPTED


@dataclass(frozen=True, kw_only=True)
class AddButton:
    """Context of `collections/button.html`."""

    href: str


@dataclass(frozen=True, kw_only=True)
class ProfileShelf:
    """Context of `collections/shelf.html`, on profiles."""

    collections: Sequence[CollectionCard]
    count: int
    all_href: str
    new_href: str | None


@dataclass(frozen=True, kw_only=True)
class RepoPanel:
    """Context of `collections/panel.html`, on the card of a repo."""

    collections: Sequence[CollectionCard]
    count: int
    all_href: str
