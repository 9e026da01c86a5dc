"""Models of transformers that come as ONNX graphs only: which file to run, for which tasks. Imports nothing heavy."""

from pathlib import Path

# Where exporters put the graph (optimum, torch.onnx, transformers.js), the whole before the quantised.
_PLACES = (
    "model.onnx",
    "onnx/model.onnx",
    "model_quantized.onnx",
    "onnx/model_quantized.onnx",
    "onnx/model_int8.onnx",
)
# One pass of the model gives the answer. Texts are made token by token, which takes more than a session.
ONNX_TASKS = frozenset({
    "text-classification", "token-classification", "feature-extraction", "fill-mask", "question-answering",
    "image-classification", "image-feature-extraction", "object-detection", "image-segmentation", "depth-estimation",
    "zero-shot-image-classification", "audio-classification", "automatic-speech-recognition",
})  # fmt: skip


def find_graph(folder: Path) -> Path | None:
    """The ONNX file in `folder` that is run: the usual one, or the only one."""
    usual = next((folder / place for place in _PLACES if (folder / place).is_file()), None)
    if usual is not None:
        return usual
    files = [*folder.glob("*.onnx"), *folder.glob("onnx/*.onnx")]
    return files[0] if len(files) == 1 else None


def graph_bytes(graph: Path) -> int:
    """What `graph` weighs with the weights beside it that its exporter kept apart."""
    beside = (graph.with_name(graph.name + ending) for ending in ("_data", ".data"))
    return sum(file.stat().st_size for file in (graph, *beside) if file.is_file())
