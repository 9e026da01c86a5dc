"""What every page of discussions shares: opening one for the reader, drawing its heading, taking a form in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action
from openhearth.accounts import User
from openhearth.community.discussions.records import Discussion, Status, Wanted
from openhearth.community.discussions.service import Discussions
from openhearth.kit.names import RepoType
from openhearth.repos import Facts, OpenRepo, Repo, RepoFrame, Repos, repo_routes
from openhearth.urls import with_query
from openhearth.web.parts import Tab
from openhearth.wire.forms import read_form
from openhearth.wire.request import csrf_of
from openhearth.wire.room import Ground

TAB = "Community"
GONE = "deleted"
NUMBER = "/discussions/{number:int}"
_MAX_NUMBER = 10**9


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A discussion of a repo that the reader of this request may see."""

    at: OpenRepo
    discussion: Discussion

    @property
    def repo(self) -> Repo:
        return self.at.repo


@dataclass(frozen=True, kw_only=True)
class Title:
    """The heading of a discussion, on all its pages."""

    href: str
    number: int
    title: str
    status: Status
    is_pull_request: bool
    base: str = field(metadata={"help": "The branch that a pull request is for"})
    is_pinned: bool
    is_locked: bool
    author: str
    author_href: str | None
    created_at: datetime
    tabs: Sequence[Tab] = field(metadata={"help": "Of a pull request: conversation, commits, files"})
    may_steer: bool
    may_write: bool
    csrf_token: str


class Desk:
    def __init__(self, *, discussions: Discussions, repos: Repos, ground: Ground) -> None:
        self.discussions = discussions
        self.threads = discussions.threads
        self.pulls = discussions.pulls
        self.repos = repos
        self.frame = RepoFrame(repos=repos, ground=ground)
        self.web = ground.web
        self.urls = ground.urls

    def tab(self, request: Request, repo: Repo, facts: Facts) -> list[Tab] | None:
        """The tab on every page of a repo, with the number of what is open; none where discussions are off."""
        if not self.threads.is_enabled(repo):
            return None
        count = self.threads.count(repo, Wanted(status="open"))
        return [Tab(label=TAB, href=self.urls.discussions(repo.ref), icon="chat", count=count or None)]

    def open(self, repo_type: RepoType, request: Request) -> Opened:
        """Raises RepoNotFound, MovedRepo, DiscussionNotFound, Forbidden where discussions are off."""
        at = self.frame.open(repo_type, request)
        number = min(request.path_params["number"], _MAX_NUMBER)
        return Opened(at=at, discussion=self.threads.get(at.repo, number))

    def form(self, suffix: str, act: Callable[[Opened, FormData], Response]) -> list[Route]:
        """Where a form of a discussion is sent; a visitor is asked to sign in first and comes back."""

        async def post(repo_type: RepoType, request: Request) -> Response:
            opened = await run_in_threadpool(self.open, repo_type, request)
            fields = await read_form(request, max_files=0)
            if opened.at.actor.is_anonymous:
                return RedirectResponse(with_query("/login", next=self.href(opened)), 303)
            return await run_in_threadpool(act, opened, fields)

        return repo_routes(NUMBER + suffix, post, methods=("POST",))

    def href(self, opened: Opened) -> str:
        return self.urls.discussion(opened.repo.ref, opened.discussion.number)

    def names(self, ids: Sequence[str | None]) -> Mapping[str, User]:
        return self.discussions.people.list_users_by_id({one for one in ids if one})

    def title(self, opened: Opened, current: str) -> Title:
        """`current` is the label of the page among those of a pull request."""
        discussion, href = opened.discussion, self.href(opened)
        author = self.names([discussion.author_id]).get(discussion.author_id or "")
        pages = [("Conversation", href, "chat"), ("Commits", f"{href}/commits", "commit")]
        pages.append(("Files changed", f"{href}/files", "file"))
        tabs = [Tab(label=label, href=to, icon=icon, current=label == current) for label, to, icon in pages]
        return Title(
            href=href,
            number=discussion.number,
            title=discussion.title,
            status=discussion.status,
            is_pull_request=discussion.is_pull_request,
            base=discussion.base,
            is_pinned=discussion.is_pinned,
            is_locked=discussion.is_locked,
            author=author.name if author else GONE,
            author_href=self.urls.profile(author.name) if author else None,
            created_at=discussion.created_at,
            tabs=tabs if discussion.is_pull_request else (),
            may_steer=self.threads.may_steer(opened.at.actor, opened.repo, discussion),
            may_write=opened.at.may(Action.WRITE),
            csrf_token=csrf_of(opened.at.request),
        )
