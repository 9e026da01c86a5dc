"""The unmodified OpenAI client against our routes."""

from __future__ import annotations

import base64
import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import numpy as np
import openai
import pytest

from tests.inference.conftest import Served

HELLO: list[Any] = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def ada(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=served.v1, api_key="ada", max_retries=0) as client:
        yield client


@pytest.fixture
def eve(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=served.v1, api_key="eve", max_retries=0) as client:
        yield client


def chat(client: openai.OpenAI, **fields: Any) -> Any:
    given = {"model": "forge/chat", "messages": HELLO, "max_tokens": 12, "temperature": 0, **fields}
    return client.chat.completions.create(**given)


def test_nobody_may_chat_with_a_public_model(served: Served) -> None:
    body = json.dumps({"model": "forge/chat", "messages": HELLO, "max_tokens": 2}).encode()
    request = urllib.request.Request(f"{served.v1}/chat/completions", body)
    with urllib.request.urlopen(request) as response:
        assert json.load(response)["object"] == "chat.completion"


def test_a_private_model_does_not_exist_for_a_stranger(ada: openai.OpenAI, eve: openai.OpenAI) -> None:
    assert chat(ada, model="ada/private").choices[0].message.content
    with pytest.raises(openai.NotFoundError) as private:
        chat(eve, model="ada/private")
    with pytest.raises(openai.NotFoundError) as missing:
        chat(eve, model="ada/missing")
    assert str(private.value).replace("ada/private", "ada/missing") == str(missing.value)
    assert "ada/private" not in [model.id for model in eve.models.list()]


def test_a_whole_answer_has_its_parts(ada: openai.OpenAI) -> None:
    answer = chat(ada)
    assert answer.id.startswith("chatcmpl-") and answer.model == "forge/chat"
    assert answer.choices[0].message.role == "assistant" and answer.choices[0].finish_reason in (
        "stop",
        "length",
    )
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens <= 12


def test_a_stream_makes_up_the_whole_answer(ada: openai.OpenAI) -> None:
    chunks = list(chat(ada, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    whole = chat(ada)
    assert text == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant" and chunks[-2].choices[0].finish_reason
    assert chunks[-1].choices == [] and chunks[-1].usage == whole.usage


def test_a_seed_gives_the_same_answer_again(ada: openai.OpenAI) -> None:
    texts = [chat(ada, temperature=1.5, seed=seed).choices[0].message.content for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_a_stop_string_ends_the_answer(ada: openai.OpenAI) -> None:
    whole = chat(ada).choices[0].message.content
    word = whole[3:5]
    cut = chat(ada, stop=[word])
    assert (
        cut.choices[0].message.content == whole[: whole.find(word)] and cut.choices[0].finish_reason == "stop"
    )


def test_log_probabilities_are_given_where_asked(ada: openai.OpenAI) -> None:
    answer = chat(ada, logprobs=True, top_logprobs=2, max_tokens=3)
    content = answer.choices[0].logprobs.content
    assert len(content) == answer.usage.completion_tokens
    assert all(token.logprob <= 0 and len(token.top_logprobs) == 2 for token in content)
    assert chat(ada).choices[0].logprobs is None
    streamed = [
        c
        for chunk in chat(ada, logprobs=True, stream=True, max_tokens=3)
        for c in chunk.choices
        if c.logprobs
    ]
    assert [t.token for c in streamed for t in c.logprobs.content] == [t.token for t in content]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"temperature": 3}, "temperature"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "messages"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            "messages",
        ),
        ({"max_tokens": 5000}, "max_tokens"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"n": 2}, "n"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"messages": [{"role": "user", "content": "long " * 500}]}, "messages"),
    ],
)
def test_what_cannot_be_done_is_refused_and_named(
    ada: openai.OpenAI, fields: dict[str, Any], param: str
) -> None:
    for stream in (False, True):
        with pytest.raises((openai.BadRequestError, openai.InternalServerError)) as refused:
            chat(ada, stream=stream, **fields)
        assert refused.value.param == param and param in str(refused.value)


def test_a_model_for_another_task_is_refused(ada: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="made for feature-extraction"):
        chat(ada, model="forge/embed")
    with pytest.raises(openai.BadRequestError, match="no chat template"):
        chat(ada, model="forge/plain")


def test_plain_completions_take_several_prompts_and_echo(ada: openai.OpenAI) -> None:
    made = ada.completions.create(
        model="forge/plain", prompt=["Iron", "Steel"], max_tokens=4, temperature=0, echo=True
    )
    assert [choice.index for choice in made.choices] == [0, 1]
    assert made.choices[0].text.startswith("Iron") and made.choices[1].text.startswith("Steel")
    streamed = ada.completions.create(
        model="forge/plain", prompt="Steel", max_tokens=4, temperature=0, echo=True, stream=True
    )
    assert "".join(chunk.choices[0].text for chunk in streamed) == made.choices[1].text


def test_completions_give_log_probabilities_in_the_older_shape(ada: openai.OpenAI) -> None:
    made = ada.completions.create(model="forge/plain", prompt="Iron", max_tokens=3, temperature=0, logprobs=2)
    logprobs = made.choices[0].logprobs
    assert logprobs is not None and logprobs.tokens and logprobs.top_logprobs
    assert len(logprobs.tokens) == len(logprobs.top_logprobs)


def test_embeddings_are_the_same_in_both_encodings(ada: openai.OpenAI, served: Served) -> None:
    texts = ["Steel", "a much longer sentence about iron and carbon", "Steel"]
    as_base64 = ada.embeddings.create(model="forge/embed", input=texts)
    as_floats = ada.embeddings.create(model="forge/embed", input=texts, encoding_format="float")
    vectors = np.array([row.embedding for row in as_base64.data])
    np.testing.assert_allclose(vectors, [row.embedding for row in as_floats.data], rtol=1e-6)
    np.testing.assert_allclose(vectors[0], vectors[2], atol=1e-6)
    assert as_floats.usage.prompt_tokens > 0
    raw = json.dumps({"model": "forge/embed", "input": "Steel", "encoding_format": "base64"}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{served.v1}/embeddings", raw)) as response:
        packed = json.load(response)["data"][0]["embedding"]
    np.testing.assert_allclose(np.frombuffer(base64.b64decode(packed), np.float32), vectors[0], rtol=1e-6)


def test_models_are_listed_and_found(ada: openai.OpenAI) -> None:
    assert "forge/chat" in [model.id for model in ada.models.list()]
    assert ada.models.retrieve("forge/chat").owned_by == "forge"
    with pytest.raises(openai.NotFoundError):
        ada.models.retrieve("forge/none")


def test_a_caller_who_goes_away_is_computed_for_no_longer(ada: openai.OpenAI, served: Served) -> None:
    chat(ada)
    stream = chat(ada, stream=True, max_tokens=100, temperature=2, seed=3)
    next(iter(stream))
    stream.close()
    for _ in range(200):
        if not any(engine.active_requests for engine in served.room.service.list_engines()):
            return
        time.sleep(0.02)
    raise AssertionError("the request still runs")


def test_many_callers_at_once_get_the_answers_they_would_get_alone(ada: openai.OpenAI) -> None:
    words = ["iron", "steel", "slag", "carbon", "heat", "smith"]
    alone = [
        chat(ada, messages=[{"role": "user", "content": word}]).choices[0].message.content for word in words
    ]
    together: dict[str, str] = {}

    def ask(word: str) -> None:
        together[word] = chat(ada, messages=[{"role": "user", "content": word}]).choices[0].message.content

    threads = [threading.Thread(target=ask, args=(word,)) for word in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[word] for word in words] == alone
