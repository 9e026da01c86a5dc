"""Adapters as people have them, whole and broken; and models whose files lack what nobody would miss at once."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openhearth.errors import HubError, Invalid, NotFound, Unsupported
from openhearth.pipelines import pipeline
from openhearth.pipelines.model_folder import read_model_folder
from openhearth.pipelines.notes import Book
from tests.pipelines.test_explain import printed_by_twin

GREEDY: dict[str, Any] = {"max_new_tokens": 6, "do_sample": False}


def adapt(base: Path, folder: Path, auto_class: str, modules: list[str]) -> Path:
    """An adapter of random numbers over `base`."""
    import torch
    import transformers
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    config = LoraConfig(r=4, lora_alpha=32, target_modules=modules, init_lora_weights=False)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", FutureWarning
        )  # peft 0.21 asks transformers 5.23 for an attribute by its old name
        get_peft_model(getattr(transformers, auto_class).from_pretrained(base), config).save_pretrained(
            folder
        )
    return folder


@pytest.fixture(scope="module")
def adapter(tiny: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapters") / "of-llama"
    return adapt(tiny["text-generation"], folder, "AutoModelForCausalLM", ["q_proj", "v_proj"])


def changed(adapter: Path, folder: Path, **said: Any) -> Path:
    shutil.copytree(adapter, folder)
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**config, **said}))
    return folder


def test_an_adapter_answers_for_itself_and_its_lines_say_the_same(
    tiny: dict[str, Path], adapter: Path
) -> None:
    pipe = pipeline(model=adapter, device="cpu")
    (row,) = pipe("Steel is", **GREEDY)
    (plain,) = pipeline("text-generation", tiny["text-generation"], device="cpu")("Steel is", **GREEDY)
    assert row != plain
    assert printed_by_twin(pipe) == row["generated_text"].strip()


def test_an_adapter_of_vectors_is_not_left_out(tiny: dict[str, Path], tmp_path: Path) -> None:
    folder = adapt(tiny["feature-extraction"], tmp_path / "of-encoder", "AutoModel", ["query", "value"])
    others = ["Iron melts.", "Paris"]
    near, plain = (
        pipeline("sentence-similarity", model, device="cpu")("Steel is hard.", sentences=others)
        for model in (folder, tiny["feature-extraction"])
    )
    assert near != pytest.approx(plain, abs=1e-4)


def _cut(folder: Path) -> None:
    weights = folder / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-50])


BROKEN: list[tuple[Callable[[Path], object], type[HubError], str]] = [
    (
        lambda folder: (folder / "adapter_model.safetensors").unlink(),
        Invalid,
        "lacks adapter_model.safetensors",
    ),
    (
        lambda folder: (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin"),
        Unsupported,
        "pickle",
    ),
    (lambda folder: (folder / "adapter_model.safetensors").write_bytes(b""), Invalid, "no safetensors file"),
    (_cut, Invalid, "ends before its tensors do"),
    (lambda folder: (folder / "adapter_config.json").write_text("[" * 100_000), Invalid, "cannot be read"),
]


@pytest.mark.parametrize(("breaks", "error", "says"), BROKEN)
def test_a_broken_adapter_is_one_sentence(
    breaks: Callable[[Path], object], error: type[HubError], says: str, adapter: Path, tmp_path: Path
) -> None:
    folder = changed(adapter, tmp_path / "broken")
    breaks(folder)
    with pytest.raises(error, match=says):
        pipeline(model=folder)


def test_the_base_of_an_adapter_is_named_where_it_is_the_trouble(adapter: Path, tmp_path: Path) -> None:
    with pytest.raises(
        NotFound, match=r"is an adapter made for 'nobody/none'\. model: 'nobody/none' is no folder"
    ) as missing:
        pipeline(model=changed(adapter, tmp_path / "lost", base_model_name_or_path="nobody/none"))
    assert str(missing.value) == missing.value.message
    with pytest.raises(Unsupported, match="which is an adapter itself"):
        pipeline(model=changed(adapter, tmp_path / "stacked", base_model_name_or_path=str(adapter)))
    with pytest.raises(Unsupported, match="which is an adapter itself"):
        pipeline(
            model=changed(adapter, tmp_path / "circle", base_model_name_or_path=str(tmp_path / "circle"))
        )


def test_a_model_without_a_tokenizer_is_refused_and_does_not_answer_nonsense(
    tiny: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "speechless"
    shutil.copytree(tiny["text-classification"], folder, ignore=shutil.ignore_patterns("tokenizer*"))
    with pytest.raises(Invalid, match=r"holds no tokenizer\.json"):
        pipeline("text-classification", folder, device="cpu")


@pytest.mark.parametrize(
    "config",
    ["[" * 100_000, '{"architectures": {"a": 1}}', '{"architectures": 3}', '{"architectures": "Bert"}'],
)
def test_an_odd_configuration_does_not_keep_others_from_being_found(
    config: str, tiny: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One spoilt repo in the cache, and every choice of a model failed."""
    repo = tmp_path / "hub" / "models--eve--odd"
    shutil.copytree(tiny["text-classification"], repo / "snapshots" / "c0ffee")
    (repo / "snapshots" / "c0ffee" / "config.json").write_text(config)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text("c0ffee")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("OPENHEARTH_STARTER_CACHE", str(tmp_path / "none"))
    with pytest.raises(NotFound, match="no model for text-classification is on this machine"):
        pipeline("text-classification")


@pytest.mark.parametrize(
    "tensor",
    [
        '"shape":[1e400],"data_offsets":[0,4]',
        '"shape":[-5],"data_offsets":[0,4]',
        '"shape":[1],"data_offsets":[0]',
    ],
)
def test_sizes_that_no_file_has_are_no_safetensors(
    tensor: str, tiny: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "endless"
    shutil.copytree(tiny["text-classification"], folder)
    header = f'{{"x":{{"dtype":"F32",{tensor}}}}}'.encode()
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(Invalid, match="no safetensors file"):
        read_model_folder(folder)


def test_two_failures_to_load_are_not_related_by_our_own_sentence(
    adapter: Path, tiny: dict[str, Path], tmp_path: Path
) -> None:
    wrong = changed(adapter, tmp_path / "wrong", base_model_name_or_path=str(tiny["text-classification"]))
    with pytest.raises(Invalid, match="Target modules"):
        pipeline("text-classification", wrong, device="cpu")
    cut = tmp_path / "cut"
    shutil.copytree(tiny["text-classification"], cut)
    (cut / "model.safetensors").write_bytes((cut / "model.safetensors").read_bytes()[:-100])
    with pytest.raises(Invalid, match="file not fully covered") as failed:
        pipeline("text-classification", cut, device="cpu")
    assert "Target modules" not in "".join(getattr(failed.value, "__notes__", []))
    failure, earlier = (note for note in Book().list_notes() if note.kind == "failure")
    assert (failure.source.partition(".")[0], earlier.source.partition(".")[0]) == ("transformers", "peft")
