"""The unmodified InferenceClient of huggingface_hub, given a model's address."""

from __future__ import annotations

import base64
import json
import socket
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from huggingface_hub import InferenceClient

from tests.inference.conftest import Served
from tests.pipelines.tiny_models import png_bytes, wav_bytes


def client(served: Served, repo_id: str, token: str | None = "ada") -> InferenceClient:
    return InferenceClient(model=served.model(repo_id), token=token)


PNG_TEXT = base64.b64encode(png_bytes())


def refused(url: str, body: bytes) -> tuple[int, dict[str, Any], Any]:
    """The status, JSON and headers of a refusal."""
    with pytest.raises(urllib.error.HTTPError) as told:
        post(url, body)
    with told.value:
        return told.value.code, json.load(told.value), told.value.headers


def post(url: str, body: bytes, content_type: str = "application/json") -> Any:
    request = urllib.request.Request(url, body, {"Content-Type": content_type})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def test_nobody_may_run_a_public_model_but_not_a_private_one(served: Served) -> None:
    assert post(served.model("forge/plain"), b'{"inputs": "Steel", "parameters": {"max_new_tokens": 2}}')
    code, _, headers = refused(served.model("ada/private"), b'{"inputs": "Steel"}')
    assert code == 401 and headers["X-Error-Code"] == "RepoNotFound"


def test_text_generation_whole_and_in_detail(served: Served) -> None:
    plain = client(served, "forge/plain")
    text = plain.text_generation("Steel is", max_new_tokens=5)
    detailed = plain.text_generation("Steel is", max_new_tokens=5, details=True, top_n_tokens=2)
    assert detailed.generated_text == text and detailed.details is not None
    assert detailed.details.generated_tokens == 5 and len(detailed.details.tokens) <= 5
    assert plain.text_generation("Steel is", max_new_tokens=5, return_full_text=True) == "Steel is" + text


def test_text_generation_in_a_stream(served: Served) -> None:
    plain = client(served, "forge/plain")
    whole = plain.text_generation("Steel is", max_new_tokens=8)
    assert "".join(plain.text_generation("Steel is", max_new_tokens=8, stream=True)) == whole
    *_, last = plain.text_generation("Steel is", max_new_tokens=8, stream=True, details=True)
    assert last.generated_text == whole and last.details is not None


def test_chat_through_the_models_own_address(served: Served) -> None:
    hello = [{"role": "user", "content": "Hello"}]
    chat = client(served, "forge/chat")
    answer = chat.chat_completion(hello, max_tokens=5, temperature=0)
    assert answer.choices[0].message.content is not None and answer.usage.completion_tokens <= 5
    pieces = list(chat.chat_completion(hello, max_tokens=5, temperature=0, stream=True))
    assert (
        "".join(piece.choices[0].delta.content or "" for piece in pieces) == answer.choices[0].message.content
    )


def test_features_and_similarities(served: Served) -> None:
    embed = client(served, "forge/embed")
    vector = embed.feature_extraction("Steel", normalize=True)
    assert vector.shape == (32,) and np.isclose(np.linalg.norm(vector), 1)
    same, other = embed.sentence_similarity("Steel", ["Steel", "A duck swims."])
    assert np.isclose(same, 1, atol=1e-5) and other < same


def test_pictures_as_bytes_and_with_parameters(served: Served) -> None:
    look = client(served, "forge/look")
    labels = look.image_classification(png_bytes())
    assert len(labels) == 3 and labels[0].score >= labels[1].score
    assert [row.label for row in look.image_classification(png_bytes(), top_k=2)] == [
        row.label for row in labels[:2]
    ]


def test_sounds_are_written_down(served: Served) -> None:
    listen = client(served, "forge/listen")
    whole = listen.automatic_speech_recognition(wav_bytes())
    assert isinstance(whole.text, str)
    body = {"inputs": "data:audio/wav;base64,", "parameters": {"return_timestamps": "char"}}
    body["inputs"] = "data:audio/wav;base64," + base64.b64encode(wav_bytes()).decode()
    assert "chunks" in post(served.model("forge/listen"), json.dumps(body).encode())


