"""The inference room on tiny models, served on a port. ada owns `ada/private`; the rest is public."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from openhearth.access import NOBODY, Actor
from openhearth.config import Settings
from openhearth.errors import HubError, RepoNotFound, RevisionNotFound, Unauthenticated
from openhearth.inference import ListedModel, ResolvedModel, build_with
from openhearth.kit.names import RepoRef
from openhearth.rooms import open_ground
from openhearth.wire.render import render_error
from openhearth.wire.request import Credentials, Identification
from openhearth.wire.room import Room
from openhearth.wire.routing import RawPath
from tests.pipelines import tiny_models
from tests.pipelines.conftest import tiny
from tests.support.running import free_port

__all__ = ["tiny"]

ADA = Actor(user_id="1", name="ada")
EVE = Actor(user_id="2", name="eve")
COMMIT = "c" * 40
ARTICLE = "<p>Air is blown through molten iron, which burns the carbon out of it and leaves steel.</p>" * 4
CARDS: dict[str, dict[str, Any]] = {
    "look": {
        "widget": [
            {"src": "examples/iron.png", "example_title": "Hot iron"},
            {"src": "https://else.where/a.png"},
        ]
    },
    "listen": {"widget": [{"src": "examples/tone.wav"}]},
    "plain": {
        "widget": [{"text": "Steel is"}, {"messages": [{"role": "user", "content": "What is steel?"}]}]
    },
}


@dataclass
class FolderModels:
    """Models that lie in folders: implements `inference.Models`."""

    folders: dict[str, Path]
    tags: Mapping[str, str | None]

    def resolve(self, actor: Actor, repo_id: str, revision: str) -> ResolvedModel:
        if repo_id not in self.folders or not self._may_read(actor, repo_id):
            raise RepoNotFound(repo_id, anonymous=actor.is_anonymous)
        if revision not in ("main", COMMIT):
            raise RevisionNotFound(revision, repo_id)
        return ResolvedModel(
            repo_key=str(
                self.folders[repo_id]
            ),  # repos of one folder share an engine, which takes seconds to start
            repo_id=repo_id,
            commit=COMMIT,
            pipeline_tag=self.tags.get(repo_id),
        )

    def materialise(self, actor: Actor, model: ResolvedModel) -> Path:
        return self.folders[model.repo_id]

    def list_models(self, actor: Actor, pipeline_tags: Sequence[str]) -> list[ListedModel]:
        made = datetime(2026, 1, 1, tzinfo=UTC)
        readable = sorted(name for name in self.folders if self._may_read(actor, name))
        # As on a hub, a card that names no task gets the tag that the architecture speaks of.
        tagged = [name for name in readable if self.tags.get(name, "text-generation") in pipeline_tags]
        return [
            ListedModel(repo_id=name, created_at=made, pipeline_tag=self.tags.get(name)) for name in tagged
        ]

    def _may_read(self, actor: Actor, repo_id: str) -> bool:
        return repo_id != "ada/private" or actor.name == "ada"


class KnownTokens:
    """Implements Identify: a token is its owner's name."""

    def identify(self, credentials: Credentials) -> Actor:
        if credentials.token is None:
            return NOBODY
        people = {"ada": ADA, "eve": EVE}
        if credentials.token not in people:
            raise Unauthenticated("Nobody issued this token.")
        return people[credentials.token]


@dataclass(frozen=True)
class Model:
    """What a repo's page hands to the slot, as repo and as facts."""

    ref: RepoRef
    pipeline_tag: str | None
    card: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] | None = None
    library_name: str | None = "transformers"
    safetensors: Mapping[str, Any] | None = field(default_factory=lambda: {"total": 1})
    gguf: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Served:
    url: str
    room: Room

    @property
    def v1(self) -> str:
        return f"{self.url}/v1"

    def model(self, repo_id: str) -> str:
        return f"{self.url}/models/{repo_id}"


