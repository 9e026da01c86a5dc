"""How much a form with files may bring, counted while it arrives and before anything is kept of it.

Files of a form are spooled in the folder for temporary files and stored from there: for a moment they lie in
both, which may be one disk.
"""

import shutil
import tempfile
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.types import Message

from openhearth.errors import TooLarge

TEXT_FORM_MAX_BYTES = 8 << 20
FIELDS_MAX = 50
FIELD_MAX_BYTES = 4 << 20  # a text of 1 MiB, percent-encoded, and its neighbours
_MARGIN_BYTES = 256 << 20  # left free for everybody else


class Intake:
    """A cap on request bodies: `limit_bytes`, and never more than there is room for."""

    def __init__(self, *, limit_bytes: int, free_bytes: Callable[[], int]) -> None:
        """`free_bytes` tells the room in the store."""
        self._limit_bytes = limit_bytes
        self._free_bytes = free_bytes

    async def open(self, request: Request, *, files_max: int) -> Request:
        """`request` with its form read. Raises TooLarge, before anything is read where the length is announced."""
        is_multipart = request.headers.get("content-type", "").startswith("multipart/form-data")
        most = self._room_bytes() if files_max and is_multipart else TEXT_FORM_MAX_BYTES
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            raise _too_large(most)
        capped = Request(request.scope, _counted(request, most))
        await capped.form(max_files=files_max, max_fields=FIELDS_MAX, max_part_size=FIELD_MAX_BYTES)
        return capped

    def _room_bytes(self) -> int:
        free_bytes = min(shutil.disk_usage(tempfile.gettempdir()).free, self._free_bytes())
        return max(TEXT_FORM_MAX_BYTES, min(self._limit_bytes, (free_bytes - _MARGIN_BYTES) // 2))


def _counted(request: Request, most: int) -> Callable[[], Awaitable[Message]]:
    seen = 0

    async def receive() -> Message:
        nonlocal seen
        message = await request.receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise _too_large(most)
        return message

    return receive


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        f"files: together more than the {most} bytes that this form takes now; "
        "send fewer at once, or use the command line."
    )
