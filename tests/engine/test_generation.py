"""The loop over a model of twenty lines that counts: what it makes is known beforehand."""

from __future__ import annotations

from openhearth.engine.generation import Ending, Generation
from openhearth.engine.scheduler import Limits
from openhearth.protocol.engine import Delta, Failed, Generate, Generated, Message, Run, Sampling
from tests.engine.fakes import END, CountingDecoder, letter_prompts

GREEDY = Sampling(temperature=0.0)


class Loop:
    """A Generation with all that it reported."""

    def __init__(self, *, context_length: int = 100, **limits: int) -> None:
        self.said: list[Message] = []
        self.decoder = CountingDecoder()
        self.generation = Generation(
            decoder=self.decoder,
            prompts=letter_prompts(),
            ending=Ending(end_ids=frozenset({END}), context_length=context_length),
            report=self.said.append,
            limits=Limits(**limits),
        )

    def ask(self, request_id: int, prompt: str = "a", **fields: object) -> None:
        made = Generate(**{"request_id": request_id, "prompt": prompt, "sampling": GREEDY, **fields})  # type: ignore[arg-type]
        self.generation.add(made)

    def finish(self) -> dict[int, Generated]:
        while self.generation.step():
            pass
        return {said.request_id: said for said in self.said if isinstance(said, Generated)}


def test_a_text_ends_at_max_tokens_with_its_usage() -> None:
    loop = Loop()
    loop.ask(1, "ab", max_tokens=3)
    done = loop.finish()[1]
    assert (done.text, done.finish_reason) == ("cde", "length")
    assert (done.usage.prompt_tokens, done.usage.completion_tokens) == (2, 3)


def test_a_text_ends_at_the_end_token_which_is_not_shown() -> None:
    loop = Loop()
    loop.ask(1, chr(END - 3), max_tokens=50)
    done = loop.finish()[1]
    assert (done.text, done.finish_reason) == (chr(END - 2) + chr(END - 1), "stop")


def test_a_stop_string_ends_a_text_and_is_not_shown() -> None:
    loop = Loop()
    loop.ask(1, "a", max_tokens=20, stop=["ef", "z"])
    assert (loop.finish()[1].text, loop.finish()[1].finish_reason) == ("bcd", "stop")


def test_requests_join_a_running_batch_and_leave_it_without_disturbing_the_others() -> None:
    loop = Loop()
    loop.ask(1, "a", max_tokens=9)
    for _ in range(3):
        loop.generation.step()
    loop.ask(2, "A", max_tokens=2)
    loop.ask(3, "m", max_tokens=4)
    done = loop.finish()
    assert {i: one.text for i, one in done.items()} == {1: "bcdefghij", 2: "BC", 3: "nopq"}
    assert max(loop.decoder.batch_sizes) == 3 and loop.decoder.rows == []


def test_a_cancelled_request_frees_its_row_and_gets_no_answer() -> None:
    loop = Loop(max_rows=2)
    for i in (1, 2, 3):
        loop.ask(i, max_tokens=6)
    loop.generation.step()
    loop.generation.step()
    loop.generation.cancel(1)
    loop.generation.cancel(77)
    assert loop.finish().keys() == {2, 3}


def test_a_waiting_request_can_be_cancelled() -> None:
    loop = Loop(max_rows=1)
    loop.ask(1)
    loop.ask(2)
    loop.generation.step()
    loop.generation.cancel(2)
    assert loop.finish().keys() == {1}


def test_a_streamed_text_arrives_in_pieces_that_make_up_the_whole() -> None:
    loop = Loop()
    loop.ask(1, max_tokens=5, stream=True)
    loop.ask(2, max_tokens=5)
    done = loop.finish()
    pieces = [said.text for said in loop.said if isinstance(said, Delta) and said.request_id == 1]
    assert pieces == list("bcdef") and "".join(pieces) == done[1].text
    assert not any(isinstance(said, Delta) and said.request_id == 2 for said in loop.said)


def test_log_probabilities_come_with_each_token_and_its_rivals() -> None:
    loop = Loop()
    loop.ask(1, max_tokens=2, top_logprobs=3)
    first = loop.finish()[1].tokens[0]
    assert first.text == "b" and first.logprob is not None and -0.01 < first.logprob < 0
    assert first.top[0].text == "b" and len(first.top) == 3


def test_a_prompt_that_is_too_long_is_refused_with_the_numbers() -> None:
    loop = Loop(context_length=10)
    loop.ask(1, "a" * 10)
    loop.ask(2, "a" * 6, max_tokens=5)
    loop.ask(3, "a" * 6, max_tokens=4)
    refused = [said for said in loop.said if isinstance(said, Failed)]
    assert [(one.request_id, one.status, one.param) for one in refused] == [
        (1, 400, "prompt"),
        (2, 400, "max_tokens"),
    ]
    assert "at most 4" in refused[1].message
    assert loop.finish()[3].text == "bcde"


def test_without_max_tokens_as_many_are_made_as_fit() -> None:
    loop = Loop(context_length=10)
    loop.ask(1, "abc", default_tokens=50)
    loop.ask(2, "abc", default_tokens=2)
    done = loop.finish()
    assert (done[1].text, done[2].text) == ("defghij", "de")


def test_messages_to_a_model_without_a_chat_template_are_refused_with_the_remedy() -> None:
    loop = Loop()
    loop.ask(1, prompt=None, messages=[{"role": "user", "content": "hi"}])  # type: ignore[arg-type]
    (refused,) = loop.said
    assert isinstance(refused, Failed) and "/v1/completions" in refused.message


def test_a_request_of_another_kind_is_refused() -> None:
    loop = Loop()
    loop.generation.add(Run(request_id=1, inputs="x"))
    assert isinstance(loop.said[0], Failed) and loop.said[0].status == 400


def test_when_the_model_breaks_everybody_is_told_and_the_loop_lives_on() -> None:
    loop = Loop(max_rows=1)
    loop.ask(1)
    loop.ask(2)
    loop.generation.step()
    loop.generation.fail_all("it broke")
    assert sorted(said.request_id for said in loop.said if isinstance(said, Failed)) == [1, 2]
    loop.ask(3, max_tokens=1)
    assert loop.finish()[3].text == "b"
