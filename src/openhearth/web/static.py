"""`GET /static/{room}/{path}`: kept for good under an address with the file's hash, else revalidated."""

from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from openhearth.errors import NotFound
from openhearth.web.assets import Assets

_FOREVER = "public, max-age=31536000, immutable"


class StaticFiles:
    def __init__(self, assets: Assets) -> None:
        self.assets = assets

    def routes(self) -> list[Route]:
        return [Route("/static/{path:path}", self.show, methods=["GET"], name="static")]

    async def show(self, request: Request) -> Response:
        try:
            # The router sees raw paths; the name is decoded here, once.
            asset = self.assets.get(unquote(request.path_params["path"]))
        except NotFound as error:
            return PlainTextResponse(error.message, 404)
        etag = f'"{asset.version}"'
        pinned = request.query_params.get("v") == asset.version
        headers = {"ETag": etag, "Cache-Control": _FOREVER if pinned else "no-cache"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(asset.content, media_type=asset.media_type, headers=headers)
