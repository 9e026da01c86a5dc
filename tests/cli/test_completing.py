"""Completion as shells ask for it: the words typed so far in, what may follow out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from tests.support.running import RunningHub

OPENHEARTH = str(Path(sys.executable).with_name("openhearth"))
NO_HUB = "http://127.0.0.1:9"


def complete(
    typed: str, *, shell: str = "fish", endpoint: str = NO_HUB, cwd: Path | None = None, token: str = ""
) -> str:
    """What `shell` is offered after `typed`."""
    environ = {
        **os.environ, "_OPENHEARTH_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": typed, "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split(" ")) - 1), "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "OPENHEARTH_ENDPOINT": endpoint, "OPENHEARTH_TOKEN": token,
    }  # fmt: skip
    done = subprocess.run([OPENHEARTH], capture_output=True, text=True, check=False, env=environ, cwd=cwd)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_tasks_are_offered_in_each_shell(shell: str) -> None:
    offered = complete("openhearth run summ", shell=shell)
    assert "summarization" in offered
    assert "translation" not in offered


def test_words_people_use_and_what_a_task_does_are_offered() -> None:
    assert "transcribe" in complete("openhearth run trans")
    assert "Writes down what is said" in complete("openhearth run automatic", shell="zsh")


def test_options_commands_and_files_are_offered(tmp_path: Path) -> None:
    assert {"--model", "--endpoint", "--column"} <= set(
        complete("openhearth run ner --", shell="bash").split()
    )
    assert "notes" in complete("openhearth no", shell="bash")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photo album").mkdir()
    (tmp_path / "photo.png").touch()
    files = complete("openhearth run image-classification pho", shell="bash", cwd=tmp_path)
    assert files.strip() == "", "files are the shell's own to complete, and to quote"
    assert complete("openhearth run ner --model pho", shell="bash", cwd=tmp_path).split() == ["photos/"]


def test_models_of_this_machine_and_of_the_hub_are_offered(running: RunningHub, tmp_path: Path) -> None:
    HfApi(running.url, token=running.tokens["ada"]).create_repo("ada/complete-me")
    offered = complete(
        "openhearth run ner --model ada/comp", endpoint=running.url, token=running.tokens["ada"]
    )
    assert offered.split() == ["ada/complete-me"]
    assert complete("openhearth run ner --model ada/comp").split() == []


def test_a_hub_that_does_not_answer_keeps_nobody_waiting() -> None:
    """An address that swallows what it is sent: the timeout of the list ends it."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as deaf:
        started = time.monotonic()
        complete("openhearth run ner --model zz", endpoint=f"http://127.0.0.1:{deaf.getsockname()[1]}")
        assert time.monotonic() - started < 5  # half a second of waiting; the rest is a busy machine


def test_the_script_for_bash_works_in_bash() -> None:
    bash = shutil.which("bash")
    assert bash is not None
    script = subprocess.run(
        [OPENHEARTH, "--show-completion", "bash"], capture_output=True, text=True, check=True,
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
    ).stdout  # fmt: skip
    asked = f'{script}\nCOMP_WORDS=(openhearth run summ)\nCOMP_CWORD=2\n_openhearth_completion openhearth\necho "${{COMPREPLY[@]}}"'
    environ = {**os.environ, "PATH": f"{Path(OPENHEARTH).parent}:{os.environ['PATH']}"}
    done = subprocess.run([bash, "-c", asked], capture_output=True, text=True, check=True, env=environ)
    assert "summarization" in done.stdout.split()
