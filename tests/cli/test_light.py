"""What must be quick imports nothing heavy: help, completion, and the library before it is used."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = (
    "torch",
    "transformers",
    "pandas",
    "numpy.ma",
    "PIL",
    "av",
    "datasets",
    "trafilatura",
    "onnxruntime",
    "spacy",
    "cv2",
)
RUN = "import sys; from openhearth.cli import main; sys.argv = ['openhearth', {words}]\ntry: main()\nexcept SystemExit: pass"
HELP = "'--help'"
COMPLETE = RUN.format(words="")


@pytest.mark.parametrize(
    ("code", "environ"),
    [
        (RUN.format(words=HELP), {}),
        (RUN.format(words=f"'run', {HELP}"), {}),
        (RUN.format(words=f"'notes', {HELP}"), {}),
        (RUN.format(words="'tasks'"), {}),
        ("import openhearth", {}),
        ("from openhearth import pipeline", {}),
        (COMPLETE, {"_OPENHEARTH_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "openhearth run sum"}),
        (COMPLETE, {"_OPENHEARTH_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "openhearth run ner --model "}),
    ],
    ids=[
        "help", "help of run", "help of notes", "list of tasks", "import openhearth", "import pipeline", "complete a task",
        "complete a model",
    ],
)  # fmt: skip
def test_no_heavy_library_is_imported(code: str, environ: dict[str, str]) -> None:
    asked = f"{code}\nimport sys; print(sorted(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", asked],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environ},
    )
    assert done.stderr.strip().splitlines()[-1] == "[]", done.stderr
