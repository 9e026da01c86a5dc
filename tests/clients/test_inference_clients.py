"""Clients that run models, against the starter models."""

from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import HfApi

from tests.support.clients import run_program
from tests.support.running import RunningHub

pytestmark = [pytest.mark.run, pytest.mark.slow]


def test_the_openai_client(starter: RunningHub, tmp_path: Path) -> None:
    run_program("openai_client", starter, tmp_path / "home")


def test_the_inference_client(starter: RunningHub, tmp_path: Path) -> None:
    """The sound and the picture are the examples of the models' own pages."""
    api = HfApi(endpoint=starter.url, token=starter.tokens["ada"])
    files = [
        api.hf_hub_download(f"starter/{model}", name, cache_dir=tmp_path)
        for model, name in (
            ("whisper-tiny.en", "examples/austen.wav"),
            ("efficientnet-lite0", "examples/cat.jpg"),
        )
    ]
    run_program("inference_client", starter, tmp_path / "home", *files)
