"""The engines that run: started when first asked for, kept while memory allows, ended when nobody uses them.

One engine for each (repo, commit, task). What a model needs is reckoned before it is loaded; the least recently
used make room, and what can never fit is refused with the numbers. Knows no users: who may ask was settled before.
"""

import logging
import threading
from concurrent.futures import Future
from pathlib import Path

import psutil

from openhearth.config import Settings
from openhearth.errors import Busy, Unsupported
from openhearth.inference.engine_process import EngineProcess
from openhearth.inference.records import EngineKey, EngineSpec, EngineStatus

log = logging.getLogger(__name__)
LOOK_AROUND_S = 5.0
# An engine handed out a moment ago is about to be used, even if no request has reached it yet.
GRACE_S = 10.0


class ModelTooLarge(Unsupported):
    """The model does not fit into the memory set aside for models, whatever else is unloaded."""


class Fleet:
    def __init__(self, settings: Settings, *, folder: Path) -> None:
        """`folder` gets the engines' logs."""
        self._folder = folder
        self._idle_s = settings.engine_idle_s
        self._threads = settings.engine_threads
        self._budget_bytes = (
            int(settings.engine_memory_gb * 1e9)
            if settings.engine_memory_gb
            else psutil.virtual_memory().total // 2
        )
        self._engines: dict[EngineKey, EngineProcess] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._janitor: threading.Thread | None = None

    def engine(self, spec: EngineSpec) -> "Future[EngineProcess]":
        """The engine for `spec`, once it is ready; started if it does not run. Safe to call from any thread.

        Raises ModelTooLarge, or Busy while others use the memory; the future raises EngineFailed and what loading says.
        """
        with self._lock:
            held = self._engines.get(spec.key)
            if held is not None and not held.is_alive:
                log.warning("%s ended and is started again: %s", spec.name, held.last_words())
                held.stop()
                held = None
            if held is None:
                self._make_room(spec)
                held = EngineProcess(spec, folder=self._folder, threads=self._threads)
                held.start()
                self._engines[spec.key] = held
            held.touch()
            return held.ready

    def start(self) -> None:
        """Begin to look after idle engines."""
        self._janitor = threading.Thread(target=self._look_after, name="fleet", daemon=True)
        self._janitor.start()

    def stop(self) -> None:
        """End every engine."""
        self._stopping.set()
        if self._janitor is not None:
            self._janitor.join()
        with self._lock:
            engines, self._engines = list(self._engines.values()), {}
        for engine in engines:
            engine.stop()

    def list_engines(self) -> list[EngineStatus]:
        with self._lock:
            return [engine.status() for engine in self._engines.values()]

    def evict_idle(self) -> None:
        """End the engines that have been idle for longer than the setting says, and forget those that ended."""
        with self._lock:
            for key, engine in list(self._engines.items()):
                if not engine.is_alive or (engine.is_idle and engine.idle_s > self._idle_s):
                    self._end(key)

    def _look_after(self) -> None:
        while not self._stopping.wait(LOOK_AROUND_S):
            self.evict_idle()

    def _make_room(self, spec: EngineSpec) -> None:
        if spec.needs_bytes > self._budget_bytes:
            raise ModelTooLarge(
                f"{spec.name} needs about {_gb(spec.needs_bytes)} of memory, and {_gb(self._budget_bytes)} are set aside "
                "for models here; use a smaller model, or raise the setting engine_memory_gb."
            )
        used = sum(engine.spec.needs_bytes for engine in self._engines.values())
        for engine in sorted(self._engines.values(), key=lambda engine: -engine.idle_s):
            if used + spec.needs_bytes <= self._budget_bytes:
                return
            if not engine.is_alive or (engine.is_idle and engine.idle_s > GRACE_S):
                used -= engine.spec.needs_bytes
                self._end(engine.spec.key)
        if used + spec.needs_bytes > self._budget_bytes:
            names = ", ".join(sorted(engine.spec.name for engine in self._engines.values()))
            raise Busy(
                f"The memory for models is in use ({names}); try again in a moment.",
                headers={"Retry-After": "10"},
            )

    def _end(self, key: EngineKey) -> None:
        engine = self._engines.pop(key)
        log.info("unloading %s after %.0f s without use", engine.spec.name, engine.idle_s)
        engine.stop()


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB"
