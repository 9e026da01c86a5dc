"""What inference routes read and how they wait: capped bodies, typed fields, callers who go away, event streams."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse

from openhearth.errors import HubError, Invalid, TooLarge

T = TypeVar("T")
Shape = TypeVar("Shape", bound=BaseModel)
BODY_MAX_BYTES = 64 << 20


async def read_body(request: Request) -> bytes:
    """The whole body. Raises TooLarge beyond 64 MiB."""
    announced = request.headers.get("content-length", "")
    parts, size = [], 0
    if announced.isdigit() and int(announced) > BODY_MAX_BYTES:
        raise _too_large()
    async for part in request.stream():
        size += len(part)
        if size > BODY_MAX_BYTES:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def _too_large() -> TooLarge:
    return TooLarge(f"body: more than {BODY_MAX_BYTES >> 20} MiB; send less, or in parts.")


def parse(shape: type[Shape], body: bytes) -> Shape:
    """`body` as `shape`. Raises Invalid that names the first bad field, its value and what is expected."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        raise refuse_field(error) from None


def refuse_field(error: ValidationError) -> Invalid:
    """The first thing that is wrong, as an error that names the field and its value."""
    first = error.errors()[0]
    place = first["loc"]
    if not place:
        return Invalid(f"body: {first['msg']}; send a JSON object.")
    field = ".".join(str(part) for part in place)
    shown = "" if first["type"] == "missing" else f" (given: {str(first['input'])[:80]!r})"
    return Invalid(f"{field}: {first['msg']}{shown}.", param=str(place[0]))


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The outcome of `work`, cancelled if the caller leaves first. The body must have been read."""
    task = asyncio.ensure_future(work)
    watch = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return await task
    finally:
        watch.cancel()
        task.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def event_stream(
    events: AsyncIterator[dict[str, Any]], *, end: str | None = "[DONE]"
) -> StreamingResponse:
    """`events` as server-sent events. Waits for the first, so that a refusal still has its own status."""
    iterator = events.__aiter__()
    first = await anext(iterator, None)

    async def lines() -> AsyncIterator[bytes]:
        async with aclosing(iterator):  # type: ignore[type-var]  # every caller passes an async generator
            if first is not None:
                yield _event(first)
            try:
                async for event in iterator:
                    yield _event(event)
            except HubError as error:
                yield _event(
                    {"error": {"message": error.message, "type": "server_error", "code": error.code}}
                )
                return
            if end:
                yield f"data: {end}\n\n".encode()

    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"
