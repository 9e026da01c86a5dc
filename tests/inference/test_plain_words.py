"""Plain words over HTTP: a task is understood, a model of the hub is found, a link is read."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

from tests.inference.conftest import Served

PAGE = b"<html><head><title>Steel</title></head><body><article><p>Steel is an alloy of iron and carbon.</p></article></body></html>"


@pytest.fixture(scope="module")
def link() -> Iterator[str]:
    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the terminal quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/steel"
    server.shutdown()
    server.server_close()


def ask(served: Served, body: Any, token: str | None = "ada") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.post(f"{served.url}/api/pipeline", content=content, headers=headers, timeout=120)


def test_nobody_may_use_a_public_model_but_not_a_private_one(served: Served) -> None:
    wish = {
        "request": "are these reviews positive or negative",
        "inputs": "Good steel.",
        "model": "forge/judge",
    }
    assert ask(served, wish, token=None).status_code == 200
    refused = ask(served, {**wish, "request": "chat", "model": "ada/private"}, token=None)
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (401, "RepoNotFound")


def test_words_choose_a_task_and_a_model_and_the_page_that_was_read_is_told(
    served: Served, link: str
) -> None:
    answer = ask(served, {"request": "is this page spam? classify the website", "inputs": link}).json()
    assert answer["task"] == "text-classification"
    assert answer["model"] == "forge/judge"
    assert "“spam”" in answer["because"]
    (read,) = answer["read"]
    assert (read["kind"], read["title"], read["origin"]) == ("web page", "Steel", link)
    assert {row["label"] for row in answer["result"][0]} == {"iron", "steel"}


def test_a_file_of_the_hubs_machine_is_a_text_like_any_other(served: Served) -> None:
    answer = ask(served, {"request": "sentiment of a text", "inputs": "/etc/hostname.txt"}).json()
    assert answer["read"] == []


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"not json", 400, "JSON"),
        ({"inputs": "x"}, 400, "request"),
        ({"request": "x" * 2000, "inputs": "x"}, 400, "request"),
        ({"request": "xyzzy", "inputs": "x"}, 400, "Nearest are"),
        ({"request": "upscale an old photo", "inputs": "x"}, 404, "no model on this hub"),
        ({"request": "chat", "inputs": "x", "colour": 1}, 400, "colour"),
    ],
)
def test_each_refusal_names_what_is_wrong(served: Served, body: Any, status: int, words: str) -> None:
    answer = ask(served, body)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"]
