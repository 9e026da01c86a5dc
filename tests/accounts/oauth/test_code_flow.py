"""The authorization code flow: what an app asks, what a person answers, what the app gets for the code."""

import re
import time
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from starlette.testclient import TestClient

from openhearth.accounts import Accounts
from openhearth.accounts.oauth.records import NewOAuthApp
from tests.accounts.browser import Browser, words_of
from tests.accounts.oauth.conftest import CALLBACK, Flow, arrived, bearer
from tests.support.running import PASSWORD


def test_nobody_signs_in_first_and_comes_back(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    sent = browser.open(flow.path())
    assert sent.status_code == 303
    login = sent.headers["Location"]
    assert login.startswith("/login?next=%2Foauth%2Fauthorize")
    signed_in = browser.send(
        "/login", of=login, name="ada", password=PASSWORD, next=parse_qs(urlsplit(login).query)["next"][0]
    )
    question = browser.open(signed_in.headers["Location"])
    assert "Let Anvil in?" in words_of(question)


def test_the_question_names_app_owner_scopes_and_target(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    question = browser.sign_in(accounts, "ben").open(Flow(web, app).path(scope="openid email read-repos"))
    words = words_of(question)
    for part in (
        "Anvil",
        "ada",
        "see your mail address",
        "read your private repos",
        "app.test",
        "forge",
        "ben",
    ):
        assert part in words
    assert "run models" not in words
    assert "form-action 'self' https://app.test;" in question.headers["Content-Security-Policy"]
    assert question.headers["Cache-Control"] == "no-store"


def test_a_yes_brings_a_code_that_becomes_tokens_and_a_signed_statement(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    brought = arrived(flow.answer(browser.sign_in(accounts, "ben")))
    assert (brought["state"], brought["iss"]) == (flow.state, "http://hub.test")
    answer = flow.redeem(brought["code"])
    tokens = answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert tokens["access_token"].startswith("hf_oauth_")
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 8 * 3600)
    assert tokens["scope"] == "openid profile"

    claims = jwt.decode(
        tokens["id_token"], KeySet.import_key_set(web.get("/oauth/jwks").json()), ["RS256"]
    ).claims
    ben = accounts.people.get_user("ben")
    assert (claims["iss"], claims["aud"], claims["sub"]) == ("http://hub.test", app.app.client_id, ben.id)
    assert (claims["nonce"], claims["preferred_username"]) == (flow.nonce, "ben")
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["auth_time"] - time.time()) < 60
    assert claims["at_hash"]
    assert [org["preferred_username"] for org in claims["orgs"]] == ["forge"]


def test_a_no_is_told_to_the_app(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    brought = arrived(flow.answer(browser.sign_in(accounts, "ben"), "no"))
    assert (brought["error"], brought["state"]) == ("access_denied", flow.state)


def test_a_yes_is_remembered_until_more_is_asked(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    browser.sign_in(accounts, "ben")
    flow.answer(browser)
    assert "code" in arrived(browser.open(flow.path()))
    assert browser.open(flow.path(scope="openid profile email")).status_code == 200
    assert browser.open(flow.path(prompt="consent")).status_code == 200
    assert browser.sign_in(accounts, "eve").open(flow.path()).status_code == 200


def test_a_public_app_on_the_machine_is_asked_for_each_time(
    accounts: Accounts, web: TestClient, browser: Browser, public: NewOAuthApp
) -> None:
    flow = Flow(web, public, redirect_uri="http://127.0.0.1:51515/back")
    browser.sign_in(accounts, "ben")
    assert "code" in arrived(flow.answer(browser))
    assert browser.open(flow.path()).status_code == 200
    claimed = Flow(web, public)
    assert "code" in arrived(browser.open(claimed.path()))


def test_after_signing_in_the_browser_leaves_by_a_page(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    """Chromium lets no form's redirects leave the hub, so signing in may not end in one."""
    flow = Flow(web, app)
    flow.answer(browser.sign_in(accounts, "ben"))
    web.cookies.clear()
    back = parse_qs(urlsplit(browser.open(flow.path()).headers["Location"]).query)["next"][0]
    page = browser.sign_in(accounts, "ben").open(back)
    assert page.status_code == 200
    assert 'http-equiv="refresh" content="0;url=https://app.test/callback?code=' in page.text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"client_id": "nobody"}, "does not exist"),
        ({"client_id": None}, "client_id"),
        ({"redirect_uri": "https://evil.test/callback"}, "Redirect URI"),
        ({"redirect_uri": CALLBACK + "/../x"}, "Redirect URI"),
        ({"redirect_uri": CALLBACK + "?next=x"}, "Redirect URI"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"nonce": "n" * 501}, "nonce"),
    ],
)
def test_a_stranger_is_answered_on_a_page_and_nowhere_else(
    accounts: Accounts,
    web: TestClient,
    browser: Browser,
    app: NewOAuthApp,
    changed: dict[str, str | None],
    words: str,
) -> None:
    answer = browser.sign_in(accounts, "ben").open(Flow(web, app).path(**changed))
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert words in words_of(answer)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "none"}, "consent_required"),
    ],
)
def test_a_wrong_request_of_a_known_app_is_answered_to_the_app(
    accounts: Accounts,
    web: TestClient,
    browser: Browser,
    app: NewOAuthApp,
    changed: dict[str, str | None],
    error: str,
) -> None:
    flow = Flow(web, app)
    brought = arrived(browser.sign_in(accounts, "ben").open(flow.path(**changed)))
    assert (brought["error"], brought["state"], brought["iss"]) == (error, flow.state, "http://hub.test")


