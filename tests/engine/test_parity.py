"""Our loop against transformers' own `generate`, on real (tiny) models in float32: the same tokens, whoever shares the batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openhearth.engine.tasks import build_loop
from openhearth.pipelines.loading import LoadOptions
from openhearth.protocol.engine import Generate, Generated, Message, Sampling
from tests.pipelines.tiny_models import make_llama, make_mistral

PROMPTS = ["Steel", "The furnace melts iron and the smith makes", "鋼鉄 🔥 is hot, What is", "a"]
NEW_TOKENS = 24


@pytest.fixture(scope="module", params=[make_llama, make_mistral], ids=["full attention", "sliding window"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = request.param(tmp_path_factory.mktemp("model"))
    return made


class Loaded:
    def __init__(self, folder: Path) -> None:
        self.said: list[Message] = []
        self.loop: Any
        self.loop, self.ready = build_loop(
            "text-generation", folder, "tiny", LoadOptions(dtype="float32", threads=1), self.said.append
        )

    def ask(self, request_id: int, prompt: str, max_tokens: int = NEW_TOKENS) -> None:
        greedy = Sampling(temperature=0.0)
        self.loop.add(
            Generate(
                request_id=request_id, prompt=prompt, max_tokens=max_tokens, sampling=greedy, top_logprobs=0
            )
        )

    def step(self) -> bool:
        went_on: bool = self.loop.step()
        self.loop._decoder._cache.check_integrity()
        return went_on

    def finish(self) -> dict[int, Generated]:
        while self.step():
            pass
        return {one.request_id: one for one in self.said if isinstance(one, Generated)}


def plain(folder: Path, prompt: str) -> list[int]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    inputs = tokenizer(prompt, return_tensors="pt")
    made = model.generate(**inputs, max_new_tokens=NEW_TOKENS, do_sample=False)[
        0, inputs.input_ids.shape[1] :
    ]
    ids: list[int] = [i for i in made.tolist() if i != tokenizer.eos_token_id]
    return ids


def token_ids(generated: Generated) -> list[int]:
    return [token.id for token in generated.tokens]


def test_one_request_alone_makes_the_tokens_that_generate_makes(folder: Path) -> None:
    loaded = Loaded(folder)
    loaded.ask(1, PROMPTS[1])
    assert token_ids(loaded.finish()[1]) == plain(folder, PROMPTS[1])


def test_requests_that_join_and_leave_a_mixed_batch_make_the_tokens_that_generate_makes(folder: Path) -> None:
    loaded = Loaded(folder)
    for request_id, prompt in enumerate(PROMPTS):
        loaded.ask(request_id, prompt)
        loaded.ask(100 + request_id, prompt[::-1], max_tokens=2 + request_id)  # neighbours that leave early
        for _ in range(3):
            loaded.step()
    done = loaded.finish()
    assert {i: token_ids(done[i]) for i in range(len(PROMPTS))} == {
        i: plain(folder, p) for i, p in enumerate(PROMPTS)
    }


def test_a_cache_emptied_by_everybody_leaving_serves_the_next(folder: Path) -> None:
    loaded = Loaded(folder)
    loaded.ask(1, PROMPTS[0])
    first = token_ids(loaded.finish()[1])
    loaded.ask(2, PROMPTS[0])
    assert token_ids(loaded.finish()[2]) == first
