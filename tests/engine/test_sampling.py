from __future__ import annotations

import math

import torch

from openhearth.engine.sampling import Sampler, SamplingDefaults, TokenTexts, describe_token
from openhearth.protocol.engine import Sampling

LOGITS = torch.tensor([0.0, 1.0, 2.0, 3.0, -1.0])


def sampler(prompt_ids: list[int] | None = None, **fields: float) -> Sampler:
    return Sampler(Sampling(**fields), SamplingDefaults(), prompt_ids or [])  # type: ignore[arg-type]


def draw(one: Sampler, logits: torch.Tensor, count: int) -> list[int]:
    return [one.choose(logits) for _ in range(count)]


def test_temperature_zero_takes_the_likeliest() -> None:
    assert draw(sampler(temperature=0.0), LOGITS, 5) == [3] * 5


def test_a_seed_gives_the_same_tokens_again_and_another_gives_others() -> None:
    wide = torch.zeros(1000)
    assert draw(sampler(seed=5), wide, 20) == draw(sampler(seed=5), wide, 20)
    assert draw(sampler(seed=5), wide, 20) != draw(sampler(seed=6), wide, 20)


def test_draws_follow_the_distribution() -> None:
    drawn = draw(sampler(seed=1), LOGITS, 4000)
    for token, expected in enumerate(torch.softmax(LOGITS, 0).tolist()):
        assert math.isclose(drawn.count(token) / 4000, expected, abs_tol=0.03)


def test_top_k_leaves_so_many() -> None:
    assert set(draw(sampler(seed=1, top_k=2), LOGITS, 200)) == {2, 3}


def test_top_p_leaves_the_fewest_that_reach_it() -> None:
    assert set(draw(sampler(seed=1, top_p=0.8), LOGITS, 200)) == {2, 3}
    assert set(draw(sampler(seed=1, top_p=0.0001), LOGITS, 50)) == {3}, "the nucleus is never empty"


def test_a_nucleus_wider_than_the_first_guess_is_found() -> None:
    flat = torch.zeros(2000)
    assert len(set(draw(sampler(seed=1, top_p=0.9), flat, 3000))) > 1000


def test_penalties_turn_away_from_what_was_said() -> None:
    close = torch.tensor([1.0, 0.9, 0.8])
    assert draw(sampler(temperature=0.0, frequency_penalty=0.15), close, 4) == [0, 1, 0, 2]
    assert draw(sampler(temperature=0.0, presence_penalty=2.0), close, 3) == [0, 1, 2]
    assert draw(sampler([0], temperature=0.0, repetition_penalty=1.2), close, 1) == [1]


def test_what_the_request_leaves_open_is_the_models_own_choice() -> None:
    own = SamplingDefaults(temperature=0.2, top_p=0.5, top_k=7)
    left_open, stated = Sampler(Sampling(), own, []), Sampler(Sampling(temperature=1.5), own, [])
    assert (left_open.temperature, left_open.top_p, left_open.top_k) == (0.2, 0.5, 7)
    assert stated.temperature == 1.5


def test_log_probabilities_are_natural_and_of_the_untouched_distribution() -> None:
    token = describe_token(2, "c", LOGITS, 2, TokenTexts(lambda ids: "abcde"[ids[0]]))
    expected = torch.log_softmax(LOGITS, 0)
    assert token.logprob is not None and math.isclose(token.logprob, float(expected[2]), rel_tol=1e-6)
    assert [(rival.text, round(rival.logprob, 5)) for rival in token.top] == [
        ("d", round(float(expected[3]), 5)),
        ("c", round(float(expected[2]), 5)),
    ]
