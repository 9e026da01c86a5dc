"""The low-level twins of tasks over tables: pandas, scikit-learn and statsmodels lines, filled with the last call."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from openhearth.errors import Unsupported

if TYPE_CHECKING:
    from openhearth.pipelines.explain import LastCall

ROWS_SHOWN_MAX = 200
_READERS = {".parquet": "read_parquet", ".json": "read_json"}


class Code(str):
    """Lines that stand in a twin as they are."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def learnt(call: "LastCall", worker: Any) -> tuple[str, dict[str, Any]]:
    """Lines that learn what the last call with a target learnt."""
    target = call.parameters.get("target")
    if target is None:
        raise Unsupported("explain: the lines are those that learn; call with a target first.")
    kind = "Classifier" if worker.task == "tabular-classification" else "Regressor"
    return "tabular", {
        "boosting": Code(f"HistGradientBoosting{kind}"), "table": _table(call), "target": target,
        "columns": _columns(worker), "leaf": worker.model["trees"].min_samples_leaf,
        "answer": Code("str" if kind == "Classifier" else "float"),
    }  # fmt: skip


def saved(call: "LastCall", worker: Any) -> tuple[str, dict[str, Any]]:
    """Lines that load a model of skops and ask it."""
    if not worker.columns:
        raise Unsupported(
            "explain: this model's config.json says nothing of its columns, so there is no twin of it."
        )
    from openhearth.pipelines.tables.saving import TRUSTED

    return "tabular.saved", {
        "file": str(worker.file), "trusted": sorted(TRUSTED), "table": _table(call), "columns": _columns(worker),
    }  # fmt: skip


def forecast(call: "LastCall", worker: Any) -> tuple[str, dict[str, Any]]:
    """Lines that fit the model which was chosen, and ask it for the same steps."""
    return "time-series-forecasting", {
        "values": worker.values.tolist(), "settings": worker.settings, "horizon": worker.horizon,
        "alpha": round(1 - worker.level, 6),
    }  # fmt: skip


def _columns(worker: Any) -> list[tuple[str, str]]:
    return [(column.name, column.kind) for column in worker.columns]


def _table(call: "LastCall") -> Code:
    """How the twin comes by the table: from the file or link that was given, else written out."""
    from openhearth.pipelines.reading.tables import as_table

    if isinstance(call.given, str | Path):
        suffix = Path(str(call.given)).suffix.lower()
        if suffix in (".jsonl", ".ndjson"):
            return Code(f"pandas.read_json({str(call.given)!r}, lines=True)")
        if suffix in _READERS:
            return Code(f"pandas.{_READERS[suffix]}({str(call.given)!r})")
        return Code(f"pandas.read_csv({str(call.given)!r}, sep=None, engine='python')")
    table = as_table(call.inputs if call.inputs is not None else call.parameters.get("table"))
    if len(table) > ROWS_SHOWN_MAX:
        raise Unsupported(
            f"explain: {len(table)} rows are too many to write out; give the table as the path of a file."
        )
    cells = {name: [_as_literal(cell) for cell in table[name]] for name in table}
    return Code(f"pandas.DataFrame({cells!r})")


def _as_literal(cell: Any) -> Any:
    """`cell` as something that Python writes as it reads it."""
    if cell is None or cell != cell:
        return None
    if hasattr(cell, "isoformat"):
        return cell.isoformat()
    return cell.item() if hasattr(cell, "item") else cell
