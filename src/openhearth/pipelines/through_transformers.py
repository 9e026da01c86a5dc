"""Tasks that transformers has a pipeline for: the same inputs, parameters and answers, with a model of this machine.

`load` gives transformers' own object, so that whatever one does with it (batches, generators, streamers, attributes)
works as its manual says.
"""

import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import transformers
from safetensors import SafetensorError

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.finding import FoundModel, find_folder
from openhearth.pipelines.loading import check_native, check_placed, first_line, hide_bars, set_threads
from openhearth.pipelines.onnx_model import load_onnx
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.tasks import TASKS

# Raised inside transformers for files that are not what they say; anything else is a fault of ours and rises as it is.
_BAD_FILES = (ValueError, KeyError, RuntimeError, OSError, TypeError, ImportError, SafetensorError)
# How transformers says that a library is missing (utils/import_utils.py).
_LIBRARY = re.compile(r"requires the (\S+) library")


def load(found: FoundModel, task: str, options: PipelineOptions, **parts: Any) -> Any:
    """transformers' pipeline for `task` with the model of `found`. `parts` go before what it would choose itself.

    Raises Invalid or Unsupported with a sentence.
    """
    if not options.trust_remote_code and found.gguf is None and found.loaded is None:
        check_native(found.folder)
    if task == "any-to-any" and "vision_config" in found.folder.config and find_spec("torchvision") is None:
        raise Unsupported(
            f"{found.name}: any-to-any with a model that sees needs torchvision, which does not come with openhearth; "
            "for pictures and text use image-text-to-text, which many of these models do without it."
        )
    set_threads(options.threads)
    hide_bars()
    more = {**options.more, **_found_parts(options), **parts}
    if found.gguf is not None:
        more["model_kwargs"] = {**more.get("model_kwargs", {}), "gguf_file": found.gguf}
        more["tokenizer"] = more.get("tokenizer") or transformers.AutoTokenizer.from_pretrained(
            found.path, gguf_file=found.gguf
        )
    model: Any = str(found.path)
    if found.loaded is not None:
        model, more = found.loaded, {**_parts_of(found), **more}
        _require_parts(found, task, more)
    elif found.gguf is None and found.folder.graph is not None:
        model = load_onnx(found.folder, options.threads)
        more = {**_parts_of(found), **more}
    check_placed(options)
    try:
        opened = transformers.pipeline(
            task, model=model, device=options.device, dtype=options.dtype,
            trust_remote_code=options.trust_remote_code, **more,
        )  # fmt: skip
        lay_adapter(opened.model, found)
    except ImportError as error:
        missing = _LIBRARY.search(str(error))
        what = f"needs {missing[1].lower()}, which is not here" if missing else first_line(error)
        raise Unsupported(f"{found.name}: {task} {what}; install it, or choose another model.") from error
    except _BAD_FILES as error:
        raise Invalid(f"{found.name} cannot be loaded for {task}: {first_line(error)}") from error
    if getattr(opened, "tokenizer", None) is not None and "tokenizer" not in more:
        _require_tokenizer(found)
    return opened


def lay_adapter(model: Any, found: FoundModel) -> None:
    """Lay the adapter of `found` over its base, unless it is there already. Raises Unsupported for no model of transformers."""
    if found.adapter is None or getattr(model, "_hf_peft_config_loaded", False):
        return
    if not hasattr(model, "load_adapter"):
        raise Unsupported(
            f"{found.name} is an adapter, and this task cannot be worked with one; merge it into its base."
        )
    model.load_adapter(str(found.adapter))


def _require_tokenizer(found: FoundModel) -> None:
    """Raise Invalid where files are missing: transformers makes up an empty tokenizer then, and answers are nonsense."""
    if found.loaded is None and found.gguf is None and not found.folder.has_tokenizer:
        raise Invalid(
            f"{found.name} holds no tokenizer.json nor another file of a tokenizer; "
            "add the tokenizer of the model that it was trained from."
        )


