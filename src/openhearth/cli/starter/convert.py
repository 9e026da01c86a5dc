"""Run one conversion in a process of its own, so that the caller stays free of torch and of its memory.

`python -m openhearth.cli.starter.convert MODULE:FUNCTION SRC OUT` is the inner side; `run_conversion` the
outer one.
"""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from openhearth.cli.starter.recipe import ConversionFailed

_MODULE = "openhearth.cli.starter.convert"
TIMEOUT_S = 1800
MAX_THREADS = 2

_REFUSED = 3
_MISSING_LIBRARY = "{}; add what conversions need with: pip install 'openhearth[all]'"


def run_conversion(convert: Callable[[Path, Path], None], src: Path, out: Path) -> None:
    """Call `convert(src, out)` in a fresh interpreter. Raises ConversionFailed in the child's words."""
    entry = f"{convert.__module__}:{convert.__qualname__}"
    command = [sys.executable, "-m", _MODULE, entry, str(src), str(out)]
    try:
        child = subprocess.run(
            command,
            env=_environ(),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConversionFailed(f"The conversion did not end within {TIMEOUT_S} s.") from None
    if child.returncode:
        raise ConversionFailed(
            _last_line(child.stderr) or f"The conversion ended with code {child.returncode}."
        )


def main(entry: str, src: str, out: str) -> int:
    """Resolve `module:function` and run it; a refusal is one sentence on stderr and exit code 3."""
    module, _, function = entry.partition(":")
    try:
        getattr(importlib.import_module(module), function)(Path(src), Path(out))
    except ConversionFailed as error:
        print(error.message, file=sys.stderr)
        return _REFUSED
    except ImportError as error:
        print(_MISSING_LIBRARY.format(error), file=sys.stderr)
        return _REFUSED
    return 0


def _environ() -> dict[str, str]:
    threads = str(min(MAX_THREADS, os.cpu_count() or 1))
    quiet = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error"}
    return {**os.environ, **quiet, "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": threads}


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
