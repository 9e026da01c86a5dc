"""`GET /api/tasks`: every task, with models of this hub that show it. Clients take the first as a task's default model
(huggingface_hub inference/_providers/hf_inference.py).

Only public models are named: the answer is the same for everybody, and made anew at most once a minute.
"""

from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from openhearth.access import NOBODY
from openhearth.cards import TASKS
from openhearth.kit.clock import Clock
from openhearth.repos.catalogue import Catalogue
from openhearth.repos.records import RepoFilter

MODELS_SHOWN = 3
REMEMBERED = timedelta(minutes=1)


class TaskApi:
    def __init__(self, *, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._known: tuple[datetime, dict[str, object]] | None = None

    def routes(self) -> list[Route]:
        return [Route("/api/tasks", self.list_tasks, methods=["GET"])]

    def list_tasks(self, _request: Request) -> Response:
        now = self._clock()
        if self._known is None or now - self._known[0] > REMEMBERED:
            self._known = (now, self._describe())
        return JSONResponse(self._known[1])

    def _describe(self) -> dict[str, object]:
        return {
            task: {
                "id": task,
                "label": task.replace("-", " ").capitalize(),
                "modality": modality,
                "widgetModels": self._models(task),
            }
            for modality, tasks in TASKS.items()
            for task in tasks
        }

    def _models(self, task: str) -> list[str]:
        wanted = RepoFilter(type="model", pipeline_tag=task, gated=False, sort="downloads")
        found = self._catalogue.list_repos(NOBODY, wanted, limit=MODELS_SHOWN)
        return [listed.repo.id for listed in found.items]
