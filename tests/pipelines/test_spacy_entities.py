"""Names found by spaCy: the shape of transformers' pipeline, and spaCy's own names in the caller's own text."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openhearth.cli.starter.install import default_cache, prepare
from openhearth.cli.starter.recipes import choose_recipes
from openhearth.engine.any_task import load_any_task
from openhearth.errors import Invalid
from openhearth.pipelines import pipeline
from openhearth.pipelines.pipe import Pipe
from openhearth.pipelines.spacy_entities import WINDOW_LENGTH, windows
from openhearth.protocol.engine import Run
from tests.pipelines.test_explain import printed_by_twin

needs_model = [pytest.mark.run, pytest.mark.timeout(600)]
TEXTS = (
    "Obama met Merkel in Berlin",
    "Apple is looking at buying a U.K. startup for $1 billion, said Tim Cook on 3 March 2021.",
    "“Ishmael” 🙂 sailed from Nantucket;\n\n  Captain Ahab lost a leg off Japan.",
    "no names are named here",
)


@pytest.fixture(scope="session")
def folder() -> Path:
    return prepare(choose_recipes(["en_core_web_sm"])[0], default_cache())


@pytest.fixture(scope="session")
def loaded(folder: Path) -> Pipe:
    return pipeline("ner", model=folder)


@pytest.fixture
def find(loaded: Pipe, own_data: None) -> Iterator[Pipe]:
    yield loaded


def spans(answer: list[dict[str, Any]]) -> list[tuple[str, str, int, int]]:
    return [(row["word"], row["entity_group"], row["start"], row["end"]) for row in answer]


class TestWithTheModel:
    pytestmark = needs_model

    def test_the_names_are_those_of_the_whole_spacy_pipeline(self, find: Pipe, folder: Path) -> None:
        import spacy

        whole = spacy.load(folder)
        for text in TEXTS:
            own = [(span.text, span.label_, span.start_char, span.end_char) for span in whole(text).ents]
            assert spans(find(text)) == own

    def test_a_score_tells_how_sure_the_reading_is(self, find: Pipe) -> None:
        answer = find("Barack Obama met Angela Merkel in Berlin on Tuesday.")
        assert [set(row) for row in answer] == [{"entity_group", "score", "word", "start", "end"}] * 4
        assert all(0.9 < row["score"] <= 1 for row in answer)
        assert all(0 <= row["score"] < 0.9 for row in find("Obama met Merkel in Berlin")[:2])

    def test_word_by_word_as_transformers_does_without_aggregation(self, find: Pipe) -> None:
        answer = find("Ada lives in New York", aggregation_strategy="none")
        assert [(row["entity"], row["word"], row["index"], row["start"], row["end"]) for row in answer] == [
            ("B-PERSON", "Ada", 1, 0, 3),
            ("B-GPE", "New", 4, 13, 16),
            ("I-GPE", "York", 5, 17, 21),
        ]

    def test_labels_may_be_left_out_and_several_texts_give_several_lists(self, find: Pipe) -> None:
        answers = find(["Ada lives in Paris.", "Nobody is at home."], ignore_labels=["GPE"])
        assert [[row["word"] for row in answer] for answer in answers] == [["Ada"], []]
        assert [len(answer) for answer in find(text for text in ("Ada lives in Paris.", "It rains."))] == [
            2,
            0,
        ]

    def test_a_book_is_read_to_its_end(self, find: Pipe) -> None:
        book = "The road goes on and on. \n\n" * 2000 + "Angela Merkel lives in Berlin."
        assert len(book) > 2 * WINDOW_LENGTH
        answer = find(book)
        assert [row["word"] for row in answer[-2:]] == ["Angela Merkel", "Berlin"]
        assert all(book[row["start"] : row["end"]] == row["word"] for row in answer)

    def test_the_twin_prints_the_same_names(self, find: Pipe) -> None:
        answer = find(TEXTS[0])
        said = "\n".join(f"{row['entity_group']} {row['start']} {row['end']}" for row in answer)
        assert printed_by_twin(find) == said

    def test_an_engine_of_the_hub_answers_alike(self, find: Pipe, folder: Path) -> None:
        task = load_any_task(
            "token-classification", folder, name="starter/names", threads=1, device="auto", dtype="auto"
        )
        request = Run(request_id=1, inputs=TEXTS[0], parameters={})
        assert task.compute([task.decode(request)], {}) == [find(TEXTS[0])]

    @pytest.mark.parametrize(
        ("inputs", "parameters", "message"),
        [
            ("", {}, "a text is empty"),
            (7, {}, "int is no text"),
            (["Ada", None], {}, "NoneType is no text"),
            ("Ada", {"aggregation_strategy": "middle"}, "'middle' is none of none, simple"),
            ("Ada", {"top_k": 2}, "top_k: is no parameter"),
        ],
    )
    def test_what_cannot_be_read_is_refused(
        self, find: Pipe, inputs: Any, parameters: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(Invalid, match=message):
            find.worker(inputs, **parameters)

    def test_a_broken_folder_is_named(self, folder: Path, tmp_path: Path) -> None:
        broken = shutil.copytree(folder, tmp_path / "broken")
        (broken / "ner" / "model").write_bytes(b"no model")
        with pytest.raises(Invalid, match="cannot be loaded by spaCy"):
            pipeline("ner", model=broken)
        config = (broken / "config.cfg").read_text()
        (broken / "config.cfg").write_text(config.replace('"lemmatizer","ner"', '"lemmatizer"'))
        with pytest.raises(Invalid, match="names no 'ner'"):
            pipeline("ner", model=broken)
        (broken / "config.cfg").write_bytes(b"\xff\xfe")
        with pytest.raises(Invalid, match="cannot be read"):
            pipeline("ner", model=broken)

    def test_general_names_and_personal_data_have_a_model_each(self, folder: Path) -> None:
        prepare(choose_recipes(["rampart-pii"])[0], default_cache())
        assert pipeline("ner").choice.model.name == "starter/en_core_web_sm"
        assert pipeline("which people are named in this text").choice.model.name == "starter/en_core_web_sm"
        personal = pipeline("find personal data in a letter").choice
        assert (personal.model.name, personal.model_reason) == (
            "starter/rampart-pii",
            "made for what you ask",
        )


@pytest.mark.parametrize(
    "text", ["", "short", "word " * 40, "A sentence. " * 20, "x" * 95, "one\n\ntwo " * 30, "é🙂 " * 50]
)
def test_windows_make_up_the_text_and_cut_no_word_that_fits(text: str) -> None:
    parts = [text[start:end] for start, end in windows(text, 30)]
    assert "".join(parts) == text
    assert all(len(part) <= 30 for part in parts)
    if "x" not in text:
        assert [word for part in parts for word in part.split()] == text.split()
