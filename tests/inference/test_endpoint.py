"""`pipeline(…, endpoint=…)`: the call of Python, made on a hub; its answers have the shapes of a call without one."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from PIL import Image

from openhearth.errors import (
    HubError,
    Invalid,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unsupported,
    UpstreamFailed,
)
from openhearth.pipelines import pipeline
from openhearth.pipelines.on_hub import HubPipe, connection
from openhearth.pipelines.on_hub.shapes import shape_one
from openhearth.pipelines.tasks import TASKS
from tests.inference.conftest import Served
from tests.pipelines.tiny_models import png_bytes, wav_bytes

TEXTS = ["Steel is hard.", "Iron melts."]


def there(served: Served, task: str | None, model: str | None = None, **options: Any) -> HubPipe:
    return pipeline(task, model, endpoint=served.url, **{"token": "ada", **options})


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notes of tests go into no person's book."""
    monkeypatch.setenv("OPENHEARTH_DATA", str(tmp_path / "own-data"))


def nearly(answer: Any, expected: Any) -> bool:
    """Equal, numbers within a thousandth."""
    if isinstance(expected, float):
        return bool(answer == pytest.approx(expected, abs=1e-3))
    if isinstance(expected, dict):
        return answer.keys() == expected.keys() and all(
            nearly(answer[key], expected[key]) for key in expected
        )
    if isinstance(expected, list | tuple):
        return (
            type(answer) is type(expected)
            and len(answer) == len(expected)
            and all(map(nearly, answer, expected))
        )
    return bool(answer == expected)


GREEDY: dict[str, Any] = {"max_new_tokens": 5, "do_sample": False}


@pytest.mark.parametrize(
    ("task", "model", "inputs", "parameters"),
    [
        ("text-classification", "judge", TEXTS[0], {}),
        ("text-classification", "judge", TEXTS, {}),
        ("text-classification", "judge", TEXTS[0], {"top_k": None}),
        ("text-classification", "judge", TEXTS, {"top_k": 2}),
        ("text-generation", "chat", "Steel is", GREEDY),
        ("text-generation", "chat", "Steel is", {**GREEDY, "return_full_text": False}),
        ("text-generation", "chat", TEXTS, GREEDY),
        ("text-generation", "chat", [{"role": "user", "content": "Hello"}], GREEDY),
        ("zero-shot-classification", "embed", TEXTS[0], {"candidate_labels": ["metal", "sport"]}),
        ("sentence-similarity", "embed", "Steel", {"sentences": TEXTS}),
        ("text-ranking", "embed", "Steel", {"documents": TEXTS}),
        ("translation_en_to_fr", "chat", TEXTS, {"max_length": 4}),
        ("image-classification", "look", png_bytes(), {}),
        ("image-classification", "look", [png_bytes(), png_bytes((0, 0, 255))], {"top_k": 2}),
        ("automatic-speech-recognition", "listen", wav_bytes(), {"return_timestamps": "char"}),
    ],
)
def test_answers_are_those_of_a_call_in_this_process(
    served: Served, models: Any, task: str, model: str, inputs: Any, parameters: dict[str, Any]
) -> None:
    here = pipeline(task, models.folders[f"forge/{model}"], device="cpu", dtype="float32")
    pipe = there(served, task, f"forge/{model}")
    assert nearly(pipe(inputs, **parameters), here(inputs, **parameters))


def test_words_choose_on_the_hub_and_the_choice_is_told_and_kept_to(served: Served) -> None:
    pipe = there(served, "are these reviews positive or negative")
    assert (pipe.choice.task.name, pipe.choice.model.name) == ("text-classification", "")
    assert "chosen by the hub" in str(pipe.choice)
    pipe(TEXTS[0])
    assert pipe.choice.model.name == "forge/judge"
    assert "forge/judge, which the hub chose" in str(pipe.choice)
    assert pipe(TEXTS[0])[0]["label"] in ("iron", "steel")
    assert pipe.notes == []


