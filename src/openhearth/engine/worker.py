"""The thread that computes. It loads the model, then makes steps while there is work and sleeps while there is none."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import psutil

from openhearth.engine.ears import Ears
from openhearth.engine.loader import Loader
from openhearth.engine.loop import Loop
from openhearth.errors import HubError
from openhearth.pipelines.notes.listen import listening
from openhearth.protocol.engine import AskStats, Cancel, Load, LoadFailed, Message

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Stop:
    pass


class Worker:
    """Runs one Loop, that of the Load which comes first. `deliver` gets what a step reported, all at once, in this thread."""

    def __init__(self, loader: Loader, deliver: Callable[[list[Message]], None]) -> None:
        self._loader = loader
        self._deliver = deliver
        self._inbox: queue.SimpleQueue[Message | _Stop] = queue.SimpleQueue()
        self._outbox: list[Message] = []
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def send(self, message: Message) -> None:
        self._inbox.put(message)

    def stop(self) -> None:
        """Finish the present step, then end."""
        self._inbox.put(_Stop())
        self._thread.join()

    def _run(self) -> None:
        try:
            # Before anybody listens: importing libraries is no run of a model, and sets how loud they are.
            self._loader.prepare()
        except HubError as error:
            self._deliver([LoadFailed(message=error.message, status=error.status)])
            return
        except Exception as error:  # a thread's border: the hub gets a sentence
            log.exception("the libraries cannot be loaded")
            self._deliver([LoadFailed(message=f"The libraries cannot be loaded: {error}")])
            return
        with listening() as heard:
            self._ears = Ears(heard)
            loop = self._load()
            busy = False
            while loop is not None and self._take_in(loop, wait=not busy):
                busy = self._step(loop)
                self._flush()

    def _load(self) -> Loop | None:
        """The loop of the model that the hub names; None if there is none to run."""
        wanted = self._inbox.get()
        if not isinstance(wanted, Load):
            return None
        try:
            loop, ready = self._loader.load(wanted, self._outbox.append)
        except HubError as error:
            self._load_failed(error.message, error, status=error.status)
            return None
        except Exception as error:  # whatever a model's files make a library do, the hub gets a sentence
            log.exception("loading failed")
            self._load_failed(f"The model cannot be loaded: {error or type(error).__name__}", error)
            return None
        self._deliver([replace(ready, notes=self._ears.take())])
        return loop

    def _load_failed(self, message: str, error: Exception, *, status: int = 503) -> None:
        self._ears.failed(error)
        self._deliver([LoadFailed(message=message, status=status, notes=self._ears.take())])

    def _take_in(self, loop: Loop, *, wait: bool) -> bool:
        """Read the inbox, sleeping for a first message if `wait`; returns whether to go on."""
        while True:
            try:
                message = self._inbox.get(block=wait)
            except queue.Empty:
                return True
            if isinstance(message, _Stop):
                return False
            self._accept(loop, message)
            self._flush()
            wait = False

    def _accept(self, loop: Loop, message: Message) -> None:
        if isinstance(message, Cancel):
            loop.cancel(message.request_id)
        elif isinstance(message, AskStats):
            self._outbox.append(loop.stats(psutil.Process().memory_info().rss))
        else:
            loop.add(message)

    def _step(self, loop: Loop) -> bool:
        try:
            return loop.step()
        except Exception as error:  # a broken step must not end the process while others wait
            log.exception("a step failed")
            self._ears.failed(error)
            loop.fail_all(f"The model failed while computing: {error or type(error).__name__}")
            return True

    def _flush(self) -> None:
        if self._outbox:
            self._deliver(self._ears.annotate(self._outbox))
            self._outbox.clear()
