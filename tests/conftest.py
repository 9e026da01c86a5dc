"""Fixtures that every folder of tests may use: a hub inside the test's own process, and a running one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.postgres import PostgresServer
from tests.support.running import RunningHub, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from starlette.testclient import TestClient

    from openhearth.db import Database
    from openhearth.rooms import Hub


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("both_engines"):
        metafunc.parametrize(
            "rows_in", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
        )


@pytest.fixture(scope="session", autouse=True)
def nobodys_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests do without a hub leaves no trace in the data folder of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENHEARTH_DATA", str(tmp_path_factory.mktemp("nobody")))
        yield


@pytest.fixture
def rows_in(request: pytest.FixtureRequest) -> str:
    """SQLite; and for tests marked `both_engines`, once more Postgres."""
    chosen: str = getattr(request, "param", "sqlite")
    return chosen


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, rows_in: str) -> Iterator[str]:
    """The setting of a new hub. In Postgres its tables are there already, which saves a second."""
    if rows_in == "sqlite":
        yield ""
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.new_hub_url()
    yield url
    server.drop(url)


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, rows_in: str, tmp_path: Path) -> Iterator[Database]:
    """Without tables."""
    from openhearth.db import Database

    server: PostgresServer | None = None if rows_in == "sqlite" else request.getfixturevalue("postgres")
    database = Database(server.new_url()) if server else Database.in_folder(tmp_path)
    yield database
    database.close()


@pytest.fixture
def hub(tmp_path: Path, database_url: str) -> Iterator[Hub]:
    """A real hub on an empty folder, without a server."""
    from openhearth.config import Settings
    from openhearth.rooms import build_hub

    hub = build_hub(
        Settings(
            data=tmp_path / "data", database_url=database_url, rate_limit="off", public_url="http://hub.test"
        )
    )
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright. One for all tests: a second one cannot start in the same process."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("google-chrome")
    assert executable is not None, "the browser tests need chromium on the PATH (`make tools` installs it)"
    # A closed network: without these the browser's own services knock on many doors.
    arguments = [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ]  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()
