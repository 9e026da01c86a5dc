"""JSON routes that read what repos hold: trees, paths, refs, history, tensors, large files.

Routes and answers follow huggingface_hub 2.4 (hf_api.py `list_repo_tree`, `get_paths_info`, `list_repo_refs`,
`list_repo_commits`, `get_sharded_safetensors_metadata`, `list_lfs_files`).
"""

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from openhearth.access import Action
from openhearth.errors import Invalid, TooLarge
from openhearth.kit.names import check_path
from openhearth.kit.recent import Recent
from openhearth.repos import shapes
from openhearth.repos.addressing import API, Addressed
from openhearth.repos.facts import read_index
from openhearth.repos.large_file_refs import find_refs
from openhearth.repos.nearby import Near
from openhearth.repos.records import MAIN, Repo
from openhearth.repos.service import Repos
from openhearth.urls import Urls
from openhearth.wire.paging import link_next, read_flag, read_limit, read_many
from openhearth.wire.routing import LeanRoute

TREE_PAGE_MAX = 1000
TREE_PAGE_MAX_EXPANDED = 100  # each line costs a look into the history
COMMITS_PAGE = 50
PATHS_MAX = 10_000
PATHS_BODY_MAX_BYTES = 8 << 20
_REMEMBERED_PAGES = 512
_REMEMBERED_PAGE_BYTES = 64 << 10


@dataclass(frozen=True, kw_only=True)
class _TreeQuery:
    repo: Repo
    commit: str
    path: str
    recursive: bool
    expand: bool
    limit: int
    cursor: str | None

    @property
    def position(self) -> tuple[object, ...]:
        """What names a page for good: a commit never changes."""
        return (self.repo.key, self.commit, self.path, self.recursive, self.expand, self.limit, self.cursor)


@dataclass(frozen=True)
class _TreePage:
    body: bytes
    cursor: str | None


