"""Signing in by password, the sessions that follow, and what guessing costs."""

import time
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest

from openhearth.access import NOBODY
from openhearth.accounts import OPERATOR, Accounts
from openhearth.accounts.errors import SignInFailed, TooManyAttempts
from openhearth.accounts.throttle import FREE_ATTEMPTS, LONGEST_WAIT, wait_after
from openhearth.errors import Forbidden, Invalid, NotFound, Unauthenticated
from openhearth.wire.request import Credentials
from tests.accounts.conftest import PASSWORD, StandingClock, browser_of, program_of

HERE = "192.0.2.1"


@pytest.fixture
def ada(empty: Accounts) -> Accounts:
    """Only ada has an account, with a password."""
    empty.people.add(OPERATOR, "ada", password=PASSWORD)
    return empty


def test_ada_signs_in_with_her_name_in_any_case(ada: Accounts) -> None:
    session = ada.sign_in.by_password("ADA", PASSWORD, address=HERE)
    assert ada.identify(Credentials(session=session.value)).name == "ada"


def test_an_unknown_name_a_wrong_password_and_an_account_without_one_are_refused_alike(ada: Accounts) -> None:
    ada.people.add(OPERATOR, "ben")
    told = set()
    for name, password in (("ada", "wrong horse"), ("zoe", PASSWORD), ("ben", PASSWORD), ("", "")):
        with pytest.raises(SignInFailed) as refusal:
            ada.sign_in.by_password(name, password, address=HERE)
        told.add(refusal.value.message)
    assert len(told) == 1


def test_an_unknown_name_takes_as_long_as_a_wrong_password(ada: Accounts) -> None:
    def seconds(name: str) -> float:
        began = time.thread_time()
        with pytest.raises(SignInFailed):
            ada.sign_in.by_password(name, "wrong horse", address=HERE)
        return time.thread_time() - began

    seconds("zoe")  # makes the decoy
    assert min(seconds("zoe") for _ in range(2)) > 0.5 * min(seconds("ada") for _ in range(2))


def test_the_first_failures_cost_nothing_and_each_later_one_doubles_the_wait() -> None:
    assert wait_after(FREE_ATTEMPTS - 1) == timedelta(0)
    assert [wait_after(FREE_ATTEMPTS + n).total_seconds() for n in range(4)] == [1, 2, 4, 8]
    assert wait_after(10_000) == LONGEST_WAIT


def test_eve_who_guesses_has_to_wait_even_with_the_right_password(
    ada: Accounts, clock: StandingClock
) -> None:
    _guess(ada, "ada", times=FREE_ATTEMPTS)
    with pytest.raises(TooManyAttempts) as refusal:
        ada.sign_in.by_password("ADA", PASSWORD, address=HERE)
    assert refusal.value.headers == {"Retry-After": "1"}
    clock.move(seconds=1)
    ada.sign_in.by_password("ada", PASSWORD, address=HERE)


def test_eve_who_guesses_elsewhere_does_not_lock_ada_out(ada: Accounts) -> None:
    _guess(ada, "ada", times=FREE_ATTEMPTS)
    ada.sign_in.by_password("ada", PASSWORD, address="192.0.2.99")


def test_names_without_an_account_are_slowed_down_too(ada: Accounts) -> None:
    _guess(ada, "zoe", times=FREE_ATTEMPTS)
    with pytest.raises(TooManyAttempts):
        ada.sign_in.by_password("zoe", PASSWORD, address=HERE)


def test_signing_in_forgives_earlier_failures(ada: Accounts) -> None:
    _guess(ada, "ada", times=FREE_ATTEMPTS - 1)
    ada.sign_in.by_password("ada", PASSWORD, address=HERE)
    _guess(ada, "ada", times=FREE_ATTEMPTS - 1)
    ada.sign_in.by_password("ada", PASSWORD, address=HERE)


def _guess(accounts: Accounts, name: str, *, times: int) -> None:
    for _ in range(times):
        with pytest.raises(SignInFailed):
            accounts.sign_in.by_password(name, "wrong horse", address=HERE)


