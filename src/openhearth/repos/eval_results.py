"""Scores that a model repo states in `.eval_results/*.yaml`, as clients read them (huggingface_hub _eval_results.py)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from openhearth.cards import read_front_matter
from openhearth.errors import Invalid

FOLDER = ".eval_results/"
FILES_MAX = 32
FILE_MAX_BYTES = 64 << 10
ENTRIES_MAX = 200


def read_eval_results(
    paths: Iterable[str], read: Callable[[str, int], bytes | None]
) -> list[dict[str, Any]] | None:
    """Every entry with its file; a file that cannot be read is one entry that says why. None without files."""
    names = sorted(path for path in paths if path.startswith(FOLDER) and path.endswith((".yaml", ".yml")))
    found = [entry for name in names[:FILES_MAX] for entry in _read_file(name, read(name, FILE_MAX_BYTES))]
    return found[:ENTRIES_MAX] or None


def _read_file(name: str, raw: bytes | None) -> list[dict[str, Any]]:
    try:
        said = read_front_matter(f"entries:\n{_indented((raw or b'').decode('utf-8', 'replace'))}")["entries"]
    except (Invalid, KeyError) as error:
        return [{"filename": name, "error": getattr(error, "message", "The file is empty.")}]
    entries = said if isinstance(said, list) else [said]
    return [_checked(name, entry) for entry in entries]


def _checked(name: str, entry: Any) -> dict[str, Any]:
    dataset = entry.get("dataset") if isinstance(entry, Mapping) else None
    if (
        not isinstance(dataset, Mapping)
        or "id" not in dataset
        or "task_id" not in dataset
        or "value" not in entry
    ):
        return {"filename": name, "error": "An entry needs dataset.id, dataset.task_id and value."}
    return {"filename": name, "data": dict(entry)}


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
