"""A loaded model, asked from a thread about many inputs at once: for work that goes over rows and not over requests."""

import queue
from collections.abc import Mapping, Sequence
from concurrent.futures import TimeoutError as NotReadyInTime
from dataclasses import dataclass
from functools import partial
from typing import Any

from openhearth.access import Actor
from openhearth.errors import EngineFailed, HubError
from openhearth.inference.askers import ask_for
from openhearth.inference.connection import Answer, refusal
from openhearth.inference.engine_process import LOAD_TIMEOUT_S, EngineProcess
from openhearth.inference.service import DEFAULT_REVISION, Inference
from openhearth.inference.task_shapes import (
    TaskCall,
    generated_text,
    media_type,
    task_answer,
    text_generation_parameters,
    to_generate,
    to_run,
)
from openhearth.protocol.engine import Delta, Failed, Generate, Generated, Run

ANSWER_TIMEOUT_S = 600.0


@dataclass(frozen=True, kw_only=True)
class RowInput:
    """`inputs` as the task API takes them, or the bytes of a picture or sound as `payload`."""

    inputs: Any = None
    payload: bytes = b""


class OpenModel:
    """One engine. `commit` is the revision that runs, `task` what it was loaded for."""

    def __init__(self, engine: EngineProcess) -> None:
        self._engine = engine
        self.commit, self.task = engine.spec.key.commit, engine.spec.key.task

    def ask(self, rows: Sequence[RowInput], parameters: Mapping[str, Any]) -> list[Any]:
        """The JSON answer to each of `rows`, or the HubError that refuses it; never raises one of those."""
        calls = [TaskCall(inputs=row.inputs, parameters=dict(parameters)) for row in rows]
        arrived: queue.SimpleQueue[tuple[int, Answer]] = queue.SimpleQueue()
        waiting = 0
        found: list[Any] = [None] * len(rows)
        for place, (call, row) in enumerate(zip(calls, rows, strict=True)):
            try:
                request = self._request(call, row.payload)
                self._engine.connection.submit(request, partial(_arrive, arrived, place))
            except HubError as error:
                found[place] = error
            else:
                waiting += 1
        while waiting:
            place, answer = _next(arrived)
            if not isinstance(answer, Delta):
                waiting -= 1
                found[place] = self._read(calls[place], answer)
        self._engine.touch()
        return found

    def _request(self, call: TaskCall, payload: bytes) -> Generate | Run:
        if self.task == "text-generation":
            return to_generate(call.inputs, text_generation_parameters(call.all_parameters()), stream=False)
        return to_run(self.task, call, payload)

    def _read(self, call: TaskCall, answer: Any) -> Any:
        if isinstance(answer, Failed):
            return refusal(answer.status, answer.message, answer.param)
        if isinstance(answer, Generated):
            return generated_text(call.inputs, text_generation_parameters(call.all_parameters()), answer)
        if media_type(answer):
            return EngineFailed("The answer is a picture, a sound or a film, which a table cannot hold.")
        return task_answer(call, answer)


class Rows:
    """Opens models for whoever works through rows."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def open(
        self, actor: Actor, repo_id: str, *, task: str, revision: str = DEFAULT_REVISION, run_id: str = ""
    ) -> OpenModel:
        """Wait for the engine of `repo_id`, to be asked for `actor`. Raises as `Inference.spec` and `Inference.engine` do."""
        ask_for(actor, run_id)
        spec = self._inference.spec(actor, repo_id, task=task, revision=revision)
        try:
            return OpenModel(self._inference.engine(spec).result(LOAD_TIMEOUT_S))
        except NotReadyInTime:
            raise EngineFailed(f"{repo_id} was not loaded within {LOAD_TIMEOUT_S:.0f} s.") from None


def _arrive(arrived: "queue.SimpleQueue[tuple[int, Any]]", place: int, answer: Answer) -> None:
    arrived.put((place, answer))


def _next(arrived: "queue.SimpleQueue[tuple[int, Any]]") -> tuple[int, Any]:
    try:
        return arrived.get(timeout=ANSWER_TIMEOUT_S)
    except queue.Empty:
        raise EngineFailed(f"The model said nothing for {ANSWER_TIMEOUT_S:.0f} s.") from None
