"""The Settings tab: who may see a repo, what it is called, and its end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action
from openhearth.errors import Conflict, Forbidden, Invalid
from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos.pages.create import owners_of
from openhearth.repos.pages.frame import OpenRepo, RepoFrame, RepoHead, repo_routes
from openhearth.repos.records import BranchProtection, Gating, RepoVisibility
from openhearth.web.parts import Choice
from openhearth.wire.forms import read_form, text_of

_HINTS = {
    "public": "Anybody who reaches this hub can see and download it.",
    "private": "Only its owner, or the members of the organisation.",
    "protected": "Anybody can use the app; only its owner can see the files.",
}

_GATINGS = (
    Choice(value="off", label="No gate", hint="Whoever may see it has its files."),
    Choice(
        value="auto",
        label="Whoever asks",
        hint="The files open at once to those who answer the form and agree.",
    ),
    Choice(value="manual", label="Whoever you let in", hint="You answer every request."),
)


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """Context of `repos/settings.html`."""

    head: RepoHead
    visibility: str
    visibilities: Sequence[Choice]
    gating: str
    gatings: Sequence[Choice] = field(metadata={"help": "Empty where a repo of this type has no gate"})
    owners: Sequence[Choice]
    storage_bytes: int
    protections: Sequence[BranchProtection]
    values: dict[str, str] = field(metadata={"help": "What was typed: owner, name, confirm, branch"})
    errors: dict[str, str] = field(metadata={"help": "Field name → what is wrong with it"})
    saved: bool
    more: Sequence[Markup] = field(
        metadata={"help": "What the slot repo.settings gave: panels of other rooms"}
    )


class SettingsPages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.catalogue = frame.repos.catalogue
        self.urls = frame.urls

    def routes(self) -> list[Route]:
        return [
            *repo_routes("/settings", self.show),
            *self._post("/settings/visibility", self.change_visibility),
            *self._post("/settings/gate", self.change_gate),
            *self._post("/settings/move", self.move),
            *self._post("/settings/protect", self.protect),
            *self._post("/settings/unprotect", self.unprotect),
            *self._post("/settings/delete", self.delete),
        ]

    def _post(self, suffix: str, act: Callable[[OpenRepo, FormData], Response]) -> list[Route]:
        async def post(repo_type: RepoType, request: Request) -> Response:
            opened = await run_in_threadpool(self.frame.open, repo_type, request, Action.ADMIN)
            return await run_in_threadpool(act, opened, await read_form(request, max_files=0))

        return repo_routes(suffix, post, methods=("POST",))

    def show(self, repo_type: RepoType, request: Request) -> Response:
        return self._page(self.frame.open(repo_type, request, Action.ADMIN))

    def _page(
        self,
        opened: OpenRepo,
        *,
        values: dict[str, str] | None = None,
        errors: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        ref = opened.repo.ref
        kinds = ("public", "private", "protected") if ref.type == "space" else ("public", "private")
        owners = list(dict.fromkeys([ref.namespace, *owners_of(opened.actor)]))
        page = SettingsPage(
            head=self.frame.head(opened, "Settings"),
            visibility=opened.repo.visibility,
            visibilities=[Choice(value=kind, label=kind.capitalize(), hint=_HINTS[kind]) for kind in kinds],
            gating=opened.repo.gated or "off",
            gatings=_GATINGS if ref.type != "space" else (),
            owners=[Choice(value=name, label=name) for name in owners],
            storage_bytes=self.frame.repos.facts.get(opened.repo).used_storage_bytes,
            protections=self.frame.repos.protections.list_protections(opened.repo),
            values={"owner": ref.namespace, "name": ref.name, "confirm": "", "branch": "", **(values or {})},
            errors=errors or {},
            saved=opened.request.query_params.get("saved") == "1",
            more=self.frame.slots.parts("repo.settings", opened.request, opened.repo),
        )
        return self.frame.web.page(opened.request, "repos/settings.html", page, status=status)

    def change_visibility(self, opened: OpenRepo, form: FormData) -> Response:
        kinds: dict[str, RepoVisibility] = {
            "public": "public",
            "private": "private",
            "protected": "protected",
        }
        wanted = kinds.get(text_of(form, "visibility"))
        if wanted is None:
            raise Invalid("visibility: choose public or private.")
        self.catalogue.change_settings(opened.actor, opened.repo, visibility=wanted)
        return RedirectResponse(f"{self.urls.settings(opened.repo.ref)}?saved=1", 303)

    def change_gate(self, opened: OpenRepo, form: FormData) -> Response:
        kinds: dict[str, Gating | Literal[False]] = {"off": False, "auto": "auto", "manual": "manual"}
        wanted = kinds.get(text_of(form, "gated"))
        if wanted is None:
            raise Invalid("gated: choose off, auto or manual.")
        self.catalogue.change_settings(opened.actor, opened.repo, gated=wanted)
        return RedirectResponse(f"{self.urls.settings(opened.repo.ref)}?saved=1", 303)

    def move(self, opened: OpenRepo, form: FormData) -> Response:
        old = opened.repo.ref
        values = {"owner": text_of(form, "owner"), "name": text_of(form, "name", default="")}
        try:
            moved = self.catalogue.move(opened.actor, old, RepoRef(old.type, values["owner"], values["name"]))
        except (Invalid, Conflict, Forbidden) as error:
            name = "owner" if isinstance(error, Forbidden) else "name"
            return self._page(opened, values=values, errors={name: error.message}, status=error.status)
        return RedirectResponse(f"{self.urls.settings(moved.ref)}?saved=1", 303)

    def protect(self, opened: OpenRepo, form: FormData) -> Response:
        branch = text_of(form, "branch", default="")
        admins_only = text_of(form, "admins_only", default="") == "on"
        try:
            self.frame.repos.protections.protect(opened.actor, opened.repo, branch, admins_only=admins_only)
        except (Invalid, Conflict) as error:
            return self._page(
                opened, values={"branch": branch}, errors={"branch": error.message}, status=error.status
            )
        return RedirectResponse(f"{self.urls.settings(opened.repo.ref)}?saved=1", 303)

    def unprotect(self, opened: OpenRepo, form: FormData) -> Response:
        self.frame.repos.protections.unprotect(opened.actor, opened.repo, text_of(form, "branch"))
        return RedirectResponse(f"{self.urls.settings(opened.repo.ref)}?saved=1", 303)

    def delete(self, opened: OpenRepo, form: FormData) -> Response:
        confirm = text_of(form, "confirm", default="")
        if confirm != opened.repo.id:
            error = (
                f"confirm: {confirm[:100]!r} is not {opened.repo.id!r}; type it exactly to delete the repo."
            )
            return self._page(opened, values={"confirm": confirm}, errors={"confirm": error}, status=400)
        self.catalogue.delete(opened.actor, opened.repo.ref)
        return RedirectResponse(self.urls.profile(opened.repo.ref.namespace), 303)
