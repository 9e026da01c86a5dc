"""Whoever reads by ear, by keys, without script or on a phone: the rules of axe-core, and a menu that needs no script."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.support.running import RunningHub

pytestmark = pytest.mark.browser
RULES: dict[str, Any] = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = (
    "/", "/tasks", "/tasks?q=summarise+a+website", "/tasks?q=zzz", "/tasks/tabular-classification", "/tasks/translation", "/notes",
)  # fmt: skip


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_nobody_meets_a_barrier(running: RunningHub, browser: Browser, theme: Any, width: int) -> None:
    context = browser.new_context(
        base_url=running.url, viewport={"width": width, "height": 800}, color_scheme=theme, bypass_csp=True
    )
    page = context.new_page()
    found: dict[str, str] = {}
    for path in PAGES:
        page.goto(path)
        page.evaluate("for (const part of document.querySelectorAll('main details')) part.open = true")
        violations = Axe().run(page, options=RULES).response["violations"]
        found |= {f"{path} {rule['id']}": rule["nodes"][0]["html"][:200] for rule in violations}
    context.close()
    assert found == {}


def test_nobody_reaches_every_section_on_a_phone_without_script(
    running: RunningHub, browser: Browser
) -> None:
    context = browser.new_context(
        base_url=running.url, viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/")
    menu = page.get_by_role("navigation", name="Main")
    expect(menu).to_have_count(0)
    page.locator(".header__sections summary").click()
    expect(menu.get_by_role("link")).to_have_text(
        ["Models", "Datasets", "Spaces", "Buckets", "Tasks", "Docs"]
    )
    menu.get_by_role("link", name="Tasks").click()
    expect(page.get_by_role("heading", name="Tasks", exact=True)).to_be_visible()
    context.close()
