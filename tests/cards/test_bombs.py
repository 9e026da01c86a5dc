"""Cards made to hurt: each is refused with a sentence, in no time, and the process lives on."""

import time

import pytest

from openhearth.cards import read_card, validate

DEEP = {
    "lists": "a: " + "[" * 400_000,
    "mappings": "a: " + "{a: " * 100_000,
    "blocks": "- " * 200_000,
    "aliases": "\n".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9) if i else 'x'}]" for i in range(30)),
    "sixties": "a: " + "1:" * 400_000 + "1",
    "digits": "a: " + "9" * 400_000,
    "fractions": "a: " + "1:" * 100_000 + "1.5",
}


@pytest.mark.parametrize("bomb", DEEP)
def test_a_bomb_in_the_metadata_is_a_problem_of_the_card_and_of_nobody_else(bomb: str) -> None:
    text = f"---\n{DEEP[bomb]}\n---\n# Words\n"
    began = time.monotonic()
    assert validate(text, "model").errors
    card = read_card(text.encode())
    assert card.problem
    assert "# Words" in card.body
    assert time.monotonic() - began < 5


def test_nul_never_reaches_the_rows() -> None:
    assert read_card(b'---\ntags: ["a\\0b"]\n"k\\0": 1\n---\n').metadata == {
        "tags": ["a\ufffdb"],
        "k\ufffd": 1,
    }
