"""Registering apps, by hand, by the API and for Spaces; and taking back what they may do."""

import re

import pytest
from starlette.testclient import TestClient

from openhearth.accounts import Accounts
from openhearth.accounts.oauth.records import NewOAuthApp
from openhearth.kit.names import RepoRef
from openhearth.rooms import Hub
from tests.accounts.browser import Browser, words_of
from tests.accounts.conftest import browser_of, program_of
from tests.accounts.oauth.conftest import CALLBACK, Flow, arrived, bearer

APPS = "/settings/applications"
API = "/api/settings/oauth-apps"


def token_of(accounts: Accounts, name: str) -> dict[str, str]:
    from openhearth.accounts import OPERATOR

    value = accounts.tokens.create_for(OPERATOR, name, name="t", scope="write").value
    return {"Authorization": f"Bearer {value}"}


def test_nobody_sees_applications(accounts: Accounts, web: TestClient, browser: Browser) -> None:
    for path in (APPS, f"{APPS}/new", f"{APPS}/x"):
        assert browser.open(path).headers["Location"].startswith("/login?")
    for method, path in (
        ("GET", API),
        ("POST", API),
        ("DELETE", f"{API}/x"),
        ("GET", "/api/settings/connected-apps"),
    ):
        body = {"name": "x", "redirectUris": [CALLBACK]} if method == "POST" else None
        assert web.request(method, path, json=body).status_code == 401, path
    for path in (f"{APPS}/new", f"{APPS}/x", f"{APPS}/x/secret", f"{APPS}/x/delete", f"{APPS}/x/disconnect"):
        assert web.post(path, data={}, headers={"Accept": "text/html"}).status_code == 401, path


def test_ben_registers_changes_and_deletes_an_app_on_the_pages(
    accounts: Accounts, web: TestClient, browser: Browser
) -> None:
    browser.sign_in(accounts, "ben")
    refused = browser.send(
        f"{APPS}/new", name="Bellows", redirect_uris="http://app.test/cb", kind="confidential"
    )
    assert refused.status_code == 400
    assert "use https" in words_of(refused)
    assert 'value="Bellows"' in refused.text
    made = browser.send(
        f"{APPS}/new", name="Bellows", redirect_uris=CALLBACK, scopes="email", kind="confidential"
    )
    assert "Copy the client secret now" in words_of(made)
    assert made.headers["Cache-Control"] == "no-store"
    secret = re.search(r"oauth_[\w-]{43}", made.text)
    assert secret
    app = accounts.oauth.apps.list_apps(browser_of(accounts, "ben"))[0]
    assert app.scopes == {"openid", "profile", "email"}
    page = f"{APPS}/{app.id}"
    assert secret.group() not in browser.open(page).text
    browser.send(page, name="Bellows 2", redirect_uris=CALLBACK, homepage="https://app.test")
    assert "Bellows 2" in browser.open(APPS).text
    renewed = browser.send(f"{page}/secret", of=page)
    assert secret.group() not in renewed.text
    assert "oauth_" in renewed.text
    assert browser.send(f"{page}/delete", of=page).headers["Location"] == APPS
    assert browser.open(page).status_code == 404


