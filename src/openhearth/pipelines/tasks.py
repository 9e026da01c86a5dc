"""The tasks that can be run: their names, what they take, and where their code is. A task is one module and one line here.

Imports no torch; `load_task` imports the module of the one task that is asked for.
"""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from openhearth.errors import Unsupported

InputKind = Literal["text", "audio", "image"]


@dataclass(frozen=True, kw_only=True)
class Task:
    name: str
    takes: InputKind
    module: str
    words: tuple[str, ...] = ()  # what people also call it


TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task(
            name="text-generation",
            takes="text",
            module="text_generation",
            words=("chat", "generate", "conversational"),
        ),
        Task(
            name="feature-extraction",
            takes="text",
            module="feature_extraction",
            words=("embed", "embeddings", "sentence-similarity"),
        ),
        Task(
            name="automatic-speech-recognition",
            takes="audio",
            module="automatic_speech_recognition",
            words=("asr", "transcribe", "speech-to-text"),
        ),
        Task(
            name="image-classification",
            takes="image",
            module="image_classification",
            words=("classify-image",),
        ),
    )
}


class Pipeline(Protocol):
    """A loaded task: call it with what the task takes."""

    def __call__(self, inputs: Any, **parameters: Any) -> Any: ...


def find_task(name: str) -> Task | None:
    """The task called `name`, by its own name or one that people use for it."""
    spelled = name.strip().lower().replace(" ", "-").replace("_", "-")
    return TASKS.get(spelled) or next((task for task in TASKS.values() if spelled in task.words), None)


def get_task(name: str) -> Task:
    """As `find_task`. Raises Unsupported with the names there are."""
    task = find_task(name)
    if task is None:
        raise Unsupported(
            f"task: {name!r} is not one that can be run here; choose one of {', '.join(sorted(TASKS))}."
        )
    return task


def load_task(task: Task, folder: Path, **options: Any) -> Pipeline:
    """Load the model in `folder` for `task`. `options` as `loading.LoadOptions` names them."""
    module = importlib.import_module(f"openhearth.pipelines.{task.module}")
    loaded: Pipeline = module.load(folder, **options)
    return loaded
