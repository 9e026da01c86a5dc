"""The heart in the heading of a repo: a form of one button, good without script."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.kit.names import RepoType
from openhearth.repos.pages.frame import OpenRepo, RepoFrame, repo_routes
from openhearth.urls import with_query
from openhearth.wire.forms import read_form, text_of


class LikePages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.likes = frame.repos.likes

    def routes(self) -> list[Route]:
        return repo_routes("/like", self.post, methods=("POST",))

    async def post(self, repo_type: RepoType, request: Request) -> Response:
        """Like or no longer; a visitor is asked to sign in and comes back to the repo."""
        opened = await run_in_threadpool(self.frame.open, repo_type, request)
        here = self.frame.urls.repo(opened.repo.ref)
        form = await read_form(request, max_files=0)
        if opened.actor.is_anonymous:
            return RedirectResponse(with_query("/login", next=here), 303)
        await run_in_threadpool(self._set, opened, text_of(form, "like", default="1") == "1")
        return RedirectResponse(here, 303)

    def _set(self, opened: OpenRepo, liked: bool) -> None:
        change = self.likes.like if liked else self.likes.unlike
        change(opened.actor, opened.repo)
