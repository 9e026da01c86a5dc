"""New repo: one form for models, datasets, Spaces and kernels."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Actor, Role
from openhearth.errors import Conflict, Forbidden, Invalid
from openhearth.kit.names import RepoRef, RepoType
from openhearth.repos.first_commit import SPACE_SDKS
from openhearth.repos.pages.frame import RepoFrame
from openhearth.repos.records import MAIN, AddFile, CommitRequest, Repo, RepoVisibility
from openhearth.web.parts import Choice
from openhearth.wire.forms import read_form, text_of
from openhearth.wire.request import actor_of

PATHS: dict[RepoType, str] = {
    "model": "/new",
    "dataset": "/new-dataset",
    "space": "/new-space",
    "kernel": "/new-kernel",
}
LICENSES = (
    ("", "Choose later"), ("apache-2.0", "Apache 2.0"), ("mit", "MIT"), ("bsd-3-clause", "BSD 3-Clause"),
    ("gpl-3.0", "GPL 3.0"), ("agpl-3.0", "AGPL 3.0"), ("mpl-2.0", "MPL 2.0"), ("cc-by-4.0", "CC BY 4.0"),
    ("cc-by-sa-4.0", "CC BY-SA 4.0"), ("cc-by-nc-4.0", "CC BY-NC 4.0"), ("cc0-1.0", "CC0 1.0"),
    ("openrail", "OpenRAIL"), ("llama3", "Llama 3"), ("gemma", "Gemma"), ("odc-by", "ODC-By"),
    ("unlicense", "Unlicense"), ("other", "Other, told in the card"),
)  # fmt: skip
_SDK_HINTS = {
    "gradio": "Python, widgets by function; app.py",
    "streamlit": "Python, a script that reruns; app.py",
    "docker": "Anything that answers on port 7860; Dockerfile",
    "static": "HTML, CSS and JavaScript; index.html",
}


@dataclass(frozen=True, kw_only=True)
class NewRepoPage:
    """Context of `repos/new.html`."""

    type: RepoType
    action: str
    owners: Sequence[Choice]
    licenses: Sequence[Choice]
    sdks: Sequence[Choice]
    visibilities: Sequence[Choice]
    values: dict[str, str] = field(metadata={"help": "What was typed: owner, name, license, sdk, visibility"})
    errors: dict[str, str] = field(metadata={"help": "Field name → what is wrong with it"})
    command: str = field(metadata={"help": "The same from a shell"})


class NewRepoPages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.repos = frame.repos

    def routes(self) -> list[Route]:
        return [
            route
            for repo_type, path in PATHS.items()
            for route in (
                Route(path, partial(self.show, repo_type), methods=["GET"]),
                Route(path, partial(self.post, repo_type), methods=["POST"]),
            )
        ]

    def show(self, repo_type: RepoType, request: Request) -> Response:
        actor = actor_of(request)
        if actor.is_anonymous:
            return RedirectResponse(f"/login?next={PATHS[repo_type]}", 303)
        asked = request.query_params
        values = {"owner": asked.get("owner", actor.name or ""), "name": asked.get("name", "")}
        return self._page(repo_type, request, actor, values)

    async def post(self, repo_type: RepoType, request: Request) -> Response:
        if actor_of(request).is_anonymous:
            return RedirectResponse(f"/login?next={PATHS[repo_type]}", 303)
        form = await read_form(request, max_files=0)
        return await run_in_threadpool(self._create, repo_type, request, form)

    def _create(self, repo_type: RepoType, request: Request, form: FormData) -> Response:
        actor = actor_of(request)
        names = ("owner", "name", "license", "sdk", "visibility")
        values = {name: text_of(form, name, default="") for name in names}
        ref = RepoRef(repo_type, values["owner"], values["name"])
        visibility: RepoVisibility = "public" if values["visibility"] == "public" else "private"
        try:
            sdk = values["sdk"] if repo_type == "space" else None
            repo = self.repos.catalogue.create(actor, ref, visibility=visibility, sdk=sdk)
        except (Invalid, Conflict, Forbidden) as error:
            errors = {_field_of(error): error.message}
            return self._page(repo_type, request, actor, values, errors, status=error.status)
        self._write_card(actor, repo, values["license"])
        return RedirectResponse(self.frame.urls.repo(repo.ref), 303)

    def _write_card(self, actor: Actor, repo: Repo, license_id: str) -> None:
        """Put the chosen licence into a first card. Spaces have a card from their first commit on."""
        if license_id not in dict(LICENSES) or not license_id or repo.ref.type == "space":
            return
        text = f"---\nlicense: {license_id}\n---\n"
        request = CommitRequest(summary="Choose a licence", operations=[AddFile("README.md", text.encode())])
        self.repos.commits.commit(actor, repo, MAIN, request)

    def _page(
        self,
        repo_type: RepoType,
        request: Request,
        actor: Actor,
        values: dict[str, str],
        errors: dict[str, str] | None = None,
        *,
        status: int = 200,
    ) -> Response:
        flag = {
            "model": "",
            "dataset": " --repo-type dataset",
            "space": " --repo-type space --space-sdk gradio",
            "kernel": " --repo-type kernel",
        }[repo_type]
        page = NewRepoPage(
            type=repo_type,
            action=PATHS[repo_type],
            owners=[Choice(value=name, label=name) for name in owners_of(actor)],
            licenses=[Choice(value=value, label=label) for value, label in LICENSES],
            sdks=[Choice(value=sdk, label=sdk.capitalize(), hint=_SDK_HINTS[sdk]) for sdk in SPACE_SDKS],
            visibilities=[
                Choice(
                    value="public",
                    label="Public",
                    hint="Anybody who reaches this hub can see and download it.",
                ),
                Choice(
                    value="private", label="Private", hint="Only you, or the members of the organisation."
                ),
            ],
            values={
                "owner": "",
                "name": "",
                "license": "",
                "sdk": "gradio",
                "visibility": self.frame.default_visibility,
                **values,
            },
            errors=errors or {},
            command=f"export HF_ENDPOINT={self.frame.urls.base}\nhf repo create NAME{flag}",
        )
        return self.frame.web.page(request, "repos/new.html", page, status=status)


def owners_of(actor: Actor) -> list[str]:
    """The namespaces in which `actor` may create repos, their own first."""
    orgs = [name for name, role in sorted(actor.roles.items()) if role >= Role.CONTRIBUTOR]
    return [*([actor.name] if actor.name else []), *orgs]


def _field_of(error: Invalid | Conflict | Forbidden) -> str:
    """The form field that `error` speaks of."""
    word = error.message.partition(":")[0]
    if word in ("sdk", "visibility"):
        return word
    return "owner" if word == "namespace" or isinstance(error, Forbidden) else "name"
