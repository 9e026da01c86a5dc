from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from openhearth.engine.detokenizer import UNFINISHED, Detokenizer

# Fragments of characters are most of what a byte tokenizer can go wrong with; surrogates have no bytes.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=UNFINISHED), max_size=40)


def bytes_to_text(ids: Sequence[int]) -> str:
    """Every token is one byte."""
    return bytes(ids).decode(errors="replace")


def feed(detokenizer: Detokenizer, ids: Sequence[int]) -> list[str]:
    pieces = []
    for token in ids:
        pieces.append(detokenizer.add(token))
        if detokenizer.is_stopped:
            break
    return [*pieces, detokenizer.finish()]


@given(TEXTS)
def test_pieces_are_whole_characters_and_make_up_the_text(text: str) -> None:
    detokenizer = Detokenizer(bytes_to_text)
    pieces = feed(detokenizer, text.encode())
    assert "".join(pieces) == text == detokenizer.text
    assert not any(UNFINISHED in piece for piece in pieces)


@given(TEXTS, TEXTS)
def test_a_prompt_before_it_changes_nothing(prompt: str, text: str) -> None:
    detokenizer = Detokenizer(bytes_to_text, prompt_ids=list(prompt.encode()))
    assert "".join(feed(detokenizer, text.encode())) == text


@given(
    st.text("ab\n", max_size=30), st.lists(st.text("ab\n", min_size=1, max_size=4), min_size=1, max_size=3)
)
def test_nothing_of_a_stop_string_is_ever_given_out(text: str, stop: list[str]) -> None:
    pieces = feed(Detokenizer(bytes_to_text, stop), text.encode())
    # The stop string that is complete first ends the text.
    ends = [(text.find(word) + len(word), text.find(word)) for word in stop if word in text]
    first_end = min(ends)[0] if ends else None
    expected = text if first_end is None else text[: min(start for end, start in ends if end == first_end)]
    assert "".join(pieces) == expected


def test_bytes_that_never_become_a_character_are_shown_as_broken_in_the_end() -> None:
    detokenizer = Detokenizer(bytes_to_text)
    assert "".join(feed(detokenizer, b"ok\xf0\x9f")).startswith("ok" + UNFINISHED)
