"""One request to an engine, as an asynchronous route waits for it: whole, or piece by piece.

A caller who goes away cancels its request, so that the engine stops computing for nobody.
"""

import asyncio
from collections.abc import AsyncGenerator

from openhearth.access import Actor
from openhearth.inference.askers import ask_for
from openhearth.inference.connection import Answer, refusal
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.records import EngineSpec
from openhearth.inference.service import DEFAULT_REVISION, Inference
from openhearth.protocol.engine import Delta, Failed, Generate, Generated, Result, Run


async def engine(
    inference: Inference, actor: Actor, repo_id: str, *, task: str | None, revision: str = DEFAULT_REVISION
) -> EngineProcess:
    """The engine for `repo_id`, loaded. Raises as `Inference.spec` and `Inference.engine` do."""
    return await engine_of(inference, await spec_of(inference, actor, repo_id, task=task, revision=revision))


async def spec_of(
    inference: Inference, actor: Actor, repo_id: str, *, task: str | None, revision: str = DEFAULT_REVISION
) -> EngineSpec:
    """What runs `repo_id`, asked for by `actor`; nothing is loaded. Raises as `Inference.spec` does."""
    ask_for(actor)
    return await asyncio.to_thread(inference.spec, actor, repo_id, task=task, revision=revision)


async def engine_of(inference: Inference, spec: EngineSpec) -> EngineProcess:
    """The engine of `spec`, loaded. Raises as `Inference.engine` does."""
    return await asyncio.wrap_future(await asyncio.to_thread(inference.engine, spec))


async def stream(held: EngineProcess, request: Generate) -> AsyncGenerator[Delta | Generated]:
    """Yield the deltas of `request`, then what was generated. Raises what the engine refuses with."""
    async for answer in _answers(held, request):
        assert not isinstance(answer, Result)
        yield answer


async def generate(held: EngineProcess, request: Generate) -> Generated:
    """The whole text. Raises what the engine refuses with."""
    async for answer in _answers(held, request):
        if isinstance(answer, Generated):
            return answer
    raise AssertionError("an answer always ends with its last message")


async def run(held: EngineProcess, request: Run) -> Result:
    """The result of any other task. Raises what the engine refuses with."""
    async for answer in _answers(held, request):
        if isinstance(answer, Result):
            return answer
    raise AssertionError("an answer always ends with its last message")


async def _answers(
    held: EngineProcess, request: Generate | Run
) -> AsyncGenerator[Delta | Generated | Result]:
    arrived: asyncio.Queue[Answer] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def sink(answer: Answer) -> None:
        loop.call_soon_threadsafe(arrived.put_nowait, answer)

    connection = held.connection
    request_id = connection.submit(request, sink)
    try:
        while True:
            answer = await arrived.get()
            if isinstance(answer, Failed):
                raise refusal(answer.status, answer.message, answer.param)
            yield answer
            if not isinstance(answer, Delta):
                return
    finally:
        connection.cancel(request_id)
        held.touch()
