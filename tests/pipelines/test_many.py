"""Inputs that are many: whatever holds them, the answers are those of the inputs one by one, in their order."""

from __future__ import annotations

import io
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pandas
import pytest
import tqdm.auto
from PIL import Image

from openhearth.errors import Invalid, NotFound
from openhearth.pipelines import pipeline
from openhearth.pipelines.pipe import Pipe
from tests.pipelines.tiny_models import png_bytes

TEXTS = ["Steel is hard.", "Iron melts.", "The smith sleeps."]
COLOURS = [(200, 80, 40), (10, 20, 230), (90, 200, 90)]


@pytest.fixture(scope="module")
def judge(tiny: dict[str, Path]) -> Pipe:
    return pipeline("text-classification", model=tiny["text-classification"], device="cpu")


@pytest.fixture(scope="module")
def look(tiny: dict[str, Path]) -> Pipe:
    return pipeline("image-classification", model=tiny["image-classification"], device="cpu")


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Photo 10 comes after photo 2, and a text lies among them."""
    for name, colour in zip(("photo 1.png", "photo 2.PNG", "photo 10.png"), COLOURS, strict=True):
        (tmp_path / name).write_bytes(png_bytes(colour))
    (tmp_path / "about.txt").write_text("photos")
    return tmp_path


def key_dataset(texts: list[str]) -> Any:
    from transformers.pipelines.pt_utils import KeyDataset

    return KeyDataset(datasets.Dataset.from_dict({"said": texts}), "said")


LISTS: dict[str, Callable[[list[str]], Any]] = {
    "a list": list,
    "a tuple": tuple,
    "a column of a frame": lambda texts: pandas.DataFrame({"n": [1, 2, 3], "said": texts})["said"],
    "a frame of one column": lambda texts: pandas.DataFrame({"said": texts}),
    "a frame with a column called text": lambda texts: pandas.DataFrame({"n": [1, 2, 3], "text": texts}),
    "a column of a data set": lambda texts: datasets.Dataset.from_dict({"said": texts})["said"],
    "a data set": lambda texts: datasets.Dataset.from_dict({"n": [1, 2, 3], "text": texts}),
}
ITERATORS: dict[str, Callable[[list[str]], Any]] = {
    "a generator": lambda texts: (text for text in texts),
    "an iterator": iter,
    "a map": lambda texts: map(str, texts),
    "a KeyDataset": key_dataset,
    "a data set that streams": lambda texts: datasets.Dataset.from_dict(
        {"text": texts}
    ).to_iterable_dataset(),
}


@pytest.mark.parametrize("held_in", LISTS)
def test_what_holds_texts_gives_a_list_of_their_answers(judge: Pipe, held_in: str) -> None:
    assert judge(LISTS[held_in](TEXTS)) == judge(TEXTS)


@pytest.mark.parametrize("held_in", ITERATORS)
def test_what_streams_gives_its_answers_one_by_one(judge: Pipe, held_in: str) -> None:
    answers = judge(ITERATORS[held_in](TEXTS))
    assert not isinstance(answers, list)
    assert list(answers) == judge(TEXTS)


def test_batches_give_what_single_texts_give_and_the_length_is_told(judge: Pipe) -> None:
    answers = judge(key_dataset(TEXTS), batch_size=2)
    assert len(answers) == 3
    one_by_one = judge(TEXTS)
    for batched, single in zip(answers, one_by_one, strict=True):
        assert batched["label"] == single["label"]
        assert batched["score"] == pytest.approx(single["score"], abs=1e-5)


def test_pairs_of_columns_are_judged_together(judge: Pipe) -> None:
    from transformers.pipelines.pt_utils import KeyPairDataset

    rows = datasets.Dataset.from_dict({"a": TEXTS, "b": TEXTS[::-1]})
    pairs = [{"text": a, "text_pair": b} for a, b in zip(TEXTS, TEXTS[::-1], strict=True)]
    assert list(judge(KeyPairDataset(rows, "a", "b"))) == judge(pairs)


def test_a_task_of_our_own_takes_columns_and_generators_too(tiny: dict[str, Path]) -> None:
    shorten = pipeline("summarization", model=tiny["summarization"], device="cpu")
    expected = shorten(TEXTS, max_length=4)
    assert shorten(pandas.Series(TEXTS), max_length=4) == expected
    assert [row for rows in shorten((text for text in TEXTS), max_length=4) for row in rows] == expected


def test_conversations_from_a_generator_are_answered_each(tiny: dict[str, Path]) -> None:
    chat = pipeline("text-generation", model=tiny["text-generation"], device="cpu")
    chats = [[{"role": "user", "content": text}] for text in TEXTS]
    options: dict[str, Any] = {"max_new_tokens": 2, "do_sample": False}
    assert list(chat((turns for turns in chats), **options)) == [chat(turns, **options) for turns in chats]


def test_ten_thousand_texts_pass_without_being_held(tiny: dict[str, Path]) -> None:
    """The generator is asked for a text when an answer is wanted, and memory stays where it was."""
    vectors = pipeline("feature-extraction", model=tiny["feature-extraction"], device="cpu")
    taken = 0

    def texts() -> Iterator[str]:
        nonlocal taken
        for taken in range(1, 10_001):
            yield f"Text {taken} " + "x" * 5

    answers = vectors(texts())
    assert taken == 0
    next(answers)
    assert taken <= 3
    for _ in range(50):
        next(answers)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(300):
        next(answers)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 400
    assert after - before < 500_000


def test_a_folder_is_worked_file_by_file_in_the_order_of_its_numbers(look: Pipe, album: Path) -> None:
    answers = look(album)
    assert [Path(read.origin).name for read in look.read] == ["photo 1.png", "photo 2.PNG", "photo 10.png"]
    assert answers == [look(png_bytes(colour)) for colour in COLOURS]
    assert look(str(album)) == answers
    assert look(f"{album}/photo ?.png") == answers[:1]


def test_a_folder_of_texts_is_named_as_a_path_and_a_word_is_a_word(
    judge: Pipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "steel").mkdir()
    for number, text in enumerate(TEXTS):
        (tmp_path / "steel" / f"{number}.txt").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert judge(Path("steel")) == judge("steel/") == judge("./steel/*.txt") == judge(TEXTS)
    assert judge("steel") == judge("steel", as_text=True)


def test_a_folder_without_such_files_says_which_it_looked_for(look: Pipe, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"holds no image files; those end in \.avif"):
        look(tmp_path)
    with pytest.raises(NotFound, match="neither a link nor a file"):
        look(f"{tmp_path}/*.png")


def test_pictures_come_as_path_bytes_array_open_file_and_address(look: Pipe, album: Path) -> None:
    import base64

    path = album / "photo 1.png"
    expected = look(Image.open(path))
    array = np.asarray(Image.open(path).convert("RGB"))
    address = "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()
    with path.open("rb") as stream:
        given = [
            path,
            str(path),
            path.read_bytes(),
            array,
            array / 255,
            address,
            stream,
            io.BytesIO(path.read_bytes()),
        ]
        assert [look(one) for one in given] == [expected] * len(given)
    column = datasets.Dataset.from_dict({"image": [str(path)] * 2}).cast_column("image", datasets.Image())
    assert look(column["image"]) == look(column) == [expected] * 2


def test_texts_come_from_standard_input_and_from_bytes(judge: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(TEXTS[0]))
    assert (
        judge(sys.stdin)
        == judge(TEXTS[0])
        == judge(TEXTS[0].encode())
        == judge("data:text/plain,Steel%20is%20hard.")
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "the list is empty"),
        (["Steel", "", "Iron"], "input 2 of 3: inputs: the text is empty"),
        (["Steel", 5], "input 2 of 2: inputs: int is no text"),
        (pandas.Series(["Steel", None]), "input 2 of 2"),
        (pandas.DataFrame({"a": ["x"], "b": ["y"]}), r"has the columns a, b; give one of them, like table\['a'\]"),
        (datasets.DatasetDict({"train": datasets.Dataset.from_dict({"text": ["x"]})}), "has the splits train"),
        (["Steel", Path("/does/not/exist.txt")], "input 2 of 2: input: /does/not/exist.txt cannot be read"),
    ],
)  # fmt: skip
def test_the_one_input_that_is_wrong_is_named(judge: Pipe, given: Any, words: str) -> None:
    with pytest.raises((Invalid, NotFound), match=words):
        judge(given)


def test_one_bad_link_among_good_ones_is_named(judge: Pipe) -> None:
    with pytest.raises(Exception, match=r"input 2 of 3: link: 10\.0\.0\.1 is 10\.0\.0\.1"):
        judge(["Steel", "http://10.0.0.1/", "Iron"])


def test_words_are_handed_to_a_streamer_before_the_call_returns(tiny: dict[str, Path]) -> None:
    from threading import Thread

    from transformers import TextIteratorStreamer

    chat = pipeline("text-generation", model=tiny["text-generation"], device="cpu")
    streamer = TextIteratorStreamer(chat.tokenizer, skip_prompt=True, timeout=60)
    options: dict[str, Any] = {"max_new_tokens": 12, "do_sample": False}
    work = Thread(target=lambda: chat("Steel is", streamer=streamer, **options))
    work.start()
    pieces = list(streamer)
    work.join()
    assert (
        "Steel is" + "".join(pieces).removesuffix("<|end|>")
        == chat("Steel is", **options)[0]["generated_text"]
    )


def test_progress_is_on_standard_error_and_only_where_somebody_watches(
    judge: Pipe, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge(TEXTS)
    judge(pandas.Series(TEXTS))
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("openhearth.pipelines.lists.sys.stderr.isatty", lambda: True)
    # Drawn at each step, and not ten times a second as for people.
    monkeypatch.setattr("tqdm.auto.tqdm", partial(tqdm.auto.tqdm, mininterval=0))
    expected = judge(TEXTS)
    assert judge(pandas.Series(TEXTS)) == expected
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "text-classification" in shown.err
    assert shown.err.count("3/3") >= 2
