"""The whole way: photos uploaded by the stock client, looked at by an engine, found by name from the shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from huggingface_hub import HfApi

from tests.support.running import RunningHub
from tests.support.starter import install_models

pytestmark = [pytest.mark.run, pytest.mark.slow]
ALBUM = "hf://datasets/ada/snaps"


@pytest.fixture
def hub(running: RunningHub, photos: Mapping[str, bytes]) -> RunningHub:
    """With the face networks, and a private dataset of ada's of four photos, one of which is torn."""
    install_models(running, ["faces"])
    api = HfApi(endpoint=running.url, token=running.tokens["ada"])
    api.create_repo("ada/snaps", repo_type="dataset", private=True)
    for name in ("obama", "obama2", "biden", "torn"):
        api.upload_file(
            repo_id="ada/snaps", repo_type="dataset", path_in_repo=f"{name}.jpg",
            path_or_fileobj=photos[f"data/{name}.jpg"],
        )  # fmt: skip
    return running


def album(hub: RunningHub, who: str, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {**hub.environ, "OPENHEARTH_ENDPOINT": hub.url, "OPENHEARTH_TOKEN": hub.tokens[who]}
    command = [sys.executable, "-m", "openhearth", "album", *words]
    return subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=False)


def test_an_album_of_the_hub_is_named_and_searched_from_the_shell(hub: RunningHub) -> None:
    seen = album(hub, "ada", ALBUM, "--json")
    said = json.loads(seen.stdout or seen.stderr)
    assert said["people"] == {} and [group["count"] for group in said["unnamed"]] == [2, 1]
    tagged = album(hub, "ada", "tag", "Bo", f"{ALBUM}/obama.jpg")
    assert tagged.stdout.startswith(f"Bo is tagged on {ALBUM}/obama.jpg"), tagged.stderr
    found = album(hub, "ada", ALBUM, "--find", "show me Bo", "--json")
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert [row["path"] for row in rows] == ["obama.jpg", "obama2.jpg"] and rows[0]["score"] == 1
    assert album(hub, "ada", ALBUM).stdout.startswith("Bo: 2 photos\n1 face of somebody")
    refused = album(hub, "ada", "not", "Bo", f"{ALBUM}/obama2.jpg")
    assert refused.returncode == 0, refused.stderr
    assert len(album(hub, "ada", "find", "Bo", ALBUM).stdout.splitlines()) == 1
    stranger = album(hub, "eve", "find", "Bo", ALBUM)
    assert stranger.returncode == 1 and "Bo " not in stranger.stdout and "snaps" in stranger.stderr