@pytest.mark.parametrize(
    ("repo_id", "body", "status", "says"),
    [
        ("forge/plain", b"not json", 400, "JSON object"),
        ("forge/plain", b'{"inputs": 5}', 400, "inputs"),
        ("forge/plain", b'{"inputs": "x", "parameters": {"max_new_tokens": -1}}', 400, "max_new_tokens"),
        ("forge/plain", b'{"inputs": "x", "parameters": {"watermark": true}}', 501, "watermark"),
        ("forge/plain", b'{"inputs": "x", "parameters": {"fly": true}}', 501, "fly"),
        ("forge/embed", b'{"inputs": []}', 400, "inputs"),
        ("forge/embed", b"{}", 400, "inputs"),
        ("forge/look", b'{"inputs": "%%%"}', 400, "base64"),
        ("forge/look", b'{"inputs": "aGVsbG8="}', 400, "PNG"),
        ("forge/look", b'{"inputs": "aGVsbG8=", "parameters": {"fly": 1}}', 400, "PNG"),
        ("forge/listen", b'{"inputs": "aGVsbG8="}', 400, "WAV"),
        ("forge/judge", b'{"inputs": []}', 400, "inputs: the list is empty; give at least one text."),
        ("forge/judge", b'{"inputs": ["a", " "]}', 400, "inputs[1]: the text is empty; give one with words in it."),
        ("forge/judge", b'{"inputs": 5}', 400, "inputs: 5 is no text; give a text, or a list of texts."),
        ("forge/judge", b'{"inputs": ["a", null]}', 400, "inputs[1]: None is no text"),
        ("forge/judge", b'{"inputs": "\\ud800"}', 400, "half a character"),
        ("forge/judge", b'{"inputs": "x", "parameters": {"fly": 1}}', 400, "parameters.fly: is no parameter"),
        ("forge/judge", b'{"inputs": "x", "parameters": {"top_k": "all"}}', 400, "a whole number of at least 1"),
        ("forge/judge", b'{"inputs": "x", "parameters": {"top_k": true}}', 400, "parameters.top_k: True is not"),
        ("forge/judge", b'{"inputs": "x", "parameters": {"top_k": 0}}', 400, "parameters.top_k: 0 is not"),
        (
            "forge/judge", b'{"inputs": "x", "parameters": {"function_to_apply": "magic"}}', 400,
            "parameters.function_to_apply: 'magic' is not one of softmax, sigmoid, none",
        ),
        ("forge/look", b'{"inputs": "%s", "parameters": {"fly": 1}}' % PNG_TEXT, 400, "parameters.fly: is no"),
        ("forge/look", b'{"inputs": "https://example.org/cat.png"}', 400, "POST /api/pipeline"),
    ],
)  # fmt: skip
def test_bad_calls_get_a_sentence(served: Served, repo_id: str, body: bytes, status: int, says: str) -> None:
    code, told, _ = refused(served.model(repo_id), body)
    assert code == status and says in told["error"]


def test_a_bad_call_loads_no_model(served: Served) -> None:
    before = served.room.service.list_engines()
    for name in ("judge", "look", "listen", "plain", "embed"):
        assert refused(served.model(f"forge/{name}"), b'{"parameters": {}}')[0] == 400
    assert {engine.name for engine in served.room.service.list_engines()} <= {e.name for e in before}


def test_a_plain_text_is_the_input(served: Served) -> None:
    asked = post(served.model("forge/judge"), "Müller melts iron.".encode(), "text/plain; charset=utf-8")
    assert asked == post(served.model("forge/judge"), '{"inputs": "Müller melts iron."}'.encode())


def test_a_form_is_refused_with_the_way_to_send_its_file(served: Served) -> None:
    request = urllib.request.Request(
        served.model("forge/look"), b"--x", {"Content-Type": "multipart/form-data; boundary=x"}
    )
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(request)
    with told.value:
        assert told.value.code == 400 and "--data-binary" in json.load(told.value)["error"]


def test_a_body_that_says_it_is_too_large_is_refused_unread(served: Served) -> None:
    address = urlsplit(served.model("forge/look"))
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = f"POST {address.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {1 << 30}\r\n\r\n"
        connection.sendall(head.encode() + b"x" * 1000)
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_another_task_than_the_models_is_refused(served: Served) -> None:
    code, told, _ = refused(f"{served.model('forge/look')}/pipeline/text-generation", b'{"inputs": "x"}')
    assert code == 400 and "image-classification" in told["error"]


def test_a_task_without_a_box_of_its_own_runs_too(served: Served) -> None:
    judge = client(served, "forge/judge")
    labels = judge.text_classification("The furnace melts iron.")
    assert {row.label for row in labels} == {"iron", "steel"}
    code, answer, _ = refused(served.model("forge/judge") + "/pipeline/translation", b'{"inputs": "x"}')
    assert code == 400 and "made for text-classification" in answer["error"]
