"""The page of what somebody likes, as far as the reader may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth.accounts import User
from openhearth.errors import NotFound
from openhearth.repos.pages.frame import RepoFrame
from openhearth.repos.pages.profile import Profiles
from openhearth.repos.pages.summaries import summary_of
from openhearth.urls import with_query
from openhearth.web.parts import RepoSummary
from openhearth.wire.request import actor_of

LIKED_REPOS = 30


@dataclass(frozen=True, kw_only=True)
class LikedPage:
    """Context of `repos/liked.html`."""

    name: str
    fullname: str
    repos: Sequence[RepoSummary] = field(metadata={"help": "What they like, liked last first"})
    total: int = field(metadata={"help": "How much of it the reader may see"})
    next_href: str | None


class LikedPages:
    def __init__(self, frame: RepoFrame, *, profiles: Profiles) -> None:
        self.frame = frame
        self.profiles = profiles

    def routes(self) -> list[Route]:
        return [Route("/users/{name}/likes", self.show, methods=["GET"])]

    def show(self, request: Request) -> Response:
        """Raises NotFound, also for an organisation: only people like repos."""
        actor, user = actor_of(request), self.profiles.get_profile(request.path_params["name"]).namespace
        if not isinstance(user, User):
            raise NotFound(f"{user.name!r} is an organisation; only people like repos.")
        likes, catalogue = self.frame.repos.likes, self.frame.repos.catalogue
        cursor = request.query_params.get("cursor")
        page = likes.list_liked(actor, user.id, limit=LIKED_REPOS, cursor=cursor)
        found = catalogue.list_by_keys(actor, [like.repo_key for like in page.items])
        context = LikedPage(
            name=user.name,
            fullname=user.fullname,
            repos=[
                summary_of(found[like.repo_key], self.frame.urls)
                for like in page.items
                if like.repo_key in found
            ],
            total=likes.count_liked(actor, user.id),
            next_href=with_query(self.frame.urls.likes_of(user.name), cursor=page.cursor)
            if page.cursor
            else None,
        )
        return self.frame.web.page(request, "repos/liked.html", context)
