"""Which engine answers: the model must be readable to the actor, safe to load, and made for the task."""

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from openhearth.access import NOBODY, Actor, require_permission
from openhearth.errors import HubError, Invalid
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.fleet import PROCESS_BYTES, Fleet
from openhearth.inference.records import EngineKey, EngineSpec, EngineStatus, ListedModel, Models
from openhearth.pipelines.machine import bytes_per_parameter
from openhearth.pipelines.model_folder import ModelFolder, read_model_folder
from openhearth.pipelines.tasks import TASKS, Task, find_task
from openhearth.pipelines.ways import find_way_without_model, tasks_of

# The keys and values of a batch.
CACHE_BYTES = 500_000_000
DEFAULT_REVISION = "main"
# The engine of vectors compares sentences too (`task_shapes.to_run`).
_SPOKEN = {"sentence-similarity": "feature-extraction"}


class Inference:
    def __init__(self, *, models: Models, fleet: Fleet) -> None:
        self._models = models
        self._fleet = fleet
        self._folders: dict[Path, ModelFolder] = {}  # what lies at a commit never changes

    def engine(self, spec: EngineSpec) -> "Future[EngineProcess]":
        """The engine of `spec`, once it is ready. Raises ModelTooLarge or Busy; the future, what loading says."""
        return self._fleet.engine(spec)

    def expect(self, repo_id: str) -> None:
        """Somebody looks at `repo_id` and may ask it soon."""
        self._fleet.expect(repo_id)

    def spec(
        self, actor: Actor, repo_id: str, *, task: str | None = None, revision: str = DEFAULT_REVISION
    ) -> EngineSpec:
        """What runs `repo_id` at `revision` for `task`; without `task`, for what the model is made for.

        Raises RepoNotFound for what the actor may not see, Unsupported or Invalid for what cannot be run.
        """
        require_permission(actor, "inference.run")
        model = self._models.resolve(actor, repo_id, revision)
        path = self._models.materialise(actor, model)
        folder = self._folders.get(path)
        if folder is None:
            folder = self._folders[path] = read_model_folder(path, name=repo_id)
        chosen = choose_task(task, model.pipeline_tag, folder)
        return EngineSpec(
            key=EngineKey(repo_key=model.repo_key, commit=model.commit, task=chosen),
            name=repo_id,
            folder=path,
            needs_bytes=needed_bytes(folder, chosen),
        )

    def is_open(self, repo_id: str) -> bool:
        """Whether anybody may ask `repo_id`, without a token."""
        try:
            self._models.materialise(NOBODY, self._models.resolve(NOBODY, repo_id, DEFAULT_REVISION))
        except HubError:
            return False
        return True

    def spec_without_model(self, actor: Actor, task: Task, *, at_last: bool = False) -> EngineSpec | None:
        """What works `task` from what is given alone; None if it needs a stored model. `at_last`: where none is here."""
        require_permission(actor, "inference.run")
        if find_way_without_model(task, at_last=at_last) is None:
            return None
        key = EngineKey(repo_key="", commit="", task=task.name)
        return EngineSpec(key=key, name="no stored model", folder=Path(), needs_bytes=PROCESS_BYTES)

    def list_models(self, actor: Actor) -> list[ListedModel]:
        """The models that can be run here and that `actor` may read."""
        return self._models.list_models(actor, list(TASKS))

    def list_tagged(self, actor: Actor, tags: Sequence[str]) -> list[ListedModel]:
        """The models whose cards carry one of `tags` and that `actor` may read."""
        return self._models.list_models(actor, tags)

    def list_engines(self) -> Sequence[EngineStatus]:
        return self._fleet.list_engines()


def choose_task(asked: str | None, pipeline_tag: str | None, folder: ModelFolder) -> str:
    """The task to run `folder` for: the one asked for, its card's, or what it can do best. Raises Invalid."""
    possible = tasks_of(folder)
    if asked is not None:
        task = find_task(_SPOKEN.get(asked, asked))
        if task is None:
            raise Invalid(
                f"task: {asked!r} is not one that can be run here; choose one of {', '.join(TASKS)}."
            )
        if task.name not in possible:
            made_for = ", ".join(possible[:4]) or "nothing that can be run here"
            raise Invalid(
                f"task: {folder.name} is made for {made_for}, not for {task.name}; choose another model."
            )
        return task.name
    stated = find_task(_SPOKEN.get(pipeline_tag, pipeline_tag)) if pipeline_tag else None
    if stated is not None and stated.name in possible:
        return stated.name
    if not possible:
        raise Invalid(
            f"{folder.name} ({folder.architecture or 'no architecture'}) is made for no task that can be run here; "
            f"those are {', '.join(TASKS)}."
        )
    return possible[0]


def needed_bytes(folder: ModelFolder, task: str) -> int:
    """About how much memory an engine of `folder` takes."""
    if not folder.parameters:
        return folder.tensor_bytes + PROCESS_BYTES
    stored = folder.config.get("dtype") or folder.config.get("torch_dtype")
    weights = folder.parameters * bytes_per_parameter(stored if task == "text-generation" else None)
    return weights + PROCESS_BYTES + (CACHE_BYTES if task == "text-generation" else 0)
