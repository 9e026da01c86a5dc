"""The boxes in which models are tried, in a real browser: every form and every drawing on a phone, answers in place."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import openhearth.inference
from openhearth.access import NOBODY
from openhearth.config import Settings
from openhearth.inference.box.asking import Answer
from openhearth.inference.box.declared import get_box
from openhearth.inference.box.drawings import draw
from openhearth.inference.box.forms import Outcome, WidgetPage
from openhearth.inference.box.given import Given, Try
from openhearth.inference.box.samples import OWN_FOLDER
from openhearth.inference.box.shown import to_json
from openhearth.inference.box.widget import Widget
from openhearth.inference.fleet import Fleet
from openhearth.inference.service import Inference
from openhearth.kit.names import RepoRef
from openhearth.pipelines.ways import RUNNABLE
from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.wire.trace import Trace
from tests.inference.box.answers import CASES
from tests.inference.conftest import FolderModels, Model
from tests.support.running import RunningHub, free_port

pytestmark = pytest.mark.browser
REF = RepoRef("model", "forge", "one")
PHONE = {"width": 360, "height": 740}
# What has no name for those who do not see it.
_UNNAMED = """() => [...document.querySelectorAll(".try :is(input, select, textarea, button, img, audio, video, svg)")]
  .filter((element) => element.type !== "hidden" && element.checkVisibility() && !element.closest("[aria-hidden=true]"))
  .filter((element) => !(element.labels?.length || element.ariaLabel || element.textContent.trim() || element.alt != null))
  .map((element) => element.outerHTML.slice(0, 120))"""


@dataclass(frozen=True)
class Boxes:
    """The pages of boxes without a hub around them: `/form/TASK` and `/drawn/NUMBER` of the answers."""

    web: Web
    widget: Widget

    def form(self, request: Request) -> Response:
        request.state.actor, request.state.csrf = NOBODY, "proof"
        facts = Model(REF, request.path_params["task"], config={"chat_template_jinja": "…"})
        box = self.widget.slot(request, SimpleNamespace(ref=REF), facts)
        assert box is not None
        page = WidgetPage(name=REF.id, page_href="/", widget=box)
        return self.web.page(request, "inference/try.html", page)

    def drawn(self, request: Request) -> Response:
        request.state.actor, request.state.csrf = NOBODY, "proof"
        task, value, fields, _ = CASES[request.path_params["number"]]
        given, answer = Given(box=get_box(task), fields=fields, parameters={}), Answer(value=value)
        outcome = Outcome(drawing=draw(given, answer), json=to_json(answer))
        tried = Try(box=get_box(task), values=get_box(task).example)
        return self.widget.forms.page(request, self.widget.place(REF), tried, outcome)


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the pages."""
    folder = tmp_path_factory.mktemp("boxes")
    templates = Path(openhearth.inference.__file__).parent / "templates"
    web = Web(urls=Urls("http://hub.test"), template_folders={"inference": templates})
    inference = Inference(
        models=FolderModels({}, {}), fleet=Fleet(Settings(data=folder), folder=folder / "logs")
    )
    pages = Boxes(web, Widget(inference, web=web, urls=web.urls, allow_private=False))
    app = Starlette(
        routes=[
            Route("/form/{task}", pages.form),
            Route("/drawn/{number:int}", pages.drawn),
            *web.routes(),
        ],
        middleware=[Middleware(Trace)],
    )
    server = uvicorn.Server(uvicorn.Config(app, port=free_port(), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.config.port}"
    server.should_exit = True
    thread.join(10)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_box_and_every_drawing_fits_a_phone_and_names_its_parts(
    boxes: str, browser: Browser, scheme: str
) -> None:
    context = browser.new_context(base_url=boxes, viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    paths = [f"/form/{task}" for task in RUNNABLE] + [f"/drawn/{number}" for number in range(len(CASES))]
    wrong = []
    for path in paths if scheme == "light" else paths[::4]:
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        page.evaluate(
            "document.querySelectorAll('.try details').forEach((details) => { details.open = true; })"
        )
        width, unnamed = page.evaluate("document.documentElement.scrollWidth"), page.evaluate(_UNNAMED)
        if width > PHONE["width"] or unnamed:
            wrong.append((path, width, unnamed))
    context.close()
    assert not wrong and not told


def test_a_form_is_filled_in_by_keyboard_alone(boxes: str, browser: Browser) -> None:
    page = browser.new_page(base_url=boxes)
    page.goto("/form/zero-shot-classification")
    page.get_by_label("Text", exact=True).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Labels", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sort")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Several labels may be right")).to_be_visible()
    page.close()


def drop(page: Page, path: Path, media_type: str) -> None:
    """Drop the file at `path` on the form's drop zone, as a hand would."""
    made = page.evaluate_handle(
        """([content, name, type]) => {
          const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name, { type }));
          return transfer;
        }""",
        [base64.b64encode(path.read_bytes()).decode(), path.name, media_type],
    )
    page.dispatch_event("drop-files", "drop", {"dataTransfer": made})


@pytest.mark.run
def test_a_dropped_picture_is_answered_in_place_with_the_parameters_that_were_set(
    starter: RunningHub, page: Page
) -> None:
    page.goto("/starter/efficientnet-lite0")
    drop(page, OWN_FOLDER / "cat.jpg", "image/jpeg")
    expect(page.locator(".try__outcome img")).to_have_attribute("alt", "cat.jpg")
    page.get_by_text("Parameters", exact=True).click()
    page.get_by_label("Answers").fill("1")
    page.get_by_role("button", name="Say what it shows").click()
    expect(page.locator(".try__outcome .bar")).to_have_count(1, timeout=90_000)
    expect(page.locator(".try__outcome")).to_contain_text("cat")
    expect(page.locator(".try__outcome")).to_contain_text("Answered in")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    expect(page).to_have_url(f"{starter.url}/starter/efficientnet-lite0")
    page.get_by_label("Answers").fill("many")
    page.get_by_role("button", name="Say what it shows").click()
    expect(page.locator(".field--wrong .field__error")).to_contain_text("'many' is no whole number")
    answers = page.get_by_label("Answers")
    expect(answers).to_be_focused()
    expect(answers).to_have_attribute("aria-describedby", "field-top_k-hint field-top_k-error")
    answers.fill("2")
    page.keyboard.press("Enter")
    expect(page.locator(".try__outcome .bar")).to_have_count(2)
    expect(page.locator(".field--wrong")).to_have_count(0)
    page.get_by_text("The same call from your own code").click()
    expect(page.locator(".try__outcome")).to_contain_text("base64.b64encode")


@pytest.mark.run
def test_a_call_that_takes_too_long_is_stopped(starter: RunningHub, page: Page) -> None:
    page.goto("/tasks/summarization?model=starter/SmolLM2-135M-Instruct")
    page.get_by_label("Text", exact=True).fill("Iron is made hot before it is made into steel. " * 200)
    page.get_by_role("button", name="Summarise").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("status").filter(has_text="Stopped.")).to_be_visible()
    expect(page.get_by_role("button", name="Summarise")).to_be_enabled()


@pytest.mark.run
def test_a_form_that_is_sent_twice_is_asked_once_and_keeps_the_focus(starter: RunningHub, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    page.goto("/tasks/sentence-similarity?model=starter/all-MiniLM-L6-v2")
    send = page.get_by_role("button", name="Compare")
    send.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".try__took")).to_be_visible(timeout=90_000)
    expect(send).to_be_focused()
    assert len(asked) == 1


@pytest.mark.run
def test_what_was_said_comes_with_times_and_subtitles(starter: RunningHub, page: Page) -> None:
    page.goto("/starter/whisper-tiny.en")
    page.get_by_role("button", name="A sentence of Jane Austen").click()
    expect(page.locator(".draw-times")).to_contain_text("amiable", timeout=90_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="transcript.srt").click()
    assert "-->" in Path(download.value.path()).read_text(encoding="utf-8")
