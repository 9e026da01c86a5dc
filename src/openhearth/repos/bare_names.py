"""Addresses with a bare name, `gpt2` instead of `namespace/gpt2`: no repo of this hub is called so.

Clients probe them all the same, and over plain http they know a missing repo by its code alone
(huggingface_hub utils/_http.py `hf_raise_for_status`), so that a bare 404 would be the wrong answer.
"""

from typing import ClassVar

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from openhearth.errors import RepoNotFound
from openhearth.wire.request import actor_of


class BareConvertor(Convertor[str]):
    """One segment that is no route of its own below `/api/spaces/` and the like."""

    regex: ClassVar[str] = "(?!(?:templates|semantic-search)(?:/|$))[^/]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class ReadingConvertor(BareConvertor):
    """What a client reads of a repo."""

    regex: ClassVar[str] = (
        "revision|tree|refs|commits|paths-info|xet-read-token|auth-check|like|likers|discussions|runtime"
    )


register_url_convertor("bare", BareConvertor())
register_url_convertor("reading", ReadingConvertor())


def routes() -> list[BaseRoute]:
    """To be placed behind the routes of real repos."""
    methods = ["GET", "HEAD", "POST", "DELETE"]
    return [
        Route("/api/{kind:kind}/{name:bare}", _refuse),
        Route("/api/{kind:kind}/{name:bare}/{what:reading}", _refuse, methods=methods),
        Route("/api/{kind:kind}/{name:bare}/{what:reading}/{rest:rest}", _refuse, methods=methods),
        Route("/{kind:kind}/{name:bare}/resolve/{rev:seg}/{path:rest}", _refuse),
        Route("/{name:bare}/resolve/{rev:seg}/{path:rest}", _refuse),
    ]


def _refuse(request: Request) -> Response:
    raise RepoNotFound(request.path_params["name"], anonymous=actor_of(request).is_anonymous)
