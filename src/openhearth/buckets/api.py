"""JSON routes of buckets, as huggingface_hub 2.4 calls them (hf_api.py `create_bucket` … `batch_bucket_files`).

Bodies tolerate fields this hub does not know.
"""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from openhearth.access import Action, Actor, Visibility
from openhearth.buckets import shapes
from openhearth.buckets.addressing import API, Addressed
from openhearth.buckets.batch import Admit
from openhearth.buckets.batch_lines import read_batch
from openhearth.buckets.catalogue import Namespaces
from openhearth.buckets.service import Buckets
from openhearth.errors import Invalid, NotFound, Unauthenticated, Unsupported
from openhearth.kit.names import BucketRef, check_namespace
from openhearth.kit.text import is_storable
from openhearth.repos.xet_tokens import answer_token
from openhearth.storage.xet import XetGrant, XetScope, XetSigner
from openhearth.urls import Urls
from openhearth.wire.paging import link_next, read_flag, read_limit
from openhearth.wire.request import actor_of
from openhearth.wire.routing import LeanRoute

TREE_PAGE_MAX = 1000
PATHS_MAX = 1000
ME = "me"  # what the client writes for "whoever asks"


class CreateBody(BaseModel):
    visibility: Visibility | None = None
    private: bool | None = None


class SettingsBody(BaseModel):
    visibility: Visibility | None = None
    private: bool | None = None


class PathsBody(BaseModel):
    paths: list[str] = Field(max_length=PATHS_MAX)


