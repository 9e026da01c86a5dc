"""Signing in to one hub with an account at another, in a real browser that enforces every page's policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.support.running import PASSWORD, RunningHub, free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def branch(running: RunningHub, tmp_path: Path) -> Iterator[RunningHub]:
    """A second hub, whose people sign in at the first. Browsers keep cookies by host, so it has another name."""
    port = free_port()
    address = f"http://localhost:{port}"
    app = httpx2.post(
        f"{running.url}/api/settings/oauth-apps",
        json={
            "name": "Branch",
            "homepage": address,
            "redirectUris": [f"{address}/sso/callback"],
            "scopes": ["email"],
        },
        headers={"Authorization": f"Bearer {running.tokens['ada']}"},
    ).json()
    hub = RunningHub(
        tmp_path / "data",
        port=port,
        environ={
            "OPENHEARTH_PUBLIC_URL": address,
            "OPENHEARTH_SSO_ISSUER": running.url,
            "OPENHEARTH_SSO_CLIENT_ID": app["clientId"],
            "OPENHEARTH_SSO_CLIENT_SECRET": app["clientSecret"],
            "OPENHEARTH_SSO_LABEL": "Sign in with the main hub",
        },
    )
    yield hub.start()
    hub.stop()


def sign_in_there(page: Page, who: str) -> None:
    page.get_by_label("Name").fill(who)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_ben_signs_in_with_the_other_hub_and_out_of_both(
    running: RunningHub, branch: RunningHub, page: Page
) -> None:
    here = re.compile(rf"^http://localhost:{branch.port}/models$")
    page.goto(f"http://localhost:{branch.port}/login?next=/models")
    page.get_by_role("link", name="Sign in with the main hub").click()
    sign_in_there(page, "ben")
    expect(page.get_by_role("heading", name="Let Branch in?")).to_be_visible()
    page.get_by_role("button", name="Let it in").click()
    expect(page).to_have_url(here)
    page.goto(f"http://localhost:{branch.port}/settings/profile")
    expect(page.get_by_role("main")).to_contain_text("ben")

    page.locator(".header__account").click()
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign out there too").click()
    expect(page.get_by_role("main")).to_contain_text("Branch has signed you out")
    page.get_by_role("button", name="Sign out").last.click()
    expect(page).to_have_url(re.compile(rf"^http://localhost:{branch.port}/(\?.*)?$"))

    # The second time nobody is asked, and the browser leaves the main hub by itself after the password.
    page.goto(f"http://localhost:{branch.port}/login?next=/models")
    page.get_by_role("link", name="Sign in with the main hub").click()
    sign_in_there(page, "ben")
    expect(page).to_have_url(here)
