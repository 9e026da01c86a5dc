"""Tasks that answer in one pass: what waits together and asks alike is computed together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from openhearth.engine.loop import Report
from openhearth.engine.refused import refusal_of
from openhearth.errors import HubError
from openhearth.pipelines.media import Media
from openhearth.protocol.engine import Failed, Message, Result, Run, Stats


@dataclass(kw_only=True, eq=False)
class Job:
    """A request whose input is decoded already. Jobs with equal `parameters` may be computed together."""

    request_id: int
    input: Any
    parameters: dict[str, Any] = field(default_factory=dict)


class BatchTask(Protocol):
    """What a task brings: `max_batch` inputs at once, at most."""

    max_batch: int

    def decode(self, request: Run) -> Any:
        """The input of `request`. Raises Invalid."""
        ...

    def compute(self, inputs: Sequence[Any], parameters: dict[str, Any]) -> list[Any]:
        """The answer to each input: JSON, or a file. Raises Invalid for parameters that are not the task's."""
        ...


class TaskLoop:
    """The Loop of such a task."""

    def __init__(self, task: BatchTask, report: Report) -> None:
        self._task = task
        self._report = report
        self._waiting: list[Job] = []
        self._steps = 0

    def add(self, request: Message) -> None:
        if not isinstance(request, Run):
            self._report(wrong_kind(request))
            return
        try:
            job = Job(
                request_id=request.request_id, input=self._task.decode(request), parameters=request.parameters
            )
        except HubError as error:
            self._report(failed(request.request_id, error))
        else:
            self._waiting.append(job)

    def cancel(self, request_id: int) -> None:
        self._waiting = [job for job in self._waiting if job.request_id != request_id]

    def step(self) -> bool:
        if not self._waiting:
            return False
        parameters = self._waiting[0].parameters
        batch = [job for job in self._waiting if job.parameters == parameters][: self._task.max_batch]
        self._compute(batch)
        done = {job.request_id for job in batch}
        self._waiting = [job for job in self._waiting if job.request_id not in done]
        self._steps += 1
        return True

    def fail_all(self, message: str) -> None:
        for job in self._waiting:
            self._report(Failed(request_id=job.request_id, message=message))
        self._waiting.clear()

    def stats(self, rss_bytes: int) -> Stats:
        return Stats(
            waiting=len(self._waiting), running=0, steps=self._steps, generated_tokens=0, rss_bytes=rss_bytes
        )

    def _compute(self, batch: list[Job]) -> None:
        try:
            outputs = self._task.compute([job.input for job in batch], batch[0].parameters)
        except HubError as error:
            for job in batch:
                self._report(failed(job.request_id, error))
        except TypeError as error:
            # The parameters are the caller's and become keyword arguments.
            for job in batch:
                self._report(failed(job.request_id, refusal_of(error, "this task")))
        else:
            for job, output in zip(batch, outputs, strict=True):
                self._report(_result(job.request_id, output))


def _result(request_id: int, output: Any) -> Result:
    if isinstance(output, Media):
        return Result(
            request_id=request_id, output={"content_type": output.content_type}, payload=output.content
        )
    return Result(request_id=request_id, output=output)


def failed(request_id: int, error: HubError) -> Failed:
    """`error` as an answer to a request."""
    param = error.extra.get("param")
    return Failed(
        request_id=request_id, message=error.message, status=error.status, param=str(param) if param else None
    )


def wrong_kind(request: Any) -> Failed:
    return Failed(
        request_id=request.request_id, message="This model does not do what was asked of it.", status=400
    )
