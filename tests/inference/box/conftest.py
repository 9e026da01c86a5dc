"""Boxes rendered without a server: the form of a task, and what is drawn of an answer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from markupsafe import Markup

import openhearth.inference
from openhearth.config import Settings
from openhearth.inference.box.asking import Answer
from openhearth.inference.box.declared import get_box
from openhearth.inference.box.drawings import draw
from openhearth.inference.box.drawings.records import Drawing
from openhearth.inference.box.given import Given
from openhearth.inference.box.widget import Widget
from openhearth.inference.fleet import Fleet
from openhearth.inference.service import Inference
from openhearth.kit.names import RepoRef
from openhearth.urls import Urls
from openhearth.web import Web
from tests.inference.conftest import FolderModels
from tests.web.conftest import request_of

REF = RepoRef("model", "forge", "one")


@pytest.fixture(scope="module")
def web() -> Web:
    folder = Path(openhearth.inference.__file__).parent / "templates"
    return Web(urls=Urls("http://hub.test"), template_folders={"inference": folder})


@pytest.fixture
def widget(web: Web, tmp_path: Path) -> Widget:
    """Of a hub without models: its forms can be looked at."""
    fleet = Fleet(Settings(data=tmp_path), folder=tmp_path / "logs")
    inference = Inference(models=FolderModels({}, {}), fleet=fleet)
    return Widget(inference, web=web, urls=web.urls, allow_private=True)


def form_of(widget: Widget, task: str, *, path: str = "/", **facts_more: Any) -> str:
    """The box of a model for `task`, as the page at `path` shows it."""
    facts = SimpleNamespace(
        **{"pipeline_tag": task, "card": {}, "config": None, "library_name": "transformers", "safetensors": {"total": 1},
           "gguf": None, **facts_more}
    )  # fmt: skip
    return str(widget.slot(request_of(path=path), SimpleNamespace(ref=REF), facts) or "")


def drawing_of(task: str, value: Any, /, **fields: Any) -> Drawing:
    """What is drawn of the JSON answer `value` to `fields`."""
    return draw(Given(box=get_box(task), fields=fields, parameters={}), Answer(value=value))


def html_of_drawing(web: Web, drawing: Drawing) -> str:
    macros = web.environment.get_template("inference/drawings.html").module
    return str(Markup(getattr(macros, drawing.kind)(drawing)))
