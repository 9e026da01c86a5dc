"""Files of buckets by their paths, as HEAD, GET and byte ranges.

Headers follow huggingface_hub 2.4 (hf_api.py `get_bucket_file_metadata`): clients with Xet read the hash and
where to ask for a token, all others get the bytes.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from openhearth.buckets.addressing import PAGE, Addressed
from openhearth.buckets.records import Bucket, BucketFile
from openhearth.buckets.service import Buckets
from openhearth.repos.file_headers import SAFE_HEADERS, disposition, is_unchanged, requested_span
from openhearth.repos.media import media_type
from openhearth.urls import Urls


class Resolve:
    def __init__(self, *, buckets: Buckets, urls: Urls) -> None:
        self._contents = buckets.contents
        self._urls = urls
        self._addressed = Addressed(buckets.catalogue)

    def routes(self) -> list[BaseRoute]:
        return [Route(f"{PAGE}/resolve/{{path:rest}}", self.resolve, methods=["GET", "HEAD"])]

    async def resolve(self, request: Request) -> Response:
        bucket, file = await run_in_threadpool(self._find, request)
        headers = self._headers(request, bucket, file)
        if is_unchanged(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        span = requested_span(request, headers["ETag"], file.size_bytes)
        if request.method == "HEAD":
            return Response(headers={**headers, "Content-Length": str(file.size_bytes)})
        if span is not None:
            headers["Content-Range"] = span.content_range(file.size_bytes)
        headers["Content-Length"] = str(span.length if span else file.size_bytes)
        status = 206 if span is not None else 200
        return StreamingResponse(self._contents.stream(file, span), status, headers=headers)

    def _find(self, request: Request) -> tuple[Bucket, BucketFile]:
        bucket = self._addressed.opened(request)
        return bucket, self._contents.get_file(bucket, request.path_params["path"])

    def _headers(self, request: Request, bucket: Bucket, file: BucketFile) -> dict[str, str]:
        name = file.path.rpartition("/")[2]
        return {
            **SAFE_HEADERS,
            "ETag": f'"{file.xet_hash}"',
            "Accept-Ranges": "bytes",
            "Content-Type": media_type(file.path),
            "Content-Disposition": disposition(name, download="download" in request.query_params),
            "Cache-Control": "no-cache" if bucket.is_private else "no-cache, no-transform",
            "Vary": "Authorization, Cookie",
            "X-Linked-Size": str(file.size_bytes),
            "X-Xet-Hash": file.xet_hash,
            "Link": f'<{self._urls.bucket_xet_token(bucket.ref, "read")}>; rel="xet-auth"',
        }
