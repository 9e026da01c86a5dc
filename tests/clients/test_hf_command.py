"""The `hf` command, as its own manual uses it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx2 as httpx

from tests.support.clients import client_environ, refused, run
from tests.support.running import PASSWORD, RunningHub

HF = str(Path(sys.executable).parent / "hf")


def test_a_day_with_hf(running: RunningHub, tmp_path: Path) -> None:
    environ = client_environ(running, tmp_path)
    assert "ada" in run([HF, "auth", "whoami"], tmp_path, environ)
    run([HF, "repos", "create", "ada/with-hf", "--private"], tmp_path, environ)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    (folder / "b.bin").write_bytes(os.urandom(200_000))
    run([HF, "upload", "ada/with-hf", str(folder), "."], tmp_path, environ)
    run([HF, "download", "ada/with-hf", "--local-dir", "copy"], tmp_path, environ)
    assert (tmp_path / "copy" / "b.bin").read_bytes() == (folder / "b.bin").read_bytes()
    run([HF, "repos", "tag", "create", "ada/with-hf", "v1"], tmp_path, environ)
    assert "v1" in run([HF, "repos", "tag", "list", "ada/with-hf"], tmp_path, environ)
    run([HF, "repos", "branch", "create", "ada/with-hf", "dev"], tmp_path, environ)
    run([HF, "repos", "delete-files", "ada/with-hf", "a.txt"], tmp_path, environ)
    assert "with-hf" in run(
        [HF, "models", "ls", "--author", "ada", "--limit", "100", "--quiet"], tmp_path, environ
    )
    run([HF, "repos", "delete", "ada/with-hf", "--yes"], tmp_path, environ)
    assert "not found" in refused([HF, "download", "ada/with-hf"], tmp_path, environ).lower()


def test_a_wrong_token_is_called_by_its_name(running: RunningHub, tmp_path: Path) -> None:
    environ = {**client_environ(running, tmp_path), "HF_TOKEN": "hf_wrong"}
    assert "invalid" in refused([HF, "auth", "whoami"], tmp_path, environ).lower()


def test_plain_login_by_a_code_that_ada_confirms_in_her_browser(running: RunningHub, tmp_path: Path) -> None:
    environ = client_environ(running, tmp_path, "nobody")
    output = tmp_path / "login.txt"
    with output.open("wb") as said:
        login = subprocess.Popen(
            [HF, "auth", "login"],
            env=environ,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    code, deadline = None, time.monotonic() + 60
    while code is None and time.monotonic() < deadline and login.poll() is None:
        code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", output.read_text())
        time.sleep(0.1)
    assert code is not None, output.read_text()
    with httpx.Client(
        base_url=running.url, follow_redirects=True, headers={"accept": "text/html"}
    ) as browser:
        sign_in(browser)
        page = browser.get("/oauth/activate", params={"code": code.group()})
        form = hidden_fields(page.text)
        answer = browser.post("/oauth/activate", data={**form, "code": code.group(), "answer": "approve"})
        assert answer.status_code == 200, answer.text
    assert login.wait(60) == 0, output.read_text()
    assert "ada" in run([HF, "auth", "whoami"], tmp_path, environ)


def sign_in(browser: httpx.Client, who: str = "ada") -> None:
    form = hidden_fields(browser.get("/login").text)
    answer = browser.post("/login", data={**form, "name": who, "password": PASSWORD})
    assert answer.status_code == 200, answer.text


def hidden_fields(page: str) -> dict[str, str]:
    found = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)
    assert found is not None, page[:2000]
    return {"csrf_token": found.group(1)}
