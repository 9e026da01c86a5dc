"""The routes of OpenAI's clients: /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/models.

The same routes exist below each model's address, where the path names the model: huggingface_hub's InferenceClient
appends `/v1/chat/completions` to the `model=` address it is given (_providers/hf_inference.py).
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from openhearth.errors import Invalid, NotFound
from openhearth.inference import calls
from openhearth.inference.bodies import event_stream, parse, read_body, unless_gone
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.openai_answers import ChatAnswer, TextAnswer, model_of, usage_of
from openhearth.inference.openai_engine import engine_of
from openhearth.inference.openai_shapes import ChatRequest, CompletionRequest, EmbeddingRequest
from openhearth.inference.service import Inference
from openhearth.protocol.engine import Delta, Generate, Generated, Run
from openhearth.wire.request import actor_of


class OpenAIApi:
    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def routes(self) -> list[BaseRoute]:
        found: list[BaseRoute] = [
            Route("/v1/models", self.list_models),
            Route("/v1/models/{model_id:rest}", self.model),
        ]
        for prefix in ("/v1", "/models/{ns}/{name}/v1"):
            found += [
                Route(f"{prefix}/chat/completions", self.chat, methods=["POST"]),
                Route(f"{prefix}/completions", self.complete, methods=["POST"]),
                Route(f"{prefix}/embeddings", self.embed, methods=["POST"]),
            ]
        return found

    async def list_models(self, request: Request) -> Response:
        found = await run_in_threadpool(self._inference.list_models, actor_of(request))
        return JSONResponse({"object": "list", "data": [model_of(model) for model in found]})

    async def model(self, request: Request) -> Response:
        wanted = request.path_params["model_id"]
        found = await run_in_threadpool(self._inference.list_models, actor_of(request))
        for model in found:
            if model.repo_id == wanted:
                return JSONResponse(model_of(model))
        raise NotFound(f"The model {wanted!r} does not exist, or you may not use it.", param="model")

    async def chat(self, request: Request) -> Response:
        asked = parse(ChatRequest, await read_body(request))
        engine, name = await self._engine(request, asked.model, "text-generation")
        answer, generate = ChatAnswer(model=name), asked.to_generate()
        if asked.stream:
            return await event_stream(_chat_chunks(engine, generate, answer, asked))
        generated = await unless_gone(request, calls.generate(engine, generate))
        return JSONResponse(answer.whole(generated, with_logprobs=bool(asked.logprobs)))

    async def complete(self, request: Request) -> Response:
        asked = parse(CompletionRequest, await read_body(request))
        if asked.stream and len(asked.prompts) != 1:
            raise Invalid("prompt: a stream takes one prompt; send several without stream.", param="prompt")
        engine, name = await self._engine(request, asked.model, "text-generation")
        answer = TextAnswer(model=name)
        if asked.stream:
            return await event_stream(_text_chunks(engine, asked, answer))
        work = asyncio.gather(
            *(calls.generate(engine, asked.to_generate(prompt)) for prompt in asked.prompts)
        )
        generated = await unless_gone(request, _awaited(work))
        echoed = asked.prompts if asked.echo else [""] * len(generated)
        return JSONResponse(answer.whole(generated, echoed=echoed, with_logprobs=asked.logprobs is not None))

    async def embed(self, request: Request) -> Response:
        asked = parse(EmbeddingRequest, await read_body(request))
        engine, name = await self._engine(request, asked.model, "feature-extraction")
        result = await unless_gone(request, calls.run(engine, Run(request_id=0, inputs=asked.input)))
        vectors = np.frombuffer(result.payload, np.float32).reshape(result.output["shape"])
        if asked.dimensions not in (None, vectors.shape[1]):
            raise Invalid(
                f"dimensions: this model gives {vectors.shape[1]}, not {asked.dimensions}; leave it out.",
                param="dimensions",
            )
        data = [
            {"object": "embedding", "index": index, "embedding": _written(vector, asked.encoding_format)}
            for index, vector in enumerate(vectors)
        ]
        used = usage_of(result.usage)
        usage = {"prompt_tokens": used["prompt_tokens"], "total_tokens": used["total_tokens"]}
        return JSONResponse({"object": "list", "data": data, "model": name, "usage": usage})

    async def _engine(self, request: Request, model: str, task: str) -> tuple[EngineProcess, str]:
        return await engine_of(self._inference, request, model, task)


async def _chat_chunks(
    engine: EngineProcess, generate: Generate, answer: ChatAnswer, asked: ChatRequest
) -> AsyncIterator[dict[str, Any]]:
    opened = False
    async with aclosing(calls.stream(engine, generate)) as said:
        async for message in said:
            if not opened:
                opened = True
                yield answer.opening()
            if isinstance(message, Delta):
                yield answer.piece(message, with_logprobs=bool(asked.logprobs))
            else:
                yield answer.ending(message)
                if asked.includes_usage:
                    yield answer.usage(message.usage)


async def _text_chunks(
    engine: EngineProcess, asked: CompletionRequest, answer: TextAnswer
) -> AsyncIterator[dict[str, Any]]:
    prompt = asked.prompts[0]
    async with aclosing(calls.stream(engine, asked.to_generate(prompt))) as said:
        echo = bool(asked.echo)
        async for message in said:
            if echo:
                echo = False
                yield answer.piece(prompt, None)
            if isinstance(message, Delta):
                yield answer.piece(message.text, message.tokens if asked.logprobs is not None else None)
            else:
                yield answer.ending(message)
                if asked.includes_usage:
                    yield answer.usage(message.usage)


async def _awaited(work: "asyncio.Future[list[Generated]]") -> list[Generated]:
    return await work


def _written(vector: Any, encoding: str) -> Any:
    return base64.b64encode(vector.tobytes()).decode() if encoding == "base64" else vector.tolist()
