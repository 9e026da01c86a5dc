"""What an app may do with its tokens, and how they end."""

import json

import pytest
from starlette.testclient import TestClient

from openhearth.accounts import Accounts
from openhearth.accounts.oauth.records import NewOAuthApp
from openhearth.kit.names import RepoRef
from openhearth.rooms import Hub
from tests.accounts.browser import Browser, words_of
from tests.accounts.conftest import browser_of
from tests.accounts.oauth.conftest import Flow, arrived, bearer

READ = "openid profile read-repos"


@pytest.fixture
def repos(hub: Hub, accounts: Accounts) -> Hub:
    """Private models: one of ben's, one of forge's, one of eve's."""
    for person, name in (("ben", "ben/steel"), ("ben", "forge/iron"), ("eve", "eve/tin")):
        namespace, _, short = name.partition("/")
        hub.repos.catalogue.create(
            browser_of(accounts, person), RepoRef("model", namespace, short), visibility="private"
        )
    return hub


def status(web: TestClient, tokens: dict[str, str], model: str) -> int:
    return web.get(f"/api/models/{model}", headers=bearer(tokens)).status_code


def test_userinfo_has_what_the_scopes_allow(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    assert web.get("/oauth/userinfo").status_code == 401
    accounts.people.update_profile(
        browser_of(accounts, "ben"), fullname="Ben B.", bio="", email="ben@hub.test"
    )
    flow = Flow(web, app)
    browser.sign_in(accounts, "ben")
    little = web.get("/oauth/userinfo", headers=bearer(flow.tokens(browser, scope="openid"))).json()
    assert set(little) == {"sub"}
    much = web.post(
        "/oauth/userinfo", headers=bearer(flow.tokens(browser, scope="openid profile email"))
    ).json()
    ben = accounts.people.get_user("ben")
    assert much == {
        "sub": ben.id,
        "name": "Ben B.",
        "preferred_username": "ben",
        "profile": "http://hub.test/ben",
        "picture": "http://hub.test/avatars/ben.svg",
        "email": "ben@hub.test",
        "email_verified": False,
        "isPro": False,
        "canPay": False,
        "orgs": much["orgs"],
    }
    assert (much["orgs"][0]["preferred_username"], much["orgs"][0]["roleInOrg"]) == ("forge", "write")
    refused = web.get("/oauth/userinfo", headers=bearer(flow.tokens(browser, scope="profile")))
    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")


def test_whoami_hides_what_the_app_may_not_know(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    accounts.people.update_profile(browser_of(accounts, "ben"), fullname="Ben", bio="", email="ben@hub.test")
    flow = Flow(web, app)
    browser.sign_in(accounts, "ben")
    told = web.get("/api/whoami-v2", headers=bearer(flow.tokens(browser))).json()
    assert (told["name"], told["email"], told["auth"]["type"]) == ("ben", None, "oauth")
    assert "accessToken" not in told["auth"]
    told = web.get("/api/whoami-v2", headers=bearer(flow.tokens(browser, scope="openid email"))).json()
    assert told["email"] == "ben@hub.test"


def test_reading_reaches_the_person_and_the_organisations_they_chose(
    repos: Hub, accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    browser.sign_in(accounts, "ben")
    nothing = flow.tokens(browser)
    assert [status(web, nothing, name) for name in ("ben/steel", "forge/iron")] == [404, 404]
    alone = flow.tokens(browser, scope=READ)
    assert [status(web, alone, name) for name in ("ben/steel", "forge/iron", "eve/tin")] == [200, 404, 404]
    both = flow.tokens(browser, scope=READ, orgs="forge", prompt="consent")
    assert [status(web, both, name) for name in ("ben/steel", "forge/iron", "eve/tin")] == [200, 200, 404]
    created = web.post("/api/repos/create", json={"name": "new", "type": "model"}, headers=bearer(both))
    assert created.status_code == 403


def test_nobody_lets_an_app_into_an_organisation_of_others(
    repos: Hub, accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    tokens = Flow(web, app).tokens(browser.sign_in(accounts, "eve"), scope=READ, orgs="forge")
    assert status(web, tokens, "forge/iron") == 404
    assert status(web, tokens, "eve/tin") == 200


def test_an_app_that_contributes_writes_to_what_it_made_alone(
    repos: Hub, accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    browser.sign_in(accounts, "ben")
    tokens = flow.tokens(browser, scope="openid contribute-repos")
    made = web.post(
        "/api/repos/create", json={"name": "made", "type": "model", "private": True}, headers=bearer(tokens)
    )
    assert made.status_code == 200, made.text
    later = flow.tokens(browser, scope="openid contribute-repos")
    for given in (tokens, later):
        assert status(web, given, "ben/made") == 200
        assert status(web, given, "ben/steel") == 404
    file = {"path": "a.txt", "content": "YQ==", "encoding": "base64"}
    lines = ({"key": "header", "value": {"summary": "x"}}, {"key": "file", "value": file})
    commit = "\n".join(map(json.dumps, lines))
    headers = {**bearer(later), "Content-Type": "application/x-ndjson"}
    assert web.post("/api/models/ben/made/commit/main", content=commit, headers=headers).status_code == 200
    assert web.post("/api/models/ben/steel/commit/main", content=commit, headers=headers).status_code == 404
    elsewhere = web.post(
        "/api/repos/create",
        json={"name": "made", "organization": "forge", "type": "model"},
        headers=bearer(later),
    )
    assert elsewhere.status_code == 403


def test_an_app_never_touches_the_account(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    tokens = Flow(web, app).tokens(
        browser.sign_in(accounts, "ada"), scope="openid write-repos contribute-repos"
    )
    for method, path in (
        ("GET", "/api/settings/oauth-apps"),
        ("GET", "/api/settings/connected-apps"),
        ("PATCH", "/api/organizations/forge/settings"),
    ):
        answer = web.request(method, path, json={} if method == "PATCH" else None, headers=bearer(tokens))
        assert answer.status_code == 403, path


@pytest.mark.both_engines
def test_a_refresh_token_is_exchanged_once(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    first = flow.tokens(browser.sign_in(accounts, "ben"), scope=READ)
    assert flow.refresh(first["refresh_token"], client_secret="wrong").status_code == 401
    assert flow.refresh(first["refresh_token"], scope="openid write-repos").json()["error"] == "invalid_scope"
    second = flow.refresh(first["refresh_token"]).json()
    assert second["scope"] == READ
    assert web.get("/oauth/userinfo", headers=bearer(second)).status_code == 200
    assert flow.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert web.get("/oauth/userinfo", headers=bearer(second)).status_code == 401
    assert flow.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_app_cannot_use_the_tokens_of_another(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp, public: NewOAuthApp
) -> None:
    tokens = Flow(web, app).tokens(browser.sign_in(accounts, "ben"))
    other = Flow(web, public)
    assert other.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    fields = {"client_id": public.app.client_id, "token": tokens["access_token"]}
    assert web.post("/oauth/introspect", data=fields).json() == {"active": False}
    assert web.post("/oauth/revoke", data=fields).json()["error"] == "invalid_grant"
    assert web.get("/oauth/userinfo", headers=bearer(tokens)).status_code == 200


def test_an_app_asks_about_and_ends_its_own_tokens(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    tokens = flow.tokens(browser.sign_in(accounts, "ben"))
    own = {"client_id": app.app.client_id, "client_secret": str(app.secret)}
    told = web.post("/oauth/introspect", data={**own, "token": tokens["access_token"]}).json()
    assert (told["active"], told["scope"], told["sub"]) == (
        True,
        "openid profile",
        accounts.people.get_user("ben").id,
    )
    assert web.post("/oauth/revoke", data={**own, "token": tokens["refresh_token"]}).status_code == 200
    assert web.post("/oauth/introspect", data={**own, "token": tokens["access_token"]}).json() == {
        "active": False
    }
    assert web.get("/oauth/userinfo", headers=bearer(tokens)).status_code == 401
    assert web.post("/oauth/revoke", data={**own, "token": "unknown"}).status_code == 200
    assert web.post("/oauth/revoke", data={"token": tokens["access_token"]}).status_code == 401


def test_leaving_an_organisation_ends_what_the_app_could_do_there(
    repos: Hub, accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    tokens = Flow(web, app).tokens(browser.sign_in(accounts, "ben"), scope=READ, orgs="forge")
    assert status(web, tokens, "forge/iron") == 200
    accounts.orgs.remove_member(browser_of(accounts, "ada"), "forge", "ben")
    assert status(web, tokens, "forge/iron") == 404


def test_a_model_runs_only_for_apps_that_may(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    browser.sign_in(accounts, "ben")
    asked = {"model": "ben/none", "messages": [{"role": "user", "content": "hi"}]}
    refused = web.post("/v1/chat/completions", json=asked, headers=bearer(flow.tokens(browser)))
    assert refused.status_code == 403
    assert "inference-api" in refused.json()["error"]["message"]
    tokens = flow.tokens(browser, scope="openid inference-api")
    assert web.post("/v1/chat/completions", json=asked, headers=bearer(tokens)).status_code == 404


def test_tokens_of_other_issuers_are_refused_with_a_sentence(web: TestClient) -> None:
    asked = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "subject_token": "x",
        "resource": "ada/steel",
    }
    answer = web.post("/oauth/token", json=asked)
    assert (answer.status_code, answer.json()["error"]) == (501, "unsupported_grant_type")
    assert "access token" in answer.json()["error_description"]
    for body in ("[]", "{", '{"grant_type": 1}', '{"grant_type": "\\ud800"}'):
        odd = web.post("/oauth/token", content=body, headers={"Content-Type": "application/json"})
        assert (odd.status_code, odd.json()["error"]) == (400, "invalid_request"), body


def test_a_registered_app_signs_in_by_code_within_its_scopes(
    accounts: Accounts, web: TestClient, browser: Browser, public: NewOAuthApp
) -> None:
    own = {"client_id": public.app.client_id}
    started = web.post("/oauth/device", data={**own, "scope": "openid email"}).json()
    page = browser.sign_in(accounts, "ben").open(f"/oauth/activate?code={started['user_code']}")
    assert "Hammer" in page.text
    assert "see your mail address" in page.text
    browser.send(
        "/oauth/activate",
        of=f"/oauth/activate?code={started['user_code']}",
        code=started["user_code"],
        answer="approve",
    )
    grant = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": started["device_code"],
    }
    tokens = web.post("/oauth/token", data={**own, **grant}).json()
    assert tokens["scope"] == "openid profile email"
    assert web.post("/api/repos/create", json={"name": "x"}, headers=bearer(tokens)).status_code == 403
    assert "Hammer" in browser.open("/settings/applications").text
    assert arrived(browser.open(Flow(web, public).path()))["code"]


@pytest.mark.both_engines
def test_two_exchanges_of_one_code_give_one_pair(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    flow = Flow(web, app)
    code = flow.code(browser.sign_in(accounts, "ben"))
    with ThreadPoolExecutor(4) as pool:
        answers = [
            future.result().status_code for future in [pool.submit(flow.redeem, code) for _ in range(4)]
        ]
    assert answers.count(200) == 1


def test_an_app_in_a_browser_may_ask_from_its_own_page(web: TestClient) -> None:
    asked = web.options("/oauth/userinfo", headers={"Origin": "https://app.test"})
    assert (asked.status_code, asked.headers["Access-Control-Allow-Headers"]) == (204, "Authorization")
    for path in ("/.well-known/openid-configuration", "/oauth/jwks"):
        assert web.get(path).headers["Access-Control-Allow-Origin"] == "*"


def test_letting_an_app_in_is_in_the_audit_log(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    Flow(web, app).code(browser.sign_in(accounts, "ben"))
    browser.send(f"/settings/applications/{app.app.id}/disconnect", of="/settings/applications")
    kept = words_of(browser.open("/settings/audit-log"))
    assert "Anvil" in kept
    assert "token.create" in kept
    assert "token.revoke" in kept
