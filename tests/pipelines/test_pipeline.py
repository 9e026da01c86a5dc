"""`pipeline(…)`: what it understands, what it chooses, and that its answers are those of transformers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openhearth.errors import Forbidden, Invalid, NotFound, TooLarge
from openhearth.pipelines import choice, pipeline
from openhearth.pipelines.tasks import TASKS
from openhearth.pipelines.ways import ways_of
from openhearth.pipelines.words import NotUnderstood
from tests.pipelines import tiny_models
from tests.pipelines.tiny_models import png_bytes, wav_bytes


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which no model is installed."""
    monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path / "starter"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    return tmp_path


def put_on_shelf(machine: Path, made: Path, name: str) -> None:
    """Lay a model where `openhearth starter` lays what it converted."""
    folder = machine / "starter" / "converted" / f"{name}-1"
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(made, target_is_directory=True)
    (made / "README.md").write_text(f"---\npipeline_tag: text-generation\nstarter_recipe: {name}/1\n---\n")


def test_the_task_follows_from_the_model(tiny: dict[str, Path]) -> None:
    pipe = pipeline(model=tiny["image-classification"], threads=1)
    assert pipe.choice.task.name == "image-classification"
    assert pipe(png_bytes())[0]["label"] in ("iron", "steel", "slag")


def test_plain_words_choose_a_task_and_a_model_of_this_machine_and_say_why(
    bare_machine: Path, tmp_path: Path
) -> None:
    put_on_shelf(bare_machine, tiny_models.make_llama(tmp_path / "made"), "tiny-chat")
    pipe = pipeline("I want to summarise a website", threads=1)
    assert pipe.choice.task.name == "summarization"
    assert pipe.choice.takes == "web"
    assert "“website”" in str(pipe.choice)
    assert pipe("Steel is an alloy of iron and carbon.") == [
        {"summary_text": "Steel is an alloy of iron and carbon."}
    ]
    talk = pipeline("talk to me", threads=1)
    assert talk.choice.task.name == "text-generation"
    assert talk.choice.model.name == "starter/tiny-chat"


def test_a_small_chat_model_summarises_if_it_is_named(bare_machine: Path, tmp_path: Path) -> None:
    """Unasked, the text's own sentences are taken: they keep more of it, and make nothing up."""
    put_on_shelf(bare_machine, tiny_models.make_llama(tmp_path / "made"), "tiny-chat")
    assert "starter all-MiniLM-L6-v2" in pipeline("summarization").choice.model_reason
    pipe = pipeline("summarization", model="starter/tiny-chat", threads=1)
    assert "a small one" in pipe.choice.way.how
    (row,) = pipe("Steel is an alloy of iron and carbon.", max_length=5)
    assert set(row) == {"summary_text"}


def test_words_that_fit_nothing_and_a_model_that_is_not_here_are_refused_with_the_remedy() -> None:
    with pytest.raises(NotUnderstood, match="Nearest are"):
        pipeline("time-travel")
    with pytest.raises(NotFound, match="hf download"):
        pipeline("text-generation", model="nobody/nothing")
    with pytest.raises(NotFound, match="openhearth starter SmolLM2"):
        pipeline("answer a question about a text")
    with pytest.raises(NotFound, match="openhearth starter rapidocr"):
        pipeline("read the text in a photo")
    with pytest.raises(Invalid, match="name a task"):
        pipeline()


def test_every_task_can_be_run() -> None:
    assert [name for name, task in TASKS.items() if not ways_of(task)] == []


def test_a_small_chat_model_is_not_taken_for_a_judge_of_feelings(bare_machine: Path, tmp_path: Path) -> None:
    """Asked by prompt, the smallest one is right on six of ten reviews: worse than saying that none is here."""
    put_on_shelf(bare_machine, tiny_models.make_llama(tmp_path / "made"), "tiny-chat")
    with pytest.raises(NotFound, match="no model for text-classification"):
        pipeline("sentiment of reviews")


def test_a_model_made_for_something_else_is_refused_and_what_it_can_do_is_named(
    tiny: dict[str, Path],
) -> None:
    with pytest.raises(Invalid, match="it is made for image-classification"):
        pipeline("translation", model=tiny["image-classification"])


def test_a_model_that_does_not_fit_into_memory_is_refused_before_it_is_loaded(
    tiny: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "_free_bytes", lambda: 1000)
    with pytest.raises(TooLarge, match="GB are free"):
        pipeline("text-generation", model=tiny["text-generation"])


def test_where_none_fits_the_memory_the_smallest_is_named(
    bare_machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_shelf(bare_machine, tiny_models.make_llama(tmp_path / "made"), "tiny-chat")
    monkeypatch.setattr(choice, "_free_bytes", lambda: 1000)
    with pytest.raises(TooLarge, match="starter/tiny-chat needs about"):
        pipeline("text-generation")


def test_code_that_comes_with_a_model_needs_the_commit_that_was_read(tiny: dict[str, Path]) -> None:
    with pytest.raises(Forbidden, match="40 digits"):
        pipeline("text-generation", model=tiny["text-generation"], trust_remote_code=True)


@pytest.mark.parametrize(
    ("task", "inputs", "parameters"),
    [
        ("text-generation", "Steel is", {"max_new_tokens": 6, "do_sample": False}),
        (
            "text-generation",
            [{"role": "user", "content": "Hello"}],
            {"max_new_tokens": 4, "do_sample": False},
        ),
        ("feature-extraction", ["Steel", "The furnace melts iron."], {}),
        ("image-classification", png_bytes(), {"top_k": 2}),
        ("automatic-speech-recognition", wav_bytes(), {}),
    ],
)
def test_answers_are_those_of_transformers(
    tiny: dict[str, Path], task: str, inputs: Any, parameters: dict[str, Any]
) -> None:
    import transformers

    from openhearth.pipelines.inputs import read_image, read_sound

    theirs = transformers.pipeline(task, model=str(tiny[task]), device="cpu")
    plain = inputs
    if task == "image-classification":
        plain = read_image(inputs)
    if task == "automatic-speech-recognition":
        rate_hz = theirs.feature_extractor.sampling_rate
        plain = {"raw": read_sound(inputs, rate_hz=rate_hz), "sampling_rate": rate_hz}
    assert pipeline(task, model=tiny[task], device="cpu")(inputs, **parameters) == theirs(plain, **parameters)


def test_a_generator_gives_answers_one_by_one(tiny: dict[str, Path]) -> None:
    pipe = pipeline("text-generation", model=tiny["text-generation"], threads=1)
    answers = pipe((text for text in ("Steel", "Iron")), max_new_tokens=2)
    assert not isinstance(answers, list)
    assert len(list(answers)) == 2


def test_what_belongs_to_the_loaded_pipeline_is_reached_through_ours(tiny: dict[str, Path]) -> None:
    pipe = pipeline("text-generation", model=tiny["text-generation"], threads=1)
    assert pipe.tokenizer("Steel").input_ids
    assert str(pipe.device) in ("cpu", "cuda:0")
    with pytest.raises(AttributeError):
        _ = pipe.nothing_of_that_name
