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
from openhearth.inference.service import DEFAULT_REVISION, Inference
from openhearth.inference.task_shapes import (
    TaskCall,
    generated_text,
    media_type,
    task_answer,
    text_generation_parameters,
    to_generate,
    to_run,
)
from openhearth.pipelines.choice import brought_by, understand_request
from openhearth.pipelines.languages import Tongues, find_language, tongues_in
from openhearth.pipelines.model_folder import read_model_folder
from openhearth.pipelines.reading import Read, Reader
from openhearth.pipelines.reading.links import fetch, is_link
from openhearth.pipelines.shelf import STARTER
from openhearth.pipelines.tasks import Task
from openhearth.pipelines.translators import speaks
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
    revision: str = DEFAULT_REVISION
    as_text: bool = False  # links among the inputs are texts, and nothing is fetched


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
        wish = _with_tongues(wish, understood.task)
        actor = actor_of(request)
        engine = await self._engine(actor, understood.task, wish)
        inputs, payload, read = await asyncio.to_thread(self._read, understood.task, wish)
        call = TaskCall(inputs=inputs, parameters=wish.parameters)
        result = await unless_gone(request, _work(engine, call, payload))
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

    async def _engine(self, actor: Actor, task: Task, wish: Wish) -> EngineProcess:
        """The engine of the model wished for, else of the first of the hub that does the task. Raises NotFound."""
        if wish.model is not None:
            return await calls.engine(
                self._inference, actor, wish.model, task=task.name, revision=wish.revision
            )
        without = self._inference.spec_without_model(actor, task)
        if without is not None:
            return await calls.engine_of(self._inference, without)
        for repo_id in await asyncio.to_thread(lambda: list(self._candidates(actor, task, wish.request))):
            try:
                if task.name == "translation" and not await asyncio.to_thread(
                    self._speaks, actor, repo_id, wish
                ):
                    continue
                return await calls.engine(self._inference, actor, repo_id, task=task.name)
            except (
                HubError
            ):  # made for something else after all, too large, or not for this actor: the next one
                continue
        if (at_last := self._inference.spec_without_model(actor, task, at_last=True)) is not None:
            return await calls.engine_of(self._inference, at_last)
        raise NotFound(
            f"model: no model on this hub that you may read does {task.name}; push one, or install the starter models."
        )

    def _speaks(self, actor: Actor, repo_id: str, wish: Wish) -> bool:
        """Whether a model may know the languages of a translation."""
        said = [wish.parameters.get(name) for name in ("src_lang", "tgt_lang")]
        codes = [find_language(each) or each if isinstance(each, str) else None for each in said]
        folder = self._inference.spec(actor, repo_id, task="translation").folder
        return speaks(read_model_folder(folder, name=repo_id), Tongues(*codes))

    def _candidates(self, actor: Actor, task: Task, request: str) -> Iterator[str]:
        """Those made for the task before those that can be put to it; among each, the starter's choice first."""
        best, seen = f"{STARTER}/{brought_by(task, request)}", set[str]()
        for tags in ((task.name,), _GENERAL):
            listing = self._inference.list_tagged(actor, tags)
            for listed in sorted(listing, key=lambda listed: listed.repo_id != best):
                if listed.repo_id not in seen and len(seen) < _TRIED_MAX:
                    seen.add(listed.repo_id)
                    yield listed.repo_id

    def _read(self, task: Task, wish: Wish) -> tuple[Any, bytes, list[Read]]:
        """The inputs with their links read; the bytes of a picture, sound or film that a link led to.

        A file of the hub's own machine is never opened for somebody else.
        """
        inputs = wish.inputs
        if wish.as_text:
            return inputs, b"", []
        if task.takes == "text":
            value, read = Reader("text", allow_private=self._allow_private, links_only=True).read(inputs)
            return value, b"", read
        named = inputs.get("image") if isinstance(inputs, dict) else inputs
        if not isinstance(named, str) or not is_link(named):
            return inputs, b"", []
        fetched = fetch(named, allow_private=self._allow_private)
        read = [Read(origin=fetched.url, kind=task.takes)]
        if isinstance(inputs, dict):
            return {**inputs, "image": base64.b64encode(fetched.content).decode()}, b"", read
        return None, fetched.content, read


def _with_tongues(wish: Wish, task: Task) -> Wish:
    """`wish` with the languages that its words name; what its parameters say goes before."""
    if task.name != "translation":
        return wish
    tongues = tongues_in(wish.request)
    named = {"src_lang": tongues.source, "tgt_lang": tongues.target}
    said = {name: language for name, language in named.items() if language}
    return wish.model_copy(update={"parameters": {**said, **wish.parameters}})


async def _work(engine: EngineProcess, call: TaskCall, payload: bytes) -> Any:
    task = engine.spec.key.task
    if task == "text-generation":
        parameters = text_generation_parameters(call.all_parameters())
        made = await calls.generate(engine, to_generate(call.inputs, parameters, stream=False))
        return generated_text(call.inputs, parameters, made)
    result = await calls.run(engine, to_run(task, call, payload))
    if kind := media_type(result):
        return {"content_type": kind, "base64": base64.b64encode(result.payload).decode()}
    return task_answer(call, result)


def _describe(read: Read) -> dict[str, Any]:
    return {"origin": read.origin, "kind": read.kind, "title": read.title, "text": read.text}