class BucketApi:
    def __init__(
        self,
        *,
        buckets: Buckets,
        urls: Urls,
        namespaces: Namespaces,
        signer: XetSigner,
        cas_url: str,
        admit: Admit,
    ) -> None:
        self._buckets = buckets
        self._catalogue = buckets.catalogue
        self._urls = urls
        self._namespaces = namespaces
        self._signer = signer
        self._cas_url = cas_url
        self._admit = admit
        self._addressed = Addressed(buckets.catalogue)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["buckets"], route_class=LeanRoute)
        for method, path, endpoint in (
            ("GET", "/api/buckets/{ns:seg}", self.list_buckets),
            ("DELETE", "/api/buckets/{ns:seg}", self.refuse_name_alone),
            ("POST", API, self.create),
            ("GET", API, self.get),
            ("DELETE", API, self.delete),
            ("PUT", f"{API}/settings", self.change_settings),
            ("GET", f"{API}/tree", self.list_tree),
            ("GET", f"{API}/tree/{{prefix:rest}}", self.list_tree),
            ("POST", f"{API}/paths-info", self.list_paths),
            ("POST", f"{API}/batch", self.apply_batch),
            ("GET", f"{API}/xet-read-token", self.read_token),
            ("GET", f"{API}/xet-write-token", self.write_token),
            ("GET", f"{API}/events", self.follow),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_class=JSONResponse)
        return router

    # Buckets as wholes

    def list_buckets(self, request: Request) -> Response:
        """Buckets of a user, an organisation, or `me`, that the caller may see."""
        actor = actor_of(request)
        namespace = self._existing_namespace(actor, request.path_params["ns"])
        page = self._catalogue.list_buckets(
            actor,
            namespace=namespace,
            search=request.query_params.get("search", ""),
            limit=read_limit(request, default=100, most=1000),
            cursor=request.query_params.get("cursor"),
        )
        response = JSONResponse([shapes.describe_bucket(bucket) for bucket in page.items])
        if page.cursor is not None:
            link_next(response, request, self._urls, cursor=page.cursor)
        return response

    def refuse_name_alone(self, request: Request) -> Response:
        """A bucket is named with its namespace."""
        name = request.path_params["ns"]
        raise NotFound(f"Bucket not found: {name[:96]}. Name it with its owner: namespace/{name[:96]}.")

    def create(self, request: Request, body: CreateBody | None = None) -> Response:
        """Make an empty bucket. One that exists answers 409 with its `url`."""
        actor = actor_of(request)
        namespace = _named(actor, request.path_params["ns"])
        ref = BucketRef(check_namespace(namespace, field="namespace"), request.path_params["name"])
        bucket = self._catalogue.create(actor, ref, visibility=_visibility(body or CreateBody()))
        return JSONResponse(
            {"url": self._catalogue.url(bucket.ref), "id": bucket.id, "name": bucket.ref.name}
        )

    def get(self, request: Request) -> Response:
        return JSONResponse(shapes.describe_bucket(self._addressed.bucket(request)))

    def delete(self, request: Request) -> Response:
        """Remove a bucket with all its files."""
        actor, bucket = self._addressed.both(request, Action.ADMIN)
        self._catalogue.delete(actor, bucket.ref)
        return JSONResponse({"success": True})

    def change_settings(self, request: Request, body: SettingsBody) -> Response:
        actor, bucket = self._addressed.both(request, Action.ADMIN)
        visibility = _visibility(body)
        if visibility is None:
            raise Invalid("private: is missing; say true or false.")
        changed = self._catalogue.change_visibility(actor, bucket, visibility)
        return JSONResponse({"private": changed.is_private, "visibility": changed.visibility})

    # What a bucket holds

    def list_tree(self, request: Request) -> Response:
        """Files whose paths begin with `prefix`; with `recursive=false`, the files and folders of one level."""
        bucket = self._addressed.bucket(request)
        prefix = request.path_params.get("prefix", "")
        # Without a word about it everything is listed: clients count on that (hf_api.py `list_bucket_tree`).
        recursive = "recursive" not in request.query_params or read_flag(request, "recursive")
        list_page = self._buckets.contents.list_files if recursive else self._buckets.contents.list_folder
        limit = read_limit(request, default=TREE_PAGE_MAX, most=TREE_PAGE_MAX)
        page = list_page(bucket, prefix, limit=limit, cursor=request.query_params.get("cursor"))
        response = JSONResponse([shapes.describe_entry(entry) for entry in page.items])
        if page.cursor is not None:
            link_next(response, request, self._urls, cursor=page.cursor)
        return response

    def list_paths(self, request: Request, body: PathsBody) -> Response:
        """The files at `paths`; what does not exist is left out."""
        bucket = self._addressed.bucket(request)
        found = self._buckets.contents.find_files(bucket, body.paths)
        return JSONResponse([shapes.describe_entry(file) for file in found])

    async def apply_batch(self, request: Request) -> Response:
        """Add, copy and delete files: one JSON object a line. 422 if none of it could be applied."""
        await run_in_threadpool(self._addressed.bucket, request, Action.WRITE)
        return await run_in_threadpool(self._apply, request, await request.body())

    def _apply(self, request: Request, body: bytes) -> Response:
        actor, bucket = self._addressed.both(request, Action.WRITE)
        done = self._buckets.contents.apply(actor, bucket, read_batch(body))
        return JSONResponse(shapes.describe_batch(done), 200 if done.succeeded else 422)

    def read_token(self, request: Request) -> Response:
        return self._issue(request, "read")

    def write_token(self, request: Request) -> Response:
        return self._issue(request, "write")

    def _issue(self, request: Request, scope: XetScope) -> Response:
        """A token for the chunk store, limited to this bucket."""
        bucket = (
            self._addressed.opened(request)
            if scope == "read"
            else self._addressed.bucket(request, Action.WRITE)
        )
        if scope == "write":
            self._admit(bucket.ref.namespace, 0)
        grant = XetGrant(
            uploader=actor_of(request).user_id or "",
            repo_key=bucket.key,
            namespace=bucket.ref.namespace,
            is_public=not bucket.is_private,
            scope=scope,
        )
        return answer_token(self._signer, grant, cas_url=self._cas_url)

    def follow(self, request: Request) -> Response:
        """Not offered: clients list the folder again instead."""
        self._addressed.bucket(request)
        raise Unsupported("events: changes of a bucket cannot be followed on this hub; list it again.")

    def _existing_namespace(self, actor: Actor, asked: str) -> str:
        name = _named(actor, asked)
        if not is_storable(name) or self._namespaces.find_namespace(name) is None:
            raise NotFound(f"Nobody is called {name[:96]!r} here.")
        return name


def _named(actor: Actor, namespace: str) -> str:
    """`namespace`, or the caller's own for `me`. Raises Unauthenticated."""
    if namespace != ME:
        return namespace
    if actor.name is None:
        raise Unauthenticated("This needs an account: sign in first.")
    return actor.name


def _visibility(body: CreateBody | SettingsBody) -> Visibility | None:
    if body.visibility is not None or body.private is None:
        return body.visibility
    return "private" if body.private else "public"
