"""Tensors as a tree of layers, made from their names alone. Pure; knows headers of files, no weights."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from openhearth.cards import Tensor
from openhearth.web.parts import TensorNode

DEPTH_MAX = 40  # names are a stranger's; what lies deeper stays one name
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, kw_only=True)
class DtypeShare:
    """How many of a model's parameters have a dtype."""

    dtype: str
    parameters: int
    share: float  # of one


@dataclass
class _Module:
    children: dict[str, "_Module"] = field(default_factory=dict)
    tensor: Tensor | None = None

    @property
    def parameters(self) -> int:
        own = self.tensor.parameters if self.tensor else 0
        return own + sum(child.parameters for child in self.children.values())


def dtype_shares(parameters: Mapping[str, int]) -> list[DtypeShare]:
    """Parameters by dtype, most first."""
    total = sum(parameters.values()) or 1
    ordered = sorted(parameters.items(), key=lambda item: (-item[1], item[0]))
    return [DtypeShare(dtype=dtype, parameters=count, share=count / total) for dtype, count in ordered]


def layer_tree(tensors: Iterable[Tensor], *, open_depth: int = 1) -> list[TensorNode]:
    """The modules that `tensors` belong to, in the order people count in; `open_depth` levels open."""
    root = _Module()
    for tensor in tensors:
        module = root
        for part in tensor.name.split(".", DEPTH_MAX):
            module = module.children.setdefault(part, _Module())
        module.tensor = tensor
    return _nodes(root, open_depth)


def _nodes(module: _Module, open_depth: int) -> list[TensorNode]:
    ordered = sorted(module.children.items(), key=lambda item: _natural(item[0]))
    return [_node(name, child, open_depth) for name, child in ordered]


def _node(name: str, module: _Module, open_depth: int) -> TensorNode:
    while len(module.children) == 1 and module.tensor is None:
        # A module that only wraps another is shown as one line: `transformer.h`.
        inner, only = next(iter(module.children.items()))
        name, module = f"{name}.{inner}", only
    children = _nodes(module, open_depth - 1)
    tensor = module.tensor
    return TensorNode(
        name=name,
        shape=tensor.shape if tensor else (),
        dtype=tensor.dtype if tensor else "",
        kind=_kind(module),
        parameters=module.parameters,
        children=children,
        open=open_depth > 0,
    )


def _kind(module: _Module) -> str:
    """What a reader could not see from the line itself."""
    if module.tensor is not None:
        return "" if module.tensor.shape else "scalar"
    blocks = sum(name.isdecimal() for name in module.children)
    return f"{blocks} blocks" if blocks > 1 and blocks == len(module.children) else ""


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts `layer.2` before `layer.10`."""
    parts = (part for part in _DIGITS.split(name) if part)
    return [(0, int(part[:18]), "") if part.isdecimal() else (1, 0, part) for part in parts]
