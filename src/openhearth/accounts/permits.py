"""The few checks that every verb of this room starts with. Each raises or returns nothing.

`OPERATOR` is whoever holds the data folder: the command line acts as it. No credential leads to it over HTTP.
"""

from openhearth.access import Actor, may_manage_namespace, refusal
from openhearth.errors import Forbidden, Unauthenticated

OPERATOR = Actor(user_id="operator", is_site_admin=True)


def require_account(actor: Actor) -> str:
    """The id of the actor's user. Raises Unauthenticated for nobody."""
    if actor.user_id is None:
        raise Unauthenticated("This needs an account; sign in first.")
    return actor.user_id


def require_browser(actor: Actor) -> str:
    """As `require_account`, and no token: what guards an account is not changed by a credential of it."""
    user_id = require_account(actor)
    if actor.token is not None:
        raise Forbidden(
            "Passwords, tokens and sessions cannot be changed with an access token; use the settings pages."
        )
    return user_id


def require_write(actor: Actor) -> str:
    """As `require_account`, and no token that is limited."""
    user_id = require_account(actor)
    if actor.token is not None and actor.token.scope != "write":
        raise Forbidden(f"This token ({actor.token.scope}) does not allow that; use a write token.")
    return user_id


def require_site_admin(actor: Actor) -> None:
    require_write(actor)
    if not actor.is_site_admin:
        raise Forbidden("Only an administrator of this hub may do that.")


def require_admin_of(actor: Actor, namespace: str) -> None:
    """Raises unless `actor` may change the profile, members and settings of `namespace`."""
    if not may_manage_namespace(actor, namespace):
        raise refusal(actor, f"Only an admin of {namespace} may do that.")
