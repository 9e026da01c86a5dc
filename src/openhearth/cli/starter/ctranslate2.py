"""Read the `model.bin` of CTranslate2 as plain numpy arrays; knows the file format, not what the model is.

Format: OpenNMT/CTranslate2, python/ctranslate2/specs/model_spec.py (`_serialize`), binary version 6: little
endian, strings are a 16-bit length and a zero-terminated text, then variables with shape, type and bytes,
then aliases.
"""

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from openhearth.cli.starter.recipe import ConversionFailed

Array = npt.NDArray[np.float32]

_VERSION = 6
_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def read_model(path: Path) -> dict[str, Array]:
    """Every variable by its name, as float32. Raises ConversionFailed for another format version."""
    with path.open("rb") as stream:
        (version,) = _numbers(stream, "I")
        if version != _VERSION:
            raise ConversionFailed(f"{path.name}: CTranslate2 format {version}; only {_VERSION} can be read.")
        _text(stream)  # the name of the specification, for instance WhisperSpec
        _, count = _numbers(stream, "II")
        variables = dict(_variable(stream) for _ in range(count))
        (alias_count,) = _numbers(stream, "I")
        for _ in range(alias_count):
            alias, name = _text(stream), _text(stream)
            variables[alias] = variables[name]
    return variables


def _variable(stream: BinaryIO) -> tuple[str, Array]:
    name = _text(stream)
    (rank,) = _numbers(stream, "B")
    shape = _numbers(stream, "I" * rank)
    kind, size_bytes = _numbers(stream, "BI")
    return name, np.frombuffer(stream.read(size_bytes), dtype=_TYPES[kind]).reshape(shape).astype(np.float32)


def _text(stream: BinaryIO) -> str:
    (length,) = _numbers(stream, "H")
    return stream.read(length)[:-1].decode()


def _numbers(stream: BinaryIO, layout: str) -> tuple[int, ...]:
    layout = "<" + layout
    return struct.unpack(layout, stream.read(struct.calcsize(layout)))
