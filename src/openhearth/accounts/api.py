"""The JSON routes: who am I, who are they, members of organisations, signing a device in, avatars."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from openhearth.access import ROLE_NAMES, Actor, Role
from openhearth.accounts import wire_shapes
from openhearth.accounts.avatars import render_avatar
from openhearth.accounts.errors import OrganisationNotFound, UserNotFound
from openhearth.accounts.records import Organisation, User
from openhearth.accounts.service import Accounts
from openhearth.errors import Invalid
from openhearth.kit.clock import Clock
from openhearth.urls import Urls, with_query
from openhearth.wire.paging import link_next, read_limit
from openhearth.wire.request import actor_of

# What other rooms know of a namespace, as far as an actor may see it: joins the JSON of its overview.
Describe = Callable[[User | Organisation, Actor], Mapping[str, object]]
# Whom of some the actor follows: ids among ids.
FindFollowed = Callable[[Actor, Collection[str]], Collection[str]]

MEMBERS_A_PAGE = 500


class NewOrganisation(BaseModel):
    name: str
    fullname: str | None = None
    private_by_default: bool = Field(default=False, alias="privateByDefault")


class OrganisationSettings(BaseModel):
    fullname: str | None = None
    details: str | None = None
    private_by_default: bool | None = Field(default=None, alias="privateByDefault")


class NewSshKey(BaseModel):
    key: str
    title: str = ""


class MemberRole(BaseModel):
    role: str


class Api:
    def __init__(
        self, accounts: Accounts, *, urls: Urls, clock: Clock, describe: Describe, find_followed: FindFollowed
    ) -> None:
        self._accounts = accounts
        self._urls = urls
        self._clock = clock
        self._describe = describe
        self._find_followed = find_followed

    def routes(self) -> Sequence[BaseRoute]:
        router = APIRouter(tags=["accounts"])
        org = "/api/organizations/{name}"
        for method, path, endpoint in (
            ("GET", "/api/whoami-v2", self.whoami),
            ("GET", "/api/users/{name}/overview", self.user_overview),
            ("POST", "/api/organizations", self.create_org),
            ("GET", f"{org}/overview", self.org_overview),
            ("PATCH", f"{org}/settings", self.update_org),
            ("GET", f"{org}/members", self.members),
            ("PUT", f"{org}/members/{{user}}", self.set_member),
            ("DELETE", f"{org}/members/{{user}}", self.remove_member),
            ("GET", "/api/settings/ssh-keys", self.list_ssh_keys),
            ("POST", "/api/settings/ssh-keys", self.add_ssh_key),
            ("DELETE", "/api/settings/ssh-keys/{id}", self.delete_ssh_key),
            ("POST", "/oauth/device", self.start_device),
            ("GET", "/avatars/{name}.svg", self.avatar),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_model=None)
        return router.routes

    def whoami(self, request: Request) -> dict[str, Any]:
        """Who the credentials of this request belong to, with their organisations."""
        actor = actor_of(request)
        user = self._accounts.people.get_self(actor)
        token = self._accounts.tokens.find_used(actor)
        return wire_shapes.whoami(user, self._accounts.orgs.list_memberships(user.id), token, urls=self._urls)

    def user_overview(self, request: Request, name: str) -> dict[str, Any]:
        """What is public of a user."""
        user = self._accounts.people.get_user(name)
        memberships = self._accounts.orgs.list_memberships(user.id)
        more = self._describe(user, actor_of(request))
        return wire_shapes.user_overview(user, memberships, more, urls=self._urls)

    def org_overview(self, request: Request, name: str) -> dict[str, Any]:
        """What is public of an organisation."""
        profile = self._accounts.get_profile(name)
        if not isinstance(profile.namespace, Organisation):
            raise OrganisationNotFound(name)
        more = self._describe(profile.namespace, actor_of(request))
        return wire_shapes.org_overview(profile, more, urls=self._urls)

    def create_org(self, request: Request, body: NewOrganisation) -> dict[str, Any]:
        """Make an organisation; the caller becomes its admin."""
        org = self._accounts.orgs.create(
            actor_of(request), body.name, fullname=body.fullname, private_by_default=body.private_by_default
        )
        return self.org_overview(request, org.name)

    def update_org(self, request: Request, name: str, body: OrganisationSettings) -> dict[str, Any]:
        """Change what is given; what is left out stays."""
        org = self._accounts.orgs.get_org(name)
        private = body.private_by_default
        self._accounts.orgs.update(
            actor_of(request),
            name,
            fullname=org.fullname if body.fullname is None else body.fullname,
            bio=org.bio if body.details is None else body.details,
            private_by_default=org.private_by_default if private is None else private,
        )
        return self.org_overview(request, name)

    def members(self, request: Request, name: str) -> Response:
        """The members of an organisation, in order of their names."""
        page = self._accounts.orgs.list_members(
            name,
            cursor=request.query_params.get("cursor"),
            limit=read_limit(request, default=MEMBERS_A_PAGE, most=MEMBERS_A_PAGE),
        )
        followed = self._find_followed(actor_of(request), [entry.user.id for entry in page.items])
        answer = JSONResponse(
            [
                wire_shapes.member(entry, followed=entry.user.id in followed, urls=self._urls)
                for entry in page.items
            ]
        )
        if page.cursor:
            link_next(answer, request, self._urls, cursor=page.cursor)
        return answer

    def set_member(self, request: Request, name: str, user: str, body: MemberRole) -> dict[str, str]:
        """Add a member, or change a member's role."""
        role = read_role(body.role)
        self._accounts.orgs.set_member(actor_of(request), name, user, role)
        return {"user": user, "role": role.name.lower()}

    def remove_member(self, request: Request, name: str, user: str) -> dict[str, bool]:
        """Take a member out of an organisation."""
        self._accounts.orgs.remove_member(actor_of(request), name, user)
        return {"success": True}

    def list_ssh_keys(self, request: Request) -> list[dict[str, Any]]:
        """The caller's SSH keys, the newest first."""
        return [wire_shapes.ssh_key(key) for key in self._accounts.ssh_keys.list_keys(actor_of(request))]

    def add_ssh_key(self, request: Request, body: NewSshKey) -> dict[str, Any]:
        """Let a key sign in over SSH. For browsers: a token makes no lasting credential."""
        key = self._accounts.ssh_keys.add(actor_of(request), text=body.key, title=body.title)
        return wire_shapes.ssh_key(key)

    def delete_ssh_key(self, request: Request, id: str) -> dict[str, bool]:
        """End a key at once."""
        self._accounts.ssh_keys.delete(actor_of(request), id)
        return {"success": True}

    def start_device(
        self, client_id: Annotated[str, Form()] = "", scope: Annotated[str, Form()] = ""
    ) -> Response:
        """Give a device its code (RFC 8628 section 3.2)."""
        new = self._accounts.devices.start(client_id, scope=scope)
        page = self._urls.absolute("/oauth/activate")
        answer = {
            "device_code": new.device_code,
            "user_code": new.request.user_code,
            "verification_uri": page,
            "verification_uri_complete": with_query(page, code=new.request.user_code),
            "interval": new.request.interval_s,
            "expires_in": int((new.request.expires_at - self._clock()).total_seconds()),
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def avatar(self, name: str) -> Response:
        """The picture of a user or an organisation."""
        namespace = self._accounts.find_namespace(name)
        if namespace is None:
            raise UserNotFound(name)
        picture = render_avatar(namespace.name, square=not isinstance(namespace, User))
        return Response(
            picture, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"}
        )


def read_role(text: str) -> Role:
    """A role by its name. Raises Invalid."""
    role = ROLE_NAMES.get(text.lower())
    if role is None:
        raise Invalid(f"role: {text[:40]!r} is no role; use one of {', '.join(ROLE_NAMES)}.")
    return role
