"""Where forms that change files write, and how: one form is one commit on a branch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth.access import Action
from openhearth.errors import Invalid, RevisionNotFound
from openhearth.kit.names import RepoType
from openhearth.repos.pages.frame import OpenRepo, RepoFrame, is_branch, repo_routes
from openhearth.repos.pages.intake import Intake
from openhearth.repos.records import CommitRequest, Operation
from openhearth.web.parts import Crumb
from openhearth.wire.forms import read_form

_FIELDS = frozenset({"name", "new_path", "summary", "folder", "files", "text"})


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a form of this page writes: a branch and a path in it."""

    opened: OpenRepo
    branch: str
    commit: str
    path: str


class Places:
    """Opens branches for writing, draws the way to them, and commits."""

    def __init__(self, frame: RepoFrame, intake: Intake) -> None:
        self.frame = frame
        self.intake = intake
        self.content = frame.repos.content
        self.urls = frame.urls

    def form(
        self,
        suffix: str,
        show: Callable[..., Response],
        act: Callable[[Place, FormData], Response],
        *,
        files_max: int = 0,
    ) -> list[Route]:
        """A page with a form, and what happens when it is sent."""

        async def post(repo_type: RepoType, request: Request) -> Response:
            # Whoever may not write here is refused before a byte of their files is taken in.
            await run_in_threadpool(self.place, repo_type, request)
            form = await read_form(await self.intake.open(request, files_max=files_max))
            try:
                return await run_in_threadpool(lambda: act(self.place(repo_type, request), form))
            finally:
                await form.close()

        def get(repo_type: RepoType, request: Request) -> Response:
            return show(self.place(repo_type, request))

        return [*repo_routes(suffix, get), *repo_routes(suffix, post, methods=("POST",))]

    def place(self, repo_type: RepoType, request: Request) -> Place:
        """Raises Forbidden or Unauthenticated for whoever may not write, RevisionNotFound for no branch."""
        opened = self.frame.open(repo_type, request, Action.WRITE)
        branch = request.path_params["rev"]
        if not is_branch(self.content.list_refs(opened.repo), branch):
            raise RevisionNotFound(branch, opened.repo.id)
        path = request.path_params.get("path", "").strip("/")
        return Place(
            opened=opened, branch=branch, commit=self.content.resolve(opened.repo, branch), path=path
        )

    def commit(
        self, place: Place, operations: Sequence[Operation], summary: str, *, on_newest: bool = False
    ) -> None:
        """Commit on top of what this request saw, or `on_newest` on whatever the branch holds by then.

        Raises StaleParent if the branch moved meanwhile and the commit is not `on_newest`.
        """
        parent = None if on_newest else place.commit
        request = CommitRequest(summary=summary, parent_commit=parent, operations=operations)
        self.frame.repos.commits.commit(place.opened.actor, place.opened.repo, place.branch, request)

    def crumbs(self, place: Place, last: str) -> list[Crumb]:
        ref = place.opened.repo.ref
        crumbs = [Crumb(label=ref.name, href=self.urls.tree(ref, place.branch))]
        parts = place.path.split("/") if place.path else []
        crumbs += [
            Crumb(label=part, href=self.urls.tree(ref, place.branch, "/".join(parts[:depth])))
            for depth, part in enumerate(parts, start=1)
        ]
        return [*crumbs, Crumb(label=last)]


def field_of(error: Invalid, default: str = "text") -> str:
    """The form field that `error` speaks of: its message begins with the field's name."""
    word = error.message.partition(":")[0]
    return word if word in _FIELDS else default
