"""scikit-learn models in files: written and read by skops, which names every class that a file would bring to life.

skops is imported where it is used: it looks through all of scikit-learn, which brings torch where that is installed.
Only classes that skops trusts are loaded, and the tree of gradient boosting, which holds arrays alone. The `sklearn` part of
`config.json` is that of skops' hub_utils.
"""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openhearth.errors import Invalid, TooLarge, Unsupported
from openhearth.pipelines.tables.columns import Column

MODEL_FILE = "model.skops"
UNPACKED_MAX_BYTES = 1 << 30
TRUSTED = frozenset({"sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"})
_CARD = """---
library_name: sklearn
pipeline_tag: {task}
---

# Predicts {target}

Learnt by gradient boosting from the columns {columns}. On {rows} rows that were kept apart its {measure} was {value:.3g};
a guess reaches {guess:.3g}.
"""


def save_learnt(
    folder: Path, task: str, model: Any, columns: Sequence[Column], target: str, held_out: dict[str, Any]
) -> None:
    """Write `model` with what it must be given. None of the rows that it learnt from is written."""
    import sklearn
    import skops.io

    folder.mkdir(parents=True, exist_ok=True)
    skops.io.dump(model, folder / MODEL_FILE)
    names = [column.name for column in columns]
    config = {
        "sklearn": {
            "columns": names,
            "environment": [f"scikit-learn={sklearn.__version__}"],
            "model": {"file": MODEL_FILE},
            "model_format": "skops",
            "task": task,
        },
        "columns": [column.as_json() for column in columns],
        "target": target,
        "held_out": held_out,
    }
    (folder / "config.json").write_text(
        json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    card = _CARD.format(task=task, target=target, columns=", ".join(names), **held_out)
    (folder / "README.md").write_text(card, encoding="utf-8")


def load_skops(file: Path, name: str) -> Any:
    """The model in `file`. Raises Unsupported for one that would bring other classes, Invalid for no such file."""
    import skops.io

    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > UNPACKED_MAX_BYTES:
            raise TooLarge(f"{name}: {file.name} unpacks to {unpacked >> 20} MiB, which are too many.")
        foreign = sorted(set(skops.io.get_untrusted_types(file=file)) - TRUSTED)
        if foreign:
            raise Unsupported(
                f"{name}: {file.name} would bring {', '.join(foreign[:4])} to life, which nobody vouches for; "
                "build the model of scikit-learn's own parts and save it again."
            )
        return skops.io.load(file, trusted=sorted(TRUSTED))
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        ImportError,
        zipfile.BadZipFile,
    ) as error:
        said = str(error).partition("\n")[0][:200]
        raise Invalid(
            f"{name}: {file.name} cannot be loaded ({said}); save the model with skops again."
        ) from error
