"""The JSON routes, as programs call them."""

import pytest
from starlette.testclient import TestClient

from openhearth.access import Action, Role
from openhearth.accounts import OPERATOR, Accounts
from openhearth.rooms import Hub
from openhearth.wire.request import SESSION_COOKIE
from tests.accounts.browser import Browser
from tests.accounts.conftest import browser_of
from tests.support.running import PEOPLE

DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def accounts(hub: Hub) -> Accounts:
    """ada, ben and eve; ada is admin of forge, ben may write there."""
    for name in PEOPLE:
        hub.accounts.people.add(OPERATOR, name)
    hub.accounts.orgs.create(OPERATOR, "forge", members={"ada": Role.ADMIN, "ben": Role.WRITE})
    return hub.accounts


def bearer(accounts: Accounts, name: str, *, value: str | None = None) -> dict[str, str]:
    new = accounts.tokens.create_for(OPERATOR, name, name="laptop", scope="write", value=value)
    return {"Authorization": f"Bearer {new.value}"}


def test_nobody_may_look_and_not_touch(accounts: Accounts, web: TestClient) -> None:
    for method, path, status in (
        ("GET", "/api/whoami-v2", 401),
        ("GET", "/api/users/ada/overview", 200),
        ("GET", "/api/organizations/forge/overview", 200),
        ("GET", "/api/organizations/forge/members", 200),
        ("GET", "/avatars/ada.svg", 200),
        ("POST", "/api/organizations", 401),
        ("PATCH", "/api/organizations/forge/settings", 401),
        ("PUT", "/api/organizations/forge/members/eve", 401),
        ("DELETE", "/api/organizations/forge/members/ben", 401),
        ("POST", "/oauth/device", 400),
        ("POST", "/oauth/token", 400),
    ):
        body = {"name": "anvil", "role": "read"} if method in ("POST", "PATCH", "PUT") else None
        answer = web.request(method, path, json=body)
        assert answer.status_code == status, (method, path, answer.text)
    assert accounts.find_namespace("anvil") is None


def test_whoami_answers_what_clients_read(accounts: Accounts, web: TestClient) -> None:
    told = web.get("/api/whoami-v2", headers=bearer(accounts, "ada")).json()
    assert (told["type"], told["name"], told["fullname"]) == ("user", "ada", "ada")
    assert told["avatarUrl"] == "http://hub.test/avatars/ada.svg"
    assert [(org["name"], org["roleInOrg"]) for org in told["orgs"]] == [("forge", "admin")]
    token = told["auth"]["accessToken"]
    assert (told["auth"]["type"], token["displayName"], token["role"]) == ("access_token", "laptop", "write")
    assert token["createdAt"].endswith("Z")


def test_whoami_lists_what_a_fine_grained_token_opens(accounts: Accounts, web: TestClient) -> None:
    new = accounts.tokens.create(
        browser_of(accounts, "ada"),
        name="ci",
        scope="fineGrained",
        grants={"ada/bert": Action.WRITE, "forge": Action.READ},
        permissions=["gated.read", "inference.run", "discussion.write"],
    )
    told = web.get("/api/whoami-v2", headers={"Authorization": f"Bearer {new.value}"}).json()
    fine = told["auth"]["accessToken"]["fineGrained"]
    assert (fine["canReadGatedRepos"], fine["global"]) == (True, ["discussion.write", "inference.run"])
    assert fine["scoped"] == [
        {"entity": {"type": "org", "name": "forge"}, "permissions": ["repo.content.read"]},
        {"entity": {"type": "model", "name": "ada/bert"}, "permissions": ["repo.content.read", "repo.write"]},
    ]


def test_a_bad_token_is_refused_in_the_words_the_client_reads(web: TestClient) -> None:
    answer = web.get("/api/whoami-v2", headers={"Authorization": "Bearer hf_nobody"})
    assert answer.status_code == 401
    assert answer.headers["X-Error-Message"] == "Invalid credentials in Authorization header"


def test_a_bad_token_counts_even_where_nobody_would_be_let_in(accounts: Accounts, web: TestClient) -> None:
    answer = web.get("/api/users/ada/overview", headers={"Authorization": "Bearer hf_nobody"})
    assert answer.status_code == 401


def test_a_token_may_come_as_a_password_as_git_sends_it(accounts: Accounts, web: TestClient) -> None:
    bearer(accounts, "ada", value="hf_" + "g" * 34)
    assert web.get("/api/whoami-v2", auth=("ada", "hf_" + "g" * 34)).json()["name"] == "ada"


def test_what_is_public_of_a_user_holds_no_mail_address(accounts: Accounts, web: TestClient) -> None:
    accounts.people.update_profile(
        browser_of(accounts, "ada"), fullname="Ada L.", bio="counts", email="ada@hub.test"
    )
    answer = web.get("/api/users/ADA/overview")
    told = answer.json()
    assert (told["user"], told["fullname"], told["details"]) == ("ada", "Ada L.", "counts")
    assert [org["name"] for org in told["orgs"]] == ["forge"]
    assert "ada@hub.test" not in answer.text


