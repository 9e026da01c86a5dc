"""Addresses behind which this hub has nothing, and the sentence each answers with (501).

The addresses are huggingface_hub 2.4's (hf_api.py) and, below /v1, those of OpenAI's clients. A bare 404 would read
as "no such job": this says what is so.
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
    Refusal(
        ("/v1/responses", "/v1/responses/{rest:rest}", "/v1/assistants", "/v1/threads/{rest:rest}"),
        "Responses: this hub keeps no conversations; send the whole one to /v1/chat/completions.",
    ),
    Refusal(
        ("/v1/images/{rest:rest}", "/v1/moderations", "/v1/rerank"),
        "Here this is a task like any other: POST its inputs to /models/{namespace}/{name}, or say what you want to "
        "POST /api/pipeline.",
    ),
    Refusal(
        (
            "/v1/files",
            "/v1/files/{rest:rest}",
            "/v1/batches",
            "/v1/fine_tuning/{rest:rest}",
            "/v1/vector_stores",
        ),
        "Files, batches and fine-tuning are not offered under /v1; keep data in a dataset repo, and send one request for each row.",
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