class ContentApi:
    def __init__(self, *, repos: Repos, urls: Urls, near: Near) -> None:
        self._repos = repos
        self._content = repos.content
        self._urls = urls
        self._near = near
        self._trees: Recent[tuple[object, ...], _TreePage] = Recent(_REMEMBERED_PAGES)
        self._addressed = Addressed(repos.catalogue)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["content"], route_class=LeanRoute)
        for method, path, endpoint in (
            ("GET", f"{API}/tree/{{rev:seg}}", self.list_tree),
            ("GET", f"{API}/tree/{{rev:seg}}/{{path:rest}}", self.list_tree),
            ("POST", f"{API}/paths-info/{{rev:seg}}", self.list_paths),
            ("GET", f"{API}/refs", self.list_refs),
            ("GET", f"{API}/commits/{{rev:seg}}", self.list_commits),
            ("GET", f"{API}/lfs-files", self.list_large_files),
            ("GET", f"{API}/safetensors-metadata/{{path:rest}}", self.read_safetensors),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_class=JSONResponse)
        return router

    async def list_tree(self, request: Request) -> Response:
        asked = await self._near.run(self._read_tree_query, request)
        page = self._trees.find(asked.position)
        if page is None:
            page = await run_in_threadpool(self._list_tree, asked)
        response = Response(page.body, media_type="application/json")
        if page.cursor is not None:
            link_next(response, request, self._urls, cursor=page.cursor)
        return response

    def _read_tree_query(self, request: Request) -> _TreeQuery:
        repo = self._addressed.repo(request)
        expand = read_flag(request, "expand")
        most = TREE_PAGE_MAX_EXPANDED if expand else TREE_PAGE_MAX
        return _TreeQuery(
            repo=repo,
            commit=self._content.resolve(repo, request.path_params["rev"]),
            path=request.path_params.get("path", ""),
            recursive=read_flag(request, "recursive"),
            expand=expand,
            limit=read_limit(request, default=most, most=most),
            cursor=request.query_params.get("cursor"),
        )

    def _list_tree(self, asked: _TreeQuery) -> _TreePage:
        page = self._content.list_tree(
            asked.repo, asked.commit, asked.path, recursive=asked.recursive, limit=asked.limit,
            cursor=asked.cursor, with_last_commit=asked.expand,
        )  # fmt: skip
        body = json.dumps([shapes.describe_entry(entry) for entry in page.items], ensure_ascii=False)
        answer = _TreePage(body.encode(), page.cursor)
        if len(answer.body) <= _REMEMBERED_PAGE_BYTES:
            self._trees.put(asked.position, answer)
        return answer

    async def list_paths(self, request: Request) -> Response:
        """A form (Python) or JSON (JavaScript): `paths` and `expand`."""
        paths, expand = await _read_paths(request)
        return await run_in_threadpool(self._list_paths, request, paths, expand)

    def _list_paths(self, request: Request, paths: list[str], expand: bool) -> Response:
        repo = self._addressed.repo(request)
        commit = self._content.resolve(repo, request.path_params["rev"])
        entries = self._content.list_entries(repo, commit, paths, with_last_commit=expand)
        return JSONResponse([shapes.describe_entry(entry) for entry in entries])

    def list_refs(self, request: Request) -> Response:
        refs = self._content.list_refs(self._addressed.repo(request))
        return JSONResponse(shapes.describe_refs(refs, with_pull_requests=read_flag(request, "include_prs")))

    def list_commits(self, request: Request) -> Response:
        repo = self._addressed.repo(request)
        commit = self._content.resolve(repo, request.path_params["rev"])
        page, limit = _read_page(request), read_limit(request, default=COMMITS_PAGE, most=1000)
        found = self._content.list_commits(repo, commit, page=page, limit=limit)
        formatted = "formatted" in read_many(request, "expand")
        response = JSONResponse([shapes.describe_commit(c, formatted=formatted) for c in found])
        total = self._content.count_commits(repo, commit)
        response.headers["X-Total-Count"] = str(total)
        if (page + 1) * limit < total:
            link_next(response, request, self._urls, p=page + 1)
        return response

    def list_large_files(self, request: Request) -> Response:
        repo = self._addressed.repo(request, Action.WRITE)
        limit = read_limit(request, default=1000, most=1000)
        page = self._repos.facts.list_large_files(
            repo, limit=limit, cursor=request.query_params.get("cursor")
        )
        refs = find_refs(self._content, repo, {file.sha256 for file in page.items})
        response = JSONResponse(
            [shapes.describe_large_file(file, refs.get(file.sha256)) for file in page.items]
        )
        if page.cursor is not None:
            link_next(response, request, self._urls, cursor=page.cursor)
        return response

    def read_safetensors(self, request: Request) -> Response:
        """The headers of all shards that an index names; of a single file, its own."""
        repo = self._addressed.repo(request, files=True)
        commit = self._content.resolve(repo, MAIN)
        path = check_path(request.path_params["path"])
        if path.endswith(".json"):
            index, shards = read_index(self._content, repo, commit, path)
        else:
            index, shards = {"metadata": {}}, [path]
        folder = path.rpartition("/")[0]
        headers = {
            shard.removeprefix(f"{folder}/") if folder else shard: self._read_header(repo, commit, shard)
            for shard in shards
        }
        return JSONResponse({"index": {"metadata": index.get("metadata")}, "headers": headers})

    def _read_header(self, repo: Repo, commit: str, path: str) -> dict[str, Any]:
        return self._repos.facts.read_safetensors(repo, commit, path).raw


async def _read_paths(request: Request) -> tuple[list[str], bool]:
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > PATHS_BODY_MAX_BYTES:
        raise TooLarge(f"body: {length} bytes; ask for fewer paths at once.")
    if "json" in request.headers.get("content-type", ""):
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            raise Invalid("body: is not valid JSON.") from None
        given = body.get("paths", []) if isinstance(body, dict) else []
        paths = [given] if isinstance(given, str) else given
        expand = bool(body.get("expand")) if isinstance(body, dict) else False
    else:
        form = await request.form(max_fields=PATHS_MAX + 10)
        paths = [*form.getlist("paths"), *form.getlist("paths[]")]
        expand = str(form.get("expand", "")).lower() in ("true", "1")
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise Invalid("paths: must be a list of texts.")
    if len(paths) > PATHS_MAX:
        raise TooLarge(f"paths: {len(paths)} of them; ask for at most {PATHS_MAX} at once.")
    return [str(path) for path in paths], expand


def _read_page(request: Request) -> int:
    text = request.query_params.get("p", "0")
    if not text.isdigit() or len(text) > 9:
        raise Invalid(f"p: {text[:40]!r} is no page number; count from 0.")
    return int(text)
