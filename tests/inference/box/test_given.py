"""What a form sends, checked: each refusal names the field and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from openhearth.errors import HubError
from openhearth.inference.box.asking import to_call
from openhearth.inference.box.declared import get_box
from openhearth.inference.box.given import Given, GivenFile, Try, understand


def given(task: str, values: Mapping[str, str], uploads: Mapping[str, bytes] | None = None) -> Given:
    tried = Try(box=get_box(task), values=values, uploads=uploads or {})
    return understand(tried, open_file=lambda name: GivenFile(content=name.encode()), allow_private=False)


@pytest.mark.parametrize(
    ("task", "values", "says"),
    [
        ("text-classification", {"text": " "}, "text: write something first."),
        ("question-answering", {"context": "Ana."}, "question: write something first."),
        ("sentence-similarity", {"source": "A", "sentences": "\n \n"}, "sentences: write at least one"),
        ("zero-shot-classification", {"text": "A"}, "candidate_labels: write at least one"),
        ("zero-shot-classification", {"text": "A", "candidate_labels": ",".join("ab" * 80)}, "at most 100"),
        ("image-classification", {}, "picture: choose a picture first."),
        ("automatic-speech-recognition", {}, "sound: choose a sound first."),
        ("video-classification", {}, "film: choose a film first."),
        ("keypoint-matching", {"first_picture": "a"}, "second_picture: choose a picture first."),
        ("image-classification", {"picture_link": "cat.jpg"}, "picture_link: 'cat.jpg' is no link"),
        ("image-classification", {"picture_link": "http://127.0.0.1/cat.jpg"}, "only public addresses"),
        ("summarization", {"text": "http://169.254.169.254/latest"}, "only public addresses"),
        ("table-question-answering", {"query": "Who?", "table": "name,age"}, "table: write a line of column names"),
        ("table-question-answering", {"query": "Who?", "table": "a,b\n1,2,3"}, "row 1 has 3 cells"),
        ("table-question-answering", {"query": "Who?", "table": "a,a\n1,2"}, "each column needs a name"),
        ("decision", {"state": "A", "questions": "{"}, "questions: is no JSON"),
        ("text-classification", {"text": "A", "top_k": "many"}, "top_k: 'many' is no whole number"),
        ("text-classification", {"text": "A", "top_k": "0"}, "top_k: 0 is out of bounds; give a number from 1 to 1000"),
        ("object-detection", {"picture": "a", "threshold": "nan"}, "threshold: nan is out of bounds"),
        ("text-generation", {"text": "A", "temperature": "-1"}, "temperature: -1 is out of bounds"),
        ("text-classification", {"text": "A", "function_to_apply": "tanh"}, "choose one of softmax, sigmoid, none"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_field(task: str, values: dict[str, str], says: str) -> None:
    with pytest.raises(HubError) as refused:
        given(task, values)
    assert says in refused.value.message


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(HubError, match=r"table: this file is no UTF-8 text"):
        given("table-question-answering", {"query": "Who?"}, {"table_file": b"\xff\xfe\x00"})


@pytest.mark.parametrize(
    ("task", "values", "call"),
    [
        ("text-classification", {"text": "A", "top_k": "2"}, ("A", {"top_k": 2}, b"")),
        ("question-answering", {"question": "Q", "context": "C", "handle_impossible_answer": "true"},
         ({"question": "Q", "context": "C"}, {"handle_impossible_answer": True}, b"")),
        ("question-answering", {"question": "Q", "context": "C"},
         ({"question": "Q", "context": "C"}, {"handle_impossible_answer": False}, b"")),
        ("zero-shot-classification", {"text": "A", "candidate_labels": "x, y"},
         ("A", {"candidate_labels": ["x", "y"]}, b"")),
        ("visual-question-answering", {"picture": "P", "question": "Q"}, (None, {"question": "Q"}, b"P")),
        ("keypoint-matching", {"first_picture": "P", "second_picture": "Q"}, (["UA==", "UQ=="], {}, b"")),
        ("automatic-speech-recognition", {"sound": "S", "return_timestamps": "true", "speech_task": "translate"},
         (None, {"return_timestamps": True, "task": "translate"}, b"S")),
        ("table-question-answering", {"table": "a\tb\n1\t2", "query": "Q"},
         ({"table": {"a": ["1"], "b": ["2"]}, "query": "Q"}, {}, b"")),
        ("tabular-regression", {"table": "a;b\n1;2,5"}, ({"a": ["1"], "b": ["2,5"]}, {}, b"")),
        ("translation", {"text": "A", "tgt_lang": "fr"}, ("A", {"tgt_lang": "fr"}, b"")),
    ],
)  # fmt: skip
def test_what_was_given_becomes_the_call_of_the_task_api(
    task: str, values: dict[str, str], call: tuple[Any, dict[str, Any], bytes]
) -> None:
    made, payload = to_call(given(task, values))
    assert (made.inputs, made.parameters, payload) == call


def test_an_upload_goes_before_an_example() -> None:
    made = given("image-classification", {"picture": "example"}, {"picture": b"upload"})
    assert made.files["picture"].content == b"upload"


def test_a_model_that_spells_letters_is_asked_for_the_times_of_words() -> None:
    made, _ = to_call(
        given("automatic-speech-recognition", {"sound": "S", "return_timestamps": "true"}),
        architecture="Wav2Vec2ForCTC",
    )
    assert made.parameters == {"return_timestamps": "word"}
