"""Light, dark, or as the system says: a cookie, set by a plain form."""

import pytest
from starlette.testclient import TestClient

from openhearth.web import HomePage, Web, local_path
from tests.web.conftest import html_of, request_of


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_is_on_the_page(web: Web, theme: str) -> None:
    request = request_of(cookie=f"theme={theme}")

    html = html_of(web.page(request, "web/home.html", HomePage(endpoint="http://hub.test")))

    assert f'<html lang="en" data-theme="{theme}">' in html


@pytest.mark.parametrize("cookie", ["", "theme=auto", 'theme="><script>'])
def test_anything_else_follows_the_system(web: Web, cookie: str) -> None:
    html = html_of(web.page(request_of(cookie=cookie), "web/home.html", HomePage(endpoint="http://hub.test")))

    assert '<html lang="en">' in html


def test_the_form_keeps_the_choice_and_leads_back(client: TestClient) -> None:
    answer = client.post("/-/theme", data={"theme": "dark", "next": "/ada/tiny?x=1"})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/ada/tiny?x=1"
    assert answer.cookies["theme"] == "dark"


def test_an_unknown_theme_means_auto(client: TestClient) -> None:
    assert client.post("/-/theme", data={"theme": "pink; Secure"}).cookies["theme"] == "auto"


@pytest.mark.parametrize(
    "text",
    ["https://evil.test", "//evil.test", "/\\evil.test", "/\t/evil.test", "evil", "", "/a\nSet-Cookie: x"],
)
def test_no_redirect_leaves_the_hub(text: str) -> None:
    assert local_path(text) == "/"
