"""One engine as the hub holds it: its process, its socket, its log. Ends with the hub, whatever happens to either.

A process starts without a model: it imports its libraries, which takes seconds, and is told its model over the
socket. So one may wait as a spare before anybody asks.
"""

import collections
import logging
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from openhearth.errors import EngineFailed
from openhearth.inference.askers import ASKER, Asker
from openhearth.inference.connection import EngineConnection
from openhearth.inference.records import EngineSpec, EngineStatus
from openhearth.kit.ids import new_id
from openhearth.protocol.engine import Load, Ready, Said

log = logging.getLogger(__name__)
ENGINE_MODULE = "openhearth.engine"
CONNECT_TIMEOUT_S = 30.0
LOAD_TIMEOUT_S = 600.0
STOP_TIMEOUT_S = 5.0
REAP_TIMEOUT_S = 2.0
LAST_LINES = 8
TellOf = Callable[[EngineSpec, Asker, Sequence[Said]], None]


class EngineProcess:
    """`ready` resolves to this engine once it can be asked; raises EngineFailed or what loading said."""

    def __init__(
        self, *, folder: Path, threads: int, module: str = ENGINE_MODULE, tell: "TellOf | None" = None
    ) -> None:
        """`folder` gets the log; `module` is what the process runs; `tell` gets what libraries say in it."""
        self.run_id = new_id()
        self._tell_of = tell
        self._asker = Asker()
        self.ready: Future[EngineProcess] = Future()
        self.ready.set_running_or_notify_cancel()  # one of many waiting may give up; the others still wait
        self._spec: EngineSpec | None = None
        self._wanted: queue.SimpleQueue[EngineSpec | None] = queue.SimpleQueue()
        # Not in the data folder: the path of a Unix socket may have a hundred characters at most.
        self._run_folder = Path(tempfile.mkdtemp(prefix="openhearth-"))
        self._log_path = folder / f"{self._run_folder.name}.log"
        # -P: the working directory is no place to import from.
        self._command = [
            *(sys.executable, "-P", "-m", module),
            *("--socket", str(self._socket_path), "--threads", str(threads)),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: EngineConnection | None = None
        self._told: Ready | None = None
        self._last_used = time.monotonic()

    @property
    def spec(self) -> EngineSpec:
        """What it runs. Only after `load`."""
        assert self._spec is not None
        return self._spec

    @property
    def told(self) -> Ready:
        """What the engine says of its model. Only after `ready`."""
        assert self._told is not None
        return self._told

    @property
    def connection(self) -> EngineConnection:
        """To submit requests on. Only after `ready`."""
        assert self._connection is not None
        self.touch()
        return self._connection

    @property
    def is_alive(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            return False
        if self._connection is not None and self._connection.is_closed:
            return False
        return not (self.ready.done() and self.ready.exception() is not None)

    @property
    def is_idle(self) -> bool:
        """Whether it computes for nobody; a spare is idle from its start, an engine that loads is not."""
        if self._spec is None:
            return True
        return self.ready.done() and (self._connection is None or self._connection.active_requests == 0)

    @property
    def idle_s(self) -> float:
        return 0.0 if not self.is_idle else time.monotonic() - self._last_used

    def touch(self) -> None:
        self._last_used = time.monotonic()

    def start(self) -> None:
        """Start the process, which then waits for its model."""
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        with self._log_path.open("wb") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._run_folder,
                env=_environment(),
                start_new_session=True,  # an interrupt at the terminal is the hub's to answer
            )
        threading.Thread(target=self._become_ready, name="engine-start", daemon=True).start()

    def load(self, spec: EngineSpec) -> None:
        """Say which model to run; `ready` follows when it is loaded."""
        self._spec = spec
        self._asker = ASKER.get()
        self._log_path = self._log_path.rename(
            self._log_path.with_name(f"{spec.name.replace('/', '--')}.{spec.key.task}.log")
        )
        self.touch()
        self._wanted.put(spec)

    def begin_stop(self) -> None:
        """Ask the process to end, without waiting for it."""
        self._wanted.put(None)
        if self._connection is not None:
            self._connection.close()
        elif self._process is not None:
            self._process.terminate()

    def stop(self) -> None:
        """End the process, kindly first."""
        self.begin_stop()
        if self._process is not None:
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._run_folder, ignore_errors=True)
        if self._spec is None:
            self._log_path.unlink(missing_ok=True)

    def status(self) -> EngineStatus:
        return EngineStatus(
            name=self.spec.name,
            task=self.spec.key.task,
            state="ready" if self.ready.done() else "loading",
            needs_bytes=self.spec.needs_bytes,
            active_requests=self._connection.active_requests if self._connection else 0,
            idle_s=self.idle_s,
        )

    def last_words(self) -> str:
        """The end of the engine's log."""
        try:
            with self._log_path.open(encoding="utf-8", errors="replace") as lines:
                return "".join(collections.deque(lines, LAST_LINES)).strip()
        except OSError:
            return ""

    def how_it_ended(self) -> str:
        """A sentence about the process's end; the end of its log goes to the hub's own, not to callers."""
        assert self._process is not None
        try:
            status = self._process.wait(REAP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return "The model's process no longer answers."
        level = logging.WARNING if status else logging.INFO
        log.log(level, "the process of %s ended with status %s: %s", self._name, status, self.last_words())
        if status == -signal.SIGKILL:
            return "The model's process was killed, most likely because the machine ran out of memory."
        return f"The model's process ended (status {status}); the hub's log says why."

    def _tell(self, asker: Asker, notes: Sequence[Said]) -> None:
        """Hand on what libraries said. A book that cannot be written must not keep a model from answering."""
        if self._tell_of is None or self._spec is None:
            return
        folder, name = str(self._spec.folder), self._spec.name
        try:
            # Where the hub keeps its files is nobody's business, and a name may be closed to the reader one day.
            told = [
                replace(note, message=note.message.replace(folder, "the model").replace(name, "the model"))
                for note in notes
            ]
            self._tell_of(self._spec, replace(asker, run_id=asker.run_id or self.run_id), told)
        except Exception:  # a thread's border: the answer goes its way
            log.exception("what %s said could not be kept", self._spec.name)

    @property
    def _name(self) -> str:
        return self._spec.name if self._spec is not None else "a spare engine"

    @property
    def _socket_path(self) -> Path:
        return self._run_folder / "socket"

    def _become_ready(self) -> None:
        try:
            self._connection = EngineConnection(
                self._connect(), how_it_ended=self.how_it_ended, tell=self._tell
            )
            spec = self._wanted.get()
            if spec is None:
                return
            self._connection.load(
                Load(folder=str(spec.folder), name=spec.name, task=spec.key.task), self._asker
            )
            self._told = self._connection.ready.result(LOAD_TIMEOUT_S)
        except TimeoutError:
            self.ready.set_exception(
                EngineFailed(f"{self.spec.name} was not loaded within {LOAD_TIMEOUT_S:.0f} s.")
            )
        except Exception as error:  # a thread's border: whoever waits is told
            self.ready.set_exception(error)
        else:
            log.info("%s is ready: %s", spec.name, self._told)
            self.touch()
            self.ready.set_result(self)

    def _connect(self) -> socket.socket:
        """Connect as soon as the engine listens. Raises EngineFailed if it ends before."""
        assert self._process is not None
        deadline = time.monotonic() + CONNECT_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            connecting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connecting.connect(str(self._socket_path))
            except (FileNotFoundError, ConnectionRefusedError):
                connecting.close()
                time.sleep(0.01)
            else:
                return connecting
        raise EngineFailed(self.how_it_ended())


def _environment() -> dict[str, str]:
    """Ours, without what an engine has no business with: tokens and the hub's own settings."""
    secret = ("OPENHEARTH_", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "AWS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(secret)}
    return kept | {"PYTHONUNBUFFERED": "1"}
