"""The pages, as people use them without JavaScript."""

import re
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from openhearth.access import Role
from openhearth.accounts import OPERATOR, Accounts
from openhearth.rooms import Hub
from openhearth.wire.request import SESSION_COOKIE
from tests.accounts.browser import Browser, words_of
from tests.support.running import PASSWORD, PEOPLE

PAGES_FOR_ACCOUNTS = [
    "/settings",
    "/settings/profile",
    "/settings/security",
    "/settings/tokens",
    "/settings/tokens/new",
    "/settings/organizations",
    "/settings/invites",
    "/settings/applications",
    "/settings/applications/new",
    "/organizations/new",
    "/organizations/forge/settings",
    "/oauth/activate?code=ABCD-EFGH",
]
FORMS_FOR_ACCOUNTS = [
    "/logout",
    "/settings/profile",
    "/settings/password",
    "/settings/sessions/end-all",
    "/settings/sessions/x/end",
    "/settings/tokens/new",
    "/settings/tokens/x/revoke",
    "/settings/tokens/x/refresh",
    "/settings/invites",
    "/settings/invites/x/withdraw",
    "/organizations/new",
    "/organizations/forge/settings",
    "/organizations/forge/members",
    "/organizations/forge/members/ben/remove",
    "/oauth/activate",
]


@pytest.fixture
def accounts(hub: Hub) -> Accounts:
    """ada owns the hub and forge, ben may write there, eve is a stranger."""
    for name in PEOPLE:
        is_ada = name == "ada"
        hub.accounts.people.add(OPERATOR, name, password=PASSWORD if is_ada else None, is_site_admin=is_ada)
    hub.accounts.orgs.create(OPERATOR, "forge", members={"ada": Role.ADMIN, "ben": Role.WRITE})
    return hub.accounts


@pytest.fixture
def browser(web: TestClient) -> Browser:
    return Browser(web)


def test_nobody_is_sent_to_sign_in_and_back(accounts: Accounts, browser: Browser) -> None:
    for path in PAGES_FOR_ACCOUNTS:
        answer = browser.open(path)
        assert answer.status_code == 303, path
        assert answer.headers["Location"] == f"/login?next={quote(path, safe='/')}"


def test_nobody_sends_a_form_that_needs_an_account(accounts: Accounts, browser: Browser) -> None:
    for path in FORMS_FOR_ACCOUNTS:
        answer = browser.client.post(path, data={}, headers={"Accept": "text/html"})
        assert answer.status_code == 401, path


def test_a_form_without_the_token_of_its_page_is_refused(accounts: Accounts, browser: Browser) -> None:
    browser.sign_in(accounts, "ada")
    for path in (*FORMS_FOR_ACCOUNTS, "/login", "/join", "/setup/x"):
        answer = browser.client.post(path, data={"csrf_token": "guess"}, headers={"Accept": "text/html"})
        assert answer.status_code == 403, path
    assert browser.name == "ada"


def test_every_page_shows_itself_to_ada(accounts: Accounts, browser: Browser) -> None:
    browser.sign_in(accounts, "ada")
    for path in PAGES_FOR_ACCOUNTS[1:-1]:
        answer = browser.open(path)
        assert answer.status_code == 200, path
        assert "<h1" in answer.text, path


def test_ada_signs_in_goes_where_she_wanted_and_signs_out(accounts: Accounts, browser: Browser) -> None:
    answer = browser.send("/login", name="ada", password=PASSWORD, next="/settings/tokens")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/tokens")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.name == "ada"
    assert browser.send("/logout", of="/settings/profile").status_code == 303
    assert browser.name is None


def test_signing_in_never_leads_to_another_site(accounts: Accounts, browser: Browser) -> None:
    for target in ("https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"):
        answer = browser.send("/login", name="ada", password=PASSWORD, next=target)
        assert answer.headers["Location"] == "/", target
        browser.client.cookies.clear()


def test_a_cookie_planted_before_signing_in_is_worth_nothing_after(
    accounts: Accounts, browser: Browser
) -> None:
    browser.with_cookie("planted")
    answer = browser.send("/login", name="ada", password=PASSWORD)
    assert "planted" not in answer.headers["Set-Cookie"]
    assert browser.with_cookie("planted").name is None


def test_a_wrong_password_is_said_on_the_page_which_keeps_the_name(
    accounts: Accounts, browser: Browser
) -> None:
    answer = browser.send("/login", name="ada", password="wrong horse")
    assert answer.status_code == 401
    assert "The name or the password is wrong" in words_of(answer)
    assert 'value="ada"' in answer.text
    assert SESSION_COOKIE not in answer.headers.get("Set-Cookie", "")


