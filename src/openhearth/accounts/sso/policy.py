"""The settings of single sign-on, read once: a mistake in them stops the start with a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from openhearth.access import ROLE_NAMES, Role
from openhearth.accounts.sso.records import GroupGrant
from openhearth.config import Settings
from openhearth.errors import Invalid

SITE_ADMIN = "*site-admin"


@dataclass(frozen=True, kw_only=True)
class Policy:
    issuer: str
    client_id: str
    client_secret: str
    scopes: str
    groups_claim: str
    name_claim: str
    group_grants: tuple[GroupGrant, ...]
    email_domains: frozenset[str]
    label: str
    takes_newcomers: bool


def read_policy(settings: Settings) -> Policy | None:
    """What `settings` say, None without a provider. Raises Invalid."""
    if not settings.sso_issuer:
        if settings.sso_only:
            raise Invalid("sso_only: without sso_issuer nobody could sign in; set both or neither.")
        return None
    _check_issuer(settings.sso_issuer)
    if not settings.sso_client_id:
        raise Invalid("sso_client_id: is empty; give the id that the provider knows this hub by.")
    scopes = settings.sso_scopes.split()
    if "openid" not in scopes:
        raise Invalid(
            f"sso_scopes: {settings.sso_scopes!r} lacks openid, without which nobody is named; add it."
        )
    return Policy(
        issuer=settings.sso_issuer,
        client_id=settings.sso_client_id,
        client_secret=settings.sso_client_secret,
        scopes=" ".join(scopes),
        groups_claim=settings.sso_groups_claim,
        name_claim=settings.sso_name_claim,
        group_grants=tuple(_read_group_grants(settings.sso_group_roles)),
        email_domains=frozenset(
            part.strip().lower().removeprefix("@")
            for part in settings.sso_email_domains.split(",")
            if part.strip()
        ),
        label=settings.sso_label or f"Sign in with {urlsplit(settings.sso_issuer).hostname}",
        takes_newcomers=settings.sign_up != "closed",
    )


def _check_issuer(issuer: str) -> None:
    parts = urlsplit(issuer)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        return
    raise Invalid(f"sso_issuer: {issuer!r} is no https address; give the issuer as the provider spells it.")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _read_group_grants(text: str) -> Iterator[GroupGrant]:
    """`ml-team=forge:write,admins=*site-admin` → what each group gives. Raises Invalid."""
    for part in filter(None, (part.strip() for part in text.split(","))):
        group, equals, given = part.rpartition("=")
        if not equals or not group.strip():
            raise Invalid(f"sso_group_roles: {part!r} is not GROUP=ORGANISATION:ROLE.")
        if given.strip() == SITE_ADMIN:
            yield GroupGrant(group=group.strip(), org=None, role=Role.ADMIN)
            continue
        org, colon, role = given.strip().partition(":")
        if not colon or role not in ROLE_NAMES:
            raise Invalid(
                f"sso_group_roles: {part!r} is not GROUP=ORGANISATION:ROLE nor GROUP={SITE_ADMIN}; "
                f"the roles are {', '.join(ROLE_NAMES)}."
            )
        yield GroupGrant(group=group.strip(), org=org, role=ROLE_NAMES[role])
