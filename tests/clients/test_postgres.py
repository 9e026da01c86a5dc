"""A hub whose rows are in Postgres: the clients of the ecosystem see no difference."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from tests.support.clients import run_program
from tests.support.postgres import PostgresServer
from tests.support.running import RunningHub

DATABASE_URL = "OPENHEARTH_DATABASE_URL"


@pytest.fixture(scope="module")
def on_postgres(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """Started on an empty database; may visit loopback, where the receiver of webhooks is."""
    environ = {DATABASE_URL: postgres.new_url(), "OPENHEARTH_FETCH_ALLOW_PRIVATE": "1"}
    hub = RunningHub(tmp_path_factory.mktemp("hub") / "data", environ=environ).start().invite_people()
    yield hub
    hub.stop()


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("hub_basics", ["xet"]),
        ("discussions", ["xet", "model", "EVE"]),
        ("people_api", ["one"]),
        ("collections_api", ["one"]),
        ("gated_access", ["EVE"]),
        ("buckets", []),
        ("webhooks", []),
    ],
)
def test_clients(
    on_postgres: RunningHub,
    tmp_path: Path,
    program: str,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    eve = on_postgres.tokens["eve"]
    monkeypatch.setenv("EVE_TOKEN", eve)
    given = [eve if argument == "EVE" else argument for argument in arguments]
    run_program(program, on_postgres, tmp_path / "home", *given)
    assert "Traceback" not in on_postgres.log
    assert not list(on_postgres.data.rglob("*.db"))


def test_care(on_postgres: RunningHub, tmp_path: Path) -> None:
    assert "Would free" in on_postgres.command("admin", "gc", "--dry-run")
    on_postgres.command("admin", "audit", "verify")
    with pytest.raises(AssertionError, match="pg_dump"):
        on_postgres.command("admin", "backup", str(tmp_path / "hub.tar"))
    assert not (tmp_path / "hub.tar").exists()


def test_a_dump_and_a_copy_of_the_folder_are_a_backup(
    on_postgres: RunningHub, postgres: PostgresServer, tmp_path: Path
) -> None:
    api = HfApi(endpoint=on_postgres.url, token=on_postgres.tokens["ada"])
    api.create_repo("ada/kept")
    api.upload_file(path_or_fileobj=b"\0" * 200_000, path_in_repo="big.bin", repo_id="ada/kept")
    on_postgres.stop()
    dump, copy, new_url = f"{postgres.folder}/hub.dump", tmp_path / "copy", postgres.new_url()
    postgres.run("pg_dump", "--format=custom", f"--file={dump}", on_postgres.environ[DATABASE_URL])
    shutil.copytree(on_postgres.data, copy, ignore=shutil.ignore_patterns("*.sock"))
    on_postgres.start()

    postgres.run("pg_restore", f"--dbname={new_url}", dump)
    restored = RunningHub(copy, environ={DATABASE_URL: new_url}, tokens=dict(on_postgres.tokens)).start()
    api = HfApi(endpoint=restored.url, token=restored.tokens["ada"])
    kept = api.hf_hub_download("ada/kept", "big.bin", cache_dir=tmp_path / "cache")
    assert Path(kept).read_bytes() == b"\0" * 200_000
    assert "Every stored byte" in restored.command("admin", "verify")
    restored.stop()
