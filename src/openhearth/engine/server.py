"""The engine's door: a Unix socket on which hubs connect, send requests and get answers.

Request ids are the connection's own; here they become unique. The engine ends when its last connection closes,
so that none outlives its hub.
"""

import asyncio
import dataclasses
import itertools
import logging
from pathlib import Path

from openhearth.engine.loader import Loader
from openhearth.engine.worker import Worker
from openhearth.protocol.engine import (
    AskStats,
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
    Stats,
    encode,
)

log = logging.getLogger(__name__)
FIRST_CONNECTION_TIMEOUT_S = 60.0
BLOCK_BYTES = 1 << 18


@dataclasses.dataclass(eq=False)
class Connection:
    """One hub. `requests`: its ids of what is under way, to ours."""

    writer: asyncio.StreamWriter
    requests: dict[int, int] = dataclasses.field(default_factory=dict)

    def send(self, message: Message) -> None:
        if not self.writer.is_closing():
            self.writer.write(encode(message))


class Server:
    def __init__(self, loader: Loader, socket_path: Path) -> None:
        self._socket_path = socket_path
        self._worker = Worker(loader, self._deliver_from_worker)
        self._connections: set[Connection] = set()
        self._requests: dict[int, tuple[Connection, int]] = {}  # our id → whose, and their id
        self._ids = itertools.count(1)
        self._asking: list[Connection] = []  # who waits for stats, in order
        self._is_told = False
        self._state: Ready | LoadFailed | None = None
        self._done = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def serve(self) -> int:
        """Serve until the last connection closes; returns the exit status of the process."""
        server = await asyncio.start_unix_server(self._connected, self._socket_path)
        self._worker.start()
        closing = self._loop.call_later(FIRST_CONNECTION_TIMEOUT_S, self._close_if_alone)
        await self._done.wait()
        closing.cancel()
        server.close()
        self._socket_path.unlink(missing_ok=True)
        return 1 if isinstance(self._state, LoadFailed) else 0

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(writer)
        self._connections.add(connection)
        frames = FrameReader()
        try:
            if self._state is not None:
                connection.send(self._state)
            while block := await reader.read(BLOCK_BYTES):
                for message in frames.feed(block):
                    self._take(connection, message)
        except (ProtocolError, ConnectionError) as error:
            log.warning("closing a connection: %s", error)
        finally:
            self._forget(connection)

    def _take(self, connection: Connection, message: Message) -> None:
        if isinstance(message, Load) == self._is_told:
            raise ProtocolError("an engine is told its model first, and once")
        if isinstance(message, Load):
            self._is_told = True
            self._worker.send(message)
        elif isinstance(message, Generate | Run):
            ours = next(self._ids)
            connection.requests[message.request_id] = ours
            self._requests[ours] = (connection, message.request_id)
            self._worker.send(dataclasses.replace(message, request_id=ours))
        elif isinstance(message, Cancel):
            if message.request_id in connection.requests:
                self._cancel(connection.requests.pop(message.request_id))
        elif isinstance(message, AskStats):
            self._asking.append(connection)
            self._worker.send(message)
        else:
            raise ProtocolError(f"a {type(message).__name__} is nothing to say to an engine")

    def _cancel(self, ours: int) -> None:
        if self._requests.pop(ours, None):
            self._worker.send(Cancel(request_id=ours))

    def _forget(self, connection: Connection) -> None:
        for ours in connection.requests.values():
            self._cancel(ours)
        self._connections.discard(connection)
        connection.writer.close()
        self._close_if_alone()

    def _close_if_alone(self) -> None:
        if not self._connections:
            self._done.set()

    def _deliver_from_worker(self, messages: list[Message]) -> None:
        self._loop.call_soon_threadsafe(self._deliver, messages)

    def _deliver(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, Ready | LoadFailed):
                self._state = message
                for connection in self._connections:
                    connection.send(message)
            elif isinstance(message, Stats):
                self._asking.pop(0).send(message)
            elif isinstance(message, Delta | Generated | Result | Failed):
                self._answer(message)

    def _answer(self, message: Delta | Generated | Result | Failed) -> None:
        ours = message.request_id
        if ours not in self._requests:
            return  # cancelled while its last step ran
        connection, theirs = self._requests[ours]
        if not isinstance(message, Delta):
            del self._requests[ours]
            connection.requests.pop(theirs, None)
        connection.send(dataclasses.replace(message, request_id=theirs))
