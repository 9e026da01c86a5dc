"""tabular-classification and tabular-regression by a scikit-learn model that was saved with skops."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas

from openhearth.errors import Invalid, Unsupported
from openhearth.kit.names import check_path
from openhearth.pipelines.finding import FoundModel
from openhearth.pipelines.options import PipelineOptions
from openhearth.pipelines.reading.tables import as_table
from openhearth.pipelines.tables.columns import Column, columns_from_json, prepared
from openhearth.pipelines.tables.saving import MODEL_FILE, load_skops


class Saved:
    """`columns` says what the model is given, in order; where nothing says so, it gets the table as it comes."""

    def __init__(self, file: Path, model: Any, columns: Sequence[Column], names: Sequence[str]) -> None:
        self.file, self.model, self.columns, self.names = file, model, columns, names

    def __call__(self, inputs: Any = None, *, table: Any = None) -> list[Any]:
        """A label, or a number, for each row."""
        given = as_table(table if inputs is None else inputs)
        rows = prepared(given, self.columns) if self.columns else self._as_it_comes(given)
        try:
            predicted: list[Any] = self.model.predict(rows).tolist()
        except (ValueError, TypeError, KeyError) as error:
            raise Invalid(
                f"table: the model cannot take it ({str(error).partition(chr(10))[0]}).", param="table"
            ) from error
        return predicted

    def _as_it_comes(self, table: Any) -> Any:
        missing = [name for name in self.names if name not in table.columns]
        if missing:
            raise Invalid(
                f"table: lacks the column {missing[0]!r}; this model looks at {', '.join(self.names)}.",
                param="table",
            )
        chosen = table[list(self.names)] if self.names else table
        # Over the wire numbers come as texts.
        return chosen.apply(lambda cells: numbers if (numbers := _to_numbers(cells)) is not None else cells)


def _to_numbers(cells: Any) -> Any:
    try:
        return pandas.to_numeric(cells)
    except (ValueError, TypeError):
        return None


def load(found: FoundModel, task: str, options: PipelineOptions) -> Saved:
    """The model of `found`. Raises Unsupported for pickles, and for files that would bring other classes."""
    config = found.folder.config
    stated = config.get("sklearn")
    about: Mapping[str, Any] = stated if isinstance(stated, Mapping) else {}
    file = _model_file(found, about)
    model = load_skops(file, found.name)
    stated_names = about.get("columns")
    names: Sequence[Any] = (
        stated_names if isinstance(stated_names, list) else getattr(model, "feature_names_in_", ())
    )
    return Saved(file, model, columns_from_json(config.get("columns")) or (), [str(name) for name in names])


def _model_file(found: FoundModel, about: Mapping[str, Any]) -> Path:
    named = about.get("model")
    file = str(named.get("file", MODEL_FILE)) if isinstance(named, Mapping) else MODEL_FILE
    path = found.path / check_path(file)
    if about.get("model_format", "skops") == "skops" and path.suffix == ".skops" and path.is_file():
        return path
    others = sorted(found.path.glob("*.skops"))
    if others:
        return others[0]
    raise Unsupported(
        f"{found.name} holds no model saved by skops. Pickles and joblib files can run code when they are loaded; load it "
        "where you trust it, and push what skops.io.dump writes."
    )
