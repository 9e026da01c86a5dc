"""Signing a device in by code (RFC 8628), as `hf auth login` does."""

import pytest

from openhearth.access import NOBODY
from openhearth.accounts import Accounts
from openhearth.accounts.devices import POLL_INTERVAL_S
from openhearth.accounts.errors import OAuthCode, OAuthError, TokenInvalid, TooManyAttempts
from openhearth.accounts.oauth.tokens import OF_DEVICES
from openhearth.accounts.records import NewDeviceRequest, TokenPair
from openhearth.accounts.throttle import FREE_ATTEMPTS
from openhearth.errors import Forbidden, NotFound, Unauthenticated
from openhearth.wire.request import Credentials
from tests.accounts.conftest import StandingClock, browser_of, program_of

CLIENT = "a-client"


@pytest.fixture
def waiting(accounts: Accounts) -> NewDeviceRequest:
    return accounts.devices.start(CLIENT)


def refused(accounts: Accounts, waiting: NewDeviceRequest) -> OAuthCode:
    with pytest.raises(OAuthError) as refusal:
        accounts.devices.poll(waiting.device_code, client_id=CLIENT)
    assert refusal.value.extra["error"] == refusal.value.oauth_code
    return refusal.value.oauth_code


def signed_in(accounts: Accounts, waiting: NewDeviceRequest) -> TokenPair:
    accounts.devices.answer(browser_of(accounts, "ada"), waiting.request.user_code, status="approved")
    return accounts.devices.poll(waiting.device_code, client_id=CLIENT)


def test_nobody_cannot_let_a_device_in(accounts: Accounts, waiting: NewDeviceRequest) -> None:
    with pytest.raises(Unauthenticated):
        accounts.devices.answer(NOBODY, waiting.request.user_code, status="approved")


def test_a_token_cannot_let_a_device_in(accounts: Accounts, waiting: NewDeviceRequest) -> None:
    with pytest.raises(Forbidden):
        accounts.devices.answer(program_of(accounts, "ada"), waiting.request.user_code, status="approved")


def test_a_device_waits_until_ada_lets_it_in(
    accounts: Accounts, waiting: NewDeviceRequest, clock: StandingClock
) -> None:
    assert refused(accounts, waiting) == "authorization_pending"
    clock.move(seconds=POLL_INTERVAL_S)
    assert refused(accounts, waiting) == "authorization_pending"
    pair = signed_in(accounts, waiting)
    actor = accounts.identify(Credentials(token=pair.access_token))
    assert actor.name == "ada"
    assert actor.token is not None
    assert actor.token.scope == "write"


def test_a_device_that_polls_too_quickly_is_slowed_down(
    accounts: Accounts, waiting: NewDeviceRequest, clock: StandingClock
) -> None:
    assert refused(accounts, waiting) == "authorization_pending"
    assert refused(accounts, waiting) == "slow_down"
    clock.move(seconds=POLL_INTERVAL_S)
    assert refused(accounts, waiting) == "slow_down"
    clock.move(seconds=POLL_INTERVAL_S + 10)
    assert refused(accounts, waiting) == "authorization_pending"


def test_a_code_is_good_for_one_device_once(accounts: Accounts, waiting: NewDeviceRequest) -> None:
    signed_in(accounts, waiting)
    assert refused(accounts, waiting) == "expired_token"
    with pytest.raises(NotFound):
        accounts.devices.get_pending(browser_of(accounts, "eve"), waiting.request.user_code)


def test_a_denied_device_is_told_so(accounts: Accounts, waiting: NewDeviceRequest) -> None:
    accounts.devices.answer(browser_of(accounts, "ada"), waiting.request.user_code, status="denied")
    assert refused(accounts, waiting) == "access_denied"


def test_a_code_expires_after_a_quarter_of_an_hour(
    accounts: Accounts, waiting: NewDeviceRequest, clock: StandingClock
) -> None:
    clock.move(minutes=15)
    assert refused(accounts, waiting) == "expired_token"
    with pytest.raises(NotFound):
        accounts.devices.answer(browser_of(accounts, "ada"), waiting.request.user_code, status="approved")


