"""Every page of `web/` with empty, ordinary and extreme content, as nobody and as ada."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError, meta

from openhearth.access import NOBODY, Actor
from openhearth.errors import Forbidden, HubError, Invalid, RepoNotFound
from openhearth.web import ErrorPage, HomePage, Web
from openhearth.web.samples import LONG, sample_repos
from openhearth.web.showcase import ShowcasePage, sample_page
from tests.web.conftest import ADA, Elements, html_of, names_made_in, request_of

CONTEXTS: dict[str, type] = {
    "web/home.html": HomePage,
    "web/error.html": ErrorPage,
    "web/showcase.html": ShowcasePage,
}
ENDPOINT = "http://hub.test"


def homes() -> Sequence[HomePage]:
    repos = sample_repos(datetime.now(UTC))
    full = HomePage(
        endpoint=ENDPOINT, models=repos, datasets=repos, spaces=repos, own=repos, model_count=2_000_000
    )
    many = HomePage(endpoint=ENDPOINT + "/" + LONG, models=repos * 200)
    return HomePage(endpoint=ENDPOINT), full, many


@pytest.mark.parametrize("actor", [NOBODY, ADA], ids=["nobody", "ada"])
@pytest.mark.parametrize("page", homes(), ids=["empty", "ordinary", "extreme"])
def test_home_renders(web: Web, actor: Actor, page: HomePage) -> None:
    html = html_of(web.page(request_of(actor), "web/home.html", page))

    assert f"export HF_ENDPOINT={page.endpoint}" in html
    assert ("Sign out" in html) == (actor is ADA)
    assert html.count("<h1") == 1


def test_home_offers_no_account_where_nobody_may_make_one(web: Web) -> None:
    html = html_of(web.page(request_of(), "web/home.html", HomePage(endpoint=ENDPOINT)))

    assert "Make an account" not in html


@pytest.mark.parametrize("template", CONTEXTS)
def test_a_template_uses_only_the_fields_of_its_context(web: Web, template: str) -> None:
    tree = web.environment.parse((web.folder_of("web") / template.removeprefix("web/")).read_text())
    used = meta.find_undeclared_variables(tree) - names_made_in(tree)

    assert used - {"shell", "static", "urls"} <= {field.name for field in fields(CONTEXTS[template])}


def test_every_template_compiles(web: Web) -> None:
    for name in web.template_names:
        web.environment.get_template(name)


def test_a_missing_variable_is_an_error_and_not_an_empty_text(web: Web) -> None:
    @dataclass
    class Empty: ...

    with pytest.raises(UndefinedError):
        web.page(request_of(), "web/error.html", Empty())


def test_a_context_must_be_a_dataclass(web: Web) -> None:
    with pytest.raises(TypeError, match="context: dict"):
        web.page(request_of(), "web/error.html", {"status": 404})


@pytest.mark.parametrize(
    "error", [HubError("Oh."), Invalid("name: '<b>' is bad."), Forbidden(""), RepoNotFound(f"{LONG}/{LONG}")]
)
def test_an_error_page_has_the_errors_status_and_its_sentence_escaped(web: Web, error: HubError) -> None:
    response = web.error_page(request_of(path="/some/%3Cb%3E"), error)

    assert response.status_code == error.status
    assert "<b>" not in html_of(response)


def test_a_stranger_reads_the_same_page_for_a_missing_and_a_private_repo(web: Web) -> None:
    html = html_of(web.error_page(request_of(), RepoNotFound("ada/secret", anonymous=True)))

    assert "Nothing is here" in html
    assert 'href="/login"' in html


def test_pages_are_kept_by_no_shared_cache(web: Web) -> None:
    response = web.page(request_of(), "web/home.html", HomePage(endpoint=ENDPOINT), headers={"X-More": "1"})

    assert response.headers["cache-control"] == "private, no-cache"
    assert response.headers["x-more"] == "1"


def test_signing_in_leads_back_to_the_page(web: Web) -> None:
    html = html_of(web.error_page(request_of(path="/ada/tiny%2Fx"), Forbidden("No.")))

    assert "/login?next=/ada/tiny%252Fx" in Elements(html).values("href")


def test_the_components_page_shows_every_component(web: Web) -> None:
    page = sample_page(web.icon_names)
    html = html_of(web.page(request_of(), "web/showcase.html", page))
    source = (web.folder_of("web") / "showcase.html").read_text()
    components = web.environment.get_template("web/components.html").make_module().__dict__
    # These are shown inside others, or need a signed-in reader.
    inside_others = {"logo", "repo_icon", "repo_item", "repo_card", "repo_name", "csrf_field"}
    names = {name for name in components if not name.startswith("_")}

    assert [name for name in sorted(names - inside_others) if f"c.{name}(" not in source] == []
    assert LONG in html


@pytest.mark.parametrize("actor", [NOBODY, ADA], ids=["nobody", "ada"])
def test_no_page_holds_inline_script_or_style(web: Web, actor: Actor) -> None:
    for template, context in (
        ("web/showcase.html", sample_page(web.icon_names)),
        ("web/home.html", homes()[1]),
        ("web/error.html", ErrorPage.of(HubError("Oh."))),
    ):
        elements = Elements(html_of(web.page(request_of(actor), template, context)))
        names = {name for _, attributes in elements.found for name in attributes}

        assert not {name for name in names if name.startswith("on") or name == "style"}
        assert all("src" in attributes for tag, attributes in elements.found if tag == "script")
        assert "style" not in {tag for tag, _ in elements.found}


def test_every_control_of_the_components_page_has_a_name(web: Web) -> None:
    html = html_of(web.page(request_of(ADA), "web/showcase.html", sample_page(web.icon_names)))
    elements = Elements(html)
    labelled = set(elements.values("for"))

    for tag, attributes in elements.found:
        if tag in ("input", "select", "textarea") and attributes.get("type") not in (
            "hidden",
            "radio",
            "checkbox",
        ):
            assert attributes.get("id") in labelled or attributes.get("aria-label"), attributes


def test_ids_on_a_page_are_unique(web: Web) -> None:
    html = html_of(web.page(request_of(ADA), "web/showcase.html", sample_page(web.icon_names)))
    ids = Elements(html).values("id")

    assert sorted(ids) == sorted(set(ids))
