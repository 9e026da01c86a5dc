"""Starting the hub: one link for the owner, no open doors, one sentence for what cannot be."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx
import pytest

from openhearth.cli.serving import is_loopback
from tests.support.clients import run_program
from tests.support.running import RunningHub, free_port


def serve(*arguments: str, data: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `openhearth serve …` that must stop by itself."""
    return subprocess.run(
        [sys.executable, "-m", "openhearth", "serve", "--data", str(data), *arguments],
        env={**os.environ, **environ}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_first_start_prints_a_link_that_makes_one_owner_and_then_opens_nothing(tmp_path: Path) -> None:
    hub = RunningHub(tmp_path / "data").start()
    with httpx.Client(base_url=hub.url, headers={"accept": "text/html"}, follow_redirects=True) as browser:
        found = re.search(r"http://\S+(/setup/\S+)", _log_with(hub, "/setup/"))
        assert found is not None
        page = browser.get(found.group(1))
        token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page.text)
        assert token is not None
        form = {"csrf_token": token.group(1), "name": "olga", "fullname": "", "password": ""}
        assert browser.post(found.group(1), data=form).status_code == 200
        assert "olga" in browser.get("/settings").text
    assert httpx.get(hub.url + found.group(1), headers={"accept": "text/html"}).status_code == 404
    hub.stop()


def _log_with(hub: RunningHub, words: str) -> str:
    import time

    for _ in range(100):
        if words in hub.log:
            return hub.log
        time.sleep(0.05)
    raise AssertionError(hub.log)


def test_other_addresses_stay_closed_until_the_owner_has_a_password(tmp_path: Path) -> None:
    refused = serve("--host", "0.0.0.0", "--port", str(free_port()), data=tmp_path / "data")
    assert refused.returncode == 1
    assert "--host: 0.0.0.0" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_taken_port_and_a_wrong_setting_are_one_sentence_each(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = serve("--port", str(taken.getsockname()[1]), data=tmp_path / "data")
    assert (refused.returncode, "--port" in refused.stderr) == (1, True)
    wrong = serve(data=tmp_path / "data", OPENHEARTH_SIGN_UP="everybody")
    assert wrong.returncode == 1
    assert "OPENHEARTH_SIGN_UP: 'everybody' is not one of open, invite, closed" in wrong.stderr
    assert "Traceback" not in refused.stderr + wrong.stderr


def test_single_sign_on_opens_other_addresses_too(tmp_path: Path) -> None:
    provider = {"OPENHEARTH_SSO_ISSUER": "https://login.corp.test", "OPENHEARTH_SSO_CLIENT_ID": "hub"}
    hub = RunningHub(tmp_path / "data", environ={"OPENHEARTH_HOST": "0.0.0.0", **provider}).start()
    try:
        assert (
            "Sign in with login.corp.test"
            in httpx.get(f"{hub.url}/login", headers={"accept": "text/html"}).text
        )
    finally:
        hub.stop()


@pytest.mark.slow
def test_two_processes_share_one_port_and_one_truth(tmp_path: Path) -> None:
    hub = RunningHub(tmp_path / "data", environ={"OPENHEARTH_WORKERS": "2"}).start().invite_people()
    try:
        run_program("hub_basics", hub, tmp_path / "home", "two-workers")
    finally:
        hub.stop()


def test_the_server_starts_without_torch(tmp_path: Path) -> None:
    code = "import sys, openhearth.app, openhearth.cli.serving; print([m for m in ('torch', 'transformers') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        *((host, True) for host in ("127.0.0.1", "::1", "localhost", "127.9.9.9")),
        *((host, False) for host in ("0.0.0.0", "::", "10.0.0.1", "example.org")),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, loopback: bool) -> None:
    assert is_loopback(host) == loopback


def test_doctor_names_what_is_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "openhearth", "doctor", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    for subject in ("python", "cores", "memory", "git ", "data folder", "engine: torch"):
        assert subject in done.stdout
