"""Silero VAD: the ONNX graph's arrays become safetensors under the names of PyTorch's layers.

The package ships a safetensors file too, but with the weights of another training than its ONNX and TorchScript
files (probabilities differ by up to 0.7); ours are those of the ONNX file, which its own code uses.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openhearth.cli.starter.recipe import Card, ConversionFailed, Package, Recipe
from openhearth.cli.starter.recipes import librivox_clips

PACKAGE = Package(
    name="silero-vad",
    version="6.2.3",
    filename="silero_vad-6.2.3-py3-none-any.whl",
    sha256="7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
)
Array = npt.NDArray[Any]

_GRAPH = "silero_vad/data/silero_vad_16k_sequence.onnx"
_WIDTH = 128
_TOLERANCE = 1e-4
# Ours, by the name in the graph.
_NAMES = {
    "stft.forward_basis_buffer": "stft.weight",
    "output.weight": "output.weight",
    "output.bias": "output.bias",
    **{f"encoder.{i}.{part}": f"encoder.{i}.{part}" for i in range(4) for part in ("weight", "bias")},
}
_CONFIG = {
    "model_type": "silero-vad",
    "architectures": ["SileroVAD"],
    "sampling_rate": 16_000,
    "frame_length": 512,
    "context_length": 64,
    "dtype": "float32",
}


def convert(src: Path, out: Path) -> None:
    """Write config and float32 safetensors; compare what they say of one sentence with what the graph says."""
    from safetensors.numpy import save_file

    package = src / PACKAGE.name
    save_file(read_arrays(package / _GRAPH), out / "model.safetensors", metadata={"format": "pt"})
    (out / "config.json").write_text(json.dumps(_CONFIG, indent=2) + "\n", encoding="utf-8")
    shutil.copy(next(package.glob("*.dist-info/licenses/LICENSE")), out / "LICENSE")
    clip = librivox_clips.list_clips(src / librivox_clips.PACKAGE.name)[-1]
    (out / "examples").mkdir()
    shutil.copy(clip.path, out / "examples" / "austen.wav")
    check(out, package / _GRAPH)


def read_arrays(graph_file: Path) -> dict[str, Array]:
    """The weights of the graph by our names."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(graph_file)).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    arrays = {ours: stored[theirs] for theirs, ours in _NAMES.items()}
    (recurrent,) = (node for node in graph.node if node.op_type == "LSTM")
    of_input, of_state, biases = (stored[name][0] for name in recurrent.input[1:4])
    arrays |= {
        "lstm.weight_ih_l0": _reorder(of_input),
        "lstm.weight_hh_l0": _reorder(of_state),
        "lstm.bias_ih_l0": _reorder(biases[: 4 * _WIDTH]),
        "lstm.bias_hh_l0": _reorder(biases[4 * _WIDTH :]),
    }
    return {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}


def _reorder(gates: Array) -> Array:
    """ONNX keeps the gates as input, output, forget, cell (its operator LSTM); torch as input, forget, cell, output."""
    given, output, forget, cell = np.split(gates, 4)
    return np.concatenate([given, forget, cell, output])


def check(folder: Path, graph_file: Path) -> None:
    """Raise ConversionFailed unless both say the same of every frame of a spoken sentence, and nothing of silence."""
    import onnxruntime

    from openhearth.pipelines.inputs import read_sound
    from openhearth.pipelines.silero import load_network

    network = load_network(folder)
    sound = read_sound(folder / "examples" / "austen.wav")
    state = np.zeros((1, 1, _WIDTH), np.float32)
    session = onnxruntime.InferenceSession(graph_file, providers=["CPUExecutionProvider"])
    expected = session.run(
        ["speech_probs"], {"input": network.frames(sound).numpy(), "h": state, "c": state}
    )[0].reshape(-1)
    difference = float(np.abs(network.probabilities(sound) - expected).max())
    quiet = float(network.probabilities(np.zeros_like(sound)).max())
    if difference > _TOLERANCE or quiet > 0.1 or expected.max() < 0.9:
        raise ConversionFailed(
            f"The converted model differs from the graph by {difference:.5f}, and says {quiet:.2f} of silence."
        )


RECIPE = Recipe(
    name="silero-vad",
    repo_type="model",
    version=1,
    packages=(PACKAGE, librivox_clips.PACKAGE),
    convert=convert,
    card=Card(
        title="Silero VAD",
        summary="Finds where somebody speaks in a sound, in any language. 0.3 million parameters.",
        license="mit",
        tags=("audio", "speech", "voice-activity-detection"),
        pipeline_tag="voice-activity-detection",
        library_name="silero-vad",
        widget=({"src": "examples/austen.wav", "example_title": "A sentence of Jane Austen"},),
        origin="Silero VAD 6.2 by the Silero team: the graph for 16,000 samples a second.",
        rights=(
            "MIT (Silero team). `examples/austen.wav` is a LibriVox recording, dedicated to the public domain."
        ),
        conversion=(
            "The weights of the ONNX graph under the names of PyTorch's layers, the gates of the LSTM in "
            "PyTorch's order, float32 as shipped. At every conversion both are given one spoken sentence; they may "
            "differ by 0.0001 in no frame."
        ),
        measured=(
            "Speech 0.83 to 0.94 on average in the five clips of `starter/librivox-clips`, silence below 0.03.",
            "7 seconds of sound in 0.04 seconds on one core.",
        ),
        limits=(
            "Says where there is speech, not who speaks nor what is said.",
            "Singing, crowds and television in the background count as speech in part.",
            "Frames of 32 milliseconds: no boundary is finer than that.",
        ),
        high_level="""
from openhearth import pipeline

find_speech = pipeline("voice-activity-detection", model="starter/silero-vad")
for piece in find_speech("recording.wav"):
    print(f"{piece['start']:.2f} to {piece['end']:.2f} s, {piece['score']:.2f}")
""",
        low_level="""
import soundfile
import torch
from huggingface_hub import hf_hub_download
from safetensors.torch import load_file
from torch.nn import functional as F

w = load_file(hf_hub_download("starter/silero-vad", "model.safetensors"))
sound, rate = soundfile.read("recording.wav", dtype="float32")   # mono, 16,000 samples a second
frames = F.pad(torch.from_numpy(sound), (64, -len(sound) % 512)).unfold(0, 576, 512)
x = F.conv1d(F.pad(frames[:, None], (0, 64), mode="reflect"), w["stft.weight"], stride=128)
print(x[:, :129].square().add(x[:, 129:].square()).sqrt().shape)  # frames, frequencies, steps
""",
    ),
)
