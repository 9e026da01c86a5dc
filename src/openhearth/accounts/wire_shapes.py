"""The JSON that clients read: users, organisations, tokens. Pure: a record in, a dictionary out.

Field names are those that huggingface_hub reads (hf_api.py `User`, `Organization`; _login.py for `auth`).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from openhearth.access import Action
from openhearth.accounts.oauth.scopes import scope_text
from openhearth.accounts.records import (
    AccessToken,
    Member,
    Membership,
    Organisation,
    Profile,
    SshKey,
    TokenPair,
    User,
)
from openhearth.kit.clock import iso
from openhearth.urls import Urls

# What the public hub calls the rights of a fine-grained token.
_PERMISSIONS = {
    Action.READ: ["repo.content.read"],
    Action.WRITE: ["repo.content.read", "repo.write"],
    Action.ADMIN: ["repo.content.read", "repo.write", "repo.settings.write"],
}


def whoami(
    user: User, memberships: Sequence[Membership], token: AccessToken | None, *, urls: Urls
) -> dict[str, Any]:
    return {
        "type": "user",
        "id": user.id,
        "name": user.name,
        "fullname": user.fullname,
        "email": user.email if _may_see_email(token) else None,
        "emailVerified": False,
        "isPro": False,
        "canPay": False,
        "periodEnd": None,
        "avatarUrl": urls.avatar(user.name),
        "orgs": [_org_of_whoami(membership, urls=urls) for membership in memberships],
        "auth": _auth(token, {membership.organisation.name for membership in memberships}),
    }


def user_overview(
    user: User, memberships: Sequence[Membership], more: Mapping[str, object], *, urls: Urls
) -> dict[str, Any]:
    return {
        **_user(user, urls=urls),
        "details": user.bio,
        "createdAt": iso(user.created_at),
        "orgs": [_org(membership.organisation, urls=urls) for membership in memberships],
        **more,
    }


def org_overview(profile: Profile, more: Mapping[str, object], *, urls: Urls) -> dict[str, Any]:
    org = profile.namespace
    assert isinstance(org, Organisation)
    return {
        **_org(org, urls=urls),
        "details": org.bio,
        "isVerified": False,
        "isFollowing": False,
        "plan": None,
        "createdAt": iso(org.created_at),
        "numUsers": profile.member_count,
        **more,
    }


def member(entry: Member, *, followed: bool, urls: Urls) -> dict[str, Any]:
    return {**_user(entry.user, urls=urls), "role": entry.role.name.lower(), "isFollowing": followed}


def token_pair(pair: TokenPair) -> dict[str, Any]:
    """The answer of the token endpoint (RFC 6749 section 5.1)."""
    answer: dict[str, Any] = {
        "access_token": pair.access_token,
        "token_type": "bearer",
        "expires_in": pair.expires_in_s,
        "refresh_token": pair.refresh_token,
    }
    return answer if pair.scopes is None else {**answer, "scope": scope_text(pair.scopes)}


def _user(user: User, *, urls: Urls) -> dict[str, Any]:
    return {
        "_id": user.id,
        "type": "user",
        "user": user.name,
        "fullname": user.fullname,
        "avatarUrl": urls.avatar(user.name),
        "isPro": False,
        "isFollowing": False,
    }


def _org(org: Organisation, *, urls: Urls) -> dict[str, Any]:
    return {
        "_id": org.id,
        "type": "org",
        "name": org.name,
        "fullname": org.fullname,
        "avatarUrl": urls.avatar(org.name),
    }


def _org_of_whoami(membership: Membership, *, urls: Urls) -> dict[str, Any]:
    org = membership.organisation
    return {
        "type": "org",
        "id": org.id,
        "name": org.name,
        "fullname": org.fullname,
        "email": None,
        "canPay": False,
        "periodEnd": None,
        "isEnterprise": False,
        "plan": None,
        "avatarUrl": urls.avatar(org.name),
        "roleInOrg": membership.role.name.lower(),
    }


def _may_see_email(token: AccessToken | None) -> bool:
    """An app sees the mail address if it was let to."""
    return token is None or token.oauth_scopes is None or "email" in token.oauth_scopes


def _auth(token: AccessToken | None, orgs: Collection[str]) -> dict[str, Any]:
    """How the caller signed in. OAuth tokens have no `accessToken`: clients then name them after the user."""
    if token is None:
        return {"type": "session"}
    if token.client_id is not None:
        return {"type": "oauth", "expiresAt": iso(token.expires_at) if token.expires_at else None}
    access_token: dict[str, Any] = {
        "displayName": token.name,
        "role": token.scope,
        "createdAt": iso(token.created_at),
    }
    if token.scope == "fineGrained":
        access_token["fineGrained"] = {
            "canReadGatedRepos": token.permissions >= {"gated.read"},
            "global": sorted(token.permissions - {"gated.read"}),
            "scoped": [_scoped(target, action, orgs) for target, action in sorted(token.grants.items())],
        }
    return {"type": "access_token", "accessToken": access_token}


def _scoped(target: str, action: Action, orgs: Collection[str]) -> dict[str, Any]:
    plural, _, repo_id = target.partition("/")
    if repo_id:
        entity = {"type": plural.removesuffix("s"), "name": repo_id}
        return {"entity": entity, "permissions": _PERMISSIONS[action]}
    is_org = target in orgs
    manages = ["org.read", "org.write"] if is_org and action >= Action.ADMIN else []
    entity = {"type": "org" if is_org else "user", "name": target}
    return {"entity": entity, "permissions": [*_PERMISSIONS[action], *manages]}


def ssh_key(key: SshKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "title": key.title,
        "type": key.kind,
        "key": key.public_key,
        "fingerprint": key.fingerprint,
        "createdAt": iso(key.created_at),
        "lastUsedAt": iso(key.last_used_at) if key.last_used_at else None,
    }