def _parts_of(found: FoundModel) -> dict[str, Any]:
    """What a pipeline needs beside a model that is loaded already, as far as the folder holds it."""
    autos = {
        "tokenizer": (transformers.AutoTokenizer, "tokenizer_config.json"),
        "image_processor": (transformers.AutoImageProcessor, "preprocessor_config.json"),
        "feature_extractor": (transformers.AutoFeatureExtractor, "preprocessor_config.json"),
    }
    parts: dict[str, Any] = {}
    for name, (auto_class, file) in autos.items():
        if found.path == Path() or not (found.path / file).is_file():
            continue
        try:
            parts[name] = auto_class.from_pretrained(found.path, local_files_only=True)
        except _BAD_FILES:  # a processor of the other kind; the pipeline says what it misses
            continue
    return parts


def _found_parts(options: PipelineOptions) -> dict[str, str]:
    """The folders of the parts that were named (`tokenizer="me/model"`): they are looked for as models are."""
    named = ("tokenizer", "feature_extractor", "image_processor", "processor", "config", "assistant_model")
    given = {name: options.more.get(name) for name in named}
    return {name: str(find_folder(part)) for name, part in given.items() if isinstance(part, str)}


def _require_parts(found: FoundModel, task: str, more: Mapping[str, Any]) -> None:
    """Raise Invalid where a model that was given loaded comes without what prepares its inputs."""
    takes = TASKS[task].takes if task in TASKS else None
    part = {"text": "tokenizer", "image": "image_processor", "audio": "feature_extractor"}.get(takes or "")
    if part is not None and more.get(part) is None and more.get("processor") is None:
        raise Invalid(
            f"{part}: is missing; {found.name} is given loaded, and its files are not on this machine: give {part}= too."
        )


def part_of(found: FoundModel, options: PipelineOptions, name: str, auto_class: Any) -> Any:
    """The tokenizer or processor that was given, else the one in the folder of `found`. Raises Invalid for none."""
    given = options.more.get(name)
    if given is not None and not isinstance(given, str):
        return given
    if given is None and found.path == Path():
        raise Invalid(f"{name}: is missing; {found.name} is given loaded: give {name}= too.")
    folder = find_folder(given) if given else found.path
    try:
        return auto_class.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except _BAD_FILES as error:
        raise Invalid(f"{found.name}: its {name} cannot be loaded: {first_line(error)}") from error


def load_seq2seq(found: FoundModel, options: PipelineOptions) -> tuple[Any, Any]:
    """The encoder-decoder model of `found` and its tokenizer."""
    return load_with(transformers.AutoModelForSeq2SeqLM, found, options)


def load_with(auto_class: Any, found: FoundModel, options: PipelineOptions) -> tuple[Any, Any]:
    """A model by one of transformers' auto classes, ready for inference, and its tokenizer."""
    set_threads(options.threads)
    hide_bars()
    device = check_placed(options)
    try:
        model = found.loaded if found.loaded is not None else _load_weights(auto_class, found, options)
        lay_adapter(model, found)
    except _BAD_FILES as error:
        raise Invalid(f"{found.name} cannot be loaded: {first_line(error)}") from error
    if "tokenizer" not in options.more:
        _require_tokenizer(found)
    tokenizer = part_of(found, options, "tokenizer", transformers.AutoTokenizer)
    return (model.to(device) if device is not None else model).eval(), tokenizer


def _load_weights(auto_class: Any, found: FoundModel, options: PipelineOptions) -> Any:
    check_native(found.folder)
    if found.folder.graph is not None:
        return load_onnx(found.folder, options.threads)
    return auto_class.from_pretrained(
        found.path, use_safetensors=True, local_files_only=True,
        **{"dtype": options.dtype, **options.more.get("model_kwargs", {})},
    )  # fmt: skip
