"""The Python clients of the ecosystem, unmodified, each in its own process with an empty cache."""

from pathlib import Path

import pytest

from tests.support.clients import run_program
from tests.support.running import RunningHub


@pytest.mark.parametrize("xet", [True, False], ids=["xet", "lfs"])
@pytest.mark.parametrize("program", ["hub_basics", "many_files", "filesystem", "kernel_repos"])
def test_huggingface_hub(running: RunningHub, tmp_path: Path, program: str, xet: bool) -> None:
    run_program(program, running, tmp_path / "home", "xet" if xet else "lfs", xet=xet)


def test_history(running: RunningHub, tmp_path: Path) -> None:
    run_program("history_api", running, tmp_path / "home", "py")


def test_buckets(running: RunningHub, tmp_path: Path) -> None:
    run_program("buckets", running, tmp_path / "home")


def test_copies(running: RunningHub, tmp_path: Path) -> None:
    run_program("copies", running, tmp_path / "home", running.tokens["eve"])


def test_gated_repos(running: RunningHub, tmp_path: Path) -> None:
    run_program("gated_access", running, tmp_path / "home", running.tokens["eve"])


@pytest.mark.parametrize("program", ["collections_api", "people_api"])
def test_what_people_do_with_each_others_work(
    running: RunningHub, tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVE_TOKEN", running.tokens["eve"])
    run_program(program, running, tmp_path / "home", "one")


@pytest.mark.slow
def test_transformers_then_peft_on_the_model_it_pushed(running: RunningHub, tmp_path: Path) -> None:
    run_program("transformers_roundtrip", running, tmp_path / "home")
    run_program("peft_roundtrip", running, tmp_path / "home")


@pytest.mark.slow
def test_datasets(running: RunningHub, tmp_path: Path) -> None:
    run_program("datasets_roundtrip", running, tmp_path / "home")


@pytest.mark.slow
@pytest.mark.parametrize("program", ["diffusers_roundtrip", "sentence_transformers_roundtrip"])
def test_what_is_made_of_several_parts(running: RunningHub, tmp_path: Path, program: str) -> None:
    run_program(program, running, tmp_path / "home")


def test_gradio_client_is_told_of_no_running_app(running: RunningHub, tmp_path: Path) -> None:
    run_program("gradio_client_refused", running, tmp_path / "home")