@pytest.fixture(scope="session")
def models(tiny: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> FolderModels:
    plain = tiny_models.make_llama(tmp_path_factory.mktemp("plain"), chat=False)
    for task, name, content in (
        ("image-classification", "iron.png", tiny_models.png_bytes()),
        ("automatic-speech-recognition", "tone.wav", tiny_models.wav_bytes()),
    ):
        (tiny[task] / "examples").mkdir(exist_ok=True)
        (tiny[task] / "examples" / name).write_bytes(content)
    folders = {
        "forge/chat": tiny["text-generation"],
        "forge/plain": plain,
        "forge/embed": tiny["feature-extraction"],
        "forge/look": tiny["image-classification"],
        "forge/listen": tiny["automatic-speech-recognition"],
        "forge/judge": tiny["text-classification"],
        "forge/names": tiny["token-classification"],
        "forge/passages": tiny["question-answering"],
        "forge/short": tiny["summarization"],
        "ada/private": tiny["text-generation"],
    }
    tags = {
        "forge/embed": "sentence-similarity",
        "forge/chat": "text-generation",
        "forge/look": "image-classification",
        "forge/listen": "automatic-speech-recognition",
        "forge/judge": "text-classification",
        "forge/names": "token-classification",
        "forge/passages": "question-answering",
        "forge/short": "summarization",
    }
    return FolderModels(folders, tags)


@pytest.fixture(scope="session")
def served(models: FolderModels, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The room's routes on a port of their own."""
    # Memory for the nine models, for two tasks without one, and for some models once more where they do another task.
    with serve(models, tmp_path_factory.mktemp("data"), memory_gb=9.3) as room:
        yield room


@contextmanager
def serve(models: FolderModels, data: Path, *, memory_gb: float, at_once: bool = True) -> Iterator[Served]:
    """The room's routes for `models`, whose engines start at once, or when they are first asked."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = Settings(
        data=data, public_url=url, engine_threads=1, engine_memory_gb=memory_gb, fetch_allow_private=True
    )
    ground = open_ground(settings)
    room = build_with(ground, models=models)

    async def model_page(request: Request) -> HTMLResponse:
        """As much of a repo's page as fills the slot: `{task}` stands for the card's pipeline_tag."""
        path = request.path_params
        ref = RepoRef("model", path["ns"], path["name"])
        config = {} if ref.name == "plain" else {"chat_template_jinja": "…"}
        repo = Model(ref, path["task"], CARDS.get(ref.name, {}), config)
        return HTMLResponse(room.slots["repo.widget"](request, repo, repo) or "")

    async def task_page(request: Request) -> HTMLResponse:
        """As much of a task's page."""
        return HTMLResponse(room.slots["task.widget"](request, request.path_params["task"]) or "")

    async def article(_request: Request) -> HTMLResponse:
        return HTMLResponse(f"<html><title>Steel</title><body><article>{ARTICLE}</article></body></html>")

    async def picture(_request: Request) -> Response:
        return Response(tiny_models.png_bytes(), media_type="image/png")

    async def health(_request: Request) -> Response:
        return Response("{}")

    app = Starlette(
        routes=[
            Route("/health", health),
            Route("/article", article),
            Route("/picture.png", picture),
            *ground.web.routes(),
            *room.routes,
            Route("/page/{task}/{ns}/{name}", model_page),
            Route("/page/{task}", task_page),
        ],
        middleware=[
            Middleware(RawPath),
            Middleware(Identification, accounts=KnownTokens(), secret=ground.secret, own_origin=url),
        ],
        exception_handlers={HubError: lambda request, error: render_error(request, error)},
    )
    app.state.error_page = ground.web.error_page
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for start in room.on_start:
        start()
    for name in models.folders if at_once else ():  # side by side: each takes seconds to import its libraries
        room.service.engine(room.service.spec(ADA, name))
    while not server.started:
        thread.join(0.01)
    yield Served(url, room)
    server.should_exit = True
    thread.join(10)
    for stop in room.on_stop:
        stop()
    ground.db.close()
