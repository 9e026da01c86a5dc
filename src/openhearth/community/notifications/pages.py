"""The inbox, the list of what one watches, and the switches on profiles, repos and discussions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Actor
from openhearth.accounts import Organisation, User
from openhearth.accounts.pages.routes import form_route, page_route
from openhearth.community.notifications.inbox import Inbox
from openhearth.community.notifications.records import Level, Notification, Shown
from openhearth.community.notifications.watching import NUMBER_MAX, Watching
from openhearth.community.notifications.words import href_of, reason_of, sentence_of, title_of
from openhearth.errors import Invalid
from openhearth.kit.names import RepoRef, repo_type_of
from openhearth.repos import Repo
from openhearth.urls import Urls, with_query
from openhearth.web import Web, local_path
from openhearth.web.parts import Tab
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of, csrf_of

PAGE_NOTIFICATIONS = 30
_SHOWN: tuple[tuple[Shown, str], ...] = (
    ("all", "All"),
    ("unread", "Unread"),
    ("participating", "Taking part"),
    ("mentions", "Mentions"),
)
_LEVELS: dict[str, Level | None] = {"watch": "watch", "mute": "mute", "default": None}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A notification in the inbox."""

    id: str
    href: str = field(metadata={"help": "Opens it and marks it read"})
    icon: str
    sentence: str
    title: str
    repo_id: str
    repo_href: str
    reason: str
    updates: int
    is_read: bool
    at: datetime
    mute_place: str | None = field(metadata={"help": "The discussion, as the form of `watch` names it"})


@dataclass(frozen=True, kw_only=True)
class InboxPage:
    """Context of `notifications/inbox.html`."""

    sections: Sequence[Tab] = field(metadata={"help": "All, unread, mentions …"})
    lines: Sequence[Line]
    unread: int
    here: str = field(metadata={"help": "This list's own address, to come back to"})
    repo_id: str | None = field(metadata={"help": "The repo that the list is narrowed to"})
    next_href: str | None


@dataclass(frozen=True, kw_only=True)
class WatchedLine:
    """Something that is watched or muted."""

    name: str
    href: str
    icon: str
    level: Level
    place: str


@dataclass(frozen=True, kw_only=True)
class WatchedPage:
    """Context of `notifications/watched.html`."""

    lines: Sequence[WatchedLine]


@dataclass(frozen=True, kw_only=True)
class WatchMenu:
    """Context of `notifications/watch.html`."""

    place: str = field(
        metadata={"help": "What the switch is for: `user:ada`, `model:ada/x`, `model:ada/x:3`"}
    )
    what: str = field(metadata={"help": "The same in words"})
    level: str = field(metadata={"help": "watch, mute or default"})
    default_hint: str = field(metadata={"help": "What happens without a setting"})
    back: str
    csrf_token: str
    align: Literal["start", "end"] = field(metadata={"help": "On which side the menu opens"})


