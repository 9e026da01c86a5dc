"""JSON routes of following, as huggingface_hub 2.4 reads them (hf_api.py `list_user_followers` and its siblings)."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from openhearth.access import Actor
from openhearth.accounts import Accounts, Organisation, User
from openhearth.accounts.errors import OrganisationNotFound, UserNotFound
from openhearth.community.follows.records import Party
from openhearth.community.follows.service import Follows
from openhearth.kit.cursors import Page
from openhearth.urls import Urls
from openhearth.wire.paging import link_next, read_limit
from openhearth.wire.request import actor_of

PAGE_PARTIES = 500


class Api:
    def __init__(self, follows: Follows, *, accounts: Accounts, urls: Urls) -> None:
        self._follows = follows
        self._accounts = accounts
        self._urls = urls

    def router(self) -> APIRouter:
        router = APIRouter(tags=["follows"])
        user, org = "/api/users/{name}", "/api/organizations/{name}"
        for method, path, endpoint in (
            ("GET", f"{user}/followers", self.user_followers),
            ("GET", f"{user}/following", self.following),
            ("GET", f"{org}/followers", self.org_followers),
            ("POST", f"{user}/follow", self.follow_user),
            ("DELETE", f"{user}/follow", self.unfollow_user),
            ("POST", f"{org}/follow", self.follow_org),
            ("DELETE", f"{org}/follow", self.unfollow_org),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_model=None)
        return router

    def user_followers(self, request: Request, name: str) -> Response:
        """Who follows a user."""
        return self._followers(request, self._user(name).id)

    def org_followers(self, request: Request, name: str) -> Response:
        """Who follows an organisation."""
        return self._followers(request, self._org(name).id)

    def following(self, request: Request, name: str) -> Response:
        """Which people a user follows. The client makes users of all entries, so organisations are left out."""
        page = self._follows.list_following(
            self._user(name).id, people_only=True, limit=_limit(request), cursor=_cursor(request)
        )
        return self._answer(request, page)

    def follow_user(self, request: Request, name: str) -> dict[str, Any]:
        """Follow a user."""
        return self._set(actor_of(request), self._user(name), follow=True)

    def unfollow_user(self, request: Request, name: str) -> dict[str, Any]:
        """Follow a user no longer."""
        return self._set(actor_of(request), self._user(name), follow=False)

    def follow_org(self, request: Request, name: str) -> dict[str, Any]:
        """Follow an organisation."""
        return self._set(actor_of(request), self._org(name), follow=True)

    def unfollow_org(self, request: Request, name: str) -> dict[str, Any]:
        """Follow an organisation no longer."""
        return self._set(actor_of(request), self._org(name), follow=False)

    def _set(self, actor: Actor, namespace: User | Organisation, *, follow: bool) -> dict[str, Any]:
        change = self._follows.follow if follow else self._follows.unfollow
        change(actor, namespace.name)
        return {"isFollowing": follow, "numFollowers": self._follows.count_followers(namespace.id)}

    def _user(self, name: str) -> User:
        found = self._accounts.find_namespace(name)
        if not isinstance(found, User):
            raise UserNotFound(name)
        return found

    def _org(self, name: str) -> Organisation:
        found = self._accounts.find_namespace(name)
        if not isinstance(found, Organisation):
            raise OrganisationNotFound(name)
        return found

    def _followers(self, request: Request, namespace_id: str) -> Response:
        page = self._follows.list_followers(namespace_id, limit=_limit(request), cursor=_cursor(request))
        return self._answer(request, page)

    def _answer(self, request: Request, page: Page[Party]) -> Response:
        followed = self._follows.find_followed(actor_of(request), [party.id for party in page.items])
        answer = JSONResponse([self._shape(party, followed=party.id in followed) for party in page.items])
        if page.cursor is not None:
            link_next(answer, request, self._urls, cursor=page.cursor)
        return answer

    def _shape(self, party: Party, *, followed: bool) -> dict[str, Any]:
        return {
            "_id": party.id,
            "type": "user",
            "user": party.name,
            "fullname": party.fullname,
            "avatarUrl": self._urls.avatar(party.name),
            "isPro": False,
            "isFollowing": followed,
        }


def _limit(request: Request) -> int:
    return read_limit(request, default=PAGE_PARTIES, most=PAGE_PARTIES)


def _cursor(request: Request) -> str | None:
    return request.query_params.get("cursor")