def test_the_owner_sets_the_hub_up_by_the_link_of_the_first_start(hub: Hub, browser: Browser) -> None:
    link = hub.accounts.first_start_link()
    assert link is not None
    refused = browser.send(link, name="no name", password="")
    assert refused.status_code == 400
    assert "is not allowed" in words_of(refused)
    answer = browser.send(link, name="ada", password="", fullname="Ada L.")
    assert answer.status_code == 303
    assert browser.name == "ada"
    assert hub.accounts.people.get_user("ada").is_site_admin
    assert browser.open(link).status_code == 404


def test_zoe_joins_by_invite(accounts: Accounts, browser: Browser) -> None:
    browser.sign_in(accounts, "ada")
    made = browser.send("/settings/invites", note="for zoe")
    link = re.search(r"http://hub\.test(/join/[\w-]+)", made.text)
    assert link is not None
    assert made.headers["Cache-Control"] == "no-store"
    browser.client.cookies.clear()
    assert browser.send(link[1], name="ada", password=PASSWORD).status_code == 409
    assert browser.send(link[1], name="zoe", password=PASSWORD).status_code == 303
    assert browser.name == "zoe"


def test_without_an_invite_the_page_says_how_to_get_one(accounts: Accounts, browser: Browser) -> None:
    answer = browser.open("/join")
    assert answer.status_code == 403
    assert "by invite" in words_of(answer)
    assert browser.open("/join/guess").status_code == 404


def test_only_administrators_see_invites(accounts: Accounts, browser: Browser) -> None:
    assert browser.sign_in(accounts, "ben").open("/settings/invites").status_code == 403


def test_a_new_token_is_shown_once(accounts: Accounts, browser: Browser) -> None:
    made = browser.sign_in(accounts, "ada").send("/settings/tokens/new", name="laptop", scope="write")
    value = re.search(r"hf_\w{34}", made.text)
    assert value is not None
    assert made.headers["Cache-Control"] == "no-store"
    page = browser.open("/settings/tokens")
    assert value[0] not in page.text
    assert "laptop" in words_of(page)


def test_choices_on_the_form_become_the_grants_of_a_fine_grained_token(
    accounts: Accounts, browser: Browser
) -> None:
    browser.sign_in(accounts, "ada").send(
        "/settings/tokens/new",
        name="ci",
        scope="fineGrained",
        **{"namespace-forge": "read", "read_repos": "datasets/eve/cats\nada/bert", "write_repos": "ada/bert"},
    )
    page = words_of(browser.open("/settings/tokens"))
    assert "datasets/eve/cats read" in page
    assert "forge read" in page
    assert "models/ada/bert write" in page


def test_a_fine_grained_token_is_given_an_end_and_permissions_on_the_form(
    accounts: Accounts, browser: Browser
) -> None:
    ada = browser.sign_in(accounts, "ada")
    ada.send(
        "/settings/tokens/new", name="ci", scope="fineGrained", permission="inference.run", lifetime="30"
    )
    page = words_of(browser.open("/settings/tokens"))
    assert "inference.run" in page
    assert "ends on" in page
    refused = ada.send("/settings/tokens/new", name="ci", scope="read", lifetime="8")
    assert (refused.status_code, "is not offered" in words_of(refused)) == (400, True)


def test_a_form_that_is_refused_comes_back_with_what_was_typed(accounts: Accounts, browser: Browser) -> None:
    answer = browser.sign_in(accounts, "ada").send(
        "/settings/tokens/new", name="ci", scope="fineGrained", read_repos="no/such/thing/here"
    )
    assert answer.status_code == 400
    assert "no/such/thing/here" in answer.text
    assert "grants:" in words_of(answer)


def test_ada_renews_and_revokes_a_token(accounts: Accounts, browser: Browser) -> None:
    browser.sign_in(accounts, "ada").send("/settings/tokens/new", name="laptop", scope="read")
    path = re.search(r"/settings/tokens/[0-9a-f]{24}", browser.open("/settings/tokens").text)
    assert path is not None
    assert re.search(r"hf_\w{34}", browser.send(f"{path[0]}/refresh", of="/settings/tokens").text)
    assert browser.send(f"{path[0]}/revoke", of="/settings/tokens").status_code == 303
    assert "No tokens yet" in words_of(browser.open("/settings/tokens"))


def test_ada_changes_her_profile(accounts: Accounts, browser: Browser) -> None:
    browser.sign_in(accounts, "ada")
    browser.send("/settings/profile", fullname="Ada <L.>", bio="counts", email="ada@hub.test")
    page = browser.open("/settings/profile?saved")
    assert "Your profile is saved" in words_of(page)
    assert "Ada &lt;L.&gt;" in page.text
    refused = browser.send("/settings/profile", fullname="Ada", bio="", email="no mail")
    assert refused.status_code == 400
    assert 'aria-invalid="true"' in refused.text


