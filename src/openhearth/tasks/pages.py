"""The page of all tasks, where plain words find one, and the page of each: what it is, try it, who does it, its lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Actor
from openhearth.repos import Listed, RepoFilter, RepoFrame
from openhearth.repos.pages.pipeline_lines import can_run, find_lines
from openhearth.repos.pages.snippets import Usage, usage_of_setup, usages_of_lines
from openhearth.repos.pages.summaries import summary_of
from openhearth.tasks.about import GROUPS, AboutTask, about_tasks
from openhearth.tasks.finding import Found, find_about, find_by_words, list_nearest
from openhearth.urls import with_query
from openhearth.web.parts import Choice, RepoSummary
from openhearth.wire.request import actor_of

SHOWN_REPOS = 6
CHOICES_MAX = 40


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """`models` are those tagged with it; it `runs` if one of them, or a more general one, can be asked, or none is needed."""

    task: AboutTask
    models: int
    runs: bool


@dataclass(frozen=True, kw_only=True)
class TasksPage:
    """Context of `tasks/list.html`."""

    words: str = field(metadata={"help": "What was asked for, as it was typed"})
    found: Found | None = field(
        metadata={"help": "What the words were understood as; None if nothing was asked"}
    )
    groups: Sequence[tuple[str, Sequence[TaskLine]]] = field(
        metadata={"help": "What they work on, and the tasks"}
    )


@dataclass(frozen=True, kw_only=True)
class MissingPage:
    """Context of `tasks/missing.html`."""

    asked: str
    nearest: Sequence[AboutTask]


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    """Context of `tasks/task.html`."""

    task: AboutTask
    group: str
    models: Sequence[RepoSummary]
    model_count: int
    models_href: str
    general: Sequence[RepoSummary] = field(metadata={"help": "More general models that can be put to it"})
    datasets: Sequence[RepoSummary]
    dataset_count: int
    datasets_href: str
    choices: Sequence[Choice] = field(metadata={"help": "The models it can be tried with"})
    model: str = field(metadata={"help": "The model that is chosen; empty if there is none"})
    model_href: str
    usages: Sequence[Usage] = field(metadata={"help": "The lines that call that model for this task"})
    actions: Sequence[Markup] = field(metadata={"help": "What the slot task.actions gave for that model"})
    box: Markup | None = field(
        metadata={
            "help": "What the slot repo.widget gave for that model, or task.widget where none is needed"
        }
    )


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
        words = request.query_params.get("q", "").strip()
        counted = self.catalogue.count_tasks(actor_of(request))
        page = TasksPage(words=words, found=find_by_words(words) if words else None, groups=_groups(counted))
        return self.frame.web.page(request, "tasks/list.html", page)

    def show(self, request: Request) -> Response:
        asked = request.path_params["task"]
        task = find_about(asked)
        if task is None:
            page = MissingPage(asked=asked[:80], nearest=list_nearest(asked))
            return self.frame.web.page(request, "tasks/missing.html", page, status=404)
        if task.name != asked:
            return RedirectResponse(task.href, 301)
        return self.frame.web.page(request, "tasks/task.html", self._page(request, task))

    def _page(self, request: Request, task: AboutTask) -> TaskPage:
        actor = actor_of(request)
        models = RepoFilter(type="model", pipeline_tag=task.name, sort="downloads")
        datasets = RepoFilter(type="dataset", tags=(f"task_categories:{task.name}",), sort="downloads")
        made_for = self._list(actor, models, CHOICES_MAX)
        general = (
            self._list(actor, replace(models, pipeline_tag=None, pipeline_tags=task.also), SHOWN_REPOS)
            if task.also
            else []
        )
        chosen = self._choose(request, task, [*made_for, *general]) if task.is_worked_here else None
        return TaskPage(
            task=task,
            group=GROUPS[task.group],
            models=self._summaries(made_for[:SHOWN_REPOS]),
            model_count=self.catalogue.count_repos(actor, models),
            models_href=with_query("/models", pipeline_tag=task.name),
            general=self._summaries(general),
            datasets=self._summaries(self._list(actor, datasets, SHOWN_REPOS)),
            dataset_count=self.catalogue.count_repos(actor, datasets),
            datasets_href=with_query("/datasets", task_categories=task.name),
            choices=[Choice(value=m.repo.id, label=m.repo.id) for m in [*made_for, *general]],
            model=chosen.repo.id if chosen else "",
            model_href=self.frame.urls.repo(chosen.repo.ref) if chosen else "",
            actions=self._actions(request, task, chosen),
            usages=self._usages(chosen, task) if chosen else [],
            box=self._box(request, chosen, task),
        )

    def _choose(self, request: Request, task: AboutTask, models: Sequence[Listed]) -> Listed | None:
        """The model that the address names, if it is one of `models`, else the first that can be run for `task`.

        If none can, the first, which says why; none at all where no model is needed.
        """
        asked = request.query_params.get("model", "")
        if named := next((model for model in models if model.repo.id == asked), None):
            return named
        content = self.frame.repos.content
        runs = (m for m in models if can_run(content, m.repo, self.frame.repos.facts.get(m.repo), task.name))
        return next(runs, models[0] if models and task.needs_model else None)

    def _box(self, request: Request, model: Listed | None, task: AboutTask) -> Markup | None:
        """The box in which `model` is tried; without one, that of a task that needs none."""
        if model is None:
            boxes: list[Markup] = self.frame.slots.parts("task.widget", request, task.name)
        else:
            facts = replace(self.frame.repos.facts.get(model.repo), pipeline_tag=task.name)
            boxes = self.frame.slots.parts("repo.widget", request, model.repo, facts)
        return boxes[0] if boxes else None

    def _actions(self, request: Request, task: AboutTask, model: Listed | None) -> list[Markup]:
        if model is None:
            return []
        parts: list[Markup] = self.frame.slots.parts("task.actions", request, task.name, model.repo.id)
        return parts

    def _usages(self, model: Listed, task: AboutTask) -> list[Usage]:
        repos = self.frame.repos
        lines = find_lines(
            repos.content, model.repo, repos.facts.get(model.repo), urls=self.frame.urls, task=task.name
        )
        if lines is None:
            return []
        needs_token = model.repo.is_private or model.repo.gated is not None
        return [usage_of_setup(self.frame.urls.base, needs_token=needs_token), *usages_of_lines(lines)]

    def _list(self, actor: Actor, wanted: RepoFilter, limit: int) -> list[Listed]:
        return list(self.catalogue.list_repos(actor, wanted, limit=limit).items)

    def _summaries(self, found: Sequence[Listed]) -> list[RepoSummary]:
        return [summary_of(listed, self.frame.urls) for listed in found]


def _groups(counted: dict[str, int]) -> list[tuple[str, list[TaskLine]]]:
    lines = [
        TaskLine(
            task=task,
            models=counted.get(task.name, 0),
            runs=task.is_worked_here and (not task.needs_model or any(counted.get(tag) for tag in task.tags)),
        )
        for task in about_tasks().values()
    ]
    lines.sort(key=lambda line: not line.runs)  # what can be tried comes first
    return [(title, [line for line in lines if line.task.group == group]) for group, title in GROUPS.items()]
