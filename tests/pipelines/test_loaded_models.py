"""Pipelines as programs for transformers open, keep and hand on them: with a model and its parts in memory, copied, pickled."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from openhearth.errors import Invalid, NotFound, Unsupported
from openhearth.pipelines import pipeline
from openhearth.pipelines.pipe import Pipe

TEXT = "Steel is hard."


@pytest.fixture(scope="module")
def judge(tiny: dict[str, Path]) -> Pipe:
    return pipeline("text-classification", tiny["text-classification"], device="cpu")


def loaded(auto_class: Any, folder: Path) -> tuple[Any, Any]:
    return auto_class.from_pretrained(folder), transformers.AutoTokenizer.from_pretrained(folder)


def test_a_model_in_memory_is_worked_with_its_tokenizer(judge: Pipe, tiny: dict[str, Path]) -> None:
    model, tokenizer = loaded(transformers.AutoModelForSequenceClassification, tiny["text-classification"])
    expected = judge(TEXT)
    for task in ("text-classification", "sentiment of reviews", None):
        pipe = pipeline(task, model=model, tokenizer=tokenizer)
        assert pipe(TEXT) == expected
        assert pipe.model is model
    assert pipeline("sentiment-analysis", model=model)(TEXT) == expected, "its files are still there"
    with torch.no_grad():
        model.classifier.bias += torch.tensor([9.0, 0.0])
    assert pipeline("sentiment-analysis", model=model)(TEXT)[0]["label"] == "iron", "it is that very model"


def test_a_lost_task_takes_a_model_in_memory_too(tiny: dict[str, Path]) -> None:
    model, tokenizer = loaded(transformers.AutoModelForSeq2SeqLM, tiny["summarization"])
    expected = pipeline("summarization", tiny["summarization"], device="cpu")(TEXT, max_length=6)
    assert pipeline("summarization", model=model, tokenizer=tokenizer)(TEXT, max_length=6) == expected
    assert pipeline("summarization", model=model, tokenizer=tokenizer, max_length=6)(TEXT) == expected
    marks, its_tokenizer = loaded(transformers.AutoModelForQuestionAnswering, tiny["question-answering"])
    answer = pipeline("question-answering", model=marks, tokenizer=its_tokenizer)
    assert answer(question="What is hard?", context=TEXT)["answer"] in TEXT


def test_a_model_from_nowhere_says_which_part_it_lacks(tiny: dict[str, Path]) -> None:
    model, tokenizer = loaded(transformers.AutoModelForSequenceClassification, tiny["text-classification"])
    model.config.name_or_path = ""
    with pytest.raises(
        Invalid, match=r"tokenizer: is missing; BertForSequenceClassification is given loaded"
    ):
        pipeline("text-classification", model=model)
    assert pipeline("text-classification", model=model, tokenizer=tokenizer)(TEXT)
    with pytest.raises(Invalid, match=r"cannot do image-classification; it is made for text-classification"):
        pipeline("image-classification", model=model, tokenizer=tokenizer)


def test_parts_are_named_as_models_are_and_nothing_is_downloaded(
    judge: Pipe, tiny: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    folder = tiny["text-classification"]
    assert pipeline("text-classification", folder, tokenizer=str(folder), device=-1)(TEXT) == judge(TEXT)
    with pytest.raises(NotFound, match="'nobody/nothing' is no folder and not in the local cache"):
        pipeline("text-classification", folder, tokenizer="nobody/nothing")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"device": "cuda:99"}, "device: 'cuda:99' is not on this machine; use cpu, or leave it out."),
        ({"device": "furnace"}, "device: 'furnace' is not on this machine; use cpu, or leave it out."),
        ({"dtype": "float1"}, "dtype: 'float1' is no number format; use auto, a dtype of torch, or one of "),
        ({"model": 5}, "model: int is no model; give a folder, an id, or a model of transformers that is loaded."),
        ({"model": " "}, "model: the name is empty; give a folder or an id, or leave it out to have one chosen."),
        ({"model": "a" * 5000}, "model: 'aaaa"),
        ({"model": "../x\0y"}, "model: '../x\\x00y' is no folder"),
        ({"task": ["ner"]}, "task: list is no task; give its name, or say in words what you want."),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_is_named(
    options: dict[str, Any], sentence: str, tiny: dict[str, Path]
) -> None:
    given: dict[str, Any] = {
        "task": "text-classification",
        "model": tiny["text-classification"],
        **options,
    }
    for task in ("text-classification", "question-answering"):
        named = {**given, "task": given["task"] if isinstance(given["task"], list) else task}
        if task == "question-answering" and isinstance(given["model"], Path):
            named["model"] = tiny[task]
        with pytest.raises((Invalid, NotFound)) as refused:
            pipeline(**named)
        assert refused.value.message.startswith(sentence)


def test_a_model_in_the_place_of_the_task_is_pointed_to_its_own(tiny: dict[str, Path]) -> None:
    with pytest.raises(Invalid, match="is a model of this machine; give it as model="):
        pipeline(str(tiny["text-classification"]))


def test_the_former_name_of_dtype_counts_for_every_task(tiny: dict[str, Path]) -> None:
    for task in ("text-classification", "summarization"):
        assert pipeline(task, tiny[task], torch_dtype=torch.bfloat16).model.dtype is torch.bfloat16


def test_a_pipe_is_copied_pickled_and_used_by_threads(judge: Pipe) -> None:
    expected = judge(TEXT)
    assert copy.deepcopy(judge)(TEXT) == expected
    assert pickle.loads(pickle.dumps(judge))(TEXT) == expected
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(judge, [TEXT] * 40)) == [expected] * 40


def test_what_is_the_pipelines_own_is_seen_and_set_there(tiny: dict[str, Path]) -> None:
    pipe = pipeline("text-classification", tiny["text-classification"], device="cpu")
    assert {"tokenizer", "save_pretrained", "choice"} <= set(dir(pipe))
    other = copy.deepcopy(pipe.model)
    with torch.no_grad():
        other.classifier.bias += torch.tensor([9.0, 0.0])
    pipe.model = other
    assert pipe(TEXT)[0]["label"] == "iron"
    assert not hasattr(pipe, "no_such_thing")


def test_a_lost_task_has_what_each_pipeline_has(tiny: dict[str, Path], tmp_path: Path) -> None:
    shorten = pipeline("summarization", tiny["summarization"], device="cpu")
    assert (shorten.task, shorten.device.type) == ("summarization", "cpu")
    expected = shorten([TEXT, "Iron."], max_length=5)
    assert shorten([TEXT, "Iron."], max_length=5, batch_size=2, num_workers=0) == expected
    shorten.save_pretrained(tmp_path / "kept")
    assert (
        pipeline("summarization", tmp_path / "kept", device="cpu")([TEXT, "Iron."], max_length=5) == expected
    )
    rewrite = pipeline("text2text-generation", tiny["summarization"], device="cpu")
    assert len(rewrite(TEXT, num_return_sequences=3, do_sample=True, max_length=4)) == 3
    assert rewrite(TEXT * 200, max_length=2)
    assert any("only the first" in note.message for note in rewrite.notes)


def test_a_compiled_model_is_the_model_that_was_compiled(judge: Pipe, tiny: dict[str, Path]) -> None:
    model, tokenizer = loaded(transformers.AutoModelForSequenceClassification, tiny["text-classification"])
    pipe = pipeline("text-classification", model=torch.compile(model, backend="eager"), tokenizer=tokenizer)
    assert pipe(TEXT)[0]["label"] == judge(TEXT)[0]["label"]


def test_what_needs_the_files_of_a_model_says_so(tiny: dict[str, Path]) -> None:
    model, tokenizer = loaded(transformers.AutoModel, tiny["feature-extraction"])
    with pytest.raises(Unsupported, match="is given loaded, and nearness of meaning loads its own"):
        pipeline("sentence-similarity", model=model, tokenizer=tokenizer)
    model.config.name_or_path = ""
    vectors = pipeline("feature-extraction", model=model, tokenizer=tokenizer)
    vectors(TEXT)
    with pytest.raises(Unsupported, match="explain: the model is in memory alone; save it to a folder"):
        vectors.explain()