def test_without_a_person_prompt_none_needs_a_login(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    assert arrived(browser.open(Flow(web, app).path(prompt="none")))["error"] == "login_required"


def test_an_app_may_want_a_fresh_sign_in(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    browser.sign_in(accounts, "ben")
    for changed in ({"prompt": "login"}, {"max_age": "0"}):
        time.sleep(1.1 if "max_age" in changed else 0)
        login = browser.open(flow.path(**changed)).headers["Location"]
        assert login.startswith("/login?")
        assert "again=1" in login
        assert browser.open(login).status_code == 200  # the form, though ben is signed in
    time.sleep(1.1)
    back = parse_qs(urlsplit(login).query)["next"][0]
    assert browser.open(back.replace("_signed_in_since=", "_signed_in_since=9")).status_code == 303
    assert browser.sign_in(accounts, "ben").open(back).status_code == 200


def test_a_public_app_must_prove_itself_by_pkce(
    accounts: Accounts, web: TestClient, browser: Browser, public: NewOAuthApp
) -> None:
    flow = Flow(web, public)
    browser.sign_in(accounts, "ben")
    without = browser.open(flow.path(code_challenge=None, code_challenge_method=None))
    assert arrived(without)["error"] == "invalid_request"
    code = flow.code(browser)
    assert flow.redeem(code, code_verifier="x" * 64).json()["error"] == "invalid_grant"
    assert flow.redeem(code, code_verifier=None).json()["error"] == "invalid_request"
    assert flow.redeem(code).status_code == 200


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 400, "invalid_client"),
        ({"redirect_uri": "https://app.test/other"}, 400, "invalid_grant"),
        ({"code": "guess"}, 400, "invalid_grant"),
        ({"code": None}, 400, "invalid_request"),
        ({"code_verifier": "y" * 64}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_code_is_worth_nothing_in_other_hands(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp, public: NewOAuthApp,
    changed: dict[str, str | None], status: int, error: str,
) -> None:  # fmt: skip
    flow = Flow(web, app)
    code = flow.code(browser.sign_in(accounts, "ben"))
    answer = flow.redeem(**{"code": code, **changed})  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    other = Flow(web, public, verifier=flow.verifier)
    assert other.redeem(code).json()["error"] == "invalid_grant"
    assert flow.redeem(code).status_code == 200


def test_the_secret_may_come_in_the_header(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    code = flow.code(browser.sign_in(accounts, "ben"))
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": flow.verifier,
    }
    refused = web.post("/oauth/token", data=fields, auth=(app.app.client_id, "wrong"))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    odd = web.post("/oauth/token", data=fields, headers={"Authorization": "Basic //79"})
    assert (odd.status_code, odd.json()["error"]) == (401, "invalid_client")
    assert web.post("/oauth/token", data=fields, auth=(app.app.client_id, str(app.secret))).status_code == 200


def test_a_code_that_comes_twice_ends_what_came_of_it(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    flow = Flow(web, app)
    code = flow.code(browser.sign_in(accounts, "ben"))
    tokens = flow.redeem(code).json()
    assert web.get("/oauth/userinfo", headers=bearer(tokens)).status_code == 200
    assert flow.redeem(code).json()["error"] == "invalid_grant"
    lost = web.get("/oauth/userinfo", headers=bearer(tokens))
    assert (lost.status_code, lost.json()["error"]) == (401, "invalid_token")
    assert flow.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_form_of_another_site_lets_nobody_in(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    browser.sign_in(accounts, "ben")
    fields = {name: values[0] for name, values in parse_qs(urlsplit(Flow(web, app).path()).query).items()}
    answer = web.post("/oauth/authorize", data={**fields, "answer": "yes"}, headers={"Accept": "text/html"})
    assert answer.status_code == 403


def test_a_repeated_parameter_is_refused(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    path = Flow(web, app).path() + "&redirect_uri=https%3A%2F%2Fevil.test"
    assert browser.sign_in(accounts, "ben").open(path).status_code == 400


def test_somebody_else_can_sign_in_at_the_question(
    accounts: Accounts, web: TestClient, browser: Browser, app: NewOAuthApp
) -> None:
    question = browser.sign_in(accounts, "ben").open(Flow(web, app).path())
    found = re.search(r'href="(/login\?next=[^"]+)">somebody else', question.text)
    assert found
    login = unescape(found.group(1))
    target = parse_qs(urlsplit(login).query)["next"][0]
    back = browser.send("/login", of=login, name="ada", password=PASSWORD, next=target)
    question = browser.open(back.headers["Location"])
    assert "Signed in as ada" in words_of(question)
