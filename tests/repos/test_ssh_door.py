"""The SSH door of a hub in process: its key, who waits, and that it opens and closes with the hub."""

from __future__ import annotations

import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from openhearth.accounts import OPERATOR
from openhearth.app import app_of
from openhearth.config import Settings
from openhearth.errors import Invalid
from openhearth.rooms import Hub, build_hub
from tests.accounts.test_ssh_keys import make_key
from tests.support.running import free_port


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = build_hub(Settings(data=tmp_path / "data", ssh_port=free_port(), public_url="http://hub.test"))
    hub.accounts.people.add(OPERATOR, "ada")
    yield hub
    hub.ground.db.close()


def knock(hub: Hub, key: Path, *options: str) -> subprocess.CompletedProcess[str]:
    known = key.with_name("known_hosts")
    command = [
        "ssh", "-F", "/dev/null", "-i", str(key), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        "-o", "ConnectionAttempts=30",  # the door opens a moment after the hub
        "-o", "StrictHostKeyChecking=accept-new", "-o", f"UserKnownHostsFile={known}", *options,
        "-p", str(hub.ground.settings.ssh_port), "git@127.0.0.1",
    ]  # fmt: skip
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
    )


def test_the_hub_keeps_its_own_key_and_closes_with_the_server(hub: Hub, tmp_path: Path) -> None:
    hub.accounts.ssh_keys.add_for(OPERATOR, "ada", text=make_key(tmp_path))
    for _ in range(2):  # the second start is known as the same host
        with TestClient(app_of(build_hub(hub.ground.settings))):
            assert "Hi ada" in knock(hub, tmp_path / "key-0").stderr
    host_key = hub.ground.settings.data / "ssh" / "host_ed25519"
    assert stat.S_IMODE(host_key.stat().st_mode) == 0o600
    with socket.socket() as probe:
        probe.settimeout(2)
        deadline = time.monotonic() + 5
        while (
            probe.connect_ex(("127.0.0.1", hub.ground.settings.ssh_port)) == 0 and time.monotonic() < deadline
        ):
            time.sleep(0.05)
        assert time.monotonic() < deadline, "the door is still open"


def test_a_taken_port_stops_the_start_with_a_sentence(hub: Hub) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", hub.ground.settings.ssh_port))
        other.listen()
        with pytest.raises(Invalid, match="ssh_port: cannot listen on"), TestClient(app_of(hub)):
            pass


def test_whoever_keeps_knocking_has_to_wait_and_hears_so(hub: Hub, tmp_path: Path) -> None:
    make_key(tmp_path, comment="a stranger's")
    hub.accounts.ssh_keys.add_for(OPERATOR, "ada", text=make_key(tmp_path))
    with TestClient(app_of(hub)):
        for _ in range(7):
            assert "Permission denied" in knock(hub, tmp_path / "key-0").stderr
        deadline = time.monotonic() + 5
        while "wait" not in (said := knock(hub, tmp_path / "key-1").stderr).lower():
            assert time.monotonic() < deadline, said
        assert "Hi ada" not in said


def test_no_password_is_ever_asked_for(hub: Hub, tmp_path: Path) -> None:
    make_key(tmp_path)
    with TestClient(app_of(hub)):
        said = knock(
            hub, tmp_path / "key-0", "-v", "-o", "PreferredAuthentications=password,keyboard-interactive"
        )
        assert "Permission denied (publickey)" in said.stderr
