"""Models that come as ONNX graphs alone answer as the same model does in torch. The graphs are exported here."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch

from openhearth.engine.any_task import load_any_task
from openhearth.errors import Invalid, TooLarge
from openhearth.pipelines import choice, pipeline
from openhearth.pipelines.model_folder import read_model_folder
from openhearth.protocol.engine import Run
from tests.pipelines.tiny_models import export_onnx, make_bert_for, png_bytes

TEXT = "The furnace melts iron. Ada makes steel of it."
IDS = {"input_ids": torch.tensor([[5, 6, 7]] * 2), "attention_mask": torch.ones(2, 3, dtype=torch.long)}
EXPORTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "text-classification": ("AutoModelForSequenceClassification", IDS, "logits"),
    "token-classification": ("AutoModelForTokenClassification", IDS, "logits"),
    "question-answering": ("AutoModelForQuestionAnswering", IDS, "start_logits end_logits"),
    "feature-extraction": ("AutoModel", IDS, "last_hidden_state"),
    "image-classification": (
        "AutoModelForImageClassification",
        {"pixel_values": torch.zeros(2, 3, 32, 32)},
        "logits",
    ),
}


@pytest.fixture(scope="module")
def graphs(tiny: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("graphs")
    made = {task: export_onnx(tiny[task], root / task, *export) for task, export in EXPORTS.items()}
    masked = make_bert_for(root / "masked", "MaskedLM", ["x", "y"])
    made["fill-mask"] = export_onnx(masked, root / "fill-mask", "AutoModelForMaskedLM", IDS, "logits")
    return made


def scores(answer: Any) -> Any:
    """An answer with its numbers, to be compared."""
    if isinstance(answer, dict):
        return {name: scores(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [scores(value) for value in answer]
    return pytest.approx(answer, abs=1e-3) if isinstance(answer, float) else answer


@pytest.mark.parametrize(
    ("task", "inputs", "parameters"),
    [
        ("text-classification", [TEXT, "Steel"], {"top_k": None}),
        ("token-classification", TEXT, {"aggregation_strategy": "simple"}),
        ("feature-extraction", TEXT, {}),
        ("sentence-similarity", "Steel", {"sentences": ["iron", TEXT]}),
        ("question-answering", {"question": "Who makes steel?", "context": TEXT}, {}),
        ("image-classification", png_bytes(), {"top_k": 3}),
    ],
)
def test_a_graph_answers_as_torch_does(
    graphs: dict[str, Path], tiny: dict[str, Path], task: str, inputs: Any, parameters: dict[str, Any]
) -> None:
    name = "feature-extraction" if task == "sentence-similarity" else task
    by_graph = pipeline(task, model=graphs[name], device="cpu", threads=1)(inputs, **parameters)
    by_torch = pipeline(task, model=tiny[name], device="cpu", threads=1)(inputs, **parameters)
    assert by_graph == scores(by_torch)


def test_a_folder_with_a_graph_says_what_it_is_for(graphs: dict[str, Path]) -> None:
    for task, folder in graphs.items():
        found = read_model_folder(folder)
        assert (found.task, found.graph) == (task, folder / "model.onnx") and found.tensor_bytes > 10_000
    assert pipeline(model=graphs["text-classification"]).choice.task.name == "text-classification"


def test_engines_run_graphs(graphs: dict[str, Path], tiny: dict[str, Path]) -> None:
    from openhearth.engine.tasks import build_loop
    from openhearth.pipelines.loading import LoadOptions

    def answer(folder: Path) -> Any:
        task = load_any_task(
            "text-classification", folder, name="forge/tiny", threads=1, device="cpu", dtype="auto"
        )
        return task.compute([task.decode(Run(request_id=1, inputs=TEXT))], {})

    assert answer(graphs["text-classification"]) == scores(answer(tiny["text-classification"]))
    for task in ("feature-extraction", "image-classification"):  # those that batch
        _, ready = build_loop(task, graphs[task], "forge/tiny", LoadOptions(threads=1), lambda message: None)
        assert (ready.parameters, ready.device) == (0, "cpu")


def test_what_is_no_graph_is_refused(graphs: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(graphs["text-classification"], folder)
    (folder / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(Invalid, match=r"model\.onnx cannot be loaded"):
        pipeline("text-classification", model=folder)


def keep_weights_apart(folder: Path, place: str) -> None:
    """Move the weights of the graph in `folder` to `place`, as the graph names it."""
    graph = onnx.load(str(folder / "model.onnx"))
    onnx.save(
        graph,
        str(folder / "model.onnx"),
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=0,
    )
    apart = onnx.load(str(folder / "model.onnx"), load_external_data=False)
    for tensor in apart.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = place
    onnx.save(apart, str(folder / "model.onnx"))
    (folder / "weights.bin").rename(Path(folder / place))


def test_weights_kept_apart_lie_in_the_folder_or_nowhere(graphs: dict[str, Path], tmp_path: Path) -> None:
    inside, outside, elsewhere = (tmp_path / name / "model" for name in ("inside", "outside", "elsewhere"))
    for folder in (inside, outside, elsewhere):
        shutil.copytree(graphs["text-classification"], folder)
    keep_weights_apart(inside, "weights.bin")
    assert pipeline("text-classification", model=inside)(TEXT)
    keep_weights_apart(outside, "../weights.bin")
    keep_weights_apart(elsewhere, str(tmp_path / "weights.bin"))
    for folder in (outside, elsewhere):
        with pytest.raises(Invalid, match="cannot be loaded"):
            pipeline("text-classification", model=folder)


def test_a_graph_that_does_not_fit_is_refused(
    graphs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "_free_bytes", lambda: 1000)
    with pytest.raises(TooLarge, match="needs about"):
        pipeline("text-classification", model=graphs["text-classification"])


def test_a_graph_that_writes_is_refused_with_what_it_is_made_for(
    tiny: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "writer"
    shutil.copytree(tiny["text-generation"], folder)
    (folder / "model.safetensors").rename(folder / "model.onnx")
    with pytest.raises(Invalid, match="cannot do text-generation"):
        pipeline("text-generation", model=folder)
