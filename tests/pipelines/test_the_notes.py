"""The lines that people paste first, on the starter set: nothing but loopback is reached."""

from __future__ import annotations

import csv
import http.server
import re
import socket
import threading
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
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
    for name in (
        "SmolLM2-135M-Instruct", "all-MiniLM-L6-v2", "en_core_web_sm", "MiniLM-sentiment", "whisper-tiny.en",
        "silero-vad", "faces",
    ):  # fmt: skip
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


def test_sentiment_of_reviews() -> None:
    reviews = [
        "The battery died after two days and support never answered.",
        "I absolutely loved the food and the staff were lovely.",
        "A complete waste of an evening.",
        "Not bad at all, I was pleasantly surprised.",
    ]
    rows = pipeline("sentiment-analysis")(reviews)
    assert [row["label"] for row in rows] == ["NEGATIVE", "POSITIVE", "NEGATIVE", "POSITIVE"]


def test_speech_to_text_with_times_and_subtitles(tmp_path: Path) -> None:
    data = starter_folder("librivox-clips") / "data"
    with (data / "metadata.csv").open(newline="", encoding="utf-8") as stream:
        clip = next(csv.DictReader(stream))
    pipe = pipeline("I want to turn a recording into text")
    answer = pipe(data / clip["file_name"], return_timestamps=True)
    heard, read = (re.findall(r"[a-z']+", text.lower()) for text in (answer["text"], clip["text"]))
    assert SequenceMatcher(None, heard, read).ratio() > 0.9
    starts = [chunk["timestamp"][0] for chunk in answer["chunks"]]
    assert starts == sorted(starts) and starts[0] < 1
    pipe.save(tmp_path / "talk.srt")
    first, times, *_ = (tmp_path / "talk.srt").read_text().splitlines()
    assert first == "1" and re.fullmatch(r"00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}", times)


def test_find_a_person_in_a_photo_album_by_name() -> None:
    photos = starter_folder("portraits") / "data"
    album = pipeline("find this person in my photo album")
    album.tag("Barack", photos / "obama.jpg")
    found = album("show me Barack", in_=[photos / "obama2.jpg", photos / "biden.jpg"])
    assert [Path(row["path"]).name for row in found] == ["obama2.jpg"]
