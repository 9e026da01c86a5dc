"""Blame: each line of a file beside the commit that brought it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth.errors import TooLarge
from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos.pages.entries import Surroundings
from openhearth.repos.pages.frame import OpenRepo, RefMenu, RepoFrame, RepoHead, repo_routes
from openhearth.storage.git import BlamedLines, Commit
from openhearth.web import highlight_lines
from openhearth.web.parts import Crumb

AGES = 6
LINES_MOST = 20_000


@dataclass(frozen=True, kw_only=True)
class BlameRun:
    """Lines that came together. `age` counts from 0, the newest commit of the file, to AGES - 1, the oldest."""

    title: str
    href: str
    oid: str
    author: str
    date: datetime
    age: int
    previous_href: str | None
    start: int
    lines: Sequence[Markup]


@dataclass(frozen=True, kw_only=True)
class BlamePage:
    """Context of `repos/blame.html`."""

    head: RepoHead
    refs: RefMenu
    crumbs: Sequence[Crumb]
    path: str
    file_href: str
    history_href: str
    runs: Sequence[BlameRun]
    line_count: int
    refusal: str = field(metadata={"help": "Why there is nothing to see, else empty"})


class BlamePages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.around = Surroundings(frame)
        self.content = frame.repos.content
        self.urls = frame.urls

    def routes(self) -> list[Route]:
        return repo_routes("/blame/{rev:seg}/{path:rest}", self.show)

    def show(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.frame.open(repo_type, request)
        self.frame.repos.catalogue.require_files(opened.actor, opened.repo)
        revision, path = request.path_params["rev"], request.path_params["path"].strip("/")
        commit = self.content.resolve(opened.repo, revision)
        try:
            found, refusal = self._read(opened, commit, path), ""
        except TooLarge as error:
            found, refusal = [], error.message
        page = self._page(opened, revision, path, found, refusal)
        return self.frame.web.page(request, "repos/blame.html", page, status=413 if refusal else 200)

    def _read(self, opened: OpenRepo, commit: str, path: str) -> Sequence[BlamedLines]:
        found = self.content.blame(opened.repo, commit, path)
        if found and found[-1].start + len(found[-1].lines) > LINES_MOST:
            raise TooLarge(f"{path!r} has more than {LINES_MOST:,} lines; clone the repo for git blame.")
        return found

    def _page(
        self, opened: OpenRepo, revision: str, path: str, found: Sequence[BlamedLines], refusal: str
    ) -> BlamePage:
        repo, ref = opened.repo, opened.repo.ref
        commits = {oid: self.content.get_commit(repo, oid) for oid in {run.commit for run in found}}
        text = "\n".join(line.rstrip("\r") for run in found for line in run.lines)
        lines, ages = highlight_lines(text, path) if found else [], _ages(commits)
        return BlamePage(
            head=self.frame.head(opened, "Files"),
            refs=self.frame.ref_menu(opened, revision, lambda name: self.urls.blame(ref, name, path)),
            crumbs=self.around.crumbs(opened, revision, path),
            path=path,
            file_href=self.urls.blob(ref, revision, path),
            history_href=self.urls.commits(ref, revision, path),
            runs=[self._run(ref, run, commits[run.commit], ages[run.commit], lines) for run in found],
            line_count=sum(len(run.lines) for run in found),
            refusal=refusal,
        )

    def _run(
        self, ref: RepoRef, run: BlamedLines, commit: Commit, age: int, lines: Sequence[Markup]
    ) -> BlameRun:
        return BlameRun(
            title=commit.title or "(no message)",
            href=self.urls.commit(ref, commit.oid),
            oid=commit.oid,
            author=commit.author_name,
            date=commit.date,
            age=age,
            previous_href=self.urls.blame(ref, *run.previous) if run.previous else None,
            start=run.start,
            lines=lines[run.start - 1 : run.start - 1 + len(run.lines)],
        )


def _ages(commits: Mapping[str, Commit]) -> dict[str, int]:
    """How old each commit is among those of the file, in AGES steps: by rank, for work comes in bursts."""
    newest_first = sorted(commits, key=lambda oid: commits[oid].date, reverse=True)
    steps = max(len(newest_first) - 1, 1)
    return {oid: rank * (AGES - 1) // steps for rank, oid in enumerate(newest_first)}
