"""The log of a running hub: real clients leave the lines that they should, and the chain holds."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import httpx2 as httpx
from huggingface_hub import HfApi

from tests.support.clients import client_environ
from tests.support.running import RunningHub


def test_an_upload_a_download_and_a_clone_are_in_the_log(running: RunningHub, tmp_path: Path) -> None:
    ada = HfApi(endpoint=running.url, token=running.tokens["ada"])
    ada.create_repo("ada/audited", private=True)
    ada.upload_file(path_or_fileobj=b"\0large" * 999, path_in_repo="big.bin", repo_id="ada/audited")
    ada.hf_hub_download("ada/audited", "big.bin", cache_dir=tmp_path / "cache")
    address = running.url.replace("://", f"://ada:{running.tokens['ada']}@")
    clone = ["git", "clone", "-q", f"{address}/ada/audited", str(tmp_path / "clone")]
    environ = {**client_environ(running, tmp_path / "home"), "GIT_LFS_SKIP_SMUDGE": "1"}
    subprocess.run(clone, check=True, env=environ)
    push = "echo x > a.txt && git add . && git -c user.name=a -c user.email=a@b commit -qm x && git push -q"
    subprocess.run(push, check=True, shell=True, cwd=tmp_path / "clone", env=environ)
    export = f"{running.url}/api/organizations/ada/audit-log/export?target=models/ada/audited"
    answer = httpx.get(export, headers={"authorization": f"Bearer {running.tokens['ada']}"})
    entries = [json.loads(line) for line in answer.text.splitlines()]
    actions = {entry["action"] for entry in entries}
    assert {"repo.create", "branch.update", "xet.write_token", "git.fetch"} <= actions
    assert actions & {"files.read", "xet.read_token"}
    pushed = [entry for entry in entries if entry["action"] == "branch.update"]
    assert {entry["actor"]["name"] for entry in pushed} == {"ada"}
    assert len(pushed) == 2
    assert running.tokens["ada"] not in answer.text
    assert "unbroken" in running.command("admin", "audit", "verify")
