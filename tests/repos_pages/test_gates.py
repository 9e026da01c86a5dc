"""The gate as people meet it: the form on the card, what became of it, and the owner's list."""

from __future__ import annotations

import pytest

from openhearth.access import Actor
from openhearth.repos import Repo
from openhearth.repos.records import Gating
from tests.repos_pages.conftest import Browser, Site

CARD = """---
extra_gated_heading: Before you take the steel
extra_gated_prompt: "You agree to be **kind**. <script>alert(1)</script>"
extra_gated_button_content: I agree
extra_gated_fields:
  Company: text
  Where: country
  I keep to the rules: checkbox
---
# Steel
"""
REQUESTS = "/ada/tiny/settings/access-requests"


def gate(site: Site, gating: Gating = "manual") -> Repo:
    repo = site.create()
    site.commit(repo, {"README.md": CARD, "weights.txt": "secret numbers"})
    return site.hub.repos.catalogue.change_settings(site.ada_actor, repo, gated=gating)


def keys(page: str) -> tuple[str, str, str]:
    assert all(f'name="answer-{n}"' in page for n in range(3))
    return "answer-0", "answer-1", "answer-2"


def answer(browser: Browser, **changed: str) -> dict[str, str]:
    company, where, rules = keys(browser.read("/ada/tiny"))
    return {company: "Forge & Sons", where: "SE", rules: "on", **changed}


def test_nobody_reads_the_conditions_and_is_asked_to_sign_in(site: Site) -> None:
    gate(site)
    page = site.nobody.read("/ada/tiny")
    assert "Before you take the steel" in page
    assert "<strong>kind</strong>" in page
    assert "alert(1)</script>" not in page
    assert 'href="/login?next=%2Fada%2Ftiny"' in page
    sent = site.nobody.send("/ada/tiny/ask-access", {}, page="/ada/tiny")
    assert sent.headers["Location"] == "/login?next=%2Fada%2Ftiny"
    assert site.nobody.get(REQUESTS).status_code == 401
    assert site.nobody.get(f"{REQUESTS}.csv").status_code == 401


def test_a_form_that_is_amiss_comes_back_with_what_was_typed(site: Site) -> None:
    gate(site)
    sent = site.eve.send("/ada/tiny/ask-access", answer(site.eve, **{"answer-1": ""}), page="/ada/tiny")
    assert sent.status_code == 400
    assert "Forge &amp; Sons" in sent.text
    assert "Where: is missing" in sent.text


def test_asking_waiting_and_being_let_in(site: Site) -> None:
    gate(site)
    assert 'href="/ada/tiny#ask-access"' in site.eve.read("/ada/tiny/blob/main/weights.txt", status=403)
    sent = site.eve.send("/ada/tiny/ask-access", answer(site.eve), page="/ada/tiny")
    assert (sent.status_code, sent.headers["Location"]) == (303, "/ada/tiny")
    assert "waits for the owners" in site.eve.read("/ada/tiny")
    assert REQUESTS in site.ada.read("/ada/tiny"), "the owner is told"
    listed = site.ada.read(REQUESTS)
    assert "Forge & Sons" in listed
    request = listed.partition('name="request" value="')[2].partition('"')[0]
    site.ada.send(
        f"{REQUESTS}/handle", {"request": request, "status": "rejected", "reason": "too hot"}, page=REQUESTS
    )
    assert "too hot" in site.eve.read("/ada/tiny")
    assert "too hot" in site.ada.read(f"{REQUESTS}?status=rejected")
    site.ada.send(f"{REQUESTS}/handle", {"request": request, "status": "accepted"}, page=REQUESTS)
    assert "You have access" in site.eve.read("/ada/tiny")
    assert "secret numbers" in site.eve.read("/ada/tiny/blob/main/weights.txt")
    again = site.ada.send(f"{REQUESTS}/handle", {"request": request, "status": "accepted"}, page=REQUESTS)
    assert (again.status_code, "already" in again.text) == (404, True)


def test_an_automatic_gate_opens_at_once(site: Site) -> None:
    gate(site, "auto")
    site.eve.send("/ada/tiny/ask-access", answer(site.eve), page="/ada/tiny")
    assert "secret numbers" in site.eve.read("/ada/tiny/blob/main/weights.txt")


def test_the_owner_lets_somebody_in_by_name(site: Site) -> None:
    gate(site)
    wrong = site.ada.send(f"{REQUESTS}/grant", {"user": "zoe"}, page=REQUESTS)
    assert wrong.status_code == 404
    assert 'value="zoe"' in wrong.text
    site.ada.send(f"{REQUESTS}/grant", {"user": "eve"}, page=REQUESTS)
    assert "secret numbers" in site.eve.read("/ada/tiny/blob/main/weights.txt")
    assert "did not have to ask" in site.ada.read(f"{REQUESTS}?status=accepted")
    assert "eve" in site.ada.get(f"{REQUESTS}.csv").text
    for address in (REQUESTS, f"{REQUESTS}.csv"):
        assert site.eve.get(address).status_code == 403


def test_a_script_asks_with_a_token_where_a_page_needs_its_own(site: Site) -> None:
    gate(site)
    refused = site.eve.post("/ada/tiny/ask-access", {"Company": "x"})
    assert refused.status_code == 403, "a page of another site could send this"
    user = site.hub.accounts.people.get_user("eve")
    browser = Actor(user_id=user.id, name="eve", session_id="browser")
    token = site.hub.accounts.tokens.create(browser, name="script", scope="write").value
    typed = {"Company": "x", "Where": "SE", "I keep to the rules": "on"}
    asked = site.eve.client.post(
        "/ada/tiny/ask-access", data=typed, headers={"authorization": f"Bearer {token}"}
    )
    assert asked.status_code == 303
    assert "waits for the owners" in site.eve.read("/ada/tiny")


@pytest.mark.parametrize("gated", ["auto", "manual", "off"])
def test_the_owner_sets_the_gate(site: Site, gated: str) -> None:
    repo = gate(site)
    sent = site.ada.send("/ada/tiny/settings/gate", {"gated": gated}, page="/ada/tiny/settings")
    assert sent.status_code == 303
    found = site.hub.repos.catalogue.find_by_key(repo.key)
    assert found is not None
    assert found.gated == (None if gated == "off" else gated)
    assert (
        site.ada.send("/ada/tiny/settings/gate", {"gated": "x"}, page="/ada/tiny/settings").status_code == 400
    )
