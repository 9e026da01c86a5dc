"""JSON routes about likes, as huggingface_hub 2.4 calls them (hf_api.py `unlike`, `list_liked_repos`,
`list_repo_likers`); liking itself is what web pages do.
"""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from starlette.requests import Request

from openhearth.accounts import Profile, User
from openhearth.errors import NotFound
from openhearth.kit.clock import iso
from openhearth.repos.addressing import API, Addressed
from openhearth.repos.service import Repos
from openhearth.urls import Urls
from openhearth.wire.paging import link_next, read_limit
from openhearth.wire.request import actor_of
from openhearth.wire.routing import LeanRoute

PAGE_LIKES = 500


class Likers(Protocol):
    """What these routes ask of the accounts room."""

    def get_profile(self, name: str) -> Profile:
        """Raises NotFound."""
        ...

    def list_users_by_id(self, ids: Collection[str]) -> Mapping[str, User]: ...


class LikeApi:
    def __init__(self, *, repos: Repos, urls: Urls, people: Likers) -> None:
        self._likes = repos.likes
        self._urls = urls
        self._people = people
        self._addressed = Addressed(repos.catalogue)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["likes"], route_class=LeanRoute)
        for method, path, endpoint in (
            ("POST", f"{API}/like", self.like),
            ("DELETE", f"{API}/like", self.unlike),
            ("GET", f"{API}/likers", self.list_likers),
            ("GET", "/api/users/{user}/likes", self.list_liked),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_class=JSONResponse)
        return router

    def like(self, request: Request) -> Response:
        """Count the caller among those who like a repo."""
        return JSONResponse({"likes": self._likes.like(*self._addressed.both(request))})

    def unlike(self, request: Request) -> Response:
        """Undo a like."""
        return JSONResponse({"likes": self._likes.unlike(*self._addressed.both(request))})

    def list_likers(self, request: Request) -> Response:
        """Who likes a repo."""
        page = self._likes.list_likers(
            self._addressed.repo(request),
            limit=read_limit(request, default=PAGE_LIKES, most=PAGE_LIKES),
            cursor=request.query_params.get("cursor"),
        )
        users = self._people.list_users_by_id([like.user_id for like in page.items])
        return self._paged(request, [self._liker(user) for user in users.values()], page.cursor)

    def list_liked(self, request: Request) -> Response:
        """What a user likes, as far as the caller may see it."""
        name = request.path_params["user"]
        user = self._people.get_profile(name).namespace
        if not isinstance(user, User):
            raise NotFound(f"{name!r} is an organisation; only people like repos.")
        page = self._likes.list_liked(
            actor_of(request),
            user.id,
            limit=read_limit(request, default=PAGE_LIKES, most=PAGE_LIKES),
            cursor=request.query_params.get("cursor"),
        )
        items = [
            {"createdAt": iso(like.at), "repo": {"name": like.repo.id, "type": like.repo.type}}
            for like in page.items
        ]
        return self._paged(request, items, page.cursor)

    def _liker(self, user: User) -> dict[str, Any]:
        return {
            "user": user.name, "fullname": user.fullname, "avatarUrl": self._urls.avatar(user.name),
            "type": "user", "isPro": False,
        }  # fmt: skip

    def _paged(self, request: Request, items: list[dict[str, Any]], cursor: str | None) -> Response:
        answer = JSONResponse(items)
        if cursor is not None:
            link_next(answer, request, self._urls, cursor=cursor)
        return answer
