"""Fixtures that every folder of tests may use: a hub inside the test's own process, and a running one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.running import RunningHub, free_port

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from openhearth.rooms import Hub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A real hub on an empty folder, without a server."""
    from openhearth.config import Settings
    from openhearth.rooms import build_hub

    hub = build_hub(Settings(data=tmp_path / "data", rate_limit="off", public_url="http://hub.test"))
    yield hub
    hub.ground.db.close()


@pytest.fixture
def web(hub: Hub) -> Iterator[TestClient]:
    """The hub's ASGI application, called in process."""
    from starlette.testclient import TestClient

    from openhearth.app import app_of

    with TestClient(app_of(hub), base_url="http://hub.test", follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub in its own process with ada, ben and eve. Shared: make repos under names of your own."""
    environ = {"OPENHEARTH_SSH_PORT": str(free_port())}
    running = RunningHub(tmp_path_factory.mktemp("hub") / "data", environ=environ).start().invite_people()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def starter(running: RunningHub) -> RunningHub:
    """The running hub with the starter models and data sets that tests use, downloaded once into the cache."""
    from tests.support.starter import install_models

    install_models(
        running,
        [
            "SmolLM2-135M-Instruct",
            "all-MiniLM-L6-v2",
            "whisper-tiny.en",
            "efficientnet-lite0",
            "photos",
            "librivox-clips",
        ],
    )
    return running
