"""What an app learns of a person, by scope: the body of `/oauth/userinfo` and of id tokens.

Names beyond OpenID Connect Core section 5.1 are those that huggingface_hub reads (_oauth.py `OAuthUserInfo`).
"""

from collections.abc import Sequence
from typing import Any

from openhearth.accounts.records import Membership, User
from openhearth.urls import Urls


def claims_of(
    user: User, memberships: Sequence[Membership], scopes: frozenset[str] | None, *, urls: Urls
) -> dict[str, Any]:
    """`scopes` None: everything, for a program that acts with all rights of the person."""
    claims: dict[str, Any] = {"sub": user.id}
    if scopes is None or "profile" in scopes:
        claims |= {
            "name": user.fullname,
            "preferred_username": user.name,
            "profile": urls.absolute(urls.profile(user.name)),
            "picture": urls.avatar(user.name),
            "isPro": False,
            "canPay": False,
            "orgs": [_org(membership, urls=urls) for membership in memberships],
        }
    if user.email is not None and (scopes is None or "email" in scopes):
        claims |= {"email": user.email, "email_verified": False}
    return claims


def _org(membership: Membership, *, urls: Urls) -> dict[str, Any]:
    org = membership.organisation
    return {
        "sub": org.id,
        "name": org.fullname,
        "preferred_username": org.name,
        "picture": urls.avatar(org.name),
        "isEnterprise": False,
        "plan": None,
        "canPay": False,
        "roleInOrg": membership.role.name.lower(),
    }