def test_inputs_go_as_files_arrays_and_pictures(served: Served, tmp_path: Path) -> None:
    look = there(served, "image-classification", "forge/look")
    file = tmp_path / "a.png"
    file.write_bytes(png_bytes())
    picture = Image.open(file)
    expected = look(png_bytes())
    for given in (file, str(file), picture, np.asarray(picture.convert("RGB"))):
        assert look(given) == expected
    (tmp_path / "b.png").write_bytes(png_bytes((0, 0, 255)))
    assert look(tmp_path) == [expected, look(tmp_path / "b.png")]
    assert [Path(read.origin).name for read in look(tmp_path) and look.read] == ["a.png", "b.png"]
    listen = there(served, "automatic-speech-recognition", "forge/listen")
    sound = np.sin(np.arange(16_000) / 20).astype(np.float32)
    assert listen(sound) == listen({"raw": sound, "sampling_rate": 16_000})


def test_columns_give_lists_and_generators_stream(served: Served) -> None:
    judge = there(served, "text-classification", "forge/judge")
    expected = judge(TEXTS)
    assert judge(pandas.Series(TEXTS)) == expected
    answers = judge(text for text in TEXTS)
    assert [row for rows in answers for row in rows] == expected


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    """A page, a picture, and something that is no hub."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = ("image/png", png_bytes()) if self.path == "/a.png" else ("text/html", PAGE)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/moved"):
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"[" + b"0," * 100_000 if self.path.startswith("/endless") else PAGE)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the terminal quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


PAGE = b"<html><head><title>Steel</title></head><body><article><p>Steel is an alloy of iron and carbon.</p></article></body></html>"


def test_links_are_read_by_the_hub_and_what_was_read_is_told(served: Served, page: str) -> None:
    judge = there(served, "text-classification", "forge/judge")
    judge(f"{page}/steel")
    (read,) = judge.read
    assert (read.kind, read.title, read.origin) == ("web page", "Steel", f"{page}/steel")
    assert judge(f"{page}/steel") != judge(f"{page}/steel", as_text=True)
    assert judge.read == []
    look = there(served, "image-classification", "forge/look")
    assert look(f"{page}/a.png") == look(png_bytes())


def test_words_are_handed_to_a_streamer_as_they_come(served: Served) -> None:
    class Said:
        def __init__(self) -> None:
            self.pieces: list[str] = []
            self.ended = False

        def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
            self.pieces.append(text)
            self.ended = stream_end

    chat, said = there(served, "text-generation", "forge/chat"), Said()
    (row,) = chat("Steel is", streamer=said, **GREEDY)
    assert row["generated_text"] == "Steel is" + "".join(said.pieces)
    assert said.ended
    assert len(said.pieces) > 2
    assert chat("Steel is", **GREEDY) == [row]
    with pytest.raises(Invalid, match="on_finalized_text"):
        chat("Steel is", streamer=print)


def test_what_a_hub_refuses_rises_as_our_own_errors(served: Served) -> None:
    with pytest.raises(NotFound, match="Repository not found"):
        there(served, "text-generation", "ada/private", token="eve")("x")
    with pytest.raises(Unauthenticated):
        there(served, "text-classification", "forge/judge", token="nobody-issued-this")("x")
    with pytest.raises(NotFound, match="no model on this hub"):
        there(served, "image-to-image")(png_bytes())
    with pytest.raises(Invalid, match="candidate_labels: is missing"):
        there(served, "zero-shot-classification", "forge/embed")("x")
    judge = there(served, "text-classification", "forge/judge")
    with pytest.raises(Invalid, match="input 2 of 2: inputs: the text is empty"):
        judge(["Steel", ""])
    with pytest.raises(Invalid, match="cannot be sent to a hub"):
        judge("Steel", tool=object())
    with pytest.raises(Unsupported, match="runs on a hub"):
        judge.explain()
    assert judge.notes == [], "a refusal says all there is to say"


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("", UpstreamFailed, "no JSON; is it the address of a hub"),
        ("/moved", UpstreamFailed, "answered by 302"),
        ("/endless", TooLarge, "larger than 0 MiB"),
    ],
)
def test_a_strangers_endpoint_is_believed_nothing(
    page: str, monkeypatch: pytest.MonkeyPatch, path: str, kind: type[HubError], words: str
) -> None:
    monkeypatch.setattr(connection, "ANSWER_MAX_BYTES", 100_000)
    with pytest.raises(kind, match=words):
        pipeline("ner", endpoint=page + path)("Ada")


@pytest.mark.parametrize(
    "endpoint", ["file:///etc", "ftp://hub", "hub", "http://", "http://ada:secret@hub", ""]
)
def test_only_addresses_of_hubs_are_asked(endpoint: str) -> None:
    with pytest.raises(Invalid, match="no address of a hub"):
        pipeline("ner", endpoint=endpoint)


def test_a_hub_that_is_not_there_and_options_of_loading_are_refused() -> None:
    with pytest.raises(UpstreamFailed, match="does not answer"):
        pipeline("ner", endpoint="http://127.0.0.1:9")("Ada")
    with pytest.raises(Invalid, match="device: says how a model is loaded here"):
        pipeline("ner", endpoint="http://127.0.0.1:9", device="cpu")


def test_a_token_goes_to_the_hub_it_was_set_for_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENHEARTH_ENDPOINT", "http://hub.test")
    monkeypatch.setenv("OPENHEARTH_TOKEN", "secret")
    own, other = (pipeline("ner", endpoint=f"http://{host}") for host in ("hub.test/", "other.test"))
    assert (own._hub.token, other._hub.token) == ("secret", "")
    assert "secret" not in repr(own._hub)


def test_pictures_sounds_and_times_come_back_as_what_they_are() -> None:
    import base64

    from openhearth.pipelines.media import Film, film_file, sound_file

    def sent(kind: str, content: bytes) -> dict[str, str]:
        return {"content_type": kind, "base64": base64.b64encode(content).decode()}

    drawn = shape_one(TASKS["text-to-image"], "x", {}, sent("image/png", png_bytes()))
    assert drawn.size == (48, 40)
    wave = np.sin(np.arange(800) / 20).astype(np.float32)
    said = shape_one(TASKS["text-to-speech"], "x", {}, sent("audio/wav", sound_file(wave, 8000).content))
    assert said["sampling_rate"] == 8000
    np.testing.assert_allclose(said["audio"], wave, atol=1e-4)
    film = Film([Image.new("RGB", (32, 32), (i * 80, 0, 0)) for i in range(3)], 5)
    seen = shape_one(TASKS["text-to-video"], "x", {}, sent("video/mp4", film_file(film).content))
    assert (len(seen.frames), seen.fps) == (3, 5.0)
    (cut,) = shape_one(
        TASKS["image-segmentation"],
        b"",
        {},
        [{"label": "steel", "mask": base64.b64encode(png_bytes()).decode()}],
    )
    assert cut["mask"].size == (48, 40)


WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)

sys.meta_path.insert(0, Missing())
from openhearth import pipeline
print(pipeline("sentiment-analysis", model="forge/judge", endpoint=sys.argv[1], token="ada")("Steel is hard."))
print(pipeline("image-classification", model="forge/look", endpoint=sys.argv[1], token="ada")(sys.argv[2]))
"""


def test_no_library_that_runs_models_needs_to_be_installed(served: Served, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png_bytes())
    missing = (
        "torch",
        "transformers",
        "PIL",
        "av",
        "pandas",
        "trafilatura",
        "pypdf",
        "tokenizers",
        "safetensors",
    )
    code = WITHOUT.replace("{missing}", repr(missing))
    command = [sys.executable, "-c", code, served.url, str(tmp_path / "a.png")]
    environ = {**os.environ, "OPENHEARTH_DATA": str(tmp_path / "data")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.replace("'", '"').splitlines()
    assert json.loads(first)[0]["label"] in ("iron", "steel")
    assert len(json.loads(second)) == 3
