"""Models into memory: which number format, which device, and only code that transformers itself brings."""

import importlib.metadata
import os
import platform
import re
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.lists import somebody_watches
from openhearth.pipelines.machine import cpu_computes_bfloat16
from openhearth.pipelines.model_folder import ModelFolder
from openhearth.pipelines.options import PipelineOptions

_RAISED = re.compile(r"[A-Za-z_.]*(?:Error|Exception): ")
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


@dataclass(frozen=True, kw_only=True)
class LoadOptions:
    """`dtype` and `device`: "auto" lets the machine decide. `threads` 0: one for each core."""

    dtype: str = "auto"
    device: str = "auto"
    threads: int = 0


def set_threads(threads: int) -> None:
    """Use `threads` cores, 0 meaning all that this process may use."""
    torch.set_num_threads(
        threads or len(os.sched_getaffinity(0)) if platform.system() == "Linux" else threads or 1
    )


def choose_device(wanted: str) -> torch.device:
    if wanted != "auto":
        return torch.device(wanted)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def check_placed(options: PipelineOptions) -> torch.device | None:
    """The device that a call of `pipeline` named, None for none. Raises Invalid for one that is not here, or a wrong dtype."""
    dtype = options.dtype
    if not (dtype in (None, "auto") or isinstance(dtype, torch.dtype) or _is_dtype(dtype)):
        raise Invalid(
            f"dtype: {dtype!r} is no number format; use auto, a dtype of torch, or one of {', '.join(DTYPES)}."
        )
    device = options.device
    if device is None or isinstance(device, torch.device):
        return device
    if isinstance(device, int):
        return torch.device(device) if device >= 0 and torch.cuda.is_available() else torch.device("cpu")
    try:
        chosen = torch.device(device)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError, TypeError, NotImplementedError):
        raise Invalid(f"device: {device!r} is not on this machine; use cpu, or leave it out.") from None
    return chosen


def _is_dtype(name: Any) -> bool:
    return isinstance(name, str) and isinstance(getattr(torch, name, None), torch.dtype)


def choose_dtype(wanted: str, stored: str | None, device: torch.device) -> torch.dtype:
    """Half precision where weights are stored so and the hardware computes in it; float32 elsewhere."""
    if wanted != "auto":
        if wanted not in DTYPES:
            raise Invalid(f"dtype: {wanted!r} is not offered; use auto or one of {', '.join(DTYPES)}.")
        return DTYPES[wanted]
    halved = stored in ("float16", "bfloat16")
    computes = device.type != "cpu" or cpu_computes_bfloat16()
    return torch.bfloat16 if halved and computes else torch.float32


def load_model(
    auto_class: Any, folder: ModelFolder, options: LoadOptions, *, stored: str | None = None
) -> Any:
    """The model in `folder` by transformers' own class for it, ready for inference.

    `stored` overrides the number format that config.json states. Raises Unsupported if transformers has no class.
    """
    check_native(folder)
    set_threads(options.threads)
    hide_bars()
    if folder.graph is not None:
        from openhearth.pipelines.onnx_model import load_onnx  # brings transformers, which takes seconds

        return load_onnx(folder, options.threads)
    device = choose_device(options.device)
    written = folder.config.get("dtype") or folder.config.get("torch_dtype")
    dtype = choose_dtype(options.dtype, stored or written, device)
    try:
        model = auto_class.from_pretrained(
            folder.path, dtype=dtype, use_safetensors=True, trust_remote_code=False, local_files_only=True
        )
    except (ValueError, KeyError, RuntimeError, OSError, TypeError, SafetensorError) as error:
        raise Invalid(f"{folder.name} cannot be loaded: {first_line(error)}") from error
    return model.to(device).eval()


def load_part(auto_class: Any, folder: ModelFolder) -> Any:
    """A tokenizer or processor of `folder`. Raises Invalid if it lacks one."""
    try:
        return auto_class.from_pretrained(folder.path, trust_remote_code=False, local_files_only=True)
    except (ValueError, KeyError, RuntimeError, OSError, TypeError, ImportError) as error:
        what = auto_class.__name__.removeprefix("Auto")
        raise Invalid(f"{folder.name}: its {what} cannot be loaded: {first_line(error)}") from error


def check_native(folder: ModelFolder) -> None:
    """Raise Unsupported for an architecture whose code would come with the repo."""
    import transformers  # seconds, which models of other libraries do not need

    if folder.architecture and not hasattr(transformers, folder.architecture):
        own = (
            " It comes with code of its own, which is never run here." if "auto_map" in folder.config else ""
        )
        version = importlib.metadata.version("transformers")
        raise Unsupported(
            f"{folder.name}: transformers {version} has no class {folder.architecture}.{own} "
            "Push the model in an architecture that transformers brings."
        )


def first_line(error: BaseException) -> str:
    """What `error` says, in a line; where it quotes a trace, what that ends with."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    raised = [line for line in lines if _RAISED.match(line)]
    quotes = any(line.startswith("Traceback (most recent call last)") for line in lines)
    return raised[-1].partition(": ")[2].strip() if quotes and raised else lines[0].strip()


def hide_bars() -> None:
    """Keep the progress bars of transformers to terminals."""
    if not somebody_watches():
        transformers_logging = importlib.import_module("transformers.utils.logging")
        transformers_logging.disable_progress_bar()
