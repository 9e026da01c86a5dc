"""JSON routes on history: the versions of a file, blame, two revisions compared, how large a folder is.

The comparison is what the public hub gives as `/compare/{a}..{b}`: the text of `git diff`. Two dots compare the two revisions
themselves, three what the second did since it left the first, as in git.
"""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from starlette.requests import Request

from openhearth.errors import EntryNotFound, Invalid
from openhearth.kit.clock import iso
from openhearth.repos import shapes
from openhearth.repos.addressing import API, Addressed
from openhearth.repos.records import MAIN
from openhearth.repos.service import Repos
from openhearth.storage.git import BlamedLines, Commit
from openhearth.urls import Urls
from openhearth.wire.paging import link_next, read_limit, read_many
from openhearth.wire.routing import LeanRoute

VERSIONS_PAGE = 50


class HistoryApi:
    def __init__(self, *, repos: Repos, urls: Urls) -> None:
        self._content = repos.content
        self._urls = urls
        self._addressed = Addressed(repos.catalogue)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["history"], route_class=LeanRoute)
        for path, endpoint in (
            ("commits/{rev:seg}/{path:rest}", self.list_versions),
            ("blame/{rev:seg}/{path:rest}", self.blame),
            ("compare/{spec:seg}", self.compare),
            ("treesize/{rev:seg}", self.tree_size),
            ("treesize/{rev:seg}/{path:rest}", self.tree_size),
        ):
            router.add_api_route(f"{API}/{path}", endpoint, methods=["GET"], response_class=JSONResponse)
        return router

    def list_versions(self, request: Request) -> Response:
        """The commits that changed a file or folder; `path` in each is what the file was called then."""
        repo = self._addressed.repo(request)
        path = request.path_params["path"].strip("/")
        commit = self._content.resolve(repo, request.path_params["rev"])
        page, limit = read_page(request), read_limit(request, default=VERSIONS_PAGE, most=1000)
        found = self._content.list_versions(repo, commit, path, skip=page * limit, limit=limit + 1)
        if not found and page == 0:
            raise EntryNotFound(path, commit=commit)
        formatted = "formatted" in read_many(request, "expand")
        response = JSONResponse(
            [
                {**shapes.describe_commit(made, formatted=formatted), "path": name}
                for made, name in found[:limit]
            ]
        )
        if len(found) > limit:
            link_next(response, request, self._urls, p=page + 1)
        return response

    def blame(self, request: Request) -> Response:
        """Runs of lines that came with one commit, and those commits by their ids."""
        repo = self._addressed.repo(request, files=True)
        commit = self._content.resolve(repo, request.path_params["rev"])
        found = self._content.blame(repo, commit, request.path_params["path"].strip("/"))
        commits = {oid: self._content.get_commit(repo, oid) for oid in dict.fromkeys(b.commit for b in found)}
        return JSONResponse(
            {
                "commit": commit,
                "lines": [_describe_run(run) for run in found],
                "commits": {oid: _describe_commit(made) for oid, made in commits.items()},
            },
            headers={"X-Repo-Commit": commit},
        )

    def compare(self, request: Request) -> Response:
        """The difference of two revisions as `git diff` says it."""
        repo = self._addressed.repo(request, files=True)
        base, head, since_parting = read_spec(request.path_params["spec"])
        compared = self._content.compare(repo, base, head, since_parting=since_parting)
        return Response(self._content.raw_diff(repo, compared), media_type="text/plain; charset=utf-8")

    def tree_size(self, request: Request) -> Response:
        repo = self._addressed.repo(request)
        commit = self._content.resolve(repo, request.path_params["rev"])
        path = request.path_params.get("path", "").strip("/")
        return JSONResponse({"path": path, "size": self._content.tree_size(repo, commit, path)})


def read_spec(spec: str) -> tuple[str, str, bool]:
    """`a..b` or `a...b`: both revisions, and whether only what came since they parted. Empty means main. Raises Invalid."""
    for dots, since_parting in (("...", True), ("..", False)):
        base, found, head = spec.partition(dots)
        if found:
            return base or MAIN, head or MAIN, since_parting
    raise Invalid(
        f"compare: {spec[:100]!r} names no two revisions; write a..b, or a...b for what b did since it left a."
    )


def read_page(request: Request) -> int:
    text = request.query_params.get("p", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise Invalid(f"p: {text[:40]!r} is no page number; count from 0.")
    return int(text)


def _describe_run(run: BlamedLines) -> dict[str, Any]:
    previous = {"commit": run.previous[0], "path": run.previous[1]} if run.previous else None
    return {
        "commit": run.commit, "path": run.path, "start": run.start, "originalStart": run.old_start,
        "lines": list(run.lines), "previous": previous,
    }  # fmt: skip


def _describe_commit(commit: Commit) -> dict[str, Any]:
    return {
        "title": commit.title, "date": iso(commit.date), "author": {"user": commit.author_name},
        "parents": list(commit.parents),
    }  # fmt: skip
