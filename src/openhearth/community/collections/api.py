"""JSON routes about collections, as huggingface_hub 2.4 calls them (hf_api.py, `list_collections` and what follows)."""

from typing import Any, NoReturn

from fastapi import APIRouter
from pydantic import BaseModel, Field, StrictBool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from openhearth.community.collections import wire_shapes
from openhearth.community.collections.records import (
    SORT_KEYS,
    Changes,
    Collection,
    CollectionFilter,
    WireSort,
)
from openhearth.community.collections.service import Collections
from openhearth.community.collections.targets import read_item_type
from openhearth.errors import Invalid, Unsupported
from openhearth.urls import Urls
from openhearth.wire.paging import link_next, read_limit, read_many
from openhearth.wire.request import actor_of

PAGE_COLLECTIONS = 20
PAGE_MOST = 100


class ItemAsked(BaseModel):
    type: str
    id: str


class NewCollection(BaseModel):
    title: str
    namespace: str
    description: str = ""
    private: StrictBool = False
    item: ItemAsked | None = None
    resource_group_id: str | None = Field(default=None, alias="resourceGroupId")


class CollectionChanges(BaseModel):
    title: str | None = None
    description: str | None = None
    private: StrictBool | None = None
    theme: str | None = None
    position: int | None = None


class NewItem(BaseModel):
    item: ItemAsked
    note: str | None = None


class ItemChanges(BaseModel):
    note: str | None = None
    position: int | None = None


class Api:
    def __init__(self, collections: Collections, *, urls: Urls) -> None:
        self._catalogue = collections.catalogue
        self._items = collections.items
        self._urls = urls

    def router(self) -> APIRouter:
        router = APIRouter(tags=["collections"])
        one = "/api/collections/{ns:seg}/{slug:seg}"
        for method, path, endpoint in (
            ("GET", "/api/collections", self.list_collections),
            ("POST", "/api/collections", self.create),
            ("GET", one, self.get),
            ("PATCH", one, self.update),
            ("DELETE", one, self.delete),
            ("POST", f"{one}/items", self.add_item),
            ("PATCH", f"{one}/items/{{item}}", self.change_item),
            ("DELETE", f"{one}/items/{{item}}", self.remove_item),
            ("POST", f"{one}/upvote", self.upvote),
            ("DELETE", f"{one}/upvote", self.remove_upvote),
            ("POST", f"{one}/resource-group", self.refuse_resource_group),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_model=None)
        return router

    def list_collections(self, request: Request) -> Response:
        """Collections by owner, item and words of title and description, each with its first items."""
        page = self._catalogue.list_collections(
            actor_of(request),
            CollectionFilter(
                owners=read_many(request, "owner"),
                items=read_many(request, "item"),
                search=request.query_params.get("q", ""),
                sort=read_sort(request.query_params.get("sort")),
            ),
            limit=read_limit(request, default=PAGE_COLLECTIONS, most=PAGE_MOST),
            cursor=request.query_params.get("cursor"),
        )
        answer = JSONResponse([wire_shapes.listed(shown, urls=self._urls) for shown in page.items])
        if page.cursor is not None:
            link_next(answer, request, self._urls, cursor=page.cursor)
        return answer

    def create(self, request: Request, body: NewCollection) -> dict[str, Any]:
        """Make a collection, with a first item if one is given."""
        if body.resource_group_id is not None:
            self.refuse_resource_group()
        actor = actor_of(request)
        made = self._catalogue.create(
            actor, body.title, namespace=body.namespace, description=body.description, private=body.private
        )
        if body.item is not None:
            made = self._items.add(actor, made.slug, read_item_type(body.item.type), body.item.id)
        return self._shape(request, made)

    def get(self, request: Request) -> dict[str, Any]:
        """A collection with all its items that the caller may see."""
        return self._shape(request, self._catalogue.get(actor_of(request), _slug(request)))

    def update(self, request: Request, body: CollectionChanges) -> dict[str, Any]:
        """Change what is given; a new title gives a new slug, and the old one goes on leading here."""
        changed = self._catalogue.update(actor_of(request), _slug(request), Changes(**body.model_dump()))
        return {"success": True, "data": self._shape(request, changed)}

    def delete(self, request: Request) -> dict[str, bool]:
        """Delete a collection. What it held stays where it is."""
        self._catalogue.delete(actor_of(request), _slug(request))
        return {"success": True}

    def add_item(self, request: Request, body: NewItem) -> dict[str, Any]:
        """Put something at the end of a collection."""
        kind = read_item_type(body.item.type)
        changed = self._items.add(actor_of(request), _slug(request), kind, body.item.id, note=body.note)
        return self._shape(request, changed)

    def change_item(self, request: Request, item: str, body: ItemChanges) -> dict[str, Any]:
        """Change an item's note, its position, or both."""
        self._items.change(actor_of(request), _slug(request), item, note=body.note, position=body.position)
        return {"success": True}

    def remove_item(self, request: Request, item: str) -> dict[str, bool]:
        """Take an item out of a collection."""
        self._items.remove(actor_of(request), _slug(request), item)
        return {"success": True}

    def upvote(self, request: Request) -> dict[str, int]:
        """Count the caller among those who find a collection good."""
        return {"upvotes": self._catalogue.upvote(actor_of(request), _slug(request))}

    def remove_upvote(self, request: Request) -> dict[str, int]:
        """Undo an upvote."""
        return {"upvotes": self._catalogue.upvote(actor_of(request), _slug(request), up=False)}

    def refuse_resource_group(self) -> NoReturn:
        """Resource groups are not offered: roles in the organisation say who may see what."""
        raise Unsupported(
            "resourceGroupId: this hub has no resource groups; a collection is public, or private to its owner."
        )

    def _shape(self, request: Request, found: Collection) -> dict[str, Any]:
        return wire_shapes.collection(self._catalogue.show(actor_of(request), found), urls=self._urls)


def read_sort(text: str | None) -> WireSort:
    """Raises Invalid."""
    for key in SORT_KEYS:
        if key == (text or "trending"):
            return key
    raise Invalid(f"sort: {str(text)[:40]!r} is no order; use one of {', '.join(SORT_KEYS)}.")


def _slug(request: Request) -> str:
    return f"{request.path_params['ns']}/{request.path_params['slug']}"
