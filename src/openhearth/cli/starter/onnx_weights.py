"""Read the weights of an ONNX file back under their PyTorch names; knows the quantised forms, not the model.

Exporters keep the PyTorch names of tensors that they leave alone. Matrices become MatMulNBits nodes named
after their layer: 4-bit numbers in blocks with one scale each, around an implied zero point of 8
(onnxruntime, docs/ContribOperators.md, com.microsoft.MatMulNBits). Embeddings become 8-bit numbers with one
scale for all.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openhearth.cli.starter.recipe import ConversionFailed

Array = npt.NDArray[Any]

_ZERO_POINT = 8
_QUANTISED = re.compile(r"_(scale|zero_point|quantized)$")


def read_weights(path: Path) -> dict[str, Array]:
    """Every weight by its PyTorch name, as float32. Raises ConversionFailed for an unknown form."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights = {
        name: array for name, array in stored.items() if "::" not in name and not _QUANTISED.search(name)
    }
    weights |= dict(_tables(stored))
    weights |= {
        _layer_name(node.name): _matrix(node, stored) for node in graph.node if node.op_type == "MatMulNBits"
    }
    return {name: array.astype(np.float32) for name, array in weights.items()}


def _tables(stored: dict[str, Array]) -> Iterator[tuple[str, Array]]:
    for quantised in (name for name in stored if name.endswith("_quantized")):
        name = quantised.removesuffix("_quantized")
        zero, scale = float(stored[f"{name}_zero_point"]), float(stored[f"{name}_scale"])
        yield name, (stored[quantised].astype(np.float32) - zero) * np.float32(scale)


def _matrix(node: Any, stored: dict[str, Array]) -> Array:
    if len(node.input) > 3 and node.input[3]:
        raise ConversionFailed(f"{node.name}: zero points of its own; only the implied one can be read.")
    width = next(attribute.i for attribute in node.attribute if attribute.name == "K")
    packed, scales = stored[node.input[1]], stored[node.input[2]]
    rows, blocks, _ = packed.shape
    # Two numbers lie in one byte, the lower four bits first.
    numbers = np.stack([packed & 0xF, packed >> 4], axis=-1).reshape(rows, blocks, -1).astype(np.float32)
    scaled = (numbers - _ZERO_POINT) * scales.reshape(rows, blocks, 1)
    return scaled.reshape(rows, -1)[:, :width]


def _layer_name(node_name: str) -> str:
    return node_name.strip("/").removesuffix("/MatMul_Q4").replace("/", ".") + ".weight"
