"""Inference: any model of the hub, asked over HTTP and on its page. See README.md."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from openhearth.events import Events, ModelSaid
from openhearth.inference.api import TaskApi
from openhearth.inference.askers import Asker
from openhearth.inference.box.widget import Widget
from openhearth.inference.box.without_model import BoxWithoutModel
from openhearth.inference.fleet import Fleet
from openhearth.inference.openai_api import OpenAIApi
from openhearth.inference.openai_audio import OpenAIAudio
from openhearth.inference.plain_words import PlainWords
from openhearth.inference.records import EngineSpec, EngineStatus, ListedModel, Models, ResolvedModel
from openhearth.inference.repo_models import RepoModels
from openhearth.inference.rows import RowInput, Rows
from openhearth.inference.service import Inference
from openhearth.pipelines.ways import RUNNABLE
from openhearth.protocol.engine import Said
from openhearth.repos import Repos
from openhearth.wire.room import Ground, Room

SERVED_TASKS = tuple(RUNNABLE)

__all__ = [
    "SERVED_TASKS",
    "EngineStatus",
    "Inference",
    "ListedModel",
    "Models",
    "ResolvedModel",
    "RowInput",
    "Rows",
    "build",
]


def build(ground: Ground, *, repos: Repos) -> Room:
    """The room on `ground`, running the models of `repos`."""
    return build_with(ground, models=RepoModels(repos))


def build_with(ground: Ground, *, models: Models) -> Room:
    """The room over any source of models."""
    folder = ground.settings.data / "engines" / "logs"
    fleet = Fleet(ground.settings, folder=folder, tell=partial(_announce, ground.events))
    inference = Inference(models=models, fleet=fleet)
    ground.web.add_folder("inference", Path(__file__).parent / "templates")
    widget = Widget(
        inference,
        web=ground.web,
        urls=ground.urls,
        slots=ground.slots,
        allow_private=ground.settings.fetch_allow_private,
    )
    without_model = BoxWithoutModel(inference, widget.forms)
    return Room(
        name="inference",
        service=inference,
        routes=[
            *OpenAIApi(inference).routes(),
            *OpenAIAudio(inference).routes(),
            *TaskApi(inference).routes(),
            *PlainWords(inference, allow_private=ground.settings.fetch_allow_private).routes(),
            *widget.routes(),
            *without_model.routes(),
        ],
        slots={"repo.widget": widget.slot, "task.widget": without_model.slot},
        on_start=[fleet.start],
        on_stop=[fleet.stop],
    )


def _announce(events: Events, spec: EngineSpec, asker: Asker, notes: Sequence[Said]) -> None:
    """Let the building know what libraries said of a model."""
    said = ModelSaid(
        run_id=asker.run_id,
        user_id=asker.user_id,
        repo_key=spec.key.repo_key,
        task=spec.key.task,
        notes=notes,
    )
    events.publish(said)
