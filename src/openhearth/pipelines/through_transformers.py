"""Tasks that transformers has a pipeline for: the same inputs, parameters and answers, with a model of this machine.

`load` gives transformers' own object, so that whatever one does with it (batches, generators, streamers, attributes)
works as its manual says.
"""

import re
from importlib.util import find_spec
from typing import Any

import transformers
from safetensors import SafetensorError

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.loading import check_native, first_line, hide_bars, set_threads
from openhearth.pipelines.onnx_model import load_onnx
from openhearth.pipelines.options import PipelineOptions

# Raised inside transformers for files that are not what they say; anything else is a fault of ours and rises as it is.
_BAD_FILES = (ValueError, KeyError, RuntimeError, OSError, TypeError, ImportError, SafetensorError)
# How transformers says that a library is missing (utils/import_utils.py).
_LIBRARY = re.compile(r"requires the (\S+) library")


def load(found: FoundModel, task: str, options: PipelineOptions, **parts: Any) -> Any:
    """transformers' pipeline for `task` with the model of `found`. `parts` go before what it would choose itself.

    Raises Invalid or Unsupported with a sentence.
    """
    if not options.trust_remote_code and found.gguf is None:
        check_native(found.folder)
    if task == "any-to-any" and "vision_config" in found.folder.config and find_spec("torchvision") is None:
        raise Unsupported(
            f"{found.name}: any-to-any with a model that sees needs torchvision, which does not come with openhearth; "
            "for pictures and text use image-text-to-text, which many of these models do without it."
        )
    set_threads(options.threads)
    hide_bars()
    more = {**options.more, **parts}
    if found.gguf is not None:
        more["model_kwargs"] = {**more.get("model_kwargs", {}), "gguf_file": found.gguf}
        more["tokenizer"] = more.get("tokenizer") or transformers.AutoTokenizer.from_pretrained(
            found.path, gguf_file=found.gguf
        )
    model: Any = str(found.path)
    if found.gguf is None and found.folder.graph is not None:
        model = load_onnx(found.folder, options.threads)
        more = {**_parts_of(found), **more}
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
    if found.gguf is None and not found.folder.has_tokenizer:
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
        if not (found.path / file).is_file():
            continue
        try:
            parts[name] = auto_class.from_pretrained(found.path, local_files_only=True)
        except _BAD_FILES:  # a processor of the other kind; the pipeline says what it misses
            continue
    return parts


def load_seq2seq(found: FoundModel, options: PipelineOptions) -> tuple[Any, Any]:
    """The encoder-decoder model of `found` and its tokenizer."""
    return load_with(transformers.AutoModelForSeq2SeqLM, found, options)


def load_with(auto_class: Any, found: FoundModel, options: PipelineOptions) -> tuple[Any, Any]:
    """A model by one of transformers' auto classes, ready for inference, and its tokenizer."""
    check_native(found.folder)
    set_threads(options.threads)
    hide_bars()
    try:
        model = (
            load_onnx(found.folder, options.threads)
            if found.folder.graph is not None
            else auto_class.from_pretrained(
                found.path, dtype=options.dtype, use_safetensors=True, local_files_only=True
            )
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(found.path, local_files_only=True)
    except _BAD_FILES as error:
        raise Invalid(f"{found.name} cannot be loaded: {first_line(error)}") from error
    _require_tokenizer(found)
    lay_adapter(model, found)
    return (model.to(options.device) if options.device is not None else model).eval(), tokenizer
