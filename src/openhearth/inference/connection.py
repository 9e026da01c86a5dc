"""The hub's end of an engine's socket: many requests under way over one connection.

A thread reads what the engine says and hands it to the sink of each request. When the socket closes, every
sink gets a Failed: an engine's crash is an answer, never a hang.
"""

import contextlib
import dataclasses
import itertools
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from openhearth.errors import EngineFailed, HubError, Invalid, NotFound, Unsupported
from openhearth.inference.askers import ASKER, Asker, Tell, tell_nobody
from openhearth.protocol.engine import (
    Cancel,
    Delta,
    Failed,
    FrameReader,
    Generate,
    Generated,
    Load,
    LoadFailed,
    Message,
    ProtocolError,
    Ready,
    Result,
    Run,
    Said,
    encode,
)

Answer = Delta | Generated | Result | Failed
Sink = Callable[[Answer], None]
BLOCK_BYTES = 1 << 18


class EngineConnection:
    """`ready` resolves once the model is loaded, or raises why it was not."""

    def __init__(
        self, connected: socket.socket, *, how_it_ended: Callable[[], str], tell: Tell = tell_nobody
    ) -> None:
        """`how_it_ended` gives a sentence about the engine's end, for whoever waited when it died.

        `tell` gets what libraries said, in the thread that reads.
        """
        self.ready: Future[Ready] = Future()
        self._socket = connected
        self._how_it_ended = how_it_ended
        self._ids = itertools.count(1)
        self._tell = tell
        self._sinks: dict[int, tuple[Asker, Sink]] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._loaded_for = Asker()
        self._told: set[Asker] = set()
        self._reader = threading.Thread(target=self._read, name="engine-reader", daemon=True)
        self._reader.start()

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def active_requests(self) -> int:
        return len(self._sinks)

    def load(self, model: Load, asker: Asker = Asker()) -> None:  # noqa: B008 - frozen
        """Say which model to load, and for whom; `ready` follows. Raises EngineFailed if the engine is gone."""
        self._loaded_for = asker
        if self._closed:
            raise self._gone()
        self._send(model)

    def submit(self, request: Generate | Run, sink: Sink) -> int:
        """Send `request`; its answers go to `sink` in another thread, the last being no Delta. Returns its id.

        Raises EngineFailed if the engine is gone.
        """
        request_id = next(self._ids)
        with self._lock:
            if self._closed:
                raise self._gone()
            self._sinks[request_id] = (ASKER.get(), sink)
        self._send(dataclasses.replace(request, request_id=request_id))
        return request_id

    def cancel(self, request_id: int) -> None:
        """Nobody waits for `request_id` any more. Does nothing if it is done."""
        with self._lock:
            known = self._sinks.pop(request_id, None)
        if known is not None and not self._closed:
            self._send(Cancel(request_id=request_id))

    def close(self) -> None:
        """The engine ends when its last connection does."""
        with contextlib.suppress(OSError):  # it may be closed already
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join(timeout=5)

    def _send(self, message: Message) -> None:
        try:
            with self._lock:
                self._socket.sendall(encode(message))
        except OSError:
            self._finish()

    def _read(self) -> None:
        frames = FrameReader()
        try:
            while block := self._socket.recv(BLOCK_BYTES):
                for message in frames.feed(block):
                    self._take(message)
        except (OSError, ProtocolError):
            pass  # said to every waiting request below
        finally:
            self._finish()
            self._socket.close()

    def _take(self, message: Message) -> None:
        if isinstance(message, Ready):
            self.ready.set_result(message)
        elif isinstance(message, LoadFailed):
            self._tell(self._loaded_for, message.notes)
            self.ready.set_exception(refusal(message.status, message.message))
        elif isinstance(message, Delta):
            known = self._sinks.get(message.request_id)
            if known is not None:
                known[1](message)
        elif isinstance(message, Generated | Result | Failed):
            with self._lock:
                known = self._sinks.pop(message.request_id, None)
            if known is not None:
                self._tell_of(known[0], message)
                known[1](message)

    def _finish(self) -> None:
        with self._lock:
            self._closed = True
            waiting, self._sinks = self._sinks, {}
        if not waiting and self.ready.done():
            return
        error = self._gone()
        if not self.ready.done():
            self.ready.set_exception(error)
        for request_id, (asker, sink) in waiting.items():
            failed = Failed(request_id=request_id, message=error.message, status=error.status)
            self._tell_of(asker, failed)
            sink(failed)

    def _tell_of(self, asker: Asker, answer: Answer) -> None:
        """Tell whoever asked what was said, and once to each what was said when the model was loaded."""
        notes = [] if isinstance(answer, Delta) else list(answer.notes)
        if (
            isinstance(answer, Failed)
            and answer.status >= 500
            and not any(n.kind == "failure" for n in notes)
        ):
            notes.append(Said(kind="failure", message=answer.message))
        if asker not in self._told:
            self._told.add(asker)
            notes = [*self._loading_notes(), *notes]
        if notes:
            self._tell(asker, notes)

    def _loading_notes(self) -> Sequence[Said]:
        is_loaded = self.ready.done() and self.ready.exception() is None
        return self.ready.result().notes if is_loaded else ()

    def _gone(self) -> EngineFailed:
        return EngineFailed(f"{self._how_it_ended()} Send the request again; the model is then loaded anew.")


def refusal(status: int, message: str, param: str | None = None) -> HubError:
    """What an engine said, as an error of ours."""
    kinds: dict[int, type[HubError]] = {400: Invalid, 404: NotFound, 501: Unsupported}
    kind = kinds.get(status, EngineFailed)
    return kind(message, param=param) if param else kind(message)
