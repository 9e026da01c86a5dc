"""Addresses of the Hub API behind which this hub has nothing, and the sentence each answers with (501).

The addresses are huggingface_hub 2.4's (hf_api.py). A bare 404 would read as "no such job": this says what is so.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth.errors import Unsupported

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class Refusal:
    paths: tuple[str, ...]
    sentence: str


REFUSALS = (
    Refusal(
        ("/api/jobs", "/api/jobs/{rest:rest}"),
        "Jobs: this hub does not run programs on request; run them on a machine of yours with HF_ENDPOINT set to this hub.",
    ),
    Refusal(
        ("/api/scheduled-jobs", "/api/scheduled-jobs/{rest:rest}"),
        "Scheduled jobs: this hub does not run programs on a schedule; let cron call them on a machine of yours.",
    ),
    Refusal(
        ("/api/datasets/{ns}/{name}/leaderboard",),
        "Leaderboards: this hub does not rank models; what a model scored stands on its card.",
    ),
    Refusal(
        ("/api/organizations/{ns}/resource-groups", "/api/organizations/{ns}/resource-groups/{rest:rest}"),
        "Resource groups: this hub has none; give rights by organisation roles and fine-grained tokens.",
    ),
)


def refusal_routes() -> Iterator[Route]:
    for refusal in REFUSALS:
        for path in refusal.paths:
            yield Route(path, _refuse_with(refusal.sentence), methods=_METHODS, name="unoffered")


def _refuse_with(sentence: str) -> Callable[[Request], Awaitable[Response]]:
    async def refuse(_request: Request) -> Response:
        """Known to clients, and not offered here: 501 with a sentence."""
        raise Unsupported(sentence)

    return refuse
