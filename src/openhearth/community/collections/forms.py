"""The pages that change collections: make, settings, delete, and what is in them. Each works without script."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Actor, Role
from openhearth.accounts.pages.routes import ACCEPTED, Refused, form_route, page_route
from openhearth.accounts.permits import require_account
from openhearth.community.collections.contexts import AddPage, FormPage, Shelfmark
from openhearth.community.collections.pages import Pages, slug_in
from openhearth.community.collections.permits import may_change
from openhearth.community.collections.records import (
    THEMES,
    Changes,
    Collection,
    CollectionFilter,
    ItemType,
)
from openhearth.community.collections.service import Collections
from openhearth.community.collections.targets import read_item_type
from openhearth.community.collections.views import href_of
from openhearth.errors import Conflict, Invalid, NotFound
from openhearth.kit.names import REPO_TYPES, RepoRef
from openhearth.urls import Urls, with_query
from openhearth.web import Web
from openhearth.web.parts import Choice
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of

MARKS_MAX = 100  # of the reader's collections, offered for one item
_FIELDS = ("title", "description", "namespace", "theme", "position", "item", "note")
_THEMES = [Choice(value=theme, label=theme.capitalize()) for theme in THEMES]


class Forms:
    def __init__(self, collections: Collections, pages: Pages, *, web: Web, urls: Urls) -> None:
        self._catalogue = collections.catalogue
        self._items = collections.items
        self._pages = pages
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        one = "/collections/{ns:seg}/{slug:seg}"
        return [
            page_route("/collections/new", self.show_new),
            form_route("/collections/new", self.create),
            page_route("/collections/add", self.show_add),
            form_route("/collections/add", self.add),
            page_route(f"{one}/edit", self.show_settings),
            form_route(f"{one}/edit", self.save_settings),
            form_route(f"{one}/delete", self.delete),
            form_route(f"{one}/items", self.add_item),
            form_route(f"{one}/items/{{item}}", self.change_item),
        ]

    def show_new(self, request: Request) -> Response:
        query = request.query_params
        return self._new(request, owner=query.get("owner"), item=query.get("item", ""))

    def create(self, request: Request, form: FormData) -> Response:
        """Make a collection, with its first item if the form came from one."""
        actor, title = actor_of(request), text_of(form, "title", default="")
        owner, item = text_of(form, "namespace", default=""), text_of(form, "item", default="")
        description, private = text_of(form, "description", default=""), "private" in form
        try:
            made = self._catalogue.create(
                actor, title, namespace=owner, description=description, private=private
            )
            if item:
                self._items.add(actor, made.slug, *_split_item(item))
        except (Invalid, Conflict, NotFound) as error:
            refused = Refused.by(error, fields=_FIELDS)
            return self._new(
                request, owner=owner, item=item, title=title, description=description, private=private,
                refused=refused,
            )  # fmt: skip
        return RedirectResponse(href_of(made.slug), 303)

    def show_settings(self, request: Request) -> Response:
        found = self._catalogue.get_to_change(actor_of(request), slug_in(request))
        return self._settings(request, found)

    def save_settings(self, request: Request, form: FormData) -> Response:
        actor, position = actor_of(request), text_of(form, "position", default="0")
        changes = Changes(
            title=text_of(form, "title", default=""),
            description=text_of(form, "description", default=""),
            private="private" in form,
            theme=text_of(form, "theme", default="orange"),
            position=int(position)
            if position.isascii() and position.isdecimal() and len(position) < 10
            else -1,
        )
        try:
            changed = self._catalogue.update(actor, slug_in(request), changes)
        except (Invalid, Conflict) as error:
            found = self._catalogue.get_to_change(actor, slug_in(request))
            return self._settings(request, found, changes, Refused.by(error, fields=_FIELDS))
        return RedirectResponse(href_of(changed.slug), 303)

    def delete(self, request: Request, form: FormData) -> Response:
        actor = actor_of(request)
        self._catalogue.delete(actor, slug_in(request))
        return RedirectResponse(with_query("/collections", owner=request.path_params["ns"]), 303)

    def add_item(self, request: Request, form: FormData) -> Response:
        """The form below the items."""
        actor, found = actor_of(request), self._catalogue.get_to_change(actor_of(request), slug_in(request))
        try:
            kind, item_id = read_item_type(text_of(form, "type")), text_of(form, "item", default="")
            self._items.add(actor, found.slug, kind, item_id, note=text_of(form, "note", default=""))
        except (Invalid, Conflict, NotFound) as error:
            return self._pages.show(request, found, form=form, refused=Refused.by(error, fields=_FIELDS))
        return RedirectResponse(href_of(found.slug), 303)

    def change_item(self, request: Request, form: FormData) -> Response:
        """The buttons beside an item: up, down, remove, note."""
        actor, slug, item = actor_of(request), slug_in(request), request.path_params["item"]
        action = text_of(form, "action")
        if action == "remove":
            self._items.remove(actor, slug, item)
        elif action == "note":
            self._items.change(actor, slug, item, note=text_of(form, "note", default=""))
        elif action in ("up", "down"):
            self._items.shift(actor, slug, item, -1 if action == "up" else 1)
        else:
            raise Invalid(f"action: {action[:40]!r} is none; use up, down, note or remove.")
        return RedirectResponse(f"{href_of(slug)}#item-{item}", 303)

    def show_add(self, request: Request) -> Response:
        query = request.query_params
        return self._add(request, read_item_type(query.get("type", "")), query.get("item", ""))

    def add(self, request: Request, form: FormData) -> Response:
        """Put one thing into one of the reader's collections, or take it out again."""
        kind, item_id = read_item_type(text_of(form, "type")), text_of(form, "item")
        try:
            self._items.toggle(actor_of(request), text_of(form, "slug"), kind, item_id)
        except (Invalid, Conflict) as error:
            return self._add(request, kind, item_id, Refused.by(error, fields=_FIELDS))
        return RedirectResponse(with_query("/collections/add", type=kind, item=item_id), 303)

    def _new(
        self,
        request: Request,
        *,
        owner: str | None,
        item: str,
        title: str = "",
        description: str = "",
        private: bool = False,
        refused: Refused = ACCEPTED,
    ) -> Response:
        owners = _owners_of(actor_of(request))
        context = FormPage(
            action="/collections/new",
            back_href="/collections",
            is_new=True,
            owners=[Choice(value=name, label=name) for name in owners],
            owner=owner if owner in owners else owners[0],
            title=title,
            description=description,
            private=private,
            item=item,
            refused=refused,
        )
        return self._web.page(
            request, "collections/form.html", context, status=400 if refused.message else 200
        )

    def _settings(
        self,
        request: Request,
        found: Collection,
        typed: Changes | None = None,
        refused: Refused = ACCEPTED,
    ) -> Response:
        typed = typed or Changes()
        context = FormPage(
            action=f"{href_of(found.slug)}/edit",
            back_href=href_of(found.slug),
            is_new=False,
            owners=(),
            owner=found.owner.name,
            title=found.title if typed.title is None else typed.title,
            description=found.description if typed.description is None else typed.description,
            private=found.private if typed.private is None else typed.private,
            theme=typed.theme or found.theme,
            themes=_THEMES,
            position=str(found.position if typed.position is None else typed.position),
            refused=refused,
        )
        return self._web.page(
            request, "collections/form.html", context, status=400 if refused.message else 200
        )

    def _add(self, request: Request, kind: ItemType, item_id: str, refused: Refused = ACCEPTED) -> Response:
        actor, item = actor_of(request), f"{kind}s/{item_id}"
        require_account(actor)
        self._items.require_target(actor, kind, item_id)
        mine = CollectionFilter(owners=_owners_of(actor))
        holding = self._catalogue.list_collections(
            actor, CollectionFilter(owners=mine.owners, items=[item]), limit=MARKS_MAX
        )
        held = {shown.collection.id for shown in holding.items}
        found = self._catalogue.list_collections(actor, mine, limit=MARKS_MAX)
        context = AddPage(
            type=kind,
            item_id=item_id,
            item_href=_href_of_item(self._urls, kind, item_id),
            marks=[
                Shelfmark(
                    slug=shown.collection.slug,
                    title=shown.collection.title,
                    href=href_of(shown.collection.slug),
                    private=shown.collection.private,
                    holds=shown.collection.id in held,
                )
                for shown in found.items
                if may_change(actor, shown.collection)
            ],
            new_href=with_query("/collections/new", item=item),
            refused=refused,
        )
        return self._web.page(
            request, "collections/add.html", context, status=400 if refused.message else 200
        )


def _owners_of(actor: Actor) -> list[str]:
    """The reader, and the organisations in whose name they may make collections."""
    orgs = sorted(name for name, role in actor.roles.items() if role >= Role.CONTRIBUTOR)
    return [actor.name or "", *orgs]


def _split_item(item: str) -> tuple[ItemType, str]:
    plural, _, item_id = item.partition("/")
    return read_item_type(plural.removesuffix("s")), item_id


def _href_of_item(urls: Urls, kind: ItemType, item_id: str) -> str:
    namespace, _, name = item_id.partition("/")
    for repo_type in REPO_TYPES:
        if repo_type == kind:
            return urls.repo(RepoRef(repo_type, namespace, name))
    return "/collections"
