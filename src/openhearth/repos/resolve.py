"""The hot path: files by name, as HEAD, GET and byte ranges, with every header a client reads from them.

Headers follow huggingface_hub 2.4 (file_download.py `get_hf_file_metadata`). HEAD never redirects: clients
would read the last answer's headers. What users uploaded is never answered as a page: no HTML, no scripts.
"""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from openhearth.kit.ranges import ByteRange
from openhearth.repos.addressing import Addressed
from openhearth.repos.content import Content
from openhearth.repos.downloads import stands_for_loading
from openhearth.repos.file_headers import SAFE_HEADERS, disposition, is_unchanged, requested_span
from openhearth.repos.large_files import InMemory, OnDisk, Source
from openhearth.repos.media import media_type
from openhearth.repos.nearby import Near
from openhearth.repos.records import Entry, Repo
from openhearth.repos.service import Repos
from openhearth.urls import Urls
from openhearth.wire.files import FileAnswer
from openhearth.wire.request import actor_of


@dataclass(frozen=True)
class _Found:
    repo: Repo
    commit: str
    entry: Entry
    source: Source | None  # None: nobody asked for the bytes


class Resolve:
    def __init__(self, *, repos: Repos, urls: Urls, near: Near) -> None:
        self._content: Content = repos.content
        self._downloads = repos.downloads
        self._urls = urls
        self._near = near
        self._addressed = Addressed(repos.catalogue)

    def routes(self) -> list[BaseRoute]:
        found: list[BaseRoute] = []
        for base in ("/{kind:kind}/{ns}/{name}", "/{ns}/{name}"):
            found.append(
                Route(f"{base}/resolve/{{rev:seg}}/{{path:rest}}", self.resolve, methods=["GET", "HEAD"])
            )
            found.append(Route(f"{base}/raw/{{rev:seg}}/{{path:rest}}", self.raw, methods=["GET", "HEAD"]))
        return found

    async def resolve(self, request: Request) -> Response:
        found = await self._near.run(self._find, request)
        headers = self._headers(request, found)
        if is_unchanged(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        entry = found.entry
        span = requested_span(request, headers["ETag"], entry.size_bytes)
        if request.method == "HEAD" or found.source is None:
            return Response(headers={**headers, "Content-Length": str(entry.size_bytes)})
        return self._answer(found.source, span, headers)

    async def raw(self, request: Request) -> Response:
        """The file as git holds it: for a large one, its pointer."""
        found = await run_in_threadpool(self._find_raw, request)
        commit, entry, content = found
        headers = {**SAFE_HEADERS, "X-Repo-Commit": commit, "ETag": f'"{entry.oid}"'}
        headers["Content-Type"] = "text/plain; charset=utf-8"
        if is_unchanged(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        headers["Content-Length"] = str(len(content))
        return Response(b"" if request.method == "HEAD" else content, headers=headers)

    def _find(self, request: Request) -> _Found:
        repo = self._addressed.repo(request, files=True)
        commit = self._content.resolve(repo, request.path_params["rev"])
        entry = self._content.get_file(repo, commit, request.path_params["path"])
        # A HEAD needs no bytes, but must not promise a large file whose content is missing.
        is_known = entry.lfs is None or entry.xet_hash is not None
        source = None if request.method == "HEAD" and is_known else self._content.open_file(repo, entry)
        self._count(request, repo, entry)
        return _Found(repo, commit, entry, source)

    def _find_raw(self, request: Request) -> tuple[str, Entry, bytes]:
        repo = self._addressed.repo(request, files=True)
        commit = self._content.resolve(repo, request.path_params["rev"])
        entry = self._content.get_file(repo, commit, request.path_params["path"])
        return commit, entry, self._content.read_raw(repo, entry)

    def _count(self, request: Request, repo: Repo, entry: Entry) -> None:
        """A download is announced by the stock client, or seen by the file that every library reads first."""
        announced = request.headers.get("x-hf-download-counter") == "1"
        if announced or (request.method == "GET" and stands_for_loading(entry.name)):
            address = request.client.host if request.client else ""
            self._downloads.count(repo.key, actor_of(request).user_id or address)

    def _headers(self, request: Request, found: _Found) -> dict[str, str]:
        repo, entry = found.repo, found.entry
        headers = {
            **SAFE_HEADERS,
            "X-Repo-Commit": found.commit,
            "ETag": f'"{entry.etag}"',
            "Accept-Ranges": "bytes",
            "Content-Type": media_type(entry.path),
            "Content-Disposition": disposition(entry.name, download="download" in request.query_params),
            "Cache-Control": "no-cache" if repo.is_private else "no-cache, no-transform",
            "Vary": "Authorization, Cookie",
        }
        if entry.lfs is not None:
            headers["X-Linked-Size"] = str(entry.size_bytes)
            headers["X-Linked-Etag"] = f'"{entry.etag}"'
        if entry.xet_hash is not None:
            token = self._urls.xet_token(repo.ref, "read", found.commit)
            headers["X-Xet-Hash"] = entry.xet_hash
            headers["Link"] = f'<{token}>; rel="xet-auth"'
        return headers

    def _answer(self, source: Source, span: ByteRange | None, headers: dict[str, str]) -> Response:
        if isinstance(source, OnDisk):
            return FileAnswer(source.path, size_bytes=source.size_bytes, span=span, headers=headers)
        if span is not None:
            headers = {**headers, "Content-Range": span.content_range(source.size_bytes)}
        status = 206 if span is not None else 200
        if isinstance(source, InMemory):
            content = source.content[span.start : span.end] if span else source.content
            return Response(content, status, headers=headers)
        headers["Content-Length"] = str(span.length if span else source.size_bytes)
        return StreamingResponse(self._content.stream(source, span), status, headers=headers)