def test_a_stale_or_invented_cookie_is_nobody_not_an_error(ada: Accounts) -> None:
    assert ada.identify(Credentials(session="invented")) is NOBODY
    assert ada.identify(Credentials()) is NOBODY


def test_a_session_ends_thirty_days_after_its_last_use(ada: Accounts, clock: StandingClock) -> None:
    value = ada.sign_in.by_password("ada", PASSWORD, address=HERE).value
    for _ in range(3):
        clock.move(days=29)
        assert _looked_up_anew(ada, value) == "ada"
    clock.move(days=30)
    assert _looked_up_anew(ada, value) is None


def _looked_up_anew(accounts: Accounts, session: str) -> str | None:
    accounts.identity.settle()
    accounts.people.update_profile(browser_of(accounts, "ada"), fullname="Ada", bio="", email="")
    name = accounts.identify(Credentials(session=session)).name
    accounts.identity.settle()
    return name


def test_signing_out_ends_this_session_and_no_other(ada: Accounts) -> None:
    first, second = browser_of(ada, "ada"), browser_of(ada, "ada")
    ada.sessions.end(first, str(first.session_id))
    assert [s.id for s in ada.sessions.list_sessions(second)] == [second.session_id]


def test_eve_cannot_end_a_session_of_ada(ada: Accounts) -> None:
    ada.people.add(OPERATOR, "eve")
    with pytest.raises(NotFound):
        ada.sessions.end(browser_of(ada, "eve"), str(browser_of(ada, "ada").session_id))


def test_ada_signs_out_everywhere(ada: Accounts) -> None:
    values = [ada.sign_in.by_password("ada", PASSWORD, address=HERE).value for _ in range(2)]
    ada.sessions.end_all(ada.identify(Credentials(session=values[0])))
    assert [ada.identify(Credentials(session=value)) for value in values] == [NOBODY, NOBODY]


def test_a_new_password_signs_every_other_browser_out(ada: Accounts) -> None:
    old = ada.sign_in.by_password("ada", PASSWORD, address=HERE)
    actor = ada.identify(Credentials(session=old.value))
    new = ada.sign_in.change_password(actor, current=PASSWORD, new="another horse", address=HERE)
    assert ada.identify(Credentials(session=old.value)) is NOBODY
    assert ada.identify(Credentials(session=new.value)).name == "ada"
    with pytest.raises(SignInFailed):
        ada.sign_in.by_password("ada", PASSWORD, address=HERE)
    ada.sign_in.by_password("ada", "another horse", address=HERE)


def test_a_new_password_needs_the_old_one(ada: Accounts) -> None:
    with pytest.raises(Invalid, match="current password"):
        ada.sign_in.change_password(browser_of(ada, "ada"), current="x", new="another horse", address=HERE)


def test_a_first_password_needs_no_old_one(ada: Accounts) -> None:
    ada.people.add(OPERATOR, "ben")
    ada.sign_in.change_password(browser_of(ada, "ben"), current="", new="another horse", address=HERE)
    ada.sign_in.by_password("ben", "another horse", address=HERE)


def test_a_token_cannot_change_the_password(ada: Accounts) -> None:
    with pytest.raises(Forbidden):
        ada.sign_in.change_password(
            program_of(ada, "ada"), current=PASSWORD, new="another horse", address=HERE
        )


def test_nobody_has_no_password_to_change(ada: Accounts) -> None:
    with pytest.raises(Unauthenticated):
        ada.sign_in.change_password(NOBODY, current="", new="another horse", address=HERE)


def test_only_administrators_reset_passwords(ada: Accounts) -> None:
    ada.people.add(OPERATOR, "eve")
    with pytest.raises(Forbidden):
        ada.sign_in.reset_password(browser_of(ada, "eve"), "ada", "another horse")
    ada.sign_in.reset_password(OPERATOR, "ada", "another horse")
    ada.sign_in.by_password("ada", "another horse", address=HERE)


def test_the_value_of_a_cookie_fits_a_cookie_and_is_not_printed(ada: Accounts) -> None:
    new = ada.sign_in.by_password("ada", PASSWORD, address=HERE)
    assert SimpleCookie(f"session={new.value}")["session"].value == new.value
    assert new.value not in repr(new)
