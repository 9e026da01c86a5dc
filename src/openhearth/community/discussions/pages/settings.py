"""The panel among a repo's settings that turns discussions off and on."""

from dataclasses import dataclass

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Action
from openhearth.community.discussions.pages.desk import Desk
from openhearth.kit.names import RepoType
from openhearth.repos import Repo, repo_routes
from openhearth.wire.forms import read_form, text_of
from openhearth.wire.request import csrf_of


@dataclass(frozen=True, kw_only=True)
class SettingsPanel:
    """Context of `discussions/settings.html`, a part of a page."""

    action: str
    enabled: bool
    csrf_token: str


class SettingsPart:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        return repo_routes("/settings/discussions", self.post, methods=("POST",))

    def panel(self, request: Request, repo: Repo) -> Markup:
        """What the slot `repo.settings` shows."""
        context = SettingsPanel(
            action=f"{self.desk.urls.settings(repo.ref)}/discussions",
            enabled=self.desk.threads.is_enabled(repo),
            csrf_token=csrf_of(request),
        )
        return self.desk.web.fragment("discussions/settings.html", context)

    async def post(self, repo_type: RepoType, request: Request) -> Response:
        at = await run_in_threadpool(self.desk.frame.open, repo_type, request, Action.ADMIN)
        form = await read_form(request, max_files=0)
        enabled = text_of(form, "discussions", default="off") == "on"
        await run_in_threadpool(self.desk.threads.set_enabled, at.actor, at.repo, enabled)
        return RedirectResponse(f"{self.desk.urls.settings(at.repo.ref)}?saved=1", 303)
