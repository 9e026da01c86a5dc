"""Reading cards: metadata, tags, and everything a stranger may write there."""

import json

import pytest

from openhearth.cards import ShownByFiles, infer_library, parse_card, read_card, tags_of, validate
from openhearth.errors import Invalid
from openhearth.kit.architectures import infer_task


def test_metadata_and_body_are_told_apart() -> None:
    card = parse_card("---\nlicense: mit\n---\n# Hello\n")
    assert card.metadata == {"license": "mit"}
    assert card.body == "# Hello\n"


def test_a_readme_without_a_block_is_all_body() -> None:
    assert parse_card("# Hello\n---\nnot: metadata\n---\n").metadata == {}


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    assert parse_card("\ufeff---\r\nlicense: mit\r\n---\r\nbody").metadata == {"license": "mit"}


@pytest.mark.parametrize(
    "block",
    [
        "license: [",
        "- a list",
        "a: 1\na: 2",
        "a: !!python/object/apply:os.system [ls]",
        "when: 2024-99-99",
        "number: " + "9" * 5000,
        "<<: {a: 1}",
        "a: " + "[" * 5000,
        "a: &a [*a]",
    ],
)
def test_what_is_no_plain_metadata_is_refused_with_a_sentence(block: str) -> None:
    with pytest.raises(Invalid, match=r"README.md metadata: .+"):
        parse_card(f"---\n{block}\n---\n")


def test_aliases_are_read_where_they_stay_small() -> None:
    assert parse_card("---\na: &x [1]\nb: *x\n---\n").metadata == {"a": [1], "b": [1]}


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(Invalid, match="make it smaller"):
        parse_card("---\n" + "\n".join(lines) + "\n---\n")


def test_everything_that_is_read_can_be_written_as_json() -> None:
    card = parse_card(
        "---\nwhen: 2024-01-02\nnan: .nan\nraw: !!binary aGk=\n1: one\ntrue: yes\nbig: 99999999999999999999\n---\n"
    )
    assert json.loads(json.dumps(card.metadata, allow_nan=False))["when"] == "2024-01-02"


def test_what_stands_in_a_repo_never_raises() -> None:
    card = read_card(b"---\nlicense: [\n---\nbody \xff")
    assert card.problem is not None
    assert card.metadata == {}
    assert card.body.startswith("body")


def test_tags_of_a_model_come_from_card_and_files() -> None:
    card = parse_card(
        "---\nlicense: mit\nlanguage: [en, no]\ndatasets: ada/reviews\nbase_model: ada/base\ntags: [x]\n---\n"
        "See https://arxiv.org/abs/1706.03762.\n"
    )
    shown = ShownByFiles(library="transformers", pipeline_tag="fill-mask", frameworks=("safetensors",))
    assert tags_of(card, "model", shown) == [
        "transformers", "safetensors", "fill-mask", "x", "en", "no", "dataset:ada/reviews", "base_model:ada/base",
        "base_model:finetune:ada/base", "license:mit", "arxiv:1706.03762",
    ]  # fmt: skip


def test_tags_of_a_dataset_carry_the_name_of_their_field() -> None:
    card = parse_card(
        "---\nlanguage: en\ntask_categories: [text-classification]\nsize_categories: [n<1K]\n---\n"
    )
    assert tags_of(card, "dataset", ShownByFiles()) == [
        "task_categories:text-classification", "size_categories:n<1K", "language:en",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("config", "task"),
    [
        ({"architectures": ["BertForMaskedLM"]}, "fill-mask"),
        ({"architectures": ["GPT2LMHeadModel"]}, "text-generation"),
        ({"architectures": ["T5ForConditionalGeneration"], "model_type": "t5"}, "text2text-generation"),
        (
            {"architectures": ["WhisperForConditionalGeneration"], "model_type": "whisper"},
            "automatic-speech-recognition",
        ),
        ({"architectures": ["LlavaForConditionalGeneration"], "vision_config": {}}, "image-text-to-text"),
        ({"architectures": ["BertModel"]}, "feature-extraction"),
        ({"architectures": [7]}, None),
        ({"architectures": "BertModel"}, None),
    ],
)
def test_the_task_is_seen_in_the_architecture(config: dict[str, object], task: str | None) -> None:
    assert infer_task(config)[0] == task


def test_the_library_is_seen_in_the_files() -> None:
    assert infer_library({}, ["adapter_config.json"]) == "peft"
    assert infer_library({"model_type": "bert"}, ["modules.json"]) == "sentence-transformers"
    assert infer_library({"model_type": "bert"}, []) == "transformers"
    assert infer_library({}, ["a.txt"]) is None


def test_validation_names_the_field_and_the_remedy() -> None:
    findings = validate("---\ntags: [{a: 1}]\npipeline_tag: dancing\n---\n", "model")
    assert findings.errors == ['"tags[0]" must be a string']
    assert any("dancing" in warning for warning in findings.warnings)


def test_a_space_needs_a_known_sdk() -> None:
    assert validate("---\nsdk: cobol\n---\n", "space").errors
    assert not validate("---\nsdk: gradio\ncolorFrom: red\n---\n", "space").errors


def test_a_readme_without_metadata_is_only_warned_about() -> None:
    findings = validate("# Hello", "model")
    assert not findings.errors
    assert findings.warnings
