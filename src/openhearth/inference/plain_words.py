"""`POST /api/pipeline`: say what you want in plain words, and a model of this hub does it.

`{"request": "summarise a website", "inputs": "https://…", "parameters": {…}, "model": optional}` is answered by the result, and
beside it what was chosen and why, and what was read. A picture, sound or film comes as `{"content_type", "base64"}`.
"""

import asyncio
import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.access import Actor
from openhearth.errors import HubError, NotFound
from openhearth.inference import calls
from openhearth.inference.bodies import parse, read_body, unless_gone
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.service import Inference
from openhearth.inference.task_shapes import (
    TaskCall,
    generated_text,
    media_type,
    task_answer,
    text_generation_parameters,
    to_generate,
    to_run,
)
from openhearth.pipelines.choice import understand_request
from openhearth.pipelines.reading import Read, Reader
from openhearth.pipelines.tasks import Task
from openhearth.wire.request import actor_of

REQUEST_MAX_LENGTH = 1000
_TRIED_MAX = 20
# Tasks whose models can be put to others by a prompt or by nearness of meaning; asked after those made for the task.
_GENERAL = ("text-generation", "sentence-similarity", "feature-extraction", "image-text-to-text")


class Wish(BaseModel):
    """The body of a call."""

    model_config = ConfigDict(extra="forbid")
    request: str = Field(min_length=1, max_length=REQUEST_MAX_LENGTH)
    inputs: Any
    parameters: dict[str, Any] = Field(default_factory=dict)
    model: str | None = None


@dataclass(frozen=True)
class Understood:
    """What a wish was understood as. `takes` is the kind of input that was named."""

    task: Task
    takes: str
    reason: str
    others: tuple[str, ...]


class PlainWords:
    def __init__(self, inference: Inference, *, allow_private: bool) -> None:
        """`allow_private`: links to this machine and its network may be read."""
        self._inference = inference
        self._allow_private = allow_private

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/pipeline", self.fulfil, methods=["POST"])]

    async def fulfil(self, request: Request) -> Response:
        wish = parse(Wish, await read_body(request))
        understood = Understood(*understand_request(wish.request))
        actor = actor_of(request)
        engine = await self._engine(actor, understood.task, wish.model)
        inputs, read = await asyncio.to_thread(self._read, understood.task, wish.inputs)
        call = TaskCall(inputs=inputs, parameters=wish.parameters)
        result = await unless_gone(request, _work(engine, understood.task, call))
        return JSONResponse(
            {
                "task": understood.task.name,
                "takes": understood.takes,
                "because": understood.reason,
                "others": list(understood.others),
                "model": engine.spec.name,
                "read": [_describe(each) for each in read],
                "result": result,
            }
        )

    async def _engine(self, actor: Actor, task: Task, model: str | None) -> EngineProcess:
        """The engine of `model`, else of the first model of the hub that does the task. Raises NotFound."""
        if model is not None:
            return await calls.engine(self._inference, actor, model, task=task.name)
        for repo_id in await asyncio.to_thread(lambda: list(self._candidates(actor, task))):
            try:
                return await calls.engine(self._inference, actor, repo_id, task=task.name)
            except (
                HubError
            ):  # made for something else after all, too large, or not for this actor: the next one
                continue
        raise NotFound(
            f"model: no model on this hub that you may read does {task.name}; push one, or install the starter models."
        )

    def _candidates(self, actor: Actor, task: Task) -> Iterator[str]:
        seen: set[str] = set()
        for tags in ((task.name,), _GENERAL):
            for listed in self._inference.list_tagged(actor, tags):
                if listed.repo_id not in seen and len(seen) < _TRIED_MAX:
                    seen.add(listed.repo_id)
                    yield listed.repo_id

    def _read(self, task: Task, inputs: Any) -> tuple[Any, list[Read]]:
        """Links among texts are read; a file of the hub's own machine is never opened for somebody else."""
        if task.takes != "text":
            return inputs, []
        reader = Reader("text", allow_private=self._allow_private, links_only=True)
        if isinstance(inputs, dict) and isinstance(inputs.get("context"), str):
            context, read = reader.read(inputs["context"])
            return {**inputs, "context": context}, read
        return reader.read(inputs)


async def _work(engine: EngineProcess, task: Task, call: TaskCall) -> Any:
    if task.name == "text-generation":
        parameters = text_generation_parameters(call.all_parameters())
        made = await calls.generate(engine, to_generate(call.inputs, parameters, stream=False))
        return generated_text(call.inputs, parameters, made)
    result = await calls.run(engine, to_run(task.name, call, b""))
    if kind := media_type(result):
        return {"content_type": kind, "base64": base64.b64encode(result.payload).decode()}
    return task_answer(call, result)


def _describe(read: Read) -> dict[str, Any]:
    return {"origin": read.origin, "kind": read.kind, "title": read.title, "text": read.text}
