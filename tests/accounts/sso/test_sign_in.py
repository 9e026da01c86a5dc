"""Signing in at the company's provider: who gets which account, and what is never trusted."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from openhearth.accounts.sso.provider import CALLS_MOST
from openhearth.errors import Forbidden, Invalid
from tests.accounts.browser import Browser, words_of
from tests.accounts.conftest import browser_of
from tests.accounts.sso.company import Company
from tests.accounts.sso.conftest import ADA, House
from tests.support.running import PASSWORD

Build = Callable[..., House]


def test_nobody_gets_an_account_at_the_first_sign_in(house: Build) -> None:
    here = house()
    login = here.browser.open("/login?next=/models")
    assert "Sign in with 127.0.0.1" in words_of(login)
    assert "/sso/sign-in?next=%2Fmodels" in login.text
    arrived = here.sign_in(ADA)
    assert (arrived.status_code, arrived.headers["Location"]) == (303, "/models")
    assert here.browser.name == "ada"
    ada = here.accounts.people.get_user("ada")
    assert (ada.fullname, ada.email, ada.has_password, ada.is_site_admin) == (
        "Ada L.",
        "ada@corp.test",
        False,
        False,
    )


def test_the_same_person_comes_back_under_whatever_name(house: Build) -> None:
    here = house()
    here.sign_in(ADA)
    here.web.cookies.clear()
    here.sign_in({**ADA, "preferred_username": "lovelace", "email": "lovelace@corp.test"})
    assert here.browser.name == "ada"
    assert here.accounts.people.get_user("ada").email == "ada@corp.test"


def test_a_name_or_an_address_leads_into_nobodys_account(house: Build) -> None:
    here = house()
    here.accounts.people.update_profile(
        browser_of(here.accounts, "ben"), fullname="Ben", bio="", email="ben@corp.test"
    )
    arrived = here.sign_in(
        {"sub": "e-1", "preferred_username": "ben", "email": "ben@corp.test", "email_verified": True}
    )
    assert arrived.headers["Location"] == "/sso/join"
    page = here.browser.open("/sso/join")
    assert "'ben' is taken here" in words_of(page)
    again = here.browser.send("/sso/join", name="forge")
    assert "is taken" in words_of(again)
    assert "plain letters" not in words_of(here.browser.send("/sso/join", name="no good"))
    done = here.browser.send("/sso/join", name="eve")
    assert (done.status_code, done.headers["Location"]) == (303, "/models")
    assert here.accounts.people.get_user("eve").email == "ben@corp.test"
    assert here.browser.open("/sso/join").status_code == 400


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "J. Döe"}, "J-Doe"),
        ({"preferred_username": "", "email": "jane.doe@corp.test"}, "jane-doe"),
        ({"preferred_username": "CORP\\jane@corp.test"}, "CORP-jane"),
        ({"name": "Jane Doe"}, "Jane-Doe"),
    ],
)
def test_names_are_made_of_what_the_provider_says(house: Build, claims: dict[str, str], name: str) -> None:
    here = house()
    here.sign_in({"sub": "j-1", **claims})
    assert here.browser.name == name


def test_who_has_no_usable_name_is_asked(house: Build) -> None:
    here = house()
    assert here.sign_in({"sub": "x-1"}).headers["Location"] == "/sso/join"
    assert here.browser.send("/sso/join", name="xi").headers["Location"] == "/models"
    assert here.browser.name == "xi"


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        ({"iss": "https://elsewhere.test"}, "iss"),
        ({"aud": "another-hub"}, "aud"),
        ({"aud": ["another-hub"], "azp": "the-hub"}, "aud"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "exp"),
        ({"nonce": "of another sign-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": None}, "sub"),
        ({"sub": "b-1"}, "somebody else"),
    ],
)
def test_a_statement_that_is_not_for_this_sign_in_is_not_believed(
    house: Build, company: Company, lie: dict[str, Any], words: str
) -> None:
    here = house()
    company.lie = lie
    answer = here.sign_in(ADA)
    assert answer.status_code == 400
    assert words in words_of(answer)
    assert "Try again" in words_of(answer)
    assert here.accounts.people.find_user("ada") is None


def test_a_forged_signature_is_not_believed(house: Build, company: Company) -> None:
    here = house()
    company.forges = True
    answer = here.sign_in(ADA)
    assert (answer.status_code, here.browser.name) == (400, None)
    assert "cannot be trusted" in words_of(answer)


def test_a_statement_signed_with_the_shared_secret_is_not_believed(house: Build, company: Company) -> None:
    here = house()
    company.signs_with_secret = True
    assert here.sign_in(ADA).status_code == 400
    assert here.browser.name is None


def test_a_provider_may_change_its_key(
    house: Build, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = house()
    here.sign_in(ADA)
    company.change_key()
    monkeypatch.setattr("openhearth.accounts.sso.provider.KEYS_ASKED_EVERY_S", 0.0)
    assert here.sign_in(ADA).headers["Location"] == "/models"


def test_an_answer_counts_once_and_in_the_browser_that_asked(house: Build) -> None:
    here = house()
    here.company.person = ADA
    back = here.go()
    here.web.cookies.delete("openhearth_sso")
    stolen = here.come_back(back)
    assert (stolen.status_code, here.browser.name) == (400, None)
    assert "began elsewhere (state)" in words_of(stolen)

    back = here.go()
    changed = here.come_back(re.sub(r"state=[\w-]+", "state=guess", back))
    assert "(state)" in words_of(changed)
    assert here.come_back(back).status_code == 303
    assert "(state)" in words_of(here.come_back(back))


def test_a_code_that_was_spent_elsewhere_is_refused(house: Build, company: Company) -> None:
    here = house()
    company.person = ADA
    back = here.go()
    company.codes.clear()
    answer = here.come_back(back)
    assert answer.status_code == 403
    assert "invalid_grant" in words_of(answer)


def test_a_provider_that_says_no_is_quoted(house: Build, company: Company) -> None:
    here = house()
    company.lie = {"error": "access_denied"}
    answer = here.sign_in(ADA)
    assert answer.status_code == 403
    assert "access_denied" in words_of(answer)


def test_a_provider_that_is_down_or_another_is_named(house: Build, company: Company) -> None:
    here = house()
    company.is_down = True
    answer = here.browser.open("/sso/sign-in")
    assert answer.status_code == 502
    assert company.address in words_of(answer)
    company.is_down, company.issuer = False, "https://elsewhere.test"
    answer = here.browser.open("/sso/sign-in")
    assert "https://elsewhere.test" in words_of(answer)
    assert here.browser.open("/login").status_code == 200


def test_addresses_outside_the_company_stay_outside(house: Build) -> None:
    here = house(sso_email_domains="corp.test, @other.test")
    outside = here.sign_in({**ADA, "email": "ada@evil.test"})
    assert outside.status_code == 403
    assert "corp.test" in words_of(outside)
    assert here.sign_in({**ADA, "email_verified": False}).status_code == 403
    assert here.sign_in({**ADA, "email": "ada@OTHER.test"}).status_code == 303


def test_claims_that_only_userinfo_tells_count_too(house: Build, company: Company) -> None:
    here = house()
    company.more = {"preferred_username": "grace", "email": "grace@corp.test", "email_verified": True}
    here.sign_in({"sub": "g-1"})
    assert here.browser.name == "grace"


def test_a_closed_hub_takes_nobody_new(house: Build) -> None:
    here = house(sign_up="closed")
    answer = here.sign_in(ADA)
    assert (answer.status_code, here.accounts.people.find_user("ada")) == (403, None)


def test_going_on_afterwards_stays_on_this_hub(house: Build) -> None:
    assert house().sign_in(ADA, "/sso/sign-in?next=//evil.test/").headers["Location"] == "/"


def test_ben_links_his_account_after_being_asked(house: Build) -> None:
    here = house()
    here.browser.sign_in(here.accounts, "ben")
    assert "Link my account" in words_of(here.browser.open("/settings/security"))
    arrived = here.sign_in({"sub": "b-9", "email": "ben@corp.test"}, "/sso/sign-in?link=1")
    assert arrived.headers["Location"] == "/sso/link"
    page = here.browser.open("/sso/link")
    assert "ben@corp.test" in words_of(page)
    assert "will be ben here" in words_of(page)
    assert "Linked with" not in here.browser.open("/settings/security").text
    assert here.browser.send("/sso/link").headers["Location"] == "/settings/security"
    assert "Linked with" in here.browser.open("/settings/security").text

    visitor = Browser(here.web)
    here.web.cookies.clear()
    here.sign_in({"sub": "b-9"})
    assert visitor.name == "ben"
    assert here.browser.send("/sso/unlink", of="/settings/security").status_code == 303
    assert "Link my account" in words_of(here.browser.open("/settings/security"))


def test_one_person_there_is_one_account_here(house: Build) -> None:
    here = house()
    here.sign_in(ADA)
    here.browser.sign_in(here.accounts, "ben")
    answer = here.sign_in(ADA, "/sso/sign-in?link=1")
    assert answer.status_code == 403
    assert "another account" in words_of(answer)


def test_nobody_unties_the_only_way_in(house: Build) -> None:
    here = house()
    here.sign_in(ADA)
    answer = here.browser.send("/sso/unlink", of="/settings/security")
    assert answer.status_code == 409
    assert "Set a password first" in words_of(answer)


def test_signing_out_shows_the_way_out_there(house: Build, company: Company) -> None:
    here = house()
    here.sign_in(ADA)
    page = here.browser.send("/logout", of="/settings/security")
    assert page.status_code == 200
    assert f"{company.address}/bye?client_id=the-hub&amp;id_token_hint=" in page.text
    assert "Sign in" in words_of(page)
    assert here.browser.name is None
    here.browser.sign_in(here.accounts, "ben")
    assert here.browser.send("/logout", of="/settings/security").headers["Location"] == "/"


def test_a_hub_can_take_no_passwords_at_all(house: Build) -> None:
    here = house(sso_only=True)
    assert 'type="password"' not in here.browser.open("/login").text
    with pytest.raises(Forbidden, match="sign in at its provider"):
        here.accounts.sign_in.by_password("ben", PASSWORD, address="127.0.0.1")
    here.sign_in(ADA)
    assert here.browser.name == "ada"
    here.web.cookies.clear()
    assert "takes no passwords" in words_of(here.browser.open("/join"))


def test_without_settings_there_is_no_single_sign_on(web: Any) -> None:
    answer = Browser(web).open("/sso/sign-in")
    assert answer.status_code == 404
    assert "sso_issuer" in answer.text


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"sso_issuer": "http://corp.test"}, "sso_issuer"),
        ({"sso_issuer": "corp.test"}, "sso_issuer"),
        ({"sso_client_id": ""}, "sso_client_id"),
        ({"sso_scopes": "email"}, "openid"),
        ({"sso_group_roles": "ml-team"}, "ml-team"),
        ({"sso_group_roles": "ml-team=forge:king"}, "read, contributor, write, admin"),
        ({"sso_issuer": "", "sso_only": True}, "sso_only"),
    ],
)
def test_a_mistake_in_the_settings_stops_the_start(
    house: Build, settings: dict[str, Any], words: str
) -> None:
    from dataclasses import replace

    from openhearth.accounts.sso.policy import read_policy
    from openhearth.config import Settings

    good = Settings(sso_issuer="https://corp.test", sso_client_id="hub")
    assert read_policy(good) is not None
    with pytest.raises(Invalid, match=re.escape(words)):
        read_policy(replace(good, **settings))


def test_a_provider_that_thinks_long_holds_up_nobody_else(house: Build, company: Company) -> None:
    here = house()
    company.thinks_s = 1.5
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(here.web.get, "/sso/sign-in")
        while not company.asked:
            time.sleep(0.01)
        assert here.web.get("/health").status_code == 200
        assert here.web.get("/models", headers={"Accept": "text/html"}).status_code == 200
        assert not waiting.done()
        assert waiting.result().status_code == 303
    assert time.monotonic() - began >= 1.5


def test_only_so_many_wait_for_the_provider_at_once(house: Build, company: Company) -> None:
    here = house()
    here.sign_in(ADA)
    assert here.accounts.sso is not None
    slots = here.accounts.sso.provider._slots
    for _ in range(CALLS_MOST):
        assert slots.acquire(blocking=False)
    answer = here.browser.open("/sso/sign-in")
    assert answer.status_code == 429
    assert "slow" in words_of(answer)
    for _ in range(CALLS_MOST):
        slots.release()
    assert here.browser.open("/sso/sign-in").status_code == 303
