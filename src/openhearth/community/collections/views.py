"""Collections as pages show them: records in, parts of contexts out."""

from openhearth.community.collections.contexts import CollectionCard, ItemLine
from openhearth.community.collections.records import Item, Shown
from openhearth.repos import Listed
from openhearth.repos.pages.summaries import summary_of
from openhearth.urls import Urls

_ICONS = {
    "model": "model",
    "dataset": "dataset",
    "space": "app",
    "paper": "file",
    "collection": "bookmark",
    "bucket": "folder",
}


def card_of(shown: Shown, urls: Urls) -> CollectionCard:
    found = shown.collection
    return CollectionCard(
        title=found.title,
        href=href_of(found.slug),
        description=found.description,
        owner_name=found.owner.name,
        owner_is_org=found.owner.is_org,
        private=found.private,
        theme=found.theme,
        upvotes=found.upvotes,
        item_count=shown.item_count,
        items=[line_of(item, urls) for item in shown.items[:4]],
        updated_at=found.last_updated,
    )


def href_of(slug: str) -> str:
    return f"/collections/{slug}"


def line_of(item: Item, urls: Urls) -> ItemLine:
    icon, note = _ICONS[item.type], item.note or ""
    if item.repo is not None:
        return _repo_line(item, item.repo, icon=icon, note=note, urls=urls)
    if item.linked is not None:
        linked = item.linked
        return ItemLine(
            id=item.id, type=item.type, icon=icon, title=linked.title, href=href_of(linked.slug), note=note,
            detail=f"Collection of {linked.owner.name}",
        )  # fmt: skip
    assert item.thing is not None
    kind = item.type.capitalize()
    return ItemLine(
        id=item.id,
        type=item.type,
        icon=icon,
        title=item.thing.title,
        href=item.thing.href,
        note=note,
        detail=kind,
    )


def _repo_line(item: Item, listed: Listed, *, icon: str, note: str, urls: Urls) -> ItemLine:
    summary = summary_of(listed, urls)
    return ItemLine(
        id=item.id, type=item.type, icon=icon, title=summary.id, href=summary.href, note=note, repo=summary
    )
