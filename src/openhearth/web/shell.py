"""What every page knows beside its own context: who looks, where, in which theme."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import quote

from starlette.requests import Request

import openhearth
from openhearth.access import NOBODY, Actor
from openhearth.urls import Urls

Theme = Literal["auto", "light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)
THEME_COOKIE = "theme"
# (prefix of the address, its place in the main navigation)
_SECTIONS = (
    ("/models", "models"),
    ("/datasets", "datasets"),
    ("/spaces", "spaces"),
    ("/kernels", "kernels"),
    ("/buckets", "buckets"),
    ("/tasks", "tasks"),
    ("/docs", "docs"),
)

CountUnread = Callable[[Actor], int]


def no_news(_actor: Actor) -> int:
    """Where no room tells anybody anything."""
    return 0


@dataclass(frozen=True, kw_only=True)
class Shell:
    """The variable `shell` of every template."""

    actor: Actor
    csrf_token: str
    path: str
    theme: Theme
    urls: Urls
    version: str
    can_join: bool = False
    count_unread: CountUnread = no_news

    @property
    def unread(self) -> int:
        """How many notifications the reader has not read; asked for when the header is drawn."""
        return 0 if self.actor.is_anonymous else self.count_unread(self.actor)

    @property
    def section(self) -> str:
        """Which entry of the main navigation this page belongs to, or an empty text."""
        for prefix, section in _SECTIONS:
            if self.path == prefix or self.path.startswith(prefix + "/"):
                return section
        return ""

    @property
    def login_href(self) -> str:
        """The way to sign in and come back here."""
        here = self.path not in ("/", "/login", "/join")
        return f"/login?next={quote(self.path, safe='/')}" if here else "/login"


def read_theme(request: Request) -> Theme:
    """The theme this browser chose; anything unknown follows the system."""
    chosen = request.cookies.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def shell_of(
    request: Request, urls: Urls, *, can_join: bool = False, count_unread: CountUnread = no_news
) -> Shell:
    state = request.scope.get("state", {})
    return Shell(
        actor=state.get("actor", NOBODY),
        csrf_token=state.get("csrf", ""),
        path=request.scope["path"],
        theme=read_theme(request),
        urls=urls,
        version=openhearth.__version__,
        can_join=can_join,
        count_unread=count_unread,
    )
