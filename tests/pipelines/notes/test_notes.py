"""The warnings book: what is heard, what it means, and what a failure reminds of."""

from __future__ import annotations

import logging
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openhearth.errors import Invalid, NotFound
from openhearth.pipelines.notes import Book, Note, Run
from openhearth.pipelines.notes.known import find_meaning
from openhearth.pipelines.notes.listen import listening


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "notes.db")


def test_warnings_and_log_records_are_heard_once_each_and_counted() -> None:
    with listening() as heard:
        for _ in range(3):
            warnings.warn("`torch_dtype` is deprecated! Use `dtype` instead!", FutureWarning, stacklevel=1)
        logging.getLogger("transformers.generation").warning("Setting `pad_token_id` to `eos_token_id`:%s", 0)
        logging.getLogger("transformers.modeling").info("not worth a note")
    renamed, padding = heard.notes
    assert (renamed.count, renamed.category) == (3, "FutureWarning")
    assert renamed.means is not None and "new name" in renamed.means
    assert padding.source == "transformers.generation"
    assert padding.remedy is not None


def test_what_was_heard_before_and_after_is_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    before = logging.getLogger("transformers").handlers[:]
    with listening():
        pass
    assert logging.getLogger("transformers").handlers == before
    with pytest.warns(UserWarning, match="outside"):
        warnings.warn("outside", stacklevel=1)


def test_threads_that_listen_at_once_hear_themselves_and_leave_nothing_behind() -> None:
    """Two calls of one pipe, the later ended by the earlier: warnings of the whole program were swallowed ever after."""
    logger = logging.getLogger("transformers")
    before = (logger.handlers[:], logger.propagate, warnings.showwarning)
    entered, left = threading.Event(), threading.Event()

    def first() -> None:
        with listening() as heard:
            entered.set()
            assert left.wait(10)
            logger.warning("of the first")
            assert [note.message for note in heard.notes] == ["of the first"]

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(first)
        assert entered.wait(10)
        with listening() as heard:
            warnings.warn("of the second", stacklevel=1)
            left.set()
            running.result(10)
            logger.warning("of the second too")
        assert [note.message for note in heard.notes] == ["of the second", "of the second too"]
    assert (logger.handlers[:], logger.propagate, warnings.showwarning) == before


def test_a_record_whose_format_is_broken_is_kept_and_does_not_break_the_call() -> None:
    """The warning about `image-to-text` in transformers 5.23 has an argument too many."""
    with listening() as heard:
        logging.getLogger("transformers.pipelines").warning("the task has a new name", "image-to-text")
    assert "the task has a new name" in heard.notes[0].message


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        ("Some weights were not initialized from the model checkpoint and are newly initialized: ['x.weight']", "random numbers"),
        ("sequence length is longer than the specified maximum (600 > 512)", "longer than the model can read"),
        ("The following generation flags are not valid and may be ignored: ['temperature']", "likeliest word"),
        ("something nobody ever said", None),
    ],
)  # fmt: skip
def test_known_messages_are_explained(message: str, meaning: str | None) -> None:
    found = find_meaning(message)
    assert (found is None) if meaning is None else (found is not None and meaning in found.means)


def test_a_run_keeps_its_notes_and_a_persons_own(book: Book) -> None:
    run = Run(task="translation", model="starter/x", book=book)
    with run.watched():
        warnings.warn("odd input", stacklevel=1)
    run.remark("the third sentence came out empty")
    assert [note.kind for note in run.notes] == ["warning", "remark"]
    remark, warning = book.list_notes(run_id=run.id)
    assert (remark.message, warning.message) == ("the third sentence came out empty", "odd input")
    assert (warning.task, warning.model) == ("translation", "starter/x")
    with run.watched():
        warnings.warn("odd input", stacklevel=1)
    assert [note.count for note in book.list_notes(run_id=run.id) if note.kind == "warning"] == [2]


def test_a_failure_shows_the_earlier_notes_it_shares_something_with_and_why(book: Book) -> None:
    first = Run(task="text-generation", model="ada/tiny", book=book)
    with first.watched():
        logging.getLogger("transformers.modeling_utils").warning(
            "Some weights were not initialized from the model checkpoint: ['model.layers.3.mlp.up_proj.weight']"
        )
        warnings.warn("the kettle is boiling", stacklevel=1)
    second = Run(task="text-generation", model="ada/tiny", book=book)
    with pytest.raises(RuntimeError) as failed, second.watched():
        raise RuntimeError("expected a matrix for model.layers.3.mlp.up_proj.weight")
    (related, *_) = second.related
    assert "newly" not in related.note.message and "up_proj" in related.note.message
    assert related.reasons[0] == "the same tensor model.layers.3.mlp.up_proj.weight"
    assert not any("kettle" in other.note.message for other in second.related)
    assert "shown because: the same tensor" in "\n".join(failed.value.__notes__)
    assert book.list_notes(run_id=second.id)[0].kind == "failure"


def test_nothing_is_said_to_be_related_where_nothing_is_shared(book: Book) -> None:
    book.write([Note(kind="warning", message="a slow processor was used")], run_id="a", task="x", model="y")
    assert book.related(Note(kind="failure", message="KeyError: banana", task="z", model="w")) == []


def test_a_book_that_cannot_be_written_does_not_keep_a_model_from_answering(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = Run(task="x", model="y", book=Book(tmp_path / "file" / "notes.db"))
    with run.watched():
        warnings.warn("odd input", stacklevel=1)
    assert run.notes[0].message == "odd input"


def test_notes_are_removed_one_by_one_and_bad_ones_refused(book: Book) -> None:
    book.remark("look again")
    (note,) = book.list_notes()
    assert note.id is not None
    book.forget(note.id)
    with pytest.raises(NotFound):
        book.forget(note.id)
    with pytest.raises(Invalid, match="is empty"):
        book.remark("  ")
    with pytest.raises(Invalid, match="characters"):
        book.remark("a" * 20_000)


def test_a_book_of_thousands_of_runs_stays_small_and_keeps_what_people_wrote(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openhearth.pipelines.notes.book.KEPT", 20)
    book.remark("look again")
    for number in range(60):
        book.write([Note(kind="warning", message=f"odd {number}")], run_id=f"r{number}", task="x", model="y")
    kept = book.list_notes(limit=1000)
    assert [note.message for note in (*kept[:2], kept[-1])] == ["odd 59", "odd 58", "look again"]
    assert len(kept) == 21


def test_what_a_failure_says_is_kept_short_and_without_commands_to_terminals(book: Book) -> None:
    run = Run(task="x", model="folder\n1  forged \x1b[2Jline", book=book)
    with pytest.raises(RuntimeError) as failed, run.watched():
        logging.getLogger("transformers.x").warning("\x1b]0;owned\x07\x1b[2K\x9bodd\rinput")
        raise RuntimeError("\x1b[31mno\x1b[0m " + "x" * 1_000_000)
    warning, failure = book.list_notes()
    assert failure.message.startswith("RuntimeError: no xxx") and len(failure.message) <= 4000
    assert warning.message == "oddinput"
    assert warning.model == "folder 1  forged line"
    assert "\x1b" not in "".join(failed.value.__notes__)


def test_listing_an_unwritten_book_writes_none(tmp_path: Path) -> None:
    assert Book(tmp_path / "folder" / "notes.db").list_notes() == []
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_seen_enough_is_no_failure_of_the_run(book: Book) -> None:
    with pytest.raises(BrokenPipeError), Run(task="x", model="y", book=book).watched():
        raise BrokenPipeError
    assert book.list_notes() == []
