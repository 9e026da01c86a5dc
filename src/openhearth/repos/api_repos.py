"""JSON routes about repos as wholes: create, move, delete, settings, who may, one, many.

Routes and answers follow huggingface_hub 2.4 (hf_api.py); bodies tolerate fields this hub does not know.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.requests import Request

from openhearth import cards
from openhearth.access import Action, Actor
from openhearth.errors import Invalid, Unauthenticated, Unsupported
from openhearth.kit.clock import Clock
from openhearth.kit.names import RepoRef, repo_type_of, split_repo_id
from openhearth.kit.recent import Recent
from openhearth.repos import shapes
from openhearth.repos.addressing import API, Addressed, kind_of
from openhearth.repos.list_query import read_list_query
from openhearth.repos.nearby import Near
from openhearth.repos.records import MAIN, Entry, Listed, Repo, RepoFilter, RepoVisibility
from openhearth.repos.runtime import NOT_RUN
from openhearth.repos.service import Repos
from openhearth.repos.shapes import Shown
from openhearth.urls import Urls
from openhearth.wire.paging import link_next, read_flag, read_many
from openhearth.wire.request import actor_of
from openhearth.wire.routing import LeanRoute

_REMEMBERED = 512
_REMEMBERED_BYTES = 64 << 10


# Moves a bucket from one id to another, as an actor; gives its url and its new id.
MoveBucket = Callable[[Actor, str, str], tuple[str, str]]


class CreateBody(BaseModel):
    name: str
    organization: str | None = None
    type: str | None = None
    visibility: RepoVisibility | None = None
    private: bool | None = None
    sdk: str | None = None
    hardware: str | None = None
    template: str | None = None
    secrets: list[Any] = Field(default_factory=list)
    variables: list[Any] = Field(default_factory=list)
    volumes: list[Any] = Field(default_factory=list)
    resourceGroupId: str | None = None


class DeleteBody(BaseModel):
    name: str
    organization: str | None = None
    type: str | None = None


class MoveBody(BaseModel):
    fromRepo: str
    toRepo: str
    type: str | None = None


class SettingsBody(BaseModel):
    visibility: RepoVisibility | None = None
    private: bool | None = None
    gated: Literal["auto", "manual", False] | None = None


class ValidateBody(BaseModel):
    content: str
    repoType: str | None = None


class RepoApi:
    def __init__(
        self,
        *,
        repos: Repos,
        urls: Urls,
        near: Near,
        move_bucket: MoveBucket,
        clock: Clock,
        served_tasks: Sequence[str] = (),
    ) -> None:
        self._repos = repos
        self._move_bucket = move_bucket
        self._served_tasks = served_tasks
        self._clock = clock
        self._catalogue = repos.catalogue
        self._urls = urls
        self._near = near
        self._described: Recent[tuple[object, ...], bytes] = Recent(_REMEMBERED)
        self._addressed = Addressed(repos.catalogue)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["repos"], route_class=LeanRoute)
        for method, path, endpoint in (
            ("GET", API, self.get),
            ("GET", f"{API}/revision/{{rev:seg}}", self.get_at_revision),
            ("POST", "/api/repos/create", self.create),
            ("DELETE", "/api/repos/delete", self.delete),
            ("POST", "/api/repos/move", self.move),
            ("POST", "/api/validate-yaml", self.validate_yaml),
            ("GET", "/api/models-tags-by-type", self.model_tags),
            ("GET", "/api/datasets-tags-by-type", self.dataset_tags),
            ("GET", "/api/{kind:kind}", self.list_repos),
            ("PUT", f"{API}/settings", self.change_settings),
            ("GET", f"{API}/auth-check", self.check_read),
            ("GET", f"{API}/auth-check/write", self.check_write),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_class=JSONResponse)
        return router

    def create(self, request: Request, body: CreateBody) -> Response:
        actor = actor_of(request)
        _refuse_space_extras(body)
        ref = _named(actor, body)
        visibility: RepoVisibility | None = body.visibility
        if visibility is None and body.private is not None:
            visibility = "private" if body.private else "public"
        repo = self._catalogue.create(
            actor, ref, visibility=visibility, sdk=body.sdk if ref.type == "space" else None
        )
        answer = JSONResponse({"url": self._catalogue.url(repo.ref), "name": repo.id, "id": repo.key})
        if ref.type == "space":
            answer.headers["X-HF-Warning"] = f"spaces; {NOT_RUN}"  # clients print it once
        return answer

    def delete(self, request: Request, body: DeleteBody) -> Response:
        actor = actor_of(request)
        self._catalogue.delete(actor, _named(actor, body))
        return JSONResponse({"success": True})

    def move(self, request: Request, body: MoveBody) -> Response:
        if body.type == "bucket":
            url, bucket_id = self._move_bucket(actor_of(request), body.fromRepo, body.toRepo)
            return JSONResponse({"url": url, "name": bucket_id})
        kind = repo_type_of(body.type)
        old = split_repo_id(body.fromRepo, kind, field="fromRepo")
        new = split_repo_id(body.toRepo, kind, field="toRepo")
        repo = self._catalogue.move(actor_of(request), old, new)
        return JSONResponse({"url": self._catalogue.url(repo.ref), "name": repo.id})

    def change_settings(self, request: Request, body: SettingsBody) -> Response:
        actor, repo = self._addressed.both(request, Action.ADMIN)
        visibility: RepoVisibility | None = body.visibility
        if visibility is None and body.private is not None:
            visibility = "private" if body.private else "public"
        changed = self._catalogue.change_settings(actor, repo, visibility=visibility, gated=body.gated)
        answer = {
            "visibility": changed.visibility,
            "private": changed.is_private,
            "gated": changed.gated or False,
        }
        return JSONResponse(answer)

    def validate_yaml(self, body: ValidateBody) -> Response:
        """Asked before every commit that holds a README: always JSON, 400 if the commit would be refused."""
        findings = cards.validate(body.content, repo_type_of(body.repoType, field="repoType"))
        answer = {
            "errors": [{"message": message} for message in findings.errors],
            "warnings": [{"message": message} for message in findings.warnings],
        }
        return JSONResponse(answer, 400 if findings.errors else 200)

    def check_read(self, request: Request) -> Response:
        actor, repo = self._addressed.both(request)
        self._catalogue.require_files(actor, repo)
        return JSONResponse({"ok": True})

    def check_write(self, request: Request) -> Response:
        self._addressed.repo(request, Action.WRITE)
        return JSONResponse({"ok": True})

    async def get(self, request: Request) -> Response:
        return await self._near.run(self._describe, request, MAIN)

    async def get_at_revision(self, request: Request) -> Response:
        return await self._near.run(self._describe, request, request.path_params["rev"])

    def _describe(self, request: Request, revision: str) -> Response:
        expand = read_many(request, "expand")
        shapes.check_expand(kind_of(request), expand)
        repo = self._addressed.repo(request)
        head = self._repos.content.resolve(repo, MAIN)
        commit = head if revision == MAIN else self._repos.content.resolve(repo, revision)
        blobs, security = read_flag(request, "blobs"), read_flag(request, "securityStatus")
        # Everything shown follows from these; the record changes whenever its row does.
        spaces = () if expand or repo.ref.type != "model" else self._repos.relations.public_spaces(repo)
        place = (repo, head, commit, tuple(expand), blobs, security, spaces)
        body = self._described.find(place)
        if body is None:
            facts = self._repos.facts.get(repo, head)
            shown = Shown(
                repo, facts, commit, self._lister(repo, commit), now=self._clock(), blobs=blobs, spaces=spaces
            )
            is_same_for_all = shapes.UNREMEMBERED.isdisjoint(expand)
            if not is_same_for_all:
                shown = replace(shown, related=self._repos.relations.of(actor_of(request), repo, facts))
            body = _render(shown, expand, security=security)
            if is_same_for_all and len(body) <= _REMEMBERED_BYTES:
                self._described.put(place, body)
        return Response(body, media_type="application/json")

    def _lister(self, repo: Repo, commit: str | None) -> Callable[[], Sequence[Entry]]:
        return lambda: self._repos.content.list_files(repo, commit) if commit else []

    def list_repos(self, request: Request) -> Response:
        query = read_list_query(request, kind_of(request), served_tasks=self._served_tasks)
        page = self._catalogue.list_repos(
            actor_of(request), query.filter, limit=query.limit, cursor=query.cursor
        )
        actor = actor_of(request)
        items = [
            shapes.describe_listed(
                self._shown(actor, item), query.expand, full=query.full, card=query.card, config=query.config
            )
            for item in page.items
        ]
        response = JSONResponse(items)
        if page.cursor is not None:
            link_next(response, request, self._urls, cursor=page.cursor)
        return response

    def _shown(self, actor: Actor, item: Listed) -> Shown:
        repo, facts = item.repo, item.facts
        related = self._repos.relations.of(actor, repo, facts)
        return Shown(
            repo, facts, facts.commit, self._lister(repo, facts.commit), now=self._clock(), related=related
        )

    def model_tags(self, request: Request) -> Response:
        return self._tags(request, RepoFilter(type="model"))

    def dataset_tags(self, request: Request) -> Response:
        return self._tags(request, RepoFilter(type="dataset"))

    def _tags(self, request: Request, wanted: RepoFilter) -> Response:
        counted = self._catalogue.count_tags(actor_of(request), wanted)
        return JSONResponse(shapes.describe_tags(counted, cards.TASKS))


def _render(shown: Shown, expand: Sequence[str], *, security: bool) -> bytes:
    answer = shapes.describe_repo(shown, expand)
    if security:
        # Nothing scans files here yet: say so, and name none as clean.
        answer["securityRepoStatus"] = {"scansDone": False, "filesWithIssues": []}
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")


def _named(actor: Actor, body: CreateBody | DeleteBody) -> RepoRef:
    """The repo that a body names; without an organisation, in the actor's own namespace."""
    kind = repo_type_of(body.type)
    if "/" in body.name:
        return split_repo_id(body.name, kind, field="name")
    namespace = body.organization or actor.name
    if namespace is None:
        raise Unauthenticated("This needs an account: sign in first.")
    return split_repo_id(f"{namespace}/{body.name}", kind, field="name")


def _refuse_space_extras(body: CreateBody) -> None:
    """Refuse what would be lost without a word."""
    for name in ("secrets", "variables", "volumes", "template"):
        if getattr(body, name):
            raise Unsupported(f"{name}: this hub does not run Spaces yet; create the Space without.")
    if body.resourceGroupId is not None:
        raise Unsupported("resourceGroupId: this hub has no resource groups; create the repo without.")
    if body.hardware not in (None, "cpu-basic"):
        raise Unsupported(f"hardware: {body.hardware!r} is not offered by this hub; leave it out.")
    if body.type not in ("space", "spaces") and body.visibility == "protected":
        raise Invalid("visibility: 'protected' is for Spaces; use 'public' or 'private'.")
