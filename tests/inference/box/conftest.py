"""Boxes rendered without a server: the form of a task, and what is drawn of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from markupsafe import Markup

import openhearth.inference
from openhearth.inference.box.asking import Answer
from openhearth.inference.box.declared import get_box
from openhearth.inference.box.drawings import draw
from openhearth.inference.box.drawings.records import Drawing
from openhearth.inference.box.given import Given
from openhearth.inference.box.widget import Outcome, Widget
from openhearth.kit.names import RepoRef
from openhearth.urls import Urls
from openhearth.web import Web
from tests.web.conftest import request_of

REF = RepoRef("model", "forge", "one")


class Expected:
    """As much of the service as a form needs: it is told who looks."""

    def __init__(self) -> None:
        self.looked_at: list[str] = []

    def expect(self, repo_id: str) -> None:
        self.looked_at.append(repo_id)


@pytest.fixture(scope="module")
def web() -> Web:
    folder = Path(openhearth.inference.__file__).parent / "templates"
    return Web(urls=Urls("http://hub.test"), template_folders={"inference": folder})


@pytest.fixture
def widget(web: Web) -> Widget:
    return Widget(Expected(), web=web, urls=web.urls, allow_private=True)  # type: ignore[arg-type]


def form_of(
    widget: Widget,
    task: str,
    *,
    card: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
) -> str:
    """The box of a model for `task`, as its page shows it."""
    facts = SimpleNamespace(pipeline_tag=task, card=card or {}, config=config)
    return str(widget.slot(request_of(), SimpleNamespace(ref=REF), facts) or "")


def drawing_of(task: str, value: Any, /, **fields: Any) -> Drawing:
    """What is drawn of the JSON answer `value` to `fields`."""
    return draw(Given(box=get_box(task), fields=fields, parameters={}), Answer(value=value))


def html_of_drawing(web: Web, drawing: Drawing) -> str:
    macros = web.environment.get_template("inference/drawings.html").module
    return str(Markup(getattr(macros, drawing.kind)(drawing)))


__all__ = ["Outcome"]
