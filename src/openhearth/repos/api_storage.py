"""JSON routes about what a namespace stores, as huggingface_hub 2.4 calls them (hf_api.py `list_user_repos`)."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from starlette.requests import Request

from openhearth.access import Actor, refusal
from openhearth.errors import Unauthenticated
from openhearth.kit.clock import iso
from openhearth.repos.storage_use import StorageUse, StorageUses
from openhearth.urls import Urls
from openhearth.wire.paging import link_next, read_limit
from openhearth.wire.request import actor_of
from openhearth.wire.routing import LeanRoute

PAGE_REPOS = 500


class StorageApi:
    def __init__(self, *, uses: StorageUses, urls: Urls) -> None:
        self._uses = uses
        self._urls = urls

    def router(self) -> APIRouter:
        router = APIRouter(tags=["storage"], route_class=LeanRoute)
        for path, endpoint in (
            ("/api/settings/repositories", self.list_own),
            ("/api/organizations/{org}/settings/repositories", self.list_of_organisation),
        ):
            router.add_api_route(path, endpoint, methods=["GET"], response_class=JSONResponse)
        return router

    def list_own(self, request: Request) -> Response:
        """What the caller's own repos store, largest first."""
        actor = actor_of(request)
        if actor.name is None:
            raise Unauthenticated("This needs an account; sign in first.")
        return self._list(request, actor, actor.name)

    def list_of_organisation(self, request: Request) -> Response:
        """What an organisation's repos store, for its members."""
        actor, name = actor_of(request), request.path_params["org"]
        of_theirs = {role.lower() for role in actor.roles} | {(actor.name or "").lower()}
        if not actor.is_site_admin and name.lower() not in of_theirs:
            raise refusal(actor, f"Only members of {name} may see what it stores.")
        return self._list(request, actor, name)

    def _list(self, request: Request, actor: Actor, namespace: str) -> Response:
        page = self._uses.list_uses(
            actor,
            namespace,
            limit=read_limit(request, default=PAGE_REPOS, most=PAGE_REPOS),
            cursor=request.query_params.get("cursor"),
        )
        answer = JSONResponse([_describe(use) for use in page.items])
        if page.cursor is not None:
            link_next(answer, request, self._urls, cursor=page.cursor)
        return answer


def _describe(use: StorageUse) -> dict[str, Any]:
    repo = use.repo
    return {
        "id": repo.id, "type": repo.ref.type, "updatedAt": iso(repo.last_modified), "visibility": repo.visibility,
        "storage": use.size_bytes, "storagePercent": round(use.share * 100, 4),
    }  # fmt: skip