class Pages:
    def __init__(self, inbox: Inbox, watching: Watching, *, web: Web, urls: Urls) -> None:
        self._inbox = inbox
        self._watching = watching
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        return [
            page_route("/notifications", self.show_inbox),
            form_route("/notifications", self.act),
            page_route("/settings/notifications", self.show_watched),
            form_route("/notifications/watch", self.set_level),
            form_route("/notifications/{id}/open", self.open),
        ]

    def show_inbox(self, request: Request) -> Response:
        actor, query = actor_of(request), request.query_params
        shown: Shown = next((key for key, _ in _SHOWN if key == query.get("show")), "all")
        repo = _read_repo(query["repo"]) if query.get("repo") else None
        page = self._inbox.list_notifications(
            actor, shown, repo=repo, limit=PAGE_NOTIFICATIONS, cursor=query.get("cursor")
        )
        counts = self._inbox.count(actor)
        path = with_query("/notifications", show=shown, repo=query.get("repo", ""))
        context = InboxPage(
            sections=[
                Tab(
                    label=label,
                    href=with_query("/notifications", show=key),
                    current=key == shown,
                    count={"all": counts.all, "unread": counts.unread}.get(key),
                )
                for key, label in _SHOWN
            ],
            lines=[self._line(told) for told in page.items],
            unread=counts.unread,
            here=path,
            repo_id=repo.id if repo else None,
            next_href=with_query("/notifications", show=shown, repo=query.get("repo", ""), cursor=page.cursor)
            if page.cursor
            else None,
        )
        return self._web.page(request, "notifications/inbox.html", context)

    def open(self, request: Request, form: FormData) -> Response:
        """Mark it read and go there."""
        self._inbox.mark(actor_of(request), [request.path_params["id"]])
        return RedirectResponse(local_path(text_of(form, "href", default=""), default="/notifications"), 303)

    def act(self, request: Request, form: FormData) -> Response:
        """The buttons of the inbox: for one notification by `id`, else for all."""
        actor, action = actor_of(request), text_of(form, "action")
        chosen = text_of(form, "id", default="")
        ids = [chosen] if chosen else None
        if action == "done":
            self._inbox.finish(actor, ids)
        elif action in ("read", "unread"):
            self._inbox.mark(actor, ids, read=action == "read")
        else:
            raise Invalid(f"action: {action[:40]!r} is none; use read, unread or done.")
        return RedirectResponse(_back(form), 303)

    def show_watched(self, request: Request) -> Response:
        lines = []
        for entry in self._watching.list_watched(actor_of(request)):
            if entry.repo is None:
                name = str(entry.namespace)
                place, href, icon = (
                    f"user:{name}",
                    self._urls.profile(name),
                    "org" if entry.is_org else "user",
                )
            elif entry.number is None:
                name, href, icon = entry.repo.id, self._urls.repo(entry.repo), _icon_of(entry.repo)
                place = _place_of(entry.repo)
            else:
                name = f"{entry.repo.id} #{entry.number}"
                href, icon = self._urls.discussion(entry.repo, entry.number), "chat"
                place = f"{_place_of(entry.repo)}:{entry.number}"
            lines.append(WatchedLine(name=name, href=href, icon=icon, level=entry.level, place=place))
        return self._web.page(request, "notifications/watched.html", WatchedPage(lines=lines))

    def set_level(self, request: Request, form: FormData) -> Response:
        """Watch, mute, or go back to the default. Raises Invalid for a place that is none."""
        name = text_of(form, "level")
        if name not in _LEVELS:
            raise Invalid(f"level: {name[:40]!r} is none; use {', '.join(_LEVELS)}.")
        self._set(actor_of(request), text_of(form, "place"), _LEVELS[name])
        return RedirectResponse(_back(form), 303)

    def _set(self, actor: Actor, place: str, level: Level | None) -> None:
        kind, _, rest = place.partition(":")
        if kind == "user":
            self._watching.set_namespace(actor, rest, level)
            return
        repo_id, _, number = rest.partition(":")
        repo = _read_repo(f"{kind}:{repo_id}")
        if number:
            self._watching.set_discussion(actor, repo, _read_number(number), level)
        else:
            self._watching.set_repo(actor, repo, level)

    # Switches on other rooms' pages

    def on_repo(self, request: Request, repo: Repo) -> Markup | None:
        """For the heading of a repo (slot `repo.actions`)."""
        actor = actor_of(request)
        if actor.is_anonymous:
            return None
        level = self._watching.find_repo_level(actor, repo.key)
        hint = "Told of what mentions you and where you take part"
        return self._menu(request, _place_of(repo.ref), repo.id, level, hint)

    def on_profile(self, request: Request, namespace: User | Organisation) -> Markup | None:
        """For profiles (slot `profile.actions`)."""
        actor = actor_of(request)
        if actor.is_anonymous:
            return None
        level = self._watching.find_namespace_level(actor, namespace.id)
        hint = f"Not told of what is new in the repos of {namespace.name}"
        return self._menu(request, f"user:{namespace.name}", namespace.name, level, hint, align="start")

    def on_discussion(self, request: Request, repo: Repo, number: int) -> Markup | None:
        """For the page of a discussion (slot `discussion.actions`)."""
        actor = actor_of(request)
        if actor.is_anonymous:
            return None
        level = self._watching.find_discussion_level(actor, repo.key, number)
        place = f"{_place_of(repo.ref)}:{number}"
        return self._menu(request, place, f"#{number}", level, "Told as your settings for the repo say")

    def _menu(
        self,
        request: Request,
        place: str,
        what: str,
        level: Level | None,
        hint: str,
        *,
        align: Literal["start", "end"] = "end",
    ) -> Markup:
        context = WatchMenu(
            place=place,
            what=what,
            level=level or "default",
            default_hint=hint,
            back=request.scope["path"],
            csrf_token=csrf_of(request),
            align=align,
        )
        return self._web.fragment("notifications/watch.html", context)

    def _line(self, told: Notification) -> Line:
        news = told.news
        icon = (
            "branch" if news.is_pull_request else "chat" if news.number is not None else _icon_of(told.repo)
        )
        return Line(
            id=told.id,
            href=href_of(told, self._urls),
            icon="gate" if news.change in ("requested", "accepted", "rejected") else icon,
            sentence=sentence_of(told),
            title=title_of(told),
            repo_id=told.repo.id,
            repo_href=with_query("/notifications", repo=_place_of(told.repo)),
            reason=reason_of(told),
            updates=told.updates,
            is_read=told.is_read,
            at=told.at,
            mute_place=f"{_place_of(told.repo)}:{news.number}" if news.number is not None else None,
        )


def _place_of(repo: RepoRef) -> str:
    return f"{repo.type}:{repo.id}"


def _icon_of(repo: RepoRef) -> str:
    return {"dataset": "dataset", "space": "app", "kernel": "code"}.get(repo.type, "model")


def _read_repo(place: str) -> RepoRef:
    kind, _, repo_id = place.partition(":")
    namespace, slash, name = repo_id.partition("/")
    if not slash:
        raise Invalid(f"place: {place[:200]!r} is not of the form type:namespace/name.")
    return RepoRef(repo_type_of(kind, field="place"), namespace, name)


def _read_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(NUMBER_MAX))):
        raise Invalid(f"place: {text[:40]!r} is no number of a discussion.")
    return int(text)


def _back(form: FormData) -> str:
    return local_path(text_of(form, "back", default=""), default="/notifications")
