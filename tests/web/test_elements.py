"""What script adds, in a real browser under the pages' own security policy; and what is there without it."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Literal

import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from openhearth.urls import Urls
from openhearth.web import Web
from openhearth.wire.routing import RawPath
from openhearth.wire.trace import Trace

pytestmark = pytest.mark.browser
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = RawPath(Trace(Starlette(routes=Web(urls=Urls("http://hub.test")).routes())))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/-/components"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The components page, which must load without a complaint."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    yield page
    assert complaints == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_scrolls_sideways(browser: Browser, address: str, width: int, scheme: Scheme) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_a_snippet_is_copied_without_its_prompt(page: Page) -> None:
    page.locator(".snippet copy-button button").first.click()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "export HF_ENDPOINT=http://127.0.0.1:8600\nhf download ada/tiny-summary"


def test_the_theme_changes_at_once_and_stays(page: Page) -> None:
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark theme").click()

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_slash_leads_to_the_search(page: Page) -> None:
    page.keyboard.press("/")

    assert page.evaluate("document.activeElement.name") == "search"


def test_typing_filters_a_facet(page: Page) -> None:
    page.get_by_label("Filter tasks").fill("TRANS")

    assert page.locator(".facet__options li:visible").all_inner_texts() == ["Translation\n9.9k"]


def test_a_menu_closes_on_escape(page: Page) -> None:
    menu = page.locator("details.menu", has_text="Use this model")
    menu.locator("summary").click()
    assert menu.get_by_role("link", name="Open it").is_visible()
    page.keyboard.press("Escape")

    assert not menu.get_by_role("link", name="Open it").is_visible()


def test_an_address_may_mark_a_range_of_lines(page: Page) -> None:
    page.evaluate("location.hash = 'L3-L6'")
    page.locator(".code__line--marked").nth(3).wait_for()

    assert page.locator(".code__line--marked").count() == 4


def test_formulas_are_drawn(page: Page) -> None:
    page.locator(".math--drawn .katex").first.wait_for()

    assert page.locator(".prose .math--drawn").count() == 2


def test_without_script_the_theme_is_a_plain_form(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Dark theme").click()

    assert page.url == address
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator(".copy:visible").count() == 0
    context.close()
