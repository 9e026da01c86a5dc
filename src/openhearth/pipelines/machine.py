"""What this machine computes well, asked of the system and not of torch, so that the hub can reckon with it."""

import os
import platform
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from openhearth.errors import Unsupported


@cache
def cpu_computes_bfloat16() -> bool:
    """Whether the processor has instructions for bfloat16; without them it is slower than float32."""
    if platform.system() != "Linux":
        return False
    try:
        words = set(Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return False
    return not words.isdisjoint({"avx512_bf16", "amx_bf16", "bf16"})


def bytes_per_parameter(stored: str | None) -> int:
    """How many bytes a weight takes when loaded on the processor."""
    return 2 if stored in ("float16", "bfloat16") and cpu_computes_bfloat16() else 4


def prepare_environment(threads: int = 0, *, is_offline: bool = True) -> None:
    """Set up a process that runs models: quiet, offline, its threads asleep while they wait.

    Must run before torch is imported. Busy-waiting threads on shared cores cost up to tenfold. `threads` 0: one for each core.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if threads:
        os.environ["OMP_NUM_THREADS"] = str(threads)
    if is_offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ |= {
        "TOKENIZERS_PARALLELISM": "false",
        "TRANSFORMERS_VERBOSITY": "error",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }


def require_torch() -> None:
    """Raise Unsupported where the libraries that run models are missing."""
    if find_spec("torch") is None or find_spec("transformers") is None:
        raise Unsupported("Running models here needs torch and transformers: pip install 'openhearth[run]'.")


def require_library(module: str, what: str, *, extra: str) -> None:
    """Raise Unsupported where `module`, which `what` needs, is missing; `extra` of ours brings it."""
    if find_spec(module) is None:
        raise Unsupported(f"{what} needs {module}: pip install 'openhearth[{extra}]'.")
