"""From a task's name and a folder to the loop that runs it: one builder a task."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from openhearth.engine.batching import TaskLoop
from openhearth.engine.loop import Loop, Report
from openhearth.engine.payloads import bytes_of
from openhearth.errors import Unsupported
from openhearth.pipelines.loading import LoadOptions
from openhearth.pipelines.tasks import TASKS
from openhearth.protocol.engine import Ready, Run

log = logging.getLogger(__name__)
# Of the memory that is free once the weights are loaded, so much may hold keys and values.
CACHE_SHARE = 0.25
CACHE_MAX_BYTES = 8 << 30


def build_loop(task: str, path: Path, name: str, options: LoadOptions, report: Report) -> tuple[Loop, Ready]:
    """Load the model in `path` for `task`. Raises HubError with a sentence for what cannot be loaded."""
    if task not in TASKS:
        raise Unsupported(f"task: {task!r} is not one that an engine runs; choose one of {', '.join(TASKS)}.")
    started = time.monotonic()
    build = _BUILDERS.get(task) or partial(_any_task, task)
    loop, pipeline = build(path, {**vars(options), "name": name}, report)
    ready = Ready(
        task=task,
        **_facts_of(pipeline.model),
        load_s=round(time.monotonic() - started, 3),
        context_length=getattr(pipeline, "context_length", None),
        has_chat_template=bool(getattr(getattr(pipeline, "tokenizer", None), "chat_template", None)),
    )
    log.info("loaded %s: %s", name, ready)
    return loop, ready


def _facts_of(model: Any) -> dict[str, Any]:
    """What a model says of itself; those of other libraries than torch say less."""
    weights = model.parameters() if callable(getattr(model, "parameters", None)) else ()
    return {
        "architecture": type(model).__name__,
        "parameters": sum(weight.numel() for weight in weights),
        "dtype": str(getattr(model, "dtype", "float32")).removeprefix("torch."),
        "device": str(getattr(model, "device", "cpu")),
    }


def _text_generation(path: Path, options: dict[str, Any], report: Report) -> tuple[Loop, Any]:
    from openhearth.engine.decoder import ModelDecoder
    from openhearth.engine.generation import Ending, Generation
    from openhearth.engine.kv_cache import batches
    from openhearth.engine.prompts import Prompts
    from openhearth.engine.scheduler import Limits
    from openhearth.pipelines import text_generation

    pipeline = text_generation.load(path, **options)
    if not batches(pipeline.model.config):
        raise Unsupported(
            f"{options['name']}: {type(pipeline.model).__name__} keeps a recurrent state, which cannot be batched yet; "
            "use a model with plain attention."
        )
    loop = Generation(
        decoder=ModelDecoder(pipeline.model),
        prompts=Prompts(pipeline.tokenizer),
        ending=Ending(end_ids=pipeline.end_ids, context_length=pipeline.context_length),
        report=report,
        defaults=sampling_defaults(pipeline.model.generation_config),
        limits=Limits(max_cached_tokens=_cached_tokens(pipeline.model, pipeline.context_length)),
    )
    return loop, pipeline


def _feature_extraction(path: Path, options: dict[str, Any], report: Report) -> tuple[Loop, Any]:
    from openhearth.engine.embedding import EmbeddingLoop
    from openhearth.pipelines import feature_extraction

    pipeline = feature_extraction.load(path, **options)
    return EmbeddingLoop(pipeline, report), pipeline


def _image_classification(path: Path, options: dict[str, Any], report: Report) -> tuple[Loop, Any]:
    from openhearth.pipelines import image_classification
    from openhearth.pipelines.inputs import read_image

    pipeline = image_classification.load(path, **options)

    class Images:
        max_batch = 8

        def decode(self, request: Run) -> Any:
            return read_image(bytes_of(request, "image"))

        def compute(self, inputs: Sequence[Any], parameters: dict[str, Any]) -> list[Any]:
            return [pipeline.labels(row, **parameters) for row in pipeline.logits(inputs)]

    return TaskLoop(Images(), report), pipeline


def _speech_recognition(path: Path, options: dict[str, Any], report: Report) -> tuple[Loop, Any]:
    from openhearth.pipelines import automatic_speech_recognition
    from openhearth.pipelines.inputs import read_sound

    pipeline = automatic_speech_recognition.load(path, **options)

    class Sounds:
        max_batch = 4

        def decode(self, request: Run) -> Any:
            return read_sound(bytes_of(request, "audio"), rate_hz=pipeline.rate_hz)

        def compute(self, inputs: Sequence[Any], parameters: dict[str, Any]) -> list[Any]:
            return pipeline.transcribe(inputs, **parameters)

    return TaskLoop(Sounds(), report), pipeline


def _any_task(task: str, path: Path, options: dict[str, Any], report: Report) -> tuple[Loop, Any]:
    from openhearth.engine.any_task import load_any_task

    loaded = load_any_task(task, path, **options)
    return TaskLoop(loaded, report), loaded


_BUILDERS: dict[str, Callable[[Path, dict[str, Any], Report], tuple[Loop, Any]]] = {
    "text-generation": _text_generation,
    "feature-extraction": _feature_extraction,
    "image-classification": _image_classification,
    "automatic-speech-recognition": _speech_recognition,
}


def sampling_defaults(config: Any) -> Any:
    """How the model itself says it should be sampled; plainly, if it says nothing."""
    from openhearth.engine.sampling import SamplingDefaults

    if not config.do_sample:
        return SamplingDefaults()
    temperature, top_p, top_k = config.temperature, config.top_p, config.top_k
    return SamplingDefaults(
        temperature=1.0 if temperature is None else float(temperature),
        top_p=1.0 if top_p is None else float(top_p),
        top_k=0 if top_k is None else int(top_k),
    )


def _cached_tokens(model: Any, context_length: int) -> int:
    """How many tokens the cache may hold: at least one whole context."""
    config = model.config.get_text_config(decoder=True)
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    head_size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    token_bytes = 2 * config.num_hidden_layers * heads * head_size * model.dtype.itemsize
    budget = min(CACHE_MAX_BYTES, int(psutil.virtual_memory().available * CACHE_SHARE))
    return max(context_length, int(budget // token_bytes))
