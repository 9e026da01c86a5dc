"""An ONNX graph that transformers' pipelines take for their model: its forward runs a session of onnxruntime.

Names of inputs and outputs are those of the model in transformers, as exporters write them. On the processor only.
onnxruntime refuses weights kept apart that lie outside the graph's folder; operators of a library that comes with a
repo are never registered.
"""

from collections.abc import Iterator
from typing import Any

import torch
import transformers
from transformers.utils import ModelOutput

from openhearth.errors import Invalid, Unsupported
from openhearth.pipelines.machine import require_library
from openhearth.pipelines.model_folder import ModelFolder

# Element types of ONNX → numpy's.
_TYPES = {
    "tensor(int64)": "int64", "tensor(int32)": "int32", "tensor(float)": "float32", "tensor(float16)": "float16",
    "tensor(double)": "float64", "tensor(bool)": "bool", "tensor(uint8)": "uint8",
}  # fmt: skip
# What exporters of sentence-transformers call it.
_ALSO_CALLED = {"token_embeddings": "last_hidden_state"}


class OnnxModel:
    """As much of a PreTrainedModel as pipelines ask for."""

    device = torch.device("cpu")
    dtype = torch.float32

    def __init__(self, session: Any, config: Any) -> None:
        self.session, self.config = session, config
        self._wanted = {given.name: _TYPES.get(given.type, "float32") for given in session.get_inputs()}
        self._outputs = [_ALSO_CALLED.get(made.name, made.name) for made in session.get_outputs()]

    def __call__(self, *args: Any, **inputs: Any) -> Any:
        return self.forward(*args, **inputs)

    def forward(self, input_ids: Any = None, **inputs: Any) -> Any:
        """What the graph makes of `inputs`, by the names it gives its outputs. Raises Invalid for inputs it cannot take."""
        given = {"input_ids": input_ids, **inputs}
        feed = {name: self._array(name, kind, given) for name, kind in self._wanted.items()}
        try:
            made = self.session.run(None, feed)
        except Exception as error:  # onnxruntime's own classes share no base but Exception
            if type(error).__module__.startswith("onnxruntime"):
                raise Invalid(
                    f"inputs: the ONNX graph cannot take them ({str(error).partition(chr(10))[0][:200]})."
                ) from error
            raise
        return ModelOutput(
            {name: torch.from_numpy(array) for name, array in zip(self._outputs, made, strict=True)}
        )

    def _array(self, name: str, kind: str, given: dict[str, Any]) -> Any:
        tensor = given.get(name)
        if tensor is None:
            ids = given.get("input_ids")
            if ids is None or name not in ("token_type_ids", "attention_mask", "position_ids"):
                raise Invalid(f"inputs: the ONNX graph asks for {name}, which this task does not give.")
            tensor = {
                "token_type_ids": torch.zeros_like(ids),
                "attention_mask": torch.ones_like(ids),
                "position_ids": torch.arange(ids.shape[-1]).expand_as(ids),
            }[name]
        return tensor.detach().cpu().numpy().astype(kind, copy=False)

    def to(self, *_: Any, **__: Any) -> "OnnxModel":
        return self

    def eval(self) -> "OnnxModel":
        return self

    def can_generate(self) -> bool:
        return False

    def load_adapter(self, path: str) -> None:
        """Raise Unsupported: an adapter changes weights, which a graph does not show."""
        raise Unsupported(
            "model: an adapter cannot be laid over an ONNX graph; take a base that has safetensors."
        )

    def parameters(self) -> Iterator[torch.Tensor]:
        """None: the weights are onnxruntime's."""
        return iter(())


def load_onnx(folder: ModelFolder, threads: int) -> OnnxModel:
    """The graph in `folder`. Raises Invalid for a file that is none, and for weights that lie elsewhere."""
    require_library("onnxruntime", f"{folder.name} holds an ONNX graph, which", extra="run")
    import onnxruntime

    assert folder.graph is not None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or torch.get_num_threads()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(str(folder.graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # as above
        if not type(error).__module__.startswith("onnxruntime"):
            raise
        said = str(error).partition("\n")[0][:200]
        raise Invalid(
            f"{folder.name}: {folder.graph.name} cannot be loaded ({said}); export it again."
        ) from error
    config = transformers.AutoConfig.from_pretrained(folder.path, local_files_only=True)
    # Pipelines look at the name of the class to see whether it is made for their task.
    named = type(folder.architecture or "OnnxModel", (OnnxModel,), {})
    made: OnnxModel = named(session, config)
    return made
