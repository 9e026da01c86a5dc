"""What must be quick imports nothing heavy: help, completion, a hub that starts, and the library before it is used."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

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
# What is the hub's own.
HUB = ("sqlalchemy", "fastapi", "pygit2", "jinja2", "uvicorn")
# What a hub brings in when somebody first needs it: webhooks, an app to sign in to, keys, git over SSH, a migration.
NOT_AT_START = (
    "aiohttp",
    "authlib.oauth2",
    "joserfc",
    "cryptography",
    "httpx2",
    "asyncssh",
    "alembic",
    "huggingface_hub",
    "rich",
)
START = """
from pathlib import Path
from openhearth.cli.serving import app_of, build_hub
from openhearth.config import load_settings
app_of(build_hub(load_settings(data=Path({data!r}))))
"""
RUN = "import sys; from openhearth.cli import main; sys.argv = ['openhearth', {words}]\ntry: main()\nexcept SystemExit: pass"
HELP = "'--help'"
COMPLETE = RUN.format(words="")


@pytest.mark.parametrize(
    ("code", "environ"),
    [
        (RUN.format(words=HELP), {}),
        (RUN.format(words=f"'run', {HELP}"), {}),
        (RUN.format(words=f"'notes', {HELP}"), {}),
        (RUN.format(words=f"'serve', {HELP}"), {}),
        (RUN.format(words=f"'admin', 'user', {HELP}"), {}),
        (RUN.format(words=f"'starter', {HELP}"), {}),
        (RUN.format(words=f"'album', {HELP}"), {}),
        (RUN.format(words="'tasks'"), {}),
        ("import openhearth", {}),
        ("from openhearth import pipeline", {}),
        (COMPLETE, {"_OPENHEARTH_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "openhearth run sum"}),
        (COMPLETE, {"_OPENHEARTH_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "openhearth run ner --model "}),
    ],
    ids=[
        "help", "help of run", "help of notes", "help of serve", "help of admin", "help of starter",
        "help of album", "list of tasks", "import openhearth", "import pipeline", "complete a task", "complete a model",
    ],
)  # fmt: skip
def test_no_heavy_library_is_imported(code: str, environ: dict[str, str]) -> None:
    assert _imported(code, (*HEAVY, *HUB, "huggingface_hub"), environ) == "[]"


def test_a_hub_starts_without_what_only_some_requests_need(tmp_path: Path) -> None:
    code = START.format(data=str(tmp_path))
    assert _imported(code, (*HEAVY, *NOT_AT_START)) == "[]", "at the first start"
    assert _imported(code, (*HEAVY, *NOT_AT_START)) == "[]", "at the second"


def _imported(code: str, names: Sequence[str], environ: Mapping[str, str] | None = None) -> str:
    """Those of `names` that a process has imported after `code`, as a list in text."""
    asked = f"{code}\nimport sys; print(sorted(name for name in {names!r} if name in sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", asked],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environ or {})},
    )
    return done.stderr.strip().splitlines()[-1]