def test_a_new_password_keeps_this_browser_signed_in_and_no_other(
    accounts: Accounts, browser: Browser
) -> None:
    before = accounts.sign_in.by_password("ada", PASSWORD, address="")
    browser.sign_in(accounts, "ada")
    wrong = browser.send("/settings/password", of="/settings/security", current="x", password="another horse")
    assert wrong.status_code == 400
    changed = browser.send(
        "/settings/password", of="/settings/security", current=PASSWORD, password="another horse"
    )
    assert changed.status_code == 303
    assert browser.name == "ada"
    assert browser.with_cookie(before.value).name is None


def test_ada_signs_another_browser_out(accounts: Accounts, browser: Browser) -> None:
    other = accounts.sign_in.by_password("ada", PASSWORD, address="", agent="the other one")
    browser.sign_in(accounts, "ada")
    assert "the other one" in words_of(browser.open("/settings/security"))
    browser.send(f"/settings/sessions/{other.session.id}/end", of="/settings/security")
    assert "the other one" not in words_of(browser.open("/settings/security"))
    assert browser.send("/settings/sessions/end-all", of="/settings/security").headers["Location"] == "/login"
    assert browser.name is None


def test_eve_makes_an_organisation_and_ben_is_taken_in(accounts: Accounts, browser: Browser) -> None:
    browser.sign_in(accounts, "eve")
    assert browser.send("/organizations/new", name="forge").status_code == 409
    made = browser.send("/organizations/new", name="Anvil", private_by_default="on")
    assert (made.status_code, made.headers["Location"]) == (303, "/Anvil")
    browser.send("/organizations/Anvil/members", user="ben", role="read")
    members = words_of(browser.open("/organizations/Anvil/members"))
    assert "eve added ben as read" in members
    unknown = browser.send("/organizations/Anvil/members", user="zoe", role="read")
    assert unknown.status_code == 404
    assert "no account called 'zoe'" in words_of(unknown)
    last = browser.send("/organizations/Anvil/members/eve/remove", of="/settings/organizations")
    assert last.status_code == 409
    assert "Anvil" in words_of(browser.open("/settings/organizations"))


def test_members_are_public_and_changing_them_is_not(accounts: Accounts, browser: Browser) -> None:
    page = browser.open("/organizations/forge/members")
    assert page.status_code == 200
    assert "ben" in words_of(page)
    assert "Add a member" not in words_of(page)
    browser.sign_in(accounts, "eve")
    sent = browser.send("/organizations/forge/members", of="/settings/profile", user="eve", role="admin")
    assert sent.status_code == 403
    assert browser.open("/organizations/forge/settings").status_code == 403


def test_ben_leaves(accounts: Accounts, browser: Browser) -> None:
    browser.sign_in(accounts, "ben")
    left = browser.send("/organizations/forge/members/ben/remove", of="/settings/organizations")
    assert left.headers["Location"] == "/settings/organizations"
    assert "You are in no organisation" in words_of(browser.open("/settings/organizations"))


def test_ada_saves_the_settings_of_her_organisation(accounts: Accounts, browser: Browser) -> None:
    browser.sign_in(accounts, "ada")
    browser.send("/organizations/forge/settings", fullname="The Forge", bio="fire", private_by_default="on")
    assert accounts.orgs.get_org("forge").private_by_default
    refused = browser.send("/organizations/forge/settings", fullname="", bio="")
    assert refused.status_code == 400
    assert accounts.orgs.get_org("forge").fullname == "The Forge"


@pytest.mark.parametrize(
    ("answer", "words"), [("approve", "is signed in as ada"), ("deny", "was not let in")]
)
def test_ada_answers_a_device(accounts: Accounts, browser: Browser, answer: str, words: str) -> None:
    code = accounts.devices.start("cli").request.user_code
    browser.sign_in(accounts, "ada")
    page = f"/oauth/activate?code={code}"
    assert code in browser.open(page).text
    assert words in words_of(browser.send("/oauth/activate", of=page, code=code, answer=answer))
    assert browser.open(page).status_code == 404


def test_names_as_long_as_they_may_be_and_written_from_right_to_left_fit_the_pages(
    hub: Hub, browser: Browser
) -> None:
    name = "n" * 96
    hub.accounts.people.add(OPERATOR, name, fullname="ש" * 200, is_site_admin=True)
    hub.accounts.orgs.create(OPERATOR, "o" * 96, fullname="א" * 200, members={name: Role.ADMIN})
    browser.sign_in(hub.accounts, name)
    organisation = f"/organizations/{'o' * 96}"
    for path in (*PAGES_FOR_ACCOUNTS[1:8], f"{organisation}/settings", f"{organisation}/members"):
        assert browser.open(path).status_code == 200
