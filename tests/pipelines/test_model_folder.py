from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from openhearth.errors import HubError, Invalid, Unsupported
from openhearth.pipelines import pipeline
from openhearth.pipelines.model_folder import read_model_folder


def copy_of(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target)
    return target


def test_a_folder_says_its_task_and_size_without_being_loaded(tiny: dict[str, Path]) -> None:
    # Some tasks have no architecture of their own: their models are made for another.
    speaks_of = {"zero-shot-classification": "text-classification", "summarization": "text2text-generation"}
    for task, folder in tiny.items():
        found = read_model_folder(folder)
        assert found.task == speaks_of.get(task, task)
        assert 0 < found.parameters < 100_000 and found.tensor_bytes >= 4 * found.parameters


@pytest.mark.parametrize(
    ("weights", "remedy"),
    [
        ("pytorch_model.bin", "save_pretrained"),
        ("model.gguf", "converted to safetensors"),
        ("", "model.safetensors"),
    ],
)
def test_other_weights_than_safetensors_are_refused_with_the_remedy(
    tiny: dict[str, Path], tmp_path: Path, weights: str, remedy: str
) -> None:
    folder = copy_of(tiny["text-generation"], tmp_path / "model")
    (folder / "model.safetensors").unlink()
    if weights:
        (folder / weights).write_bytes(b"\x80\x04.")
    with pytest.raises(Unsupported, match=remedy):
        read_model_folder(folder)


def test_an_adapter_alone_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(Unsupported, match="merge it"):
        read_model_folder(tmp_path)


@pytest.mark.parametrize(
    "header", [b"", b"\xff" * 40, b"\x02\x00\x00\x00\x00\x00\x00\x00[]", b"\x40\x00\x00\x00\x00\x00\x00\x00{"]
)
def test_a_file_that_is_no_safetensors_is_refused(
    tiny: dict[str, Path], tmp_path: Path, header: bytes
) -> None:
    folder = copy_of(tiny["text-generation"], tmp_path / "model")
    (folder / "model.safetensors").write_bytes(header)
    with pytest.raises(Invalid, match="no safetensors file"):
        read_model_folder(folder)


def test_an_index_may_not_lead_out_of_the_folder(tiny: dict[str, Path], tmp_path: Path) -> None:
    folder = copy_of(tiny["text-generation"], tmp_path / "model")
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"weight_map": {"a": "../../secret.safetensors"}})
    )
    with pytest.raises(Invalid, match="lacks"):
        read_model_folder(folder)


def test_code_that_comes_with_a_model_is_never_run(tiny: dict[str, Path], tmp_path: Path) -> None:
    folder = copy_of(tiny["text-generation"], tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "architectures": ["EvilForCausalLM"],
        "model_type": "evil",
        "auto_map": {"AutoModelForCausalLM": "evil.Evil"},
    }
    (folder / "config.json").write_text(json.dumps(config))
    proof = tmp_path / "ran"
    (folder / "evil.py").write_text(f"open({str(proof)!r}, 'w')\nclass Evil: ...\n")
    with pytest.raises(HubError, match=r"EvilForCausalLM|evil"):
        pipeline("text-generation", model=folder, threads=1)
    assert not proof.exists()
