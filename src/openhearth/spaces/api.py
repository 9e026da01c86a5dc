"""JSON routes about Spaces as apps. Routes and answers follow huggingface_hub 2.4 (hf_api.py, _space_api.py)."""

from typing import ClassVar

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request

from openhearth.access import Action
from openhearth.errors import Unsupported
from openhearth.repos import Repos
from openhearth.repos.addressing import Addressed
from openhearth.repos.records import MAIN
from openhearth.repos.runtime import NOT_RUN, app_file, describe_runtime
from openhearth.spaces.search import SpaceQuery, search_spaces
from openhearth.wire.paging import read_many
from openhearth.wire.request import actor_of
from openhearth.wire.routing import LeanRoute


class SpacesConvertor(Convertor[str]):
    """The word `spaces`, kept as a parameter: it tells the repo's type."""

    regex: ClassVar[str] = "spaces"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("spaces", SpacesConvertor())

SPACE = "/api/{kind:spaces}/{ns}/{name}"
# What only makes sense for an app that runs: method, address below the Space, and whether it changes something.
_CONTROLS = (
    ("GET", "secrets"), ("POST", "secrets"), ("DELETE", "secrets"),
    ("GET", "variables"), ("POST", "variables"), ("DELETE", "variables"),
    ("POST", "hardware"), ("POST", "sleeptime"), ("POST", "pause"), ("POST", "restart"), ("POST", "dev-mode"),
    ("PUT", "volumes"), ("DELETE", "volumes"), ("POST", "storage"), ("DELETE", "storage"),
    ("GET", "logs/{stream}"), ("GET", "host"), ("GET", "events"), ("GET", "metrics"),
)  # fmt: skip


class SpaceApi:
    def __init__(self, *, repos: Repos) -> None:
        self._repos = repos
        self._addressed = Addressed(repos.catalogue)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["spaces"], route_class=LeanRoute)
        for path, endpoint in (
            ("/api/spaces/semantic-search", self.search),
            ("/api/spaces/templates", self.list_templates),
            ("/api/spaces/hardware", self.list_hardware),
            ("/api/spaces/zero-gpu/quota", self.refuse_quota),
            (f"{SPACE}/runtime", self.get_runtime),
        ):
            router.add_api_route(path, endpoint, methods=["GET"], response_class=JSONResponse)
        for method, control in _CONTROLS:
            endpoint = self.refuse_read if method == "GET" else self.refuse_control
            router.add_api_route(
                f"{SPACE}/{control}", endpoint, methods=[method], response_class=JSONResponse
            )
        return router

    def search(self, request: Request) -> Response:
        """Spaces that hold words of `q`; whether they run makes no difference, since none does."""
        query = SpaceQuery(
            words=request.query_params.get("q", ""),
            tags=read_many(request, "filter"),
            sdks=read_many(request, "sdk"),
        )
        return JSONResponse(search_spaces(self._repos, actor_of(request), query))

    def list_templates(self, request: Request) -> Response:
        """Spaces to begin from: none are kept here."""
        return JSONResponse({"templates": []})

    def list_hardware(self, request: Request) -> Response:
        """Machines for Spaces: none, while this hub does not run them."""
        return JSONResponse([])

    def refuse_quota(self, request: Request) -> Response:
        """501: there are no shared GPUs."""
        raise Unsupported("ZeroGPU: this hub lends no shared GPUs, so there is no quota of them.")

    def get_runtime(self, request: Request) -> Response:
        """The state of a Space that the caller may see."""
        repo = self._addressed.repo(request, Action.USE)  # the app of a protected Space is open
        content = self._repos.content
        commit = content.resolve(repo, MAIN)
        name = app_file(repo.sdk, self._repos.facts.get(repo, commit).card)
        return JSONResponse(describe_runtime(has_app=content.find_entry(repo, commit, name) is not None))

    def refuse_read(self, request: Request) -> Response:
        """501, for those who may see the Space."""
        self._addressed.repo(request)
        raise Unsupported(NOT_RUN)

    def refuse_control(self, request: Request) -> Response:
        """501, for those who may change the Space."""
        self._addressed.repo(request, Action.ADMIN)
        raise Unsupported(NOT_RUN)
