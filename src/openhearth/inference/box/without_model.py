"""The box of a task that needs no stored model: it learns from, or continues, what is given, and keeps nothing of it."""

import asyncio

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.access import Actor
from openhearth.errors import HubError, Invalid, NotFound
from openhearth.inference import calls
from openhearth.inference.bodies import unless_gone
from openhearth.inference.box.asking import ask
from openhearth.inference.box.declared import BOXES
from openhearth.inference.box.forms import Forms, Outcome, Place, failed, outcome_of, read_try
from openhearth.inference.box.given import GivenFile, Try, understand
from openhearth.inference.box.samples import list_samples
from openhearth.inference.service import Inference
from openhearth.pipelines.tasks import find_task, get_task
from openhearth.pipelines.ways import find_way_without_model
from openhearth.wire.request import actor_of


class BoxWithoutModel:
    def __init__(self, inference: Inference, forms: Forms) -> None:
        self._inference = inference
        self._forms = forms

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/tasks/{task:seg}/try", self.try_it, methods=["POST"]),
            Route("/tasks/{task:seg}/try", self.back, methods=["GET"]),
        ]

    def slot(self, request: Request, task_name: str) -> Markup | None:
        """The form for a task; None if it needs a model, or is none."""
        task = find_task(task_name)
        if task is None or task.name not in BOXES or find_way_without_model(task) is None:
            return None
        box = BOXES[task.name]
        return self._forms.empty(request, _place(task.name), box, list_samples({}, box, href_of=str))

    async def try_it(self, request: Request) -> Response:
        """Run the form once; a refusal is shown in it. Raises NotFound for a task that needs a model."""
        place = _place(request.path_params["task"])
        tried = await read_try(request)
        outcome = await unless_gone(request, self._run(actor_of(request), place, tried))
        return self._forms.page(request, place, tried, outcome)

    async def back(self, request: Request) -> Response:
        """A reload of the answer's address leads to the task."""
        return RedirectResponse(_place(request.path_params["task"]).page_href, status_code=303)

    async def _run(self, actor: Actor, place: Place, tried: Try) -> Outcome:
        spec = self._inference.spec_without_model(actor, get_task(tried.box.task))
        if spec is None or tried.box.task != place.name:
            raise NotFound(f"task: {place.name[:80]} is not worked without a model; try one on its page.")
        try:
            given = await asyncio.to_thread(understand, tried, open_file=_no_file, allow_private=False)
            engine = await calls.engine_of(self._inference, spec)
            return await asyncio.to_thread(outcome_of, given, await ask(engine, given))
        except HubError as error:
            return failed(error)


def _place(task: str) -> Place:
    return Place(name=task, page_href=f"/tasks/{task}", post_href=f"/tasks/{task}/try", needs_model=False)


def _no_file(name: str) -> GivenFile:
    raise Invalid(f"file: {name[:80]!r} is not here; choose one of your own.")
