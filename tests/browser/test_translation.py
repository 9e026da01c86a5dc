"""From `openhearth starter apertium` to a translation on the model's page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.support.running import RunningHub
from tests.support.starter import install_models

pytestmark = [pytest.mark.browser, pytest.mark.run, pytest.mark.timeout(600)]


def test_ada_translates_on_the_page_of_the_pairs_that_were_installed(page: Page, running: RunningHub) -> None:
    install_models(running, ["apertium"])
    sign_in(page)
    page.goto("/starter/apertium")
    assert page.get_by_label("Into").locator("option").all_inner_texts()[1:] == [
        "English",
        "French",
        "Portuguese",
        "Spanish",
    ]
    page.get_by_label("Text").fill(
        "Les enfants jouent dans le jardin.\n\n- le chat\n- https://example.org/le/chat"
    )
    page.get_by_label("From").select_option("")
    page.get_by_label("Into").select_option("Spanish")
    page.get_by_role("button", name="Translate").click()
    answer = page.locator(".draw-beside")
    expect(answer).to_contain_text("Los niños juegan en el jardín.", timeout=120_000)
    expect(answer).to_contain_text("https://example.org/le/chat")
    expect(answer).to_contain_text("found to be French")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
