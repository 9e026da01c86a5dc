"""What the libraries themselves say, heard in real calls: kept once, explained, and shown when something like it fails."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest

from openhearth.errors import Invalid
from openhearth.pipelines import pipeline
from openhearth.pipelines.notes import Book, Run
from tests.pipelines import tiny_models


@pytest.fixture
def headless(tiny: dict[str, Path], tmp_path: Path) -> Path:
    """An encoder whose config promises a classifier that its weights do not hold."""
    folder = tmp_path / "headless"
    shutil.copytree(tiny["feature-extraction"], folder, ignore=shutil.ignore_patterns("modules.json"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(
        json.dumps({**config, "architectures": ["BertForSequenceClassification"]})
    )
    return folder


@pytest.fixture
def relabelled(tmp_path: Path) -> Path:
    """A classifier of two labels whose config says five."""
    folder = tiny_models.make_bert_for(tmp_path / "relabelled", "SequenceClassification", ["iron", "steel"])
    labels = {str(i): str(i) for i in range(5)}
    config = json.loads((folder / "config.json").read_text())
    config |= {"id2label": labels, "label2id": {name: int(i) for i, name in labels.items()}}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def test_a_head_of_random_numbers_is_told_of(headless: Path) -> None:
    pipe = pipeline("text-classification", headless, device="cpu")
    (report,) = pipe.notes
    assert report.kind == "report"
    assert "classifier.weight" in report.message
    assert "\x1b" not in report.message, "colours are for terminals"
    assert report.means is not None and "random numbers" in report.means
    assert report.remedy is not None
    (kept,) = Book().list_notes()
    assert (kept.message, kept.task, kept.model) == (report.message, "text-classification", str(headless))


def test_an_old_name_and_settings_without_effect_are_told_of_once_each(tiny: dict[str, Path]) -> None:
    pipe = pipeline(
        "text-generation", tiny["text-generation"], device="cpu", model_kwargs={"torch_dtype": "float32"}
    )
    for _ in range(3):
        pipe("Steel", max_new_tokens=2, max_length=9, do_sample=False, temperature=0.3)
    assert len({note.message for note in pipe.notes}) == len(pipe.notes) == 3
    meanings = " ".join(str(note.means) for note in pipe.notes)
    assert "has a new name" in meanings
    assert "Two limits for the length" in meanings
    assert all(note.means for note in pipe.notes)


def test_a_text_beyond_what_a_tokenizer_was_made_for_is_told_of(tiny: dict[str, Path]) -> None:
    judge = pipeline("text-classification", tiny["text-classification"], device="cpu")
    run = Run(task="text-classification", model="forge/judge")
    with run.watched():
        judge.tokenizer("Steel " * 100)
    (note,) = run.notes
    assert note.source.startswith("transformers.")
    assert note.means is not None and "longer than the model can read" in note.means


def test_a_failure_shows_what_was_said_before_it_and_the_earlier_report_on_the_same_tensor(
    headless: Path, relabelled: Path
) -> None:
    Book().remark("the kettle is boiling")
    pipeline("text-classification", headless, device="cpu")
    with pytest.raises(
        Invalid, match=r"cannot be loaded for text-classification: .*ignore_mismatched_sizes"
    ) as failed:
        pipeline("text-classification", relabelled, device="cpu")
    before, earlier = failed.value.__notes__
    assert before.startswith("Said in this run before it failed:")
    assert "MISMATCH" in before.upper()
    assert earlier.startswith("Earlier notes that may have to do with it:")
    assert "the same tensor classifier.bias, classifier.weight" in earlier
    assert "kettle" not in earlier
    assert Book().list_notes()[0].kind in ("failure", "report")


def test_what_nobody_listens_to_is_said_as_ever_and_a_quiet_call_says_nothing(
    tiny: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    judge = pipeline("text-classification", tiny["text-classification"], device="cpu")
    judge("Steel is hard.")
    assert capsys.readouterr() == ("", ""), "no bar, no warning, where nobody watches"
    assert judge.notes == []
    with pytest.warns(UserWarning, match="mine"):
        warnings.warn("mine", UserWarning, stacklevel=1)


def test_between_two_answers_of_a_generator_the_callers_own_warnings_are_their_own(
    tiny: dict[str, Path],
) -> None:
    judge = pipeline("text-classification", tiny["text-classification"], device="cpu")
    answers: Any = judge(text for text in ("Steel", "Iron"))
    next(answers)
    with pytest.warns(UserWarning, match="mine"):
        warnings.warn("mine", UserWarning, stacklevel=1)
    next(answers)
    assert judge.notes == []
