"""Work that comes back every so often, in a thread of its own."""

import logging
import threading
from collections.abc import Callable

_STOP_TIMEOUT_S = 10.0


class Recurring:
    """Does `work` every `every_s` seconds, or sooner when woken, until it is stopped.

    Work that fails is logged by `log` as `failed`, and its next turn comes all the same.
    """

    def __init__(
        self, name: str, work: Callable[[], object], *, every_s: float, log: logging.Logger, failed: str
    ) -> None:
        self._name, self._work, self._every_s = name, work, every_s
        self._log, self._failed = log, failed
        self._due, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self._thread is not None and not self._stopping.is_set()

    @property
    def is_stopping(self) -> bool:
        """What takes long looks here between its steps."""
        return self._stopping.is_set()

    def rest(self, seconds: float) -> None:
        """Pause inside of work, until it is stopped."""
        self._stopping.wait(seconds)

    def wake(self) -> None:
        self._due.set()

    def start(self) -> None:
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Waits a while for the turn that is under way."""
        self._stopping.set()
        self._due.set()
        if self._thread is not None:
            self._thread.join(_STOP_TIMEOUT_S)

    def _run(self) -> None:
        while True:
            self._due.wait(self._every_s)
            self._due.clear()
            if self._stopping.is_set():
                return
            try:
                self._work()
            except Exception:  # a thread's border: what cannot be done now may be done next time
                self._log.exception(self._failed)
