"""From an address to a repo: the one place where routes of this room learn who asks for what.

A repo that has moved answers 307 to the same route at its new address, on every route.
"""

import re
from typing import ClassVar

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request

from openhearth.access import Action, Actor
from openhearth.kit.names import RepoRef, RepoType, repo_type_of
from openhearth.repos.catalogue import Catalogue
from openhearth.repos.errors import MovedRepo
from openhearth.repos.records import Repo
from openhearth.wire import routing as _routing  # noqa: F401 -- registers the seg and rest convertors
from openhearth.wire.request import actor_of

API = "/api/{kind:kind}/{ns}/{name}"
_ADDRESS = re.compile(
    r"^(/api/(?:models|datasets|spaces|kernels)/|/(?:datasets|spaces|kernels)/|/)[^/]+/[^/]+"
)


class KindConvertor(Convertor[str]):
    """`models`, `datasets`, `spaces` or `kernels`: other first segments belong to other rooms."""

    regex: ClassVar[str] = "models|datasets|spaces|kernels"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("kind", KindConvertor())


class Addressed:
    """Finds the repo that a request names."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def repo(self, request: Request, action: Action = Action.READ, *, files: bool = False) -> Repo:
        """The repo, if the request's actor may do `action` to it; with `files`, also have its files.

        Raises MovedRepo where it has another address now, and whatever `Catalogue.get` raises.
        """
        actor, asked = actor_of(request), asked_repo(request)
        repo = self._catalogue.get(actor, asked, action)
        if repo.ref != asked:
            raise MovedRepo(repo.ref, _at(request, repo.ref))
        if files:
            self._catalogue.require_files(actor, repo)
        return repo

    def both(self, request: Request, action: Action = Action.READ) -> tuple[Actor, Repo]:
        return actor_of(request), self.repo(request, action)


def asked_repo(request: Request) -> RepoRef:
    parameters = request.path_params
    return RepoRef(kind_of(request), parameters["ns"], parameters["name"])


def kind_of(request: Request) -> RepoType:
    return repo_type_of(request.path_params.get("kind"))


def _at(request: Request, repo: RepoRef) -> str:
    """The address of `request`, with `repo` in the place of the repo it named."""
    path = _ADDRESS.sub(lambda m: f"{m[1]}{repo.id}", request.scope["path"], count=1)
    query = request.scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path
