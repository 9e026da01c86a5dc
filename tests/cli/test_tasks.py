"""`openhearth tasks`, on a machine with one model and on a bare one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from openhearth.cli import app
from tests.pipelines.tiny_models import make_llama


def listed(monkeypatch: pytest.MonkeyPatch, *options: str) -> str:
    # The command line imports a command when its name is typed.
    monkeypatch.setattr("sys.argv", ["openhearth", "tasks", *options])
    done = CliRunner().invoke(app, ["tasks", *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_tasks_are_listed_with_the_model_that_does_them_or_the_command_that_brings_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path / "starter"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    bare = listed(monkeypatch)
    assert "openhearth starter whisper-tiny.en brings one" in bare
    assert "Writes down what is said" in bare
    folder = make_llama(tmp_path / "starter" / "converted" / "tiny-chat-1")
    (folder / "README.md").write_text(
        "---\npipeline_tag: text-generation\nstarter_recipe: tiny-chat/1\n---\n"
    )
    rows = [json.loads(line) for line in listed(monkeypatch, "--json", "--here").splitlines()]
    by_task = {row["task"]: row["model"] for row in rows}
    assert by_task["question-answering"] == by_task["text-generation"] == "starter/tiny-chat"
    assert "image-classification" not in by_task
