"""The YAML block at the top of a README: found, capped, and read into plain JSON values.

Knows no field names. Written by strangers, so: size, depth and node count are capped, merge keys are refused
(nested ones grow without bound), and whatever YAML makes of a value, JSON can hold the result.
"""

import math
import re
from datetime import date, datetime
from typing import Any

import yaml

from openhearth.errors import Invalid

Json = Any  # what json.dumps takes: None, bool, int, float, str, list[Json], dict[str, Json]

BLOCK_MAX_BYTES = 1 << 20
NODES_MAX = 50_000
DEPTH_MAX = 40
NUMBER_MAX_LENGTH = 100
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")

_BLOCK = re.compile(r"\A\ufeff?\s*---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """The safe loader, without merge keys and with repeated keys refused."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise _refused("merge keys (<<) are not allowed", key)
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise _refused(f"duplicated key {key.value!r}", key)
                seen.add(key.value)

    def construct_scalar(self, node: yaml.Node) -> Any:
        """Numbers are read digit by digit (`1:1:1` counts in sixties), which takes long for long ones."""
        if node.tag in _NUMBERS and len(node.value) > NUMBER_MAX_LENGTH:
            raise _refused(f"a number of more than {NUMBER_MAX_LENGTH} characters", node)
        return super().construct_scalar(node)


def _refused(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def split_front_matter(text: str) -> tuple[str | None, str]:
    """The YAML block (None if there is none) and the Markdown after it."""
    match = _BLOCK.match(text)
    if match is None:
        return None, text
    return match.group(1), text[match.end() :]


def read_front_matter(block: str) -> dict[str, Json]:
    """The fields of a YAML block. Raises Invalid with the line where it went wrong."""
    if len(block.encode("utf-8", "surrogatepass")) > BLOCK_MAX_BYTES:
        raise Invalid(f"README.md metadata: longer than {BLOCK_MAX_BYTES} bytes; move long lists into files.")
    try:
        _refuse_bombs(block)
        loaded = yaml.load(block, Loader=_Loader)  # noqa: S506 -- a subclass of the safe loader
    except yaml.YAMLError as error:
        raise Invalid(f"README.md metadata: not valid YAML: {_describe(error)}.") from None
    except (ValueError, OverflowError, RecursionError, TypeError) as error:
        raise Invalid(f"README.md metadata: a value cannot be read ({str(error)[:120]}).") from None
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise Invalid("README.md metadata: must be a mapping of 'key: value' lines.")
    plain = _Plain().convert(loaded, 0)
    assert isinstance(plain, dict)
    return plain


def _refuse_bombs(block: str) -> None:
    """Raise Invalid for too much YAML before it is loaded: libyaml's binding recurses in C, without limit."""
    depth = nodes = 0
    for event in yaml.parse(block, Loader=_Loader):
        nodes += isinstance(event, yaml.NodeEvent)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_MAX or nodes > 2 * NODES_MAX:  # keys are nodes here
            raise _too_much()


def _too_much() -> Invalid:
    return Invalid(
        f"README.md metadata: more than {NODES_MAX} values or {DEPTH_MAX} levels, aliases counted; "
        "make it smaller."
    )


def _describe(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        # The block begins on the line after the first '---', and people count from 1.
        return f"{error.problem} (line {mark.line + 2}, column {mark.column + 1})"
    return " ".join(str(error).split())[:200]


class _Plain:
    """Copies what YAML made into what JSON can hold. Aliases become copies, and copies count."""

    def __init__(self) -> None:
        self.nodes = 0

    def convert(self, value: object, depth: int) -> Json:
        self.nodes += 1
        if self.nodes > NODES_MAX or depth > DEPTH_MAX:
            raise _too_much()
        if isinstance(value, dict):
            return {_key(k): self.convert(v, depth + 1) for k, v in value.items()}
        if isinstance(value, list | tuple | set):
            return [self.convert(item, depth + 1) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        if isinstance(value, str):
            return value.replace("\0", "\ufffd")
        # A whole number beyond 64 bits would not survive most JSON readers.
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63:
            return str(value)
        return value


def _key(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key).replace("\0", "\ufffd")
