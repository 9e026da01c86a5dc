"""Every task that has no loop of its own: the pipeline that Python calls, one request after the other.

Requests and answers are those of the task API: pictures and sounds come as bytes or base64 text and go out so.
"""

import base64
import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from openhearth.engine.payloads import bytes_of
from openhearth.engine.pictures import ANSWERED_BY_TALKING, read_decision, read_pictures, talk_about
from openhearth.engine.refused import known_parameters, refusal_of, unknown_parameter
from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.inputs import read_sound
from openhearth.pipelines.loading import first_line
from openhearth.pipelines.media import Media, image_file, media_of
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.reading.content import Content
from openhearth.pipelines.reading.tables import table_of
from openhearth.pipelines.sound_files import encode_sound
from openhearth.pipelines.tasks import TASKS, Task
from openhearth.pipelines.ways import find_way, find_way_without_model
from openhearth.protocol.engine import Run

# What the task API gives without being asked otherwise, where transformers' pipelines give something else.
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "token-classification": {"aggregation_strategy": "simple"},
    "text-classification": {"top_k": 5},
    "audio-classification": {"top_k": 5},
}
_RATE_HZ = 16_000


class AnyTask:
    """A `BatchTask` over a loaded pipeline."""

    max_batch = 1

    def __init__(self, task: Task, worker: Any) -> None:
        self.task = task
        self.worker = worker
        self.model = getattr(worker, "model", worker)
        self.tokenizer = getattr(worker, "tokenizer", None)

    def decode(self, request: Run) -> Any:
        """The input of `request`, read. Raises Invalid."""
        if self.task.name == "face-recognition" and request.payload:
            return request.payload  # photos are large: an album decodes no more of them than it looks at
        if self.task.takes == "image":
            return read_pictures(request, self.task.name)
        if self.task.takes in ("audio", "video") and not isinstance(request.inputs, dict):
            return self._decode_media(bytes_of(request, self.task.takes))
        if self.task.takes == "table":
            return _table(request)
        if request.inputs is None:
            raise Invalid(f"inputs: is missing; {self.task.name} needs an input.", param="inputs")
        return read_decision(request.inputs) if self.task.name == "decision" else request.inputs

    def compute(self, inputs: Sequence[Any], parameters: dict[str, Any]) -> list[Any]:
        """The JSON answer to each input. Raises Invalid for parameters that are not the task's."""
        self._require(inputs, parameters)
        settings = {**_DEFAULTS.get(self.task.name, {}), **parameters}
        try:
            return [self._answer(given, settings) for given in inputs]
        except (ValueError, KeyError, TypeError) as error:
            raise refusal_of(error, self.task.name) from error
        except ImportError as error:
            raise Unsupported(f"{self.task.name}: {first_line(error)}") from error

    def _answer(self, given: Any, settings: Mapping[str, Any]) -> Any:
        if self.task.gives == "audio":
            return self._sound(given, dict(settings))
        answer = self._call(given, settings)
        if self.task.gives == "json":
            return _plain(answer)
        if isinstance(answer, list):
            raise Invalid(f"{self.task.name}: makes one {self.task.gives} at a time here; ask once for each.")
        return media_of(answer)

    def _sound(self, given: Any, settings: dict[str, Any]) -> Media:
        """The sound that was made, as a file in the format that `response_format` names, else a WAV."""
        form = str(settings.pop("response_format", "wav"))
        answer = self._call(given, settings)
        if not isinstance(answer, dict):
            raise Invalid(f"inputs: {self.task.name} makes one sound a call; send one text.", param="inputs")
        return encode_sound(answer["audio"], answer["sampling_rate"], form)

    def _call(self, given: Any, settings: Mapping[str, Any]) -> Any:
        if self.task.name in ANSWERED_BY_TALKING:
            return talk_about(self.worker, given, settings)
        answer = self.worker(given, **settings)
        # A text of its own is answered as one of a list, as the task API does.
        return (
            [answer]
            if self.task.name == "text-classification" and answer and isinstance(answer[0], dict)
            else answer
        )

    def _decode_media(self, content: bytes) -> Any:
        if self.task.takes == "audio":
            rate_hz = getattr(getattr(self.worker, "feature_extractor", None), "sampling_rate", _RATE_HZ)
            return read_sound(content, rate_hz=rate_hz)
        return content

    def _require(self, inputs: Sequence[Any], parameters: Mapping[str, Any]) -> None:
        known = known_parameters(self.worker)
        for name in () if known is None else parameters.keys() - known:
            raise unknown_parameter(name, self.task.name)
        for name in self.task.asks:
            if name not in parameters and not all(isinstance(g, dict) and name in g for g in inputs):
                raise Invalid(f"parameters.{name}: is missing; {self.task.name} needs it.", param=name)


def _table(request: Run) -> Any:
    """The table of a request: JSON, or the bytes of a file. Raises Invalid."""
    if request.payload:
        return table_of(Content(None, request.payload))
    inputs = request.inputs
    if inputs is None:
        raise Invalid("inputs: is missing; send a table.", param="inputs")
    # An older shape of the task API: {"inputs": {"data": {column: cells}}}.
    return inputs["data"] if isinstance(inputs, dict) and isinstance(inputs.get("data"), dict) else inputs


def load_any_task(task: str, path: Path, *, name: str, threads: int, device: str, dtype: str) -> AnyTask:
    """Load the model in `path` for `task` by the best way there is. Raises Unsupported if there is none.

    `path` is Path() for a task that needs no stored model.
    """
    if path == Path():
        found = FoundModel.none()
        way = find_way_without_model(TASKS[task]) or find_way_without_model(TASKS[task], at_last=True)
    else:
        found = FoundModel(name=name, path=path)
        way = find_way(TASKS[task], found.folder)
    if way is None:
        raise Unsupported(
            f"task: {name} ({found.folder.architecture}) cannot do {task}; choose another model."
        )
    module = importlib.import_module(f"openhearth.pipelines.{way.module}")
    options = PipelineOptions(device=device, dtype=dtype, threads=threads, keeps=False)
    return AnyTask(TASKS[task], module.load(found, task, options))


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it: arrays as lists, pictures and masks as base64 of a PNG."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "save") and hasattr(value, "getbands"):
        return base64.b64encode(image_file(value).content).decode()
    if str(getattr(value, "dtype", "")) in ("bool", "torch.bool") and value.ndim == 2:
        return _plain(Image.fromarray(np.asarray(value).astype(np.uint8) * 255))
    return value.tolist() if hasattr(value, "tolist") else value