def test_an_app_is_its_owners_alone(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    browser.sign_in(accounts, "eve")
    assert browser.open(f"{APPS}/{app.app.id}").status_code == 404
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/secret")):
        answer = web.request(method, f"{API}/{app.app.id}{path}", headers=token_of(accounts, "eve"))
        assert answer.status_code == 404


def test_the_api_does_the_same(accounts: Accounts, web: TestClient, browser: Browser) -> None:
    ben = token_of(accounts, "ben")
    bad = web.post(API, json={"name": "x", "redirectUris": [CALLBACK], "scopes": ["root"]}, headers=ben)
    assert (bad.status_code, "scopes: 'root'" in bad.json()["error"]) == (400, True)
    made = web.post(
        API, json={"name": "Tongs", "redirectUris": [CALLBACK], "public": True}, headers=ben
    ).json()
    assert (made["clientSecret"], made["public"], made["scopes"]) == (None, True, ["openid", "profile"])
    one = f"{API}/{made['id']}"
    assert web.post(f"{one}/secret", headers=ben).status_code == 400
    changed = web.put(one, json={"name": "Tongs 2", "redirectUris": [CALLBACK]}, headers=ben).json()
    assert (changed["name"], changed["clientId"]) == ("Tongs 2", made["clientId"])
    assert [app["name"] for app in web.get(API, headers=ben).json()] == ["Tongs 2"]
    assert web.get(one, headers=ben).json() == changed
    assert web.delete(one, headers=ben).json() == {"success": True}
    assert web.get(API, headers=ben).json() == []


def test_a_read_token_registers_nothing(accounts: Accounts) -> None:
    from openhearth.errors import Forbidden

    with pytest.raises(Forbidden):
        accounts.oauth.apps.list_apps(program_of(accounts, "ben", "read"))


def test_a_new_secret_ends_the_old_one(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    tokens = Flow(web, app).tokens(browser.sign_in(accounts, "ben"))
    renewed = accounts.oauth.apps.rotate_secret(browser_of(accounts, "ada"), app.app.id)
    assert Flow(web, app).refresh(tokens["refresh_token"]).status_code == 401
    assert Flow(web, renewed).refresh(tokens["refresh_token"]).status_code == 200


def test_revoking_an_app_ends_its_tokens_and_asks_again(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    tokens = flow.tokens(browser.sign_in(accounts, "ben"))
    waiting = flow.code(browser, prompt="consent")
    others = flow.tokens(Browser(web).sign_in(accounts, "eve"))
    browser.sign_in(accounts, "ben")
    assert "Anvil" in browser.open(APPS).text
    assert browser.send(f"{APPS}/{app.app.id}/disconnect", of=APPS).status_code == 303
    assert web.get("/oauth/userinfo", headers=bearer(tokens)).status_code == 401
    assert flow.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert flow.redeem(waiting).json()["error"] == "invalid_grant"
    assert web.get("/oauth/userinfo", headers=bearer(others)).status_code == 200
    assert browser.open(flow.path()).status_code == 200  # the question, not the answer of before
    eve = token_of(accounts, "eve")
    [connected] = web.get("/api/settings/connected-apps", headers=eve).json()
    assert (connected["name"], connected["scopes"]) == ("Anvil", ["openid", "profile"])
    assert web.delete(f"/api/settings/connected-apps/{connected['id']}", headers=eve).status_code == 200
    assert web.delete(f"/api/settings/connected-apps/{connected['id']}", headers=eve).status_code == 404
    assert web.get("/oauth/userinfo", headers=bearer(others)).status_code == 401


def test_deleting_an_app_ends_everybodys_tokens(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    tokens = Flow(web, app).tokens(browser.sign_in(accounts, "ben"))
    accounts.oauth.apps.delete(browser_of(accounts, "ada"), app.app.id)
    assert web.get("/oauth/userinfo", headers=bearer(tokens)).status_code == 401


def test_a_space_gets_an_app_whose_secret_stays(
    hub: Hub, accounts: Accounts, web: TestClient, browser: Browser
) -> None:
    apps = accounts.oauth.apps
    ben = browser_of(accounts, "ben")
    space = RepoRef("space", "ben", "demo")
    hub.repos.catalogue.create(ben, space, visibility="public", sdk="gradio")
    first = apps.register_space(space.id, host_url="https://ben-demo.spaces.test", scopes=["email"])
    again = apps.register_space(
        space.id, host_url="https://ben-demo.spaces.test", scopes=["email", "read-repos"]
    )
    assert (first.secret, first.app.client_id) == (again.secret, again.app.client_id)
    flow = Flow(web, again, redirect_uri="https://ben-demo.spaces.test/oauth/cb?_target_url=%2F")
    browser.sign_in(accounts, "eve")
    assert "A Space of ben" in words_of(browser.open(flow.path()))
    tokens = flow.tokens(browser, scope="openid read-repos")
    assert web.get("/oauth/userinfo", headers=bearer(tokens)).status_code == 200
    assert apps.list_apps(ben) == []

    moved = RepoRef("space", "ben", "show")
    hub.repos.catalogue.move(ben, space, moved)
    assert (
        apps.register_space(moved.id, host_url="https://ben-show.spaces.test", scopes=[]).app.id
        == again.app.id
    )
    hub.repos.catalogue.delete(ben, moved)
    assert web.get("/oauth/userinfo", headers=bearer(tokens)).status_code == 401


def test_an_app_asks_to_sign_out_of_the_hub(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    tokens = Flow(web, app).tokens(browser.sign_in(accounts, "ben"))
    path = f"/oauth/logout?id_token_hint={tokens['id_token']}&post_logout_redirect_uri=https://app.test/bye&state=s"
    page = browser.open(path)
    assert "Anvil has signed you out" in words_of(page)
    fields = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": "https://app.test/bye",
        "state": "s",
    }
    assert (
        browser.send("/oauth/logout", of=path, answer="no", **fields)
        .headers["Location"]
        .startswith("https://app.test/bye")
    )
    gone = browser.send("/oauth/logout", of=path, answer="yes", **fields)
    assert arrived(gone) == {"state": "s"}
    assert browser.name is None
    for target in ("https://evil.test/", "https://app.test.evil.test/", "https://app.test\\@evil.test/"):
        away = browser.open(f"/oauth/logout?client_id={app.app.client_id}&post_logout_redirect_uri={target}")
        assert away.headers["Location"] == "/"
