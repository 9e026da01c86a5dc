"""backup, restore, verify, gc and reindex on a hub that holds real files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from tests.support.running import RunningHub

CONTENT = os.urandom(3_000_000)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    hub = RunningHub(tmp_path_factory.mktemp("care") / "data").start().invite_people()
    api = HfApi(endpoint=hub.url, token=hub.tokens["ada"])
    api.create_repo("ada/kept")
    folder = tmp_path_factory.mktemp("files")
    (folder / "big.bin").write_bytes(CONTENT)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Kept\n")
    api.upload_folder(repo_id="ada/kept", folder_path=folder)
    api.duplicate_repo("ada/kept", "ada/twin")  # shares its packs on disk
    api.create_bucket("ada/scratch")
    api.copy_files("hf://ada/kept/big.bin", "hf://buckets/ada/scratch/")
    yield hub
    hub.stop()


def test_a_backup_taken_while_the_hub_runs_restores_to_a_hub_with_the_same_people_and_bytes(
    filled: RunningHub, tmp_path: Path
) -> None:
    filled.command("admin", "backup", str(tmp_path / "hub.tar"))
    restored = RunningHub(tmp_path / "new" / "data", tokens=dict(filled.tokens))
    restored.command("admin", "restore", str(tmp_path / "hub.tar"), "--data", str(restored.data))
    restored.start()
    api = HfApi(endpoint=restored.url, token=restored.tokens["ada"])
    assert api.whoami()["name"] == "ada"
    for repo in ("ada/kept", "ada/twin"):
        copy = api.hf_hub_download(repo, "big.bin", cache_dir=tmp_path / "cache")
        assert Path(copy).read_bytes() == CONTENT
    api.download_bucket_files("ada/scratch", [("big.bin", tmp_path / "out.bin")])
    assert (tmp_path / "out.bin").read_bytes() == CONTENT
    assert "every stored byte" in restored.command("admin", "verify").lower()
    restored.stop()


def test_restore_refuses_a_folder_in_use_and_an_archive_of_something_else(
    filled: RunningHub, tmp_path: Path
) -> None:
    (tmp_path / "other.tar").write_bytes(b"nothing")
    with pytest.raises(AssertionError, match="not empty"):
        filled.command("admin", "restore", str(tmp_path / "other.tar"), "--data", str(filled.data))
    with pytest.raises(AssertionError, match="cannot be read as an archive"):
        filled.command("admin", "restore", str(tmp_path / "other.tar"), "--data", str(tmp_path / "empty"))
    assert not (tmp_path / "empty").exists()


def test_verify_names_what_was_damaged(filled: RunningHub) -> None:
    assert "every stored byte" in filled.command("admin", "verify").lower()
    body = next(path for path in filled.data.glob("xet/xorbs/*/*") if path.suffix != ".idx")
    original = body.read_bytes()
    body.chmod(0o600)
    body.write_bytes(original[:5000] + bytes([original[5000] ^ 1]) + original[5001:])
    with pytest.raises(AssertionError, match=body.name):
        filled.command("admin", "verify")
    body.write_bytes(original)
    assert "every stored byte" in filled.command("admin", "verify").lower()


def test_gc_keeps_what_is_used_and_reindex_reads_the_facts_again(filled: RunningHub, tmp_path: Path) -> None:
    assert filled.command("admin", "gc", "--dry-run").startswith("Would free 0.0 MiB")
    assert filled.command("admin", "gc").startswith("Freed 0.0 MiB")
    assert "2 repos" in filled.command("admin", "reindex")
    api = HfApi(endpoint=filled.url, token=filled.tokens["ada"])
    assert "license:mit" in (api.model_info("ada/kept").tags or [])
    assert Path(api.hf_hub_download("ada/kept", "big.bin", cache_dir=tmp_path)).read_bytes() == CONTENT
