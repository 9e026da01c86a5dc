"""The lines that people paste first, on the starter set: nothing but loopback is reached."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from openhearth import pipeline
from tests.support.starter import starter_folder

pytestmark = [pytest.mark.run, pytest.mark.slow]

PAGE = (
    "<html><head><title>The iron bridge</title></head><body><nav>Home | Shop</nav><article><h1>The iron bridge</h1><p>"
    "The first bridge made of cast iron crosses the river Severn in England. It was cast by Abraham Darby in Coalbrookdale and "
    "opened to carts and walkers in 1781. The bridge is thirty metres long. In 1934 it was closed to carts, because its stones "
    "had begun to move, and today only walkers cross it. The town that grew beside the bridge took its name from it.</p></article>"
    "<footer>Cookies</footer></body></html>"
)


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal quiet."""


@pytest.fixture
def link(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A page on loopback, which the setting allows; every other address is out of reach."""
    monkeypatch.setenv("OPENHEARTH_FETCH_ALLOW_PRIVATE", "1")
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    connect = socket.socket.connect

    def only_loopback(self: socket.socket, address: Any) -> None:
        assert not isinstance(address, tuple) or address[0] in ("127.0.0.1", "::1"), f"{address} was reached"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_loopback)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/bridge"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", autouse=True)
def starter_models() -> None:
    for name in ("SmolLM2-135M-Instruct", "all-MiniLM-L6-v2", "en_core_web_sm"):
        starter_folder(name)


def test_i_want_to_summarise_a_website(link: str) -> None:
    my_pipeline = pipeline("I want to summarise a website")
    (row,) = my_pipeline(link, max_length=60)
    assert my_pipeline.choice.task.name == "summarization"
    assert my_pipeline.read[0].title == "The iron bridge"
    assert "Cookies" not in str(my_pipeline.read[0].text)
    assert "bridge" in row["summary_text"].lower()


def test_a_quiz_and_an_answer_from_the_same_page(link: str) -> None:
    quiz = pipeline("make a quiz from this text")
    rows = quiz(link)
    text = str(quiz.read[0].text)
    assert rows and all(row["answer"] in row["passage"] in text for row in rows)
    answer = pipeline("question-answering")(question="When did the bridge open?", context=link)
    assert answer["answer"] == "1781"
    assert text[answer["start"] : answer["end"]] == "1781"


def test_ner_with_names_marked() -> None:
    text = "Angela Merkel met Barack Obama in Berlin."
    rows = pipeline("ner")(text)
    assert [text[row["start"] : row["end"]] for row in rows] == ["Angela Merkel", "Barack Obama", "Berlin"]
