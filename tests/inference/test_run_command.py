"""`openhearth run`, as a person types it: against a hub that answers, and without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.inference.conftest import Served
from tests.pipelines.tiny_models import png_bytes

NO_HUB = "http://127.0.0.1:9"


def openhearth(
    *arguments: str, endpoint: str = NO_HUB, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    environ = {
        **os.environ,
        "OPENHEARTH_ENDPOINT": endpoint,
        "OPENHEARTH_TOKEN": "ada",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "openhearth", "run", *arguments]
    return subprocess.run(command, input=stdin, env=environ, capture_output=True, check=False, timeout=120)


def test_a_hub_that_runs_is_asked(served: Served, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(png_bytes())
    done = openhearth("image-classification", str(picture), "--model", "forge/look", endpoint=served.url)
    assert done.returncode == 0 and b"steel" in done.stdout, done.stderr


def test_plain_words_name_a_task_and_json_is_one_line_an_input(served: Served) -> None:
    done = openhearth("Embed", "one", "two", "--model", "forge/embed", "--json", endpoint=served.url)
    assert [len(json.loads(line)) for line in done.stdout.splitlines()] == [32, 32], done.stderr


def test_a_model_without_a_chat_template_continues_the_text(served: Served) -> None:
    done = openhearth(
        "text-generation", "-", "--model", "forge/plain", endpoint=served.url, stdin=b"Steel is"
    )
    assert done.returncode == 0 and done.stdout.strip(), done.stderr


def test_a_folder_runs_in_process_without_a_hub(tiny: dict[str, Path]) -> None:
    folder = str(tiny["image-classification"])
    done = openhearth("image-classification", "-", "--model", folder, "--json", stdin=png_bytes())
    assert done.returncode == 0 and {row["label"] for row in json.loads(done.stdout)} == {
        "iron",
        "steel",
        "slag",
    }


def test_refusals_are_one_sentence_with_the_remedy(served: Served) -> None:
    for arguments, endpoint, says in (
        (("time-travel", "x"), NO_HUB, "choose one of"),
        (("embed", "x"), NO_HUB, "--model"),
        (("transcribe", "/does/not/exist.wav", "--model", "forge/listen"), served.url, "cannot be read"),
        (("embed", "x", "--model", "forge/none"), served.url, "Repository not found"),
    ):
        done = openhearth(*arguments, endpoint=endpoint)
        assert done.returncode == 1 and says in done.stderr.decode() and b"Traceback" not in done.stderr


def test_help_imports_no_torch() -> None:
    code = (
        "import sys; from openhearth.cli import main; sys.argv = ['openhearth', 'run', '--help']\n"
        "try: main()\nexcept SystemExit: pass\nsys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
