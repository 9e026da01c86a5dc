"""The JSON of collections. Pure: a record in, a dictionary out.

Field names are those that huggingface_hub reads (hf_api.py `Collection`, `CollectionItem`). In a list a collection
carries no `position`: the client numbers them itself and fails on a second one.
"""

from typing import Any

from openhearth.community.collections.records import Collection, Item, Shown
from openhearth.kit.clock import iso
from openhearth.repos import Listed
from openhearth.urls import Urls
from openhearth.web import render_markdown


def listed(shown: Shown, *, urls: Urls) -> dict[str, Any]:
    """A collection in a list: its first items, and how many there are."""
    return {**_summary(shown, urls=urls), "numberItems": shown.item_count}


def collection(shown: Shown, *, urls: Urls) -> dict[str, Any]:
    return {**_summary(shown, urls=urls), "position": shown.collection.position}


def item(entry: Item, *, urls: Urls) -> dict[str, Any]:
    """`_id` is what the item is changed by, `id` what it shows."""
    shape: dict[str, Any] = {"_id": entry.id, "type": entry.type, "position": entry.position}
    if entry.note is not None:
        shape["note"] = {"text": entry.note, "html": str(render_markdown(entry.note))}
    if entry.repo is not None:
        return {**shape, **_repo(entry.repo)}
    if entry.linked is not None:
        return {**shape, **_linked(entry.linked, urls=urls)}
    assert entry.thing is not None
    return {**entry.thing.facts, **shape, "id": entry.thing.id, "title": entry.thing.title}


def _summary(shown: Shown, *, urls: Urls) -> dict[str, Any]:
    found = shown.collection
    return {
        "_id": found.id,
        "slug": found.slug,
        "title": found.title,
        "description": found.description,
        "owner": _owner(found, urls=urls),
        "items": [item(entry, urls=urls) for entry in shown.items],
        "lastUpdated": iso(found.last_updated),
        "createdAt": iso(found.created_at),
        "gating": False,
        "private": found.private,
        "theme": found.theme,
        "upvotes": found.upvotes,
        "isUpvotedByUser": shown.upvoted,
        "shareUrl": urls.absolute(f"/collections/{found.slug}"),
    }


def _owner(found: Collection, *, urls: Urls) -> dict[str, Any]:
    owner = found.owner
    return {
        "_id": owner.id,
        "type": "org" if owner.is_org else "user",
        "name": owner.name,
        "fullname": owner.fullname,
        "avatarUrl": urls.avatar(owner.name),
        "isPro": False,
        "isHf": False,
    }


def _repo(found: Listed) -> dict[str, Any]:
    repo, facts = found.repo, found.facts
    shape = {
        "id": repo.id,
        "author": repo.ref.namespace,
        "repoType": repo.ref.type,
        "lastModified": iso(repo.last_modified),
        "private": repo.is_private,
        "gated": repo.gated or False,
        "downloads": repo.downloads,
        "likes": repo.likes,
    }
    return {**shape, "pipeline_tag": facts.pipeline_tag} if facts.pipeline_tag else shape


def _linked(found: Collection, *, urls: Urls) -> dict[str, Any]:
    return {
        "id": found.id,
        "slug": found.slug,
        "title": found.title,
        "description": found.description,
        "owner": _owner(found, urls=urls),
        "lastUpdated": iso(found.last_updated),
        "theme": found.theme,
        "upvotes": found.upvotes,
        "shareUrl": urls.absolute(f"/collections/{found.slug}"),
    }
