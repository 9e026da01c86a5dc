"""The whole way: photos uploaded by the stock client, looked at by an engine, found by name from the shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from playwright.sync_api import Browser

from tests.browser.conftest import sign_in
from tests.support.running import RunningHub
from tests.support.starter import install_models

pytestmark = [pytest.mark.run, pytest.mark.slow]
ALBUM = "hf://datasets/ada/snaps"


@pytest.fixture(scope="module")
def hub(running: RunningHub) -> RunningHub:
    """With the face networks."""
    install_models(running, ["faces"])
    return running


def upload(hub: RunningHub, repo_id: str, photos: Mapping[str, bytes]) -> None:
    """A private dataset of four photos, one of which is torn."""
    api = HfApi(endpoint=hub.url, token=hub.tokens["ada"])
    api.create_repo(repo_id, repo_type="dataset", private=True)
    names = ("obama", "obama2", "biden", "torn")
    added = [CommitOperationAdd(f"{name}.jpg", photos[f"data/{name}.jpg"]) for name in names]
    api.create_commit(repo_id, added, commit_message="Photos", repo_type="dataset")


def album(hub: RunningHub, who: str, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {**hub.environ, "OPENHEARTH_ENDPOINT": hub.url, "OPENHEARTH_TOKEN": hub.tokens[who]}
    command = [sys.executable, "-m", "openhearth", "album", *words]
    return subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=False)


def test_an_album_of_the_hub_is_named_and_searched_from_the_shell(
    hub: RunningHub, photos: Mapping[str, bytes]
) -> None:
    upload(hub, "ada/snaps", photos)
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


@pytest.mark.browser
def test_on_a_small_phone_without_script_a_group_gets_a_name(
    hub: RunningHub, photos: Mapping[str, bytes], browser: Browser
) -> None:
    upload(hub, "ada/phone", photos)
    context = browser.new_context(
        base_url=hub.url, viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    page = context.new_page()
    sign_in(page)
    page.goto("/datasets/ada/phone")
    page.get_by_role("link", name="Who is on these photos?").click()
    page.get_by_role("button", name="Look at the photos").click()
    asked = page.get_by_label("2 faces of somebody: who is it?")
    asked.wait_for(timeout=60_000)  # the page looks again by itself
    asked.fill("Barack Obama")
    page.get_by_role("article").filter(has=asked).get_by_role("button", name="Name").click()
    page.get_by_role("link", name="Barack Obama").click()
    assert page.get_by_role("heading", name="Barack Obama 2 photos").is_visible()
    for path in ("/datasets/ada/phone/album", "/datasets/ada/phone/album/people/Barack%20Obama"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
