"""The routes that run one task: POST /models/{namespace}/{name}[/pipeline/{task}].

The shapes are those of huggingface_hub's InferenceClient when it is given such an address as `model=`.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.inference import calls
from openhearth.inference.bodies import event_stream, read_body, unless_gone
from openhearth.inference.records import EngineSpec
from openhearth.inference.service import Inference
from openhearth.inference.task_shapes import (
    TaskCall,
    as_client_reads,
    generated_text,
    last_text_event,
    media_type,
    read_call,
    task_answer,
    text_event,
    text_generation_parameters,
    to_generate,
    to_run,
)
from openhearth.pipelines.tasks import TASKS
from openhearth.protocol.engine import Delta
from openhearth.wire.request import actor_of


class TaskApi:
    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/models/{ns}/{name}", self.call, methods=["POST"]),
            Route("/models/{ns}/{name}/pipeline/{task}", self.call, methods=["POST"]),
        ]

    async def call(self, request: Request) -> Response:
        repo_id = f"{request.path_params['ns']}/{request.path_params['name']}"
        asked, revision = request.path_params.get("task"), request.query_params.get("revision", "main")
        body = await read_body(request)
        spec = await calls.spec_of(self._inference, actor_of(request), repo_id, task=asked, revision=revision)
        task = TASKS[spec.key.task]  # what is wrong with a call is told before anything is loaded
        content_type = request.headers.get("content-type", "")
        call, payload = read_call(body, content_type, takes_text=task.takes == "text")
        if task.name == "text-generation":
            return await self._generate(request, spec, call)
        run = to_run(task.name, call, payload)
        engine = await calls.engine_of(self._inference, spec)
        result = await unless_gone(request, calls.run(engine, run))
        if kind := media_type(result):
            return Response(result.payload, media_type=kind)
        return JSONResponse(as_client_reads(task.name, task_answer(call, result)))

    async def _generate(self, request: Request, spec: EngineSpec, call: TaskCall) -> Response:
        parameters = text_generation_parameters(call.all_parameters())
        generate = to_generate(call.inputs, parameters, stream=bool(call.stream))
        engine = await calls.engine_of(self._inference, spec)
        if call.stream:
            return await event_stream(_text_events(calls.stream(engine, generate)), end=None)
        made = await unless_gone(request, calls.generate(engine, generate))
        return JSONResponse(generated_text(call.inputs, parameters, made))


async def _text_events(said: Any) -> AsyncIterator[dict[str, Any]]:
    index = 0
    async with aclosing(said) as messages:
        async for message in messages:
            index += 1
            yield (
                text_event(index, message) if isinstance(message, Delta) else last_text_event(index, message)
            )
