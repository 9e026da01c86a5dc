"""The pages that read collections: lists, one collection, and what other rooms' pages show of them."""

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Actor
from openhearth.accounts import Organisation, User
from openhearth.accounts.pages.routes import ACCEPTED, Refused, form_route, page_route
from openhearth.community.collections.api import read_sort
from openhearth.community.collections.contexts import (
    AddButton,
    ListPage,
    ProfileShelf,
    RepoPanel,
    ShowPage,
)
from openhearth.community.collections.permits import may_change, may_create
from openhearth.community.collections.records import ITEM_TYPES, Collection, CollectionFilter
from openhearth.community.collections.service import Collections
from openhearth.community.collections.views import card_of, href_of, line_of
from openhearth.repos import Repo
from openhearth.urls import Urls, with_query
from openhearth.web import Web
from openhearth.web.parts import Choice
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of

PAGE_COLLECTIONS = 24
SHELF_COLLECTIONS = 6
PANEL_COLLECTIONS = 5
_SORTS = (("Trending", "trending"), ("Last changed", "lastModified"), ("Most upvoted", "upvotes"))
KINDS = [Choice(value=kind, label=kind.capitalize()) for kind in ITEM_TYPES]


class Pages:
    def __init__(self, collections: Collections, *, web: Web, urls: Urls) -> None:
        self._catalogue = collections.catalogue
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        one = "/collections/{ns:seg}/{slug:seg}"
        return [
            page_route("/collections", self.show_list, for_accounts=False),
            page_route(one, self.show_one, for_accounts=False),
            form_route(f"{one}/upvote", self.upvote),
        ]

    def show_list(self, request: Request) -> Response:
        """All collections the reader may see; `owner`, `item`, `search` and `sort` choose."""
        actor, query = actor_of(request), request.query_params
        owner, item, sort = query.get("owner"), query.get("item"), read_sort(query.get("sort"))
        search = query.get("search", "")
        wanted = CollectionFilter(
            owners=[owner] if owner else [], items=[item] if item else [], search=search, sort=sort
        )
        page = self._catalogue.list_collections(
            actor, wanted, limit=PAGE_COLLECTIONS, cursor=query.get("cursor")
        )
        kept = {"owner": owner, "item": item, "search": search}
        context = ListPage(
            collections=[card_of(shown, self._urls) for shown in page.items],
            total=self._catalogue.count(actor, wanted),
            search=search,
            owner=owner,
            item=item,
            sorts=[
                (label, with_query("/collections", **kept, sort=key), key == sort) for label, key in _SORTS
            ],
            new_href=None if actor.is_anonymous else "/collections/new",
            next_href=with_query("/collections", **kept, sort=sort, cursor=page.cursor)
            if page.cursor
            else None,
        )
        return self._web.page(request, "collections/list.html", context)

    def show_one(self, request: Request) -> Response:
        """A collection; an old slug leads to the new one."""
        asked = slug_in(request)
        found = self._catalogue.get(actor_of(request), asked)
        if found.slug != asked:
            return RedirectResponse(href_of(found.slug), 307)
        return self.show(request, found)

    def show(
        self,
        request: Request,
        found: Collection,
        *,
        form: FormData | None = None,
        refused: Refused = ACCEPTED,
    ) -> Response:
        """The page, with the form to add something as it came back."""
        actor = actor_of(request)
        shown, typed = self._catalogue.show(actor, found), form if form is not None else FormData()
        context = ShowPage(
            card=card_of(shown, self._urls),
            lines=[line_of(item, self._urls) for item in shown.items],
            upvoted=shown.upvoted,
            may_change=may_change(actor, found),
            share_href=self._urls.absolute(href_of(found.slug)),
            kinds=KINDS,
            kind=text_of(typed, "type", default="model"),
            item_id=text_of(typed, "item", default=""),
            note=text_of(typed, "note", default=""),
            refused=refused,
        )
        return self._web.page(
            request, "collections/show.html", context, status=400 if refused.message else 200
        )

    def upvote(self, request: Request, form: FormData) -> Response:
        up = text_of(form, "upvote", default="1") == "1"
        self._catalogue.upvote(actor_of(request), slug_in(request), up=up)
        return RedirectResponse(href_of(slug_in(request)), 303)

    # On other rooms' pages

    def add_button(self, request: Request, repo: Repo) -> Markup | None:
        """For the heading of a repo (slot `repo.actions`)."""
        if actor_of(request).is_anonymous or repo.ref.type not in ITEM_TYPES:
            return None
        href = with_query("/collections/add", type=repo.ref.type, item=repo.id)
        return self._web.fragment("collections/button.html", AddButton(href=href))

    def profile_shelf(self, request: Request, namespace: User | Organisation) -> Markup | None:
        """For profiles (slot `profile.shelves`). None where there is nothing to show or to make."""
        actor, name = actor_of(request), namespace.name
        wanted = CollectionFilter(owners=[name], sort="position")
        page = self._catalogue.list_collections(actor, wanted, limit=SHELF_COLLECTIONS)
        new_href = with_query("/collections/new", owner=name) if may_create(actor, name) else None
        if not page.items and new_href is None:
            return None
        shelf = ProfileShelf(
            collections=[card_of(shown, self._urls) for shown in page.items],
            count=self._catalogue.count(actor, wanted),
            all_href=with_query("/collections", owner=name),
            new_href=new_href,
        )
        return self._web.fragment("collections/shelf.html", shelf)

    def repo_panel(self, request: Request, repo: Repo) -> Markup | None:
        """For the card of a repo (slot `repo.panels`): which collections hold it."""
        return self._panel(actor_of(request), f"{repo.ref.plural}/{repo.id}")

    def _panel(self, actor: Actor, item: str) -> Markup | None:
        wanted = CollectionFilter(items=[item], sort="upvotes")
        page = self._catalogue.list_collections(actor, wanted, limit=PANEL_COLLECTIONS)
        if not page.items:
            return None
        panel = RepoPanel(
            collections=[card_of(shown, self._urls) for shown in page.items],
            count=self._catalogue.count(actor, wanted) if page.cursor else len(page.items),
            all_href=with_query("/collections", item=item),
        )
        return self._web.fragment("collections/panel.html", panel)


def slug_in(request: Request) -> str:
    return f"{request.path_params['ns']}/{request.path_params['slug']}"
