"""Where forms that change files write, and how: one form is one commit, on a branch or on a pull request of its own."""

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
from openhearth.repos.pull_requests import number_of
from openhearth.repos.records import CommitRequest, Operation
from openhearth.web.parts import Crumb
from openhearth.wire.forms import read_form, text_of

_FIELDS = frozenset({"name", "new_path", "summary", "folder", "files", "text"})


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a form of this page writes: a branch and a path in it."""

    opened: OpenRepo
    branch: str
    commit: str
    path: str
    only_proposes: bool = False  # the reader may not write here: what they send becomes a pull request


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
        writers_only: bool = False,
    ) -> list[Route]:
        """A page with a form, and what happens when it is sent. Whoever may not write proposes, unless `writers_only`."""

        def place(repo_type: RepoType, request: Request) -> Place:
            return self.place(repo_type, request, writers_only=writers_only)

        async def post(repo_type: RepoType, request: Request) -> Response:
            # Whoever may not write here is refused before a byte of their files is taken in.
            await run_in_threadpool(place, repo_type, request)
            form = await read_form(await self.intake.open(request, files_max=files_max))
            try:
                return await run_in_threadpool(lambda: act(place(repo_type, request), form))
            finally:
                await form.close()

        def get(repo_type: RepoType, request: Request) -> Response:
            return show(place(repo_type, request))

        return [*repo_routes(suffix, get), *repo_routes(suffix, post, methods=("POST",))]

    def place(self, repo_type: RepoType, request: Request, *, writers_only: bool = False) -> Place:
        """Raises Forbidden or Unauthenticated for whoever may neither write nor propose, RevisionNotFound for no branch."""
        opened = self.frame.open(repo_type, request, Action.WRITE if writers_only else Action.READ)
        branch = request.path_params["rev"]
        only_proposes = not writers_only and self.frame.repos.contributions.require(
            opened.actor,
            opened.repo,
            branch,
            new_pull_request=number_of(branch) is None and not opened.may(Action.WRITE),
        )
        if not is_branch(self.content.list_refs(opened.repo), branch):
            raise RevisionNotFound(branch, opened.repo.id)
        path = request.path_params.get("path", "").strip("/")
        return Place(
            opened=opened, branch=branch, commit=self.content.resolve(opened.repo, branch), path=path,
            only_proposes=only_proposes and number_of(branch) is None,
        )  # fmt: skip

    def commit(
        self,
        place: Place,
        operations: Sequence[Operation],
        summary: str,
        *,
        on_newest: bool = False,
        as_pull_request: bool = False,
    ) -> str | None:
        """Commit on top of what this request saw, or `on_newest` on whatever the branch holds by then.

        Gives the page of the pull request that was opened, if one was. Raises StaleParent if the branch moved
        meanwhile and the commit is not `on_newest`.
        """
        parent = None if on_newest else place.commit
        request = CommitRequest(summary=summary, parent_commit=parent, operations=operations)
        commits, actor, repo = self.frame.repos.commits, place.opened.actor, place.opened.repo
        if place.only_proposes or as_pull_request:
            proposal = commits.propose(actor, repo, place.branch, request)
            return self.urls.discussion(repo.ref, proposal.number)
        commits.commit(actor, repo, place.branch, request)
        return None

    def wants_pull_request(self, form: FormData) -> bool:
        """Whether the button was pressed that proposes instead of committing."""
        return text_of(form, "how", default="") == "pull_request"

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
