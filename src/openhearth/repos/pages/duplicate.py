"""Duplicating a repo by a form: where to, and who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.errors import Conflict, Forbidden, Invalid
from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos.pages.create import owners_of
from openhearth.repos.pages.frame import OpenRepo, RepoFrame, RepoHead, repo_routes
from openhearth.repos.records import RepoVisibility
from openhearth.urls import with_query
from openhearth.web.parts import Choice
from openhearth.wire.forms import read_form, text_of
from openhearth.wire.request import actor_of


@dataclass(frozen=True, kw_only=True)
class DuplicatePage:
    """Context of `repos/duplicate.html`."""

    head: RepoHead
    owners: Sequence[Choice]
    visibilities: Sequence[Choice]
    storage_bytes: int
    values: dict[str, str] = field(metadata={"help": "What was typed: owner, name, visibility"})
    errors: dict[str, str] = field(metadata={"help": "Field name → what is wrong with it"})


class DuplicatePages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.repos = frame.repos
        self.urls = frame.urls

    def routes(self) -> list[Route]:
        return [
            *repo_routes("/duplicate", self.show),
            *repo_routes("/duplicate", self.post, methods=("POST",)),
        ]

    def show(self, repo_type: RepoType, request: Request) -> Response:
        opened = self.frame.open(repo_type, request)
        if opened.actor.is_anonymous:
            return self._sign_in(opened)
        self.repos.admission.require_files(opened.actor, opened.repo)
        ref = opened.repo.ref
        values = {"owner": opened.actor.name or "", "name": ref.name, "visibility": opened.repo.visibility}
        return self._page(opened, values)

    async def post(self, repo_type: RepoType, request: Request) -> Response:
        opened = await run_in_threadpool(self.frame.open, repo_type, request)
        if actor_of(request).is_anonymous:
            return self._sign_in(opened)
        return await run_in_threadpool(self._duplicate, opened, await read_form(request, max_files=0))

    def _duplicate(self, opened: OpenRepo, form: FormData) -> Response:
        values = {name: text_of(form, name, default="") for name in ("owner", "name", "visibility")}
        visibility: RepoVisibility = "public" if values["visibility"] == "public" else "private"
        target = RepoRef(opened.repo.ref.type, values["owner"], values["name"])
        try:
            copy = self.repos.copies.duplicate(opened.actor, opened.repo, target, visibility=visibility)
        except (Invalid, Conflict) as error:
            return self._page(opened, values, {"name": error.message}, status=error.status)
        except Forbidden as error:
            if error.code is not None:  # the source is gated: its own page says what to do
                raise
            return self._page(opened, values, {"owner": error.message}, status=error.status)
        return RedirectResponse(self.urls.repo(copy.ref), 303)

    def _sign_in(self, opened: OpenRepo) -> Response:
        return RedirectResponse(
            with_query("/login", next=f"{self.urls.repo(opened.repo.ref)}/duplicate"), 303
        )

    def _page(
        self,
        opened: OpenRepo,
        values: dict[str, str],
        errors: dict[str, str] | None = None,
        *,
        status: int = 200,
    ) -> Response:
        hints = {
            "public": "Anybody who reaches this hub can see and download it.",
            "private": "Only you, or the members of the organisation.",
        }
        page = DuplicatePage(
            head=self.frame.head(opened, "Card"),
            owners=[Choice(value=name, label=name) for name in owners_of(opened.actor)],
            visibilities=[
                Choice(value=kind, label=kind.capitalize(), hint=hint) for kind, hint in hints.items()
            ],
            storage_bytes=self.repos.facts.get(opened.repo).used_storage_bytes,
            values=values,
            errors=errors or {},
        )
        return self.frame.web.page(opened.request, "repos/duplicate.html", page, status=status)
