"""Clients that run models, against the starter models."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.clients import run_program
from tests.support.running import RunningHub

pytestmark = [pytest.mark.run, pytest.mark.slow]


def test_the_openai_client(starter: RunningHub, tmp_path: Path) -> None:
    run_program("openai_client", starter, tmp_path / "home")


def test_the_inference_client(starter: RunningHub, tmp_path: Path) -> None:
    from huggingface_hub import hf_hub_download, list_repo_files

    dataset = {"repo_type": "dataset", "endpoint": starter.url, "token": starter.tokens["ada"]}
    clips = [name for name in list_repo_files("starter/librivox-clips", **dataset) if name.endswith(".wav")]
    cats = [name for name in list_repo_files("starter/photos", **dataset) if "chelsea" in name]
    files = [
        hf_hub_download(
            "starter/librivox-clips",
            next(name for name in clips if "0930" in name),
            cache_dir=tmp_path,
            **dataset,
        ),
        hf_hub_download("starter/photos", cats[0], cache_dir=tmp_path, **dataset),
    ]
    run_program("inference_client", starter, tmp_path / "home", *files)
