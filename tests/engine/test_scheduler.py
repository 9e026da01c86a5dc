from __future__ import annotations

from openhearth.engine.detokenizer import Detokenizer
from openhearth.engine.sampling import Sampler, SamplingDefaults
from openhearth.engine.scheduler import Decode, Limits, Prefill, Scheduler
from openhearth.engine.sequences import Sequence
from openhearth.protocol.engine import Sampling


def sequence(request_id: int, prompt: int = 4, max_tokens: int = 6) -> Sequence:
    return Sequence(
        request_id=request_id,
        prompt_ids=[1] * prompt,
        max_tokens=max_tokens,
        sampler=Sampler(Sampling(temperature=0.0), SamplingDefaults(), [1]),
        detokenizer=Detokenizer(lambda ids: "x" * len(ids)),
    )


def scheduler(*sequences: Sequence, **limits: int) -> Scheduler:
    made = Scheduler(Limits(**limits))
    for one in sequences:
        made.add(one)
    return made


def ids(step: Prefill | Decode | None) -> list[int]:
    assert step is not None
    return [one.request_id for one in step.sequences]


def test_what_waits_joins_between_two_steps_of_what_runs() -> None:
    made = scheduler(sequence(1))
    assert ids(made.next_step()) == [1]
    assert isinstance(made.next_step(), Decode)
    made.add(sequence(2))
    joining = made.next_step()
    assert isinstance(joining, Prefill) and ids(joining) == [2]
    assert ids(made.next_step()) == [1, 2]


def test_no_more_rows_run_than_allowed_and_the_first_come_run_first() -> None:
    made = scheduler(*(sequence(i) for i in range(5)), max_rows=2)
    assert ids(made.next_step()) == [0, 1]
    assert isinstance(made.next_step(), Decode)
    made.leave(0)
    assert ids(made.next_step()) == [2]


def test_the_cache_is_counted_as_a_rectangle_of_the_longest_that_rows_may_become() -> None:
    short, long = sequence(1, prompt=2, max_tokens=8), sequence(2, prompt=20, max_tokens=20)
    made = scheduler(short, long, max_cached_tokens=79)
    assert ids(made.next_step()) == [1]
    assert isinstance(made.next_step(), Decode), "two rows of 40 do not fit into 79"
    made.leave(0)
    assert ids(made.next_step()) == [2]


def test_a_long_prompt_is_read_alone_so_that_others_wait_no_longer_than_they_must() -> None:
    made = scheduler(sequence(1, prompt=90), sequence(2, prompt=10), max_prefill_tokens=100)
    assert ids(made.next_step()) == [1]
    assert ids(made.next_step()) == [2]


def test_the_last_row_takes_the_place_of_one_that_leaves() -> None:
    made = scheduler(*(sequence(i) for i in range(3)))
    made.next_step()
    assert made.leave(0).request_id == 0
    assert [one.request_id for one in made.running] == [2, 1]
    assert made.find_row(2) == 0 and made.find_row(0) is None


def test_nothing_to_do_is_no_step() -> None:
    assert scheduler().next_step() is None
