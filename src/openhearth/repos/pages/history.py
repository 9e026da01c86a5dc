"""The Commits tab: history of a branch, a folder or a file, and one commit with what it changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth.errors import Invalid, RevisionNotFound
from openhearth.kit.names import RepoRef, RepoType, is_commit_id
from openhearth.repos.pages.diffs import Changes, show_changes
from openhearth.repos.pages.frame import OpenRepo, RefMenu, RepoFrame, RepoHead, repo_routes
from openhearth.repos.records import MAIN
from openhearth.repos.signatures import Signed
from openhearth.storage.git import Commit
from openhearth.urls import Urls, with_query
from openhearth.web.filters import date
from openhearth.web.parts import Paging

PAGE_COMMITS = 50


@dataclass(frozen=True, kw_only=True)
class CommitLine:
    oid: str
    title: str
    body: str
    author: str
    date: datetime
    href: str
    files_href: str
    signed: Signed | None = None
    then_named: str = ""  # what the file was called in this commit, if not as now


@dataclass(frozen=True, kw_only=True)
class Day:
    label: str
    commits: Sequence[CommitLine]


@dataclass(frozen=True, kw_only=True)
class CommitsPage:
    """Context of `repos/commits.html`."""

    head: RepoHead
    refs: RefMenu
    path: str = field(metadata={"help": "Only commits that changed this; empty for all"})
    path_href: str | None
    compare_href: str = field(metadata={"help": "Where this revision is compared with others"})
    days: Sequence[Day]
    paging: Paging


@dataclass(frozen=True, kw_only=True)
class CommitPage:
    """Context of `repos/commit.html`."""

    head: RepoHead
    commit: CommitLine
    parents: Sequence[tuple[str, str]] = field(metadata={"help": "(oid, href) of each parent"})
    changes: Changes


class HistoryPages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.content = frame.repos.content
        self.urls = frame.urls

    def routes(self) -> list[Route]:
        return [
            *repo_routes("/commits/{rev:seg}", self.show_commits),
            *repo_routes("/commits/{rev:seg}/{path:rest}", self.show_commits),
            *repo_routes("/commit/{rev:seg}", self.show_commit),
        ]

    def show_commits(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.frame.open(repo_type, request)
        revision, path = request.path_params["rev"], request.path_params.get("path", "").strip("/")
        commit = self.content.resolve(opened.repo, revision)
        page = self._commits_page(opened, revision, commit, path)
        return self.frame.web.page(request, "repos/commits.html", page)

    def _commits_page(self, opened: OpenRepo, revision: str, commit: str, path: str) -> CommitsPage:
        repo, ref, number = opened.repo, opened.repo.ref, _page_number(opened.request)
        found, follows = self._read_page(opened, commit, path, number)
        signed = self.frame.repos.signatures.find(repo, [line.oid for line in found])
        found = [replace(line, signed=signed.get(line.oid)) for line in found]
        total = None if path else self.content.count_commits(repo, commit)
        here = self.urls.commits(ref, revision, path)
        return CommitsPage(
            head=self.frame.head(opened, "Commits"),
            refs=self.frame.ref_menu(opened, revision, lambda name: self.urls.commits(ref, name, path)),
            path=path,
            path_href=self.urls.blob(ref, revision, path) if path else None,
            compare_href=self.urls.compare(ref, MAIN, revision),
            days=[
                Day(label=label, commits=list(lines))
                for label, lines in groupby(found, key=lambda c: date(c.date))
            ],
            paging=Paging(
                previous_href=with_query(here, p=number - 1 or None) if number else None,
                next_href=with_query(here, p=number + 1) if follows else None,
                page=number + 1,
                page_count=-(-total // PAGE_COMMITS) if total else None,
                total=total,
            ),
        )

    def _read_page(
        self, opened: OpenRepo, commit: str, path: str, number: int
    ) -> tuple[list[CommitLine], bool]:
        """One page of commits, and whether another follows. Those of a file carry what it was called then."""
        repo, ref = opened.repo, opened.repo.ref
        if path:
            versions = self.content.list_versions(
                repo, commit, path, skip=number * PAGE_COMMITS, limit=PAGE_COMMITS + 1
            )
            lines = [describe_line(self.urls, ref, made, name, path) for made, name in versions]
            return lines[:PAGE_COMMITS], len(lines) > PAGE_COMMITS
        found = self.content.list_commits(repo, commit, page=number, limit=PAGE_COMMITS)
        more = len(found) == PAGE_COMMITS and bool(
            self.content.list_commits(repo, commit, page=number + 1, limit=PAGE_COMMITS)
        )
        return [describe_line(self.urls, ref, made) for made in found], more

    def show_commit(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.frame.open(repo_type, request)
        repo, asked = opened.repo, request.path_params["rev"]
        self.frame.repos.catalogue.require_files(opened.actor, repo)
        if not is_commit_id(asked):
            asked = self.content.resolve(repo, asked)
        if self.content.resolve(repo, asked) != asked:
            raise RevisionNotFound(asked, repo.id)
        commit = self.content.get_commit(repo, asked)
        page = CommitPage(
            head=self.frame.head(opened, "Commits"),
            commit=replace(
                describe_line(self.urls, repo.ref, commit),
                signed=self.frame.repos.signatures.find(repo, [asked]).get(asked),
            ),
            parents=[(oid, self.urls.commit(repo.ref, oid)) for oid in commit.parents],
            changes=show_changes(self.urls, repo.ref, asked, self.content.diff(repo, asked)),
        )
        return self.frame.web.page(request, "repos/commit.html", page)


def describe_line(urls: Urls, ref: RepoRef, commit: Commit, name: str = "", path: str = "") -> CommitLine:
    """`name` is what the file at `path` was called in `commit`."""
    return CommitLine(
        oid=commit.oid,
        title=commit.title or "(no message)",
        body=commit.message.removeprefix(commit.title).strip(),
        author=commit.author_name,
        date=commit.date,
        href=urls.commit(ref, commit.oid),
        files_href=urls.blob(ref, commit.oid, name) if name else urls.tree(ref, commit.oid),
        then_named=name if name != path else "",
    )


def _page_number(request: Request) -> int:
    """The `p` parameter, counted from 0 as the API does."""
    text = request.query_params.get("p", "0")
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(f"p: {text[:40]!r} is no page number; count from 0.")
    return int(text)
