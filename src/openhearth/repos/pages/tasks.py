"""Tasks: what models and datasets are for. A page with all of them, and one for each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openhearth.access import Actor
from openhearth.cards import TASK_NAMES
from openhearth.errors import NotFound
from openhearth.repos.pages.frame import RepoFrame
from openhearth.repos.pages.summaries import summary_of
from openhearth.repos.pages.tag_groups import TASKS_BY_MODALITY, task_label
from openhearth.repos.records import RepoFilter
from openhearth.urls import with_query
from openhearth.web.parts import RepoSummary
from openhearth.wire.request import actor_of

SHOWN_REPOS = 6


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    label: str
    href: str
    models: int


@dataclass(frozen=True, kw_only=True)
class TasksPage:
    """Context of `repos/tasks.html`."""

    groups: Sequence[tuple[str, Sequence[TaskLine]]] = field(metadata={"help": "Modality, and its tasks"})


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    """Context of `repos/task.html`."""

    task: str
    label: str
    modality: str
    models: Sequence[RepoSummary]
    model_count: int
    models_href: str
    datasets: Sequence[RepoSummary]
    dataset_count: int
    datasets_href: str
    code: str = field(metadata={"help": "The task in Python, in one line"})


class TaskPages:
    def __init__(self, frame: RepoFrame) -> None:
        self.frame = frame
        self.catalogue = frame.repos.catalogue

    def routes(self) -> list[Route]:
        return [
            Route("/tasks", self.show_all, methods=["GET"]),
            Route("/tasks/{task:seg}", self.show, methods=["GET"]),
        ]

    def show_all(self, request: Request) -> Response:
        counted = self.catalogue.count_tasks(actor_of(request))
        groups = [
            (
                modality,
                [TaskLine(label=task_label(t), href=f"/tasks/{t}", models=counted.get(t, 0)) for t in tasks],
            )
            for modality, tasks in TASKS_BY_MODALITY.items()
        ]
        return self.frame.web.page(request, "repos/tasks.html", TasksPage(groups=groups))

    def show(self, request: Request) -> Response:
        task, actor = request.path_params["task"], actor_of(request)
        if task not in TASK_NAMES:
            raise NotFound(f"There is no task {task[:80]!r}; /tasks lists all of them.")
        models = RepoFilter(type="model", pipeline_tag=task)
        datasets = RepoFilter(type="dataset", tags=(f"task_categories:{task}",))
        page = TaskPage(
            task=task,
            label=task_label(task),
            modality=next(name for name, tasks in TASKS_BY_MODALITY.items() if task in tasks),
            models=self._find(actor, models),
            model_count=self.catalogue.count_repos(actor, models),
            models_href=with_query("/models", pipeline_tag=task),
            datasets=self._find(actor, datasets),
            dataset_count=self.catalogue.count_repos(actor, datasets),
            datasets_href=with_query("/datasets", task_categories=task),
            code=f'from openhearth import pipeline\n\npipe = pipeline("{task}", endpoint="{self.frame.urls.base}")',
        )
        return self.frame.web.page(request, "repos/task.html", page)

    def _find(self, actor: Actor, wanted: RepoFilter) -> list[RepoSummary]:
        found = self.catalogue.list_repos(actor, wanted, limit=SHOWN_REPOS)
        return [summary_of(listed, self.frame.urls) for listed in found.items]
