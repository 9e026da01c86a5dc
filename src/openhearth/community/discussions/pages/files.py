"""What a pull request changes: its commits, and its diff with comments on lines.

A form under a line is opened by a link (`?at=new:12:path`), so that all of it works without script.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.community.discussions.lines import Range
from openhearth.community.discussions.pages.desk import NUMBER, TAB, Desk, Opened, Title
from openhearth.community.discussions.pages.timeline import Entry, Timeline, line_id
from openhearth.community.discussions.records import Line, Side
from openhearth.errors import Invalid
from openhearth.kit.names import RepoType
from openhearth.repos import Changes, RepoHead, repo_routes, show_changes
from openhearth.storage.git import Commit
from openhearth.urls import with_query
from openhearth.web.parts import DiffFile, DiffHunk, DiffLine
from openhearth.wire.forms import text_of
from openhearth.wire.request import csrf_of


@dataclass(frozen=True, kw_only=True)
class InlineThread:
    """Context of `discussions/inline.html`: what was said about a line, and the form to say more."""

    entries: Sequence[Entry]
    action: str | None = field(metadata={"help": "Where the form is sent; None where no form is open"})
    open_href: str | None = field(metadata={"help": "The same page with the form open"})
    cancel_href: str
    path: str
    side: Side
    line: int
    text: str
    error: str
    csrf_token: str


@dataclass(frozen=True, kw_only=True)
class FilesPage:
    """Context of `discussions/files.html`."""

    head: RepoHead
    title: Title
    changes: Changes
    conflicts: Sequence[str]
    outdated_count: int


@dataclass(frozen=True, kw_only=True)
class CommitRow:
    oid: str
    title: str
    author: str
    date: datetime
    href: str


@dataclass(frozen=True, kw_only=True)
class CommitsPage:
    """Context of `discussions/commits.html`."""

    head: RepoHead
    title: Title
    commits: Sequence[CommitRow]


@dataclass(frozen=True)
class _Typed:
    """A comment that could not be taken."""

    text: str
    error: str


class FilePages:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.urls = desk.urls
        self.timeline = Timeline(desk)

    def routes(self) -> list[Route]:
        return [
            *repo_routes(f"{NUMBER}/files", self.show_files),
            *repo_routes(f"{NUMBER}/commits", self.show_commits),
            *self.desk.form("/files", self.comment),
        ]

    def _open(self, repo_type: RepoType, request: Request) -> tuple[Opened, Range]:
        opened = self.desk.open(repo_type, request)
        if not opened.discussion.is_pull_request:
            raise Invalid(f"#{opened.discussion.number} is a discussion; only pull requests change files.")
        self.desk.repos.catalogue.require_files(opened.at.actor, opened.repo)
        return opened, self.desk.pulls.range_of(opened.repo, opened.discussion)

    def show_commits(self, repo_type: RepoType, request: Request) -> Response:
        opened, span = self._open(repo_type, request)
        page = CommitsPage(
            head=self.desk.frame.head(opened.at, TAB),
            title=self.desk.title(opened, "Commits"),
            commits=[self._row(opened, c) for c in self.desk.pulls.list_commits(opened.repo, span)],
        )
        return self.desk.web.page(request, "discussions/commits.html", page)

    def _row(self, opened: Opened, commit: Commit) -> CommitRow:
        return CommitRow(
            oid=commit.oid, title=commit.title or "(no message)", author=commit.author_name, date=commit.date,
            href=self.urls.commit(opened.repo.ref, commit.oid),
        )  # fmt: skip

    def show_files(self, repo_type: RepoType, request: Request) -> Response:
        opened, span = self._open(repo_type, request)
        return self._files_page(opened, span, _read_line(request.query_params.get("at", "")))

    def comment(self, opened: Opened, form: FormData) -> Response:
        """Say something about a line of the diff."""
        line = _line_of(text_of(form, "side"), text_of(form, "line"), text_of(form, "path"))
        text = text_of(form, "comment", default="")
        repo, actor = opened.repo, opened.at.actor
        self.desk.repos.catalogue.require_files(actor, repo)
        try:
            self.desk.discussions.comments.add(actor, repo, opened.discussion, text, line=line)
        except Invalid as error:
            span = self.desk.pulls.range_of(repo, opened.discussion)
            return self._files_page(opened, span, line, _Typed(text, error.message))
        return RedirectResponse(f"{self.desk.href(opened)}/files#{line_id(line)}", 303)

    def _files_page(
        self, opened: Opened, span: Range, at: Line | None, typed: _Typed | None = None
    ) -> Response:
        repo, pulls = opened.repo, self.desk.pulls
        threads, outdated_count = self._threads(opened, span)
        changes = show_changes(self.urls, repo.ref, span.head, pulls.diff(repo, span))
        page = FilesPage(
            head=self.desk.frame.head(opened.at, TAB),
            title=self.desk.title(opened, "Files changed"),
            changes=replace(
                changes, files=[self._commented(opened, f, threads, at, typed) for f in changes.files]
            ),
            conflicts=pulls.list_conflicts(repo, opened.discussion, span),
            outdated_count=outdated_count,
        )
        status = 400 if typed else 200
        return self.desk.web.page(opened.at.request, "discussions/files.html", page, status=status)

    def _threads(self, opened: Opened, span: Range) -> tuple[Mapping[Line, list[Entry]], int]:
        """What was said about each line that is there still, and how many comments are outdated."""
        events = [
            event
            for event in self.desk.threads.list_events(opened.discussion)
            if event.comment is not None and event.comment.anchor is not None
        ]
        found: dict[Line, list[Entry]] = defaultdict(list)
        outdated_count = 0
        for event, entry in zip(events, self.timeline.entries(opened, events, span), strict=True):
            assert event.comment is not None and event.comment.anchor is not None
            now = self.desk.discussions.lines.find_now(opened.repo, span, event.comment.anchor)
            if now is None:
                outdated_count += 1
            else:
                found[now].append(entry)
        return found, outdated_count

    def _commented(
        self, opened: Opened, file: DiffFile, threads: Mapping[Line, list[Entry]], at: Line | None,
        typed: _Typed | None,
    ) -> DiffFile:  # fmt: skip
        def with_thread(line: DiffLine) -> DiffLine:
            place = _place_of(file, line)
            said = threads.get(place, [])
            here = f"{self.desk.href(opened)}/files"
            href = with_query(here, at=f"{place.side}:{place.line}:{place.path}") + f"#{line_id(place)}"
            may_say = not opened.at.actor.is_anonymous and not opened.discussion.is_locked
            is_open = may_say and place == at
            thread = InlineThread(
                entries=said, action=here if is_open else None,
                open_href=href if may_say and not is_open else None, cancel_href=f"{here}#{line_id(place)}",
                path=place.path, side=place.side, line=place.line,
                text=typed.text if typed and is_open else "", error=typed.error if typed and is_open else "",
                csrf_token=csrf_of(opened.at.request),
            )  # fmt: skip
            below = self.desk.web.fragment("discussions/inline.html", thread) if said or is_open else None
            return replace(line, id=line_id(place), comment_href=href if may_say else None, below=below)

        hunks = [DiffHunk(header=h.header, lines=[with_thread(line) for line in h.lines]) for h in file.hunks]
        return replace(file, hunks=hunks)


def _place_of(file: DiffFile, line: DiffLine) -> Line:
    if line.kind == "removed" or line.new_number is None:
        return Line(file.old_path or file.path, "old", line.old_number or 0)
    return Line(file.path, "new", line.new_number)


def _read_line(text: str) -> Line | None:
    """`new:12:path`; anything else opens no form."""
    side, _, rest = text.partition(":")
    number, _, path = rest.partition(":")
    return _line_of(side, number, path) if path else None


def _line_of(side: str, number: str, path: str) -> Line:
    sides: dict[str, Side] = {"old": "old", "new": "new"}
    if side not in sides or not (number.isascii() and number.isdecimal() and len(number) < 9):
        raise Invalid("line: is none of this diff; go back to the files and choose one.")
    return Line(path, sides[side], int(number))
