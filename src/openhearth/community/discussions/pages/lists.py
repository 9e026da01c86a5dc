"""The Community tab: discussions and pull requests of a repo, filtered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth.community.discussions.pages.desk import GONE, TAB, Desk
from openhearth.community.discussions.records import Discussion, ListedKind, ListedStatus, Status, Wanted
from openhearth.community.discussions.threads import PAGE_DISCUSSIONS
from openhearth.errors import Invalid
from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos import RepoHead, repo_routes
from openhearth.urls import with_query
from openhearth.web.parts import Paging, Tab

_STATUSES: tuple[ListedStatus, ...] = ("open", "closed")
_KINDS: dict[ListedKind, str] = {"all": "All", "discussion": "Discussions", "pull_request": "Pull requests"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A discussion in the list."""

    href: str
    number: int
    title: str
    status: Status
    is_pull_request: bool
    is_pinned: bool
    is_locked: bool
    author: str
    created_at: datetime
    replies: int


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Context of `discussions/list.html`."""

    head: RepoHead
    statuses: Sequence[Tab] = field(metadata={"help": "Open and closed, with their numbers"})
    kinds: Sequence[Tab]
    rows: Sequence[Row]
    status: ListedStatus
    new_href: str
    new_pull_request_href: str
    paging: Paging


class ListPages:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.urls = desk.urls

    def routes(self) -> list[Route]:
        return repo_routes("/discussions", self.show)

    def show(self, repo_type: RepoType, request: Request) -> Response:
        at = self.desk.frame.open(repo_type, request)
        here, query = self.urls.discussions(at.repo.ref), request.query_params
        kind, status = query.get("type", "all"), query.get("status", "open")
        if kind not in get_args(ListedKind) or status not in get_args(ListedStatus):
            raise Invalid("type: or status: is none that there is; go back to the list and choose one.")
        number = _page_number(query.get("p", "0"))
        wanted = Wanted(kind=kind, status=status)  # type: ignore[arg-type]
        found = self.desk.threads.list_discussions(at.repo, wanted, page=number)
        chosen = {"type": None if kind == "all" else kind}
        follows = found.start + len(found.items) < found.total
        page = ListPage(
            head=self.desk.frame.head(at, TAB),
            statuses=[
                Tab(
                    label=name.capitalize(), href=with_query(here, status=name, **chosen), current=name == status,
                    count=self.desk.threads.count(at.repo, Wanted(kind=wanted.kind, status=name)),
                )
                for name in _STATUSES
            ],
            kinds=[
                Tab(
                    label=label, current=name == kind,
                    href=with_query(here, status=status, type=None if name == "all" else name),
                )
                for name, label in _KINDS.items()
            ],
            rows=self._rows(at.repo.ref, found.items),
            status=wanted.status,
            new_href=f"{here}/new",
            new_pull_request_href=with_query(f"{here}/new", kind="pull_request"),
            paging=Paging(
                previous_href=with_query(here, status=status, p=number - 1 or None, **chosen) if number else None,
                next_href=with_query(here, status=status, p=number + 1, **chosen) if follows else None,
                page=number + 1,
                page_count=max(1, -(-found.total // PAGE_DISCUSSIONS)),
                total=found.total,
            ),
        )  # fmt: skip
        return self.desk.web.page(request, "discussions/list.html", page)

    def _rows(self, ref: RepoRef, items: Sequence[Discussion]) -> list[Row]:
        people = self.desk.names([item.author_id for item in items])
        return [
            Row(
                href=self.urls.discussion(ref, item.number),
                number=item.number,
                title=item.title,
                status=item.status,
                is_pull_request=item.is_pull_request,
                is_pinned=item.is_pinned,
                is_locked=item.is_locked,
                author=people[item.author_id].name if item.author_id and item.author_id in people else GONE,
                created_at=item.created_at,
                replies=max(0, item.comment_count - 1),
            )
            for item in items
        ]


def _page_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise Invalid(f"p: {text[:40]!r} is no page number; count from 0.")
    return int(text)
