"""JSON routes of notifications, in the shapes that the web pages of the public hub use; clients have no methods for them."""

from collections.abc import Sequence
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from openhearth.access import Actor
from openhearth.community.notifications.inbox import Inbox
from openhearth.community.notifications.records import Level, Notification, Shown, Watched
from openhearth.community.notifications.watching import Watching
from openhearth.community.notifications.words import href_of, title_of
from openhearth.errors import Invalid
from openhearth.kit.clock import iso
from openhearth.kit.names import REPO_TYPES, RepoRef, repo_type_of
from openhearth.urls import Urls
from openhearth.wire.paging import link_next, read_limit
from openhearth.wire.request import actor_of

PAGE_NOTIFICATIONS = 50
IDS_MAX = 500
_MENTIONS: dict[str, Shown] = {"all": "all", "participating": "participating", "mentions": "mentions"}


class Chosen(BaseModel):
    """Which notifications: some ids, or all of them."""

    ids: list[str] = Field(default_factory=list, max_length=IDS_MAX)
    apply_to_all: bool = Field(default=False, alias="applyToAll")
    read: bool = True


class Place(BaseModel):
    """What to watch: `user` or `org` by name, a repo by type and id, or `num` of a discussion there."""

    type: str
    id: str
    num: int | None = None


class WatchChanges(BaseModel):
    add: list[Place] = Field(default_factory=list, max_length=100)
    mute: list[Place] = Field(default_factory=list, max_length=100)
    delete: list[Place] = Field(default_factory=list, max_length=100)


class Api:
    def __init__(self, inbox: Inbox, watching: Watching, *, urls: Urls) -> None:
        self._inbox = inbox
        self._watching = watching
        self._urls = urls

    def router(self) -> APIRouter:
        router = APIRouter(tags=["notifications"])
        for method, path, endpoint in (
            ("GET", "/api/notifications", self.list_notifications),
            ("DELETE", "/api/notifications", self.finish),
            ("POST", "/api/notifications/mark-as-read", self.mark),
            ("GET", "/api/settings/watch", self.list_watched),
            ("PATCH", "/api/settings/watch", self.change_watched),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_model=None)
        return router

    def list_notifications(self, request: Request) -> Response:
        """What the caller was told, newest first; `readStatus`, `mention`, `repoType` and `repoName` choose."""
        actor, query = actor_of(request), request.query_params
        repo_name = query.get("repoName")
        repo = _repo(query.get("repoType") or "model", repo_name, field="repoName") if repo_name else None
        page = self._inbox.list_notifications(
            actor,
            _shown(query.get("readStatus"), query.get("mention")),
            repo=repo,
            limit=read_limit(request, default=PAGE_NOTIFICATIONS, most=PAGE_NOTIFICATIONS),
            cursor=query.get("cursor"),
        )
        counts = self._inbox.count(actor)
        answer = JSONResponse(
            {
                "count": {"view": len(page.items), "unread": counts.unread, "all": counts.all},
                "notifications": [self._shape(told) for told in page.items],
            }
        )
        if page.cursor is not None:
            link_next(answer, request, self._urls, cursor=page.cursor)
        return answer

    def mark(self, request: Request, body: Chosen) -> dict[str, bool]:
        """Call notifications read, or with `read: false` unread."""
        self._inbox.mark(actor_of(request), _ids(body), read=body.read)
        return {"success": True}

    def finish(self, request: Request, body: Chosen) -> dict[str, bool]:
        """Take notifications out of the inbox."""
        self._inbox.finish(actor_of(request), _ids(body))
        return {"success": True}

    def list_watched(self, request: Request) -> dict[str, Any]:
        """What the caller watches and mutes."""
        return self._watched(actor_of(request))

    def change_watched(self, request: Request, body: WatchChanges) -> dict[str, Any]:
        """Watch (`add`), mute, or neither (`delete`)."""
        actor = actor_of(request)
        levels: Sequence[tuple[list[Place], Level | None]] = (
            (body.add, "watch"),
            (body.mute, "mute"),
            (body.delete, None),
        )
        for places, level in levels:
            for place in places:
                self._set(actor, place, level)
        return self._watched(actor)

    def _set(self, actor: Actor, place: Place, level: Level | None) -> None:
        if place.type in ("user", "org"):
            self._watching.set_namespace(actor, place.id, level)
        elif place.type not in REPO_TYPES:
            raise Invalid(
                f"type: {place.type[:40]!r} cannot be watched; use user, org, {', '.join(REPO_TYPES)}."
            )
        elif place.num is not None:
            self._watching.set_discussion(actor, _repo(place.type, place.id), place.num, level)
        else:
            self._watching.set_repo(actor, _repo(place.type, place.id), level)

    def _watched(self, actor: Actor) -> dict[str, Any]:
        found = self._watching.list_watched(actor)
        return {
            "watched": [_place(entry) for entry in found if entry.level == "watch"],
            "muted": [_place(entry) for entry in found if entry.level == "mute"],
        }

    def _shape(self, told: Notification) -> dict[str, Any]:
        news = told.news
        kind: Literal["discussion", "access", "repo"] = (
            "discussion" if news.number is not None else "repo" if news.change == "created" else "access"
        )
        shape: dict[str, Any] = {
            "id": told.id,
            "type": kind,
            "read": told.is_read,
            "reason": told.reason,
            "change": news.change,
            "updates": told.updates,
            "updatedAt": iso(told.at),
            "title": title_of(told),
            "actor": {"name": news.actor_name} if news.actor_name else None,
            "repo": {"name": told.repo.id, "type": told.repo.type},
            "url": self._urls.absolute(href_of(told, self._urls)),
        }
        if news.number is not None:
            shape["discussion"] = {
                "num": news.number,
                "title": news.title,
                "isPullRequest": news.is_pull_request,
                "participating": told.reason in ("mention", "participant"),
            }
        return shape


def _shown(status: str | None, mention: str | None) -> Shown:
    if (status or "all") not in ("all", "unread"):
        raise Invalid(f"readStatus: {str(status)[:40]!r} is none; use all or unread.")
    shown = _MENTIONS.get(mention or "all")
    if shown is None:
        raise Invalid(f"mention: {str(mention)[:40]!r} is none; use {', '.join(_MENTIONS)}.")
    if status == "unread" and shown != "all":
        raise Invalid("readStatus: cannot be combined with mention; choose one of them.")
    return "unread" if status == "unread" else shown


def _ids(body: Chosen) -> list[str] | None:
    if not body.ids and not body.apply_to_all:
        raise Invalid("ids: is empty; name notifications, or send applyToAll: true.")
    return None if body.apply_to_all else body.ids


def _repo(kind: str, repo_id: str, *, field: str = "id") -> RepoRef:
    namespace, slash, name = repo_id.partition("/")
    if not slash:
        raise Invalid(f"{field}: {repo_id[:200]!r} is not of the form namespace/name.")
    return RepoRef(repo_type_of(kind), namespace, name)


def _place(entry: Watched) -> dict[str, Any]:
    if entry.repo is None:
        return {"type": "org" if entry.is_org else "user", "id": entry.namespace}
    place: dict[str, Any] = {"type": entry.repo.type, "id": entry.repo.id}
    return place if entry.number is None else {**place, "num": entry.number}
