"""The list of buckets, the form for a new one, and the shelf on profiles."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Actor
from openhearth.buckets.pages.frame import BucketFrame
from openhearth.buckets.records import Bucket
from openhearth.errors import Conflict, Forbidden, Invalid
from openhearth.kit.names import BucketRef
from openhearth.kit.text import is_storable
from openhearth.repos.pages.create import owners_of
from openhearth.urls import with_query
from openhearth.web.parts import Choice
from openhearth.wire.forms import read_form, text_of
from openhearth.wire.request import actor_of

NEW = "/new-bucket"
LIST_BUCKETS = 50
SHELF_BUCKETS = 12
VISIBILITIES = (
    Choice(value="public", label="Public", hint="Anybody who reaches this hub can see and download it."),
    Choice(value="private", label="Private", hint="Only you, or the members of the organisation."),
)


@dataclass(frozen=True, kw_only=True)
class BucketsPage:
    """Context of `buckets/list.html`."""

    buckets: Sequence[Bucket]
    total: int
    search: str
    owner: str
    next_href: str | None
    endpoint: str


@dataclass(frozen=True, kw_only=True)
class NewBucketPage:
    """Context of `buckets/new.html`."""

    owners: Sequence[Choice]
    visibilities: Sequence[Choice]
    values: dict[str, str] = field(metadata={"help": "What was typed: owner, name, visibility"})
    errors: dict[str, str] = field(metadata={"help": "Field name → what is wrong with it"})
    command: str = field(metadata={"help": "The same from a shell"})


@dataclass(frozen=True, kw_only=True)
class BucketShelf:
    """Context of `buckets/shelf.html`."""

    buckets: Sequence[Bucket]
    count: int
    all_href: str
    new_href: str | None


class ListPages:
    def __init__(self, frame: BucketFrame) -> None:
        self.frame = frame
        self.catalogue = frame.buckets.catalogue

    def routes(self) -> list[Route]:
        return [
            Route("/buckets", self.show_list, methods=["GET"]),
            Route(NEW, self.show_new, methods=["GET"]),
            Route(NEW, self.post_new, methods=["POST"]),
        ]

    def show_list(self, request: Request) -> Response:
        query = request.query_params
        search, owner = query.get("search", "").strip(), query.get("owner", "")
        actor, namespace = actor_of(request), owner or None
        if not is_storable(owner):
            raise Invalid("owner: is nobody's name.")
        found = self.catalogue.list_buckets(
            actor, namespace=namespace, search=search, limit=LIST_BUCKETS, cursor=query.get("cursor")
        )
        more = with_query("/buckets", search=search, owner=owner, cursor=found.cursor)
        page = BucketsPage(
            buckets=found.items,
            total=self.catalogue.count_buckets(actor, namespace=namespace, search=search),
            search=search,
            owner=owner,
            next_href=more if found.cursor else None,
            endpoint=self.frame.urls.base,
        )
        return self.frame.web.page(request, "buckets/list.html", page)

    def shelf(self, request: Request, namespace: str) -> Markup | None:
        actor = actor_of(request)
        found = self.catalogue.list_buckets(actor, namespace=namespace, limit=SHELF_BUCKETS)
        if not found.items:
            return None
        shelf = BucketShelf(
            buckets=found.items,
            count=self.catalogue.count_buckets(actor, namespace=namespace),
            all_href=with_query("/buckets", owner=namespace),
            new_href=with_query(NEW, owner=namespace) if namespace in owners_of(actor) else None,
        )
        return self.frame.web.fragment("buckets/shelf.html", shelf)

    def show_new(self, request: Request) -> Response:
        actor = actor_of(request)
        if actor.is_anonymous:
            return RedirectResponse(f"/login?next={NEW}", 303)
        asked = request.query_params
        values = {"owner": asked.get("owner", actor.name or ""), "name": asked.get("name", "")}
        return self._new_page(request, actor, values)

    async def post_new(self, request: Request) -> Response:
        if actor_of(request).is_anonymous:
            return RedirectResponse(f"/login?next={NEW}", 303)
        return await run_in_threadpool(self._create, request, await read_form(request, max_files=0))

    def _create(self, request: Request, form: FormData) -> Response:
        actor = actor_of(request)
        values = {name: text_of(form, name, default="") for name in ("owner", "name", "visibility")}
        ref = BucketRef(values["owner"], values["name"])
        try:
            bucket = self.catalogue.create(
                actor, ref, visibility="public" if values["visibility"] == "public" else "private"
            )
        except (Invalid, Conflict, Forbidden) as error:
            name = "owner" if isinstance(error, Forbidden) else "name"
            return self._new_page(request, actor, values, {name: error.message}, status=error.status)
        return RedirectResponse(self.frame.urls.bucket(bucket.ref), 303)

    def _new_page(
        self,
        request: Request,
        actor: Actor,
        values: dict[str, str],
        errors: dict[str, str] | None = None,
        *,
        status: int = 200,
    ) -> Response:
        page = NewBucketPage(
            owners=[Choice(value=name, label=name) for name in owners_of(actor)],
            visibilities=VISIBILITIES,
            values={"owner": "", "name": "", "visibility": "private", **values},
            errors=errors or {},
            command=f"export HF_ENDPOINT={self.frame.urls.base}\nhf buckets create NAME --private",
        )
        return self.frame.web.page(request, "buckets/new.html", page, status=status)
