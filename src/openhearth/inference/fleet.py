"""The engines that run: started when first asked for, kept while memory allows, ended when nobody uses them.

One engine for each (repo, commit, task). What a model needs is reckoned before it is loaded; the least recently
used make room, and what can never fit is refused with the numbers. At most one spare waits without a model, started
when somebody looks at a model that does not run, so that their first question waits for the weights alone. Knows no
users: who may ask was settled before.
"""

import logging
import threading
from concurrent.futures import Future
from pathlib import Path

import psutil

from openhearth.config import Settings
from openhearth.errors import Busy, Unsupported
from openhearth.inference.engine_process import ENGINE_MODULE, EngineProcess, TellOf
from openhearth.inference.records import EngineKey, EngineSpec, EngineStatus
from openhearth.kit.recurring import Recurring

log = logging.getLogger(__name__)
LOOK_AROUND_S = 5.0
# An engine handed out a moment ago is about to be used, even if no request has reached it yet.
GRACE_S = 10.0
# What a process weighs beside its weights: the interpreter, torch, activations.
PROCESS_BYTES = 500_000_000


class ModelTooLarge(Unsupported):
    """The model does not fit into the memory set aside for models, whatever else is unloaded."""


class Fleet:
    def __init__(
        self, settings: Settings, *, folder: Path, module: str = ENGINE_MODULE, tell: TellOf | None = None
    ) -> None:
        """`folder` gets the engines' logs; `module` is what their processes run; `tell`, what libraries say in them."""
        self._tell = tell
        self._folder = folder
        self._module = module
        self._idle_s = settings.engine_idle_s
        self._threads = settings.engine_threads
        self._budget_bytes = (
            int(settings.engine_memory_gb * 1e9)
            if settings.engine_memory_gb
            else psutil.virtual_memory().total // 2
        )
        self._engines: dict[EngineKey, EngineProcess] = {}
        self._spare: EngineProcess | None = None
        self._lock = threading.Lock()
        self._janitor = Recurring(
            "fleet", self.evict_idle, every_s=LOOK_AROUND_S, log=log, failed="idle engines could not be ended"
        )

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
                held = self._engines[spec.key] = self._take_spare() or self._new_process()
                held.load(spec)
            held.touch()
            return held.ready

    def expect(self, name: str) -> None:
        """Somebody looks at the model `name` and may ask it soon: have a process ready, unless the model runs."""
        with self._lock:
            if not self._janitor.is_running or self._spare is not None:
                return
            if any(engine.spec.name == name for engine in self._engines.values()):
                return
            if self._used_bytes() + PROCESS_BYTES <= self._budget_bytes:
                self._spare = self._new_process()

    def start(self) -> None:
        """Begin to look after idle engines."""
        self._janitor.start()

    def stop(self) -> None:
        """End every engine."""
        self._janitor.stop()
        with self._lock:
            engines, self._engines = list(self._engines.values()), {}
            spare, self._spare = self._spare, None
        ending = [*engines, *([spare] if spare else [])]
        for engine in ending:
            engine.begin_stop()
        for engine in ending:
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
            spare = self._spare
            if spare is not None and (not spare.is_alive or spare.idle_s > self._idle_s):
                self._spare = None
                spare.stop()

    def _make_room(self, spec: EngineSpec) -> None:
        if spec.needs_bytes > self._budget_bytes:
            raise ModelTooLarge(
                f"{spec.name} needs about {_gb(spec.needs_bytes)} of memory, and {_gb(self._budget_bytes)} are set aside "
                "for models here; use a smaller model, or raise the setting engine_memory_gb."
            )
        used = self._used_bytes()
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

    def _used_bytes(self) -> int:
        return sum(engine.spec.needs_bytes for engine in self._engines.values())

    def _new_process(self) -> EngineProcess:
        made = EngineProcess(folder=self._folder, threads=self._threads, module=self._module, tell=self._tell)
        made.start()
        return made

    def _take_spare(self) -> EngineProcess | None:
        spare, self._spare = self._spare, None
        if spare is not None and not spare.is_alive:
            spare.stop()
            return None
        return spare

    def _end(self, key: EngineKey) -> None:
        engine = self._engines.pop(key)
        log.info("unloading %s after %.0f s without use", engine.spec.name, engine.idle_s)
        engine.stop()


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB"