def test_another_client_cannot_use_the_code(accounts: Accounts, waiting: NewDeviceRequest) -> None:
    accounts.devices.answer(browser_of(accounts, "ada"), waiting.request.user_code, status="approved")
    with pytest.raises(OAuthError):
        accounts.devices.poll(waiting.device_code, client_id="another")


def test_people_type_codes_in_small_letters_and_without_the_dash(
    accounts: Accounts, waiting: NewDeviceRequest
) -> None:
    typed = f" {waiting.request.user_code.lower().replace('-', ' ')} "
    assert accounts.devices.get_pending(browser_of(accounts, "ada"), typed).id == waiting.request.id


def test_eve_who_guesses_codes_has_to_wait(accounts: Accounts, waiting: NewDeviceRequest) -> None:
    eve = browser_of(accounts, "eve")
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(NotFound):
            accounts.devices.get_pending(eve, "AAAA-AAAA")
    with pytest.raises(TooManyAttempts):
        accounts.devices.get_pending(eve, waiting.request.user_code)


def test_a_token_by_code_ends_and_is_renewed_before(
    accounts: Accounts, waiting: NewDeviceRequest, clock: StandingClock
) -> None:
    old = signed_in(accounts, waiting)
    clock.move(days=29)
    new = accounts.devices.renew(old.refresh_token, client_id=CLIENT)
    assert accounts.identify(Credentials(token=new.access_token)).name == "ada"
    # The device's other programs may still hold the old one for an hour.
    assert accounts.identify(Credentials(token=old.access_token)).name == "ada"
    clock.move(hours=1)
    accounts.tokens.revoke(
        browser_of(accounts, "ada"), accounts.tokens.list_tokens(browser_of(accounts, "ada"))[0].id
    )
    for pair in (old, new):
        with pytest.raises(TokenInvalid):
            accounts.identify(Credentials(token=pair.access_token))


def test_a_token_by_code_is_worth_nothing_after_its_life(
    accounts: Accounts, waiting: NewDeviceRequest, clock: StandingClock
) -> None:
    pair = signed_in(accounts, waiting)
    clock.now += OF_DEVICES.access
    with pytest.raises(TokenInvalid):
        accounts.identify(Credentials(token=pair.access_token))


def test_a_refresh_token_is_good_once_and_for_its_client(
    accounts: Accounts, waiting: NewDeviceRequest
) -> None:
    pair = signed_in(accounts, waiting)
    with pytest.raises(OAuthError, match="sign in again"):
        accounts.devices.renew(pair.refresh_token, client_id="another")
    accounts.devices.renew(pair.refresh_token, client_id=CLIENT)
    with pytest.raises(OAuthError) as refusal:
        accounts.devices.renew(pair.refresh_token, client_id=CLIENT)
    assert refusal.value.oauth_code == "invalid_grant"


def test_a_refresh_token_that_comes_twice_signs_the_device_out(
    accounts: Accounts, waiting: NewDeviceRequest
) -> None:
    stolen = signed_in(accounts, waiting)
    renewed = accounts.devices.renew(stolen.refresh_token, client_id=CLIENT)
    with pytest.raises(OAuthError):
        accounts.devices.renew(stolen.refresh_token, client_id=CLIENT)
    with pytest.raises(TokenInvalid):
        accounts.identify(Credentials(token=renewed.access_token))
    with pytest.raises(OAuthError):
        accounts.devices.renew(renewed.refresh_token, client_id=CLIENT)


def test_revoking_the_token_ends_its_renewal(accounts: Accounts, waiting: NewDeviceRequest) -> None:
    pair = signed_in(accounts, waiting)
    ada = browser_of(accounts, "ada")
    accounts.tokens.revoke(ada, accounts.tokens.list_tokens(ada)[0].id)
    with pytest.raises(OAuthError):
        accounts.devices.renew(pair.refresh_token, client_id=CLIENT)


@pytest.mark.parametrize("client_id", ["", "x" * 101])
def test_a_client_gives_itself_a_name(accounts: Accounts, client_id: str) -> None:
    with pytest.raises(OAuthError, match="client_id"):
        accounts.devices.start(client_id)