def test_what_does_not_exist_is_404(accounts: Accounts, web: TestClient) -> None:
    for path in (
        "/api/users/zoe/overview",
        "/api/users/forge/overview",
        "/api/organizations/zoe/overview",
        "/api/organizations/ada/overview",
        "/api/organizations/ada/members",
        "/avatars/zoe.svg",
    ):
        assert web.get(path).status_code == 404, path


def test_members_come_in_pages_by_the_link_header(accounts: Accounts, web: TestClient) -> None:
    first = web.get("/api/organizations/forge/members?limit=1")
    assert [m["user"] for m in first.json()] == ["ada"]
    last = web.get(first.links["next"]["url"])
    assert [(m["user"], m["role"]) for m in last.json()] == [("ben", "write")]
    assert "next" not in last.links


def test_ada_makes_an_organisation_and_changes_it(accounts: Accounts, web: TestClient) -> None:
    ada = bearer(accounts, "ada")
    made = web.post("/api/organizations", json={"name": "anvil", "privateByDefault": True}, headers=ada)
    assert (made.status_code, made.json()["numUsers"]) == (200, 1)
    web.patch("/api/organizations/anvil/settings", json={"details": "iron"}, headers=ada)
    org = accounts.orgs.get_org("anvil")
    assert (org.fullname, org.bio, org.private_by_default) == ("anvil", "iron", True)
    assert web.post("/api/organizations", json={"name": "ANVIL"}, headers=ada).status_code == 409


def test_ada_gives_eve_a_role_and_takes_it_back(accounts: Accounts, web: TestClient) -> None:
    ada, path = bearer(accounts, "ada"), "/api/organizations/forge/members/eve"
    assert web.put(path, json={"role": "contributor"}, headers=ada).status_code == 200
    assert browser_of(accounts, "eve").roles == {"forge": Role.CONTRIBUTOR}
    assert web.delete(path, headers=ada).status_code == 200
    assert browser_of(accounts, "eve").roles == {}


def test_eve_gives_herself_no_role(accounts: Accounts, web: TestClient) -> None:
    answer = web.put(
        "/api/organizations/forge/members/eve", json={"role": "admin"}, headers=bearer(accounts, "eve")
    )
    assert answer.status_code == 403
    assert browser_of(accounts, "eve").roles == {}


def test_an_unknown_role_is_named_with_those_there_are(accounts: Accounts, web: TestClient) -> None:
    answer = web.put(
        "/api/organizations/forge/members/eve", json={"role": "king"}, headers=bearer(accounts, "ada")
    )
    assert answer.status_code == 400
    assert "'king'" in answer.json()["error"]
    assert "contributor" in answer.json()["error"]


def test_a_device_signs_in_by_code(accounts: Accounts, web: TestClient) -> None:
    started = web.post("/oauth/device", data={"client_id": "cli"}).json()
    assert started["verification_uri"] == "http://hub.test/oauth/activate"
    assert started["verification_uri_complete"].endswith(f"?code={started['user_code']}")
    poll = {"grant_type": DEVICE_CODE_GRANT, "device_code": started["device_code"], "client_id": "cli"}
    pending = web.post("/oauth/token", data=poll)
    assert (pending.status_code, pending.json()["error"]) == (400, "authorization_pending")
    assert web.post("/oauth/token", data=poll).json()["error"] == "slow_down"

    page = Browser(web).sign_in(accounts, "ada")
    page.send(
        "/oauth/activate",
        of=f"/oauth/activate?code={started['user_code']}",
        code=started["user_code"],
        answer="approve",
    )
    web.cookies.delete(SESSION_COOKIE)
    pair = web.post("/oauth/token", data=poll).json()
    told = web.get("/api/whoami-v2", headers={"Authorization": f"Bearer {pair['access_token']}"}).json()
    assert told["name"] == "ada"
    assert "accessToken" not in told["auth"]  # the client then names the token after the user

    renewed = web.post(
        "/oauth/token",
        data={"grant_type": "refresh_token", "refresh_token": pair["refresh_token"], "client_id": "cli"},
    ).json()
    assert renewed["access_token"] != pair["access_token"]
    assert renewed["expires_in"] > 24 * 3600  # the client renews a day ahead


def test_an_unknown_grant_is_refused_in_the_words_of_oauth(web: TestClient) -> None:
    answer = web.post("/oauth/token", data={"grant_type": "password"})
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
    assert answer.json()["error_description"]


def test_an_avatar_is_a_picture_that_the_browser_runs_nothing_in(accounts: Accounts, web: TestClient) -> None:
    answer = web.get("/avatars/ada.svg")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert "AD" in answer.text
    assert "script" not in answer.text
