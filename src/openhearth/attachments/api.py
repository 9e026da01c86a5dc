"""`POST /uploads` takes an attachment and answers its address as plain text (hf_api.py `upload_attachment`)."""

import contextlib

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.access import refusal
from openhearth.attachments.store import ATTACHMENT_MAX_BYTES, AttachmentStore
from openhearth.kit.ranges import parse_range
from openhearth.urls import Urls
from openhearth.wire.bodies import receive_to_file
from openhearth.wire.files import FileAnswer
from openhearth.wire.request import actor_of

# Whatever a file turns out to be, opened alone it may load nothing, run nothing and send nothing.
_HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Disposition": "inline",
}


class AttachmentApi:
    def __init__(self, store: AttachmentStore, *, urls: Urls) -> None:
        self._store = store
        self._urls = urls

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/uploads", self.upload, methods=["POST"]),
            Route("/uploads/{name:seg}", self.get, methods=["GET"]),
        ]

    async def upload(self, request: Request) -> Response:
        """Keep a picture, a sound or a film for a comment; the answer is its address."""
        actor = actor_of(request)
        if actor.is_anonymous:
            raise refusal(actor, "Attachments need an account.")
        if actor.token is not None and actor.token.scope == "read":
            raise refusal(actor, "This token (read) does not allow to upload; use a write token.")
        arriving = self._store.begin()
        try:
            body = await receive_to_file(request, arriving, limit_bytes=ATTACHMENT_MAX_BYTES, sha256=True)
            kept = self._store.adopt(arriving, body.sha256 or "")
        finally:
            with contextlib.suppress(FileNotFoundError):
                arriving.unlink()
        return PlainTextResponse(self._urls.absolute(f"/uploads/{kept.name}"))

    async def get(self, request: Request) -> Response:
        """An attachment. Whoever has its address may see it, as with a picture in a mail."""
        found = self._store.get(request.path_params["name"])
        span = parse_range(request.headers.get("range"), found.size_bytes)
        headers = {**_HARMLESS, "Content-Type": found.media.name, "ETag": f'"{found.name[:64]}"'}
        return FileAnswer(found.path, size_bytes=found.size_bytes, span=span, headers=headers)
