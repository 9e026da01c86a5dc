"""Pages of organisations: the reader's own list, a new one, its settings, its members."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Role, may_manage_namespace
from openhearth.accounts.api import read_role
from openhearth.accounts.pages.contexts import (
    MembershipsPage,
    MembersPage,
    NewOrganisationPage,
    OrganisationSettingsPage,
)
from openhearth.accounts.pages.routes import ACCEPTED, Refused, form_route, page_route
from openhearth.accounts.permits import require_account, require_admin_of
from openhearth.accounts.records import Organisation
from openhearth.accounts.service import Accounts
from openhearth.errors import Conflict, HubError, Invalid, NotFound
from openhearth.urls import Urls, with_query
from openhearth.web import Web
from openhearth.web.parts import Choice, Tab
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of

_ROLES = (
    Choice(value="read", label="Read"),
    Choice(value="contributor", label="Contributor"),
    Choice(value="write", label="Write"),
    Choice(value="admin", label="Admin"),
)


class OrganisationPages:
    def __init__(self, accounts: Accounts, *, web: Web, urls: Urls) -> None:
        self._orgs = accounts.orgs
        self._web = web
        self._urls = urls

    def routes(self) -> list[Route]:
        org = "/organizations/{name}"
        return [
            page_route("/settings/organizations", self.show_memberships),
            page_route("/organizations/new", self.show_new),
            form_route("/organizations/new", self.create),
            page_route(f"{org}/settings", self.show_settings),
            form_route(f"{org}/settings", self.save_settings),
            page_route(f"{org}/members", self.show_members, for_accounts=False),
            form_route(f"{org}/members", self.set_member),
            form_route(f"{org}/members/{{user}}/remove", self.remove_member),
        ]

    def show_memberships(self, request: Request) -> Response:
        found = self._orgs.list_memberships(require_account(actor_of(request)))
        return self._web.page(request, "accounts/memberships.html", MembershipsPage(memberships=found))

    def show_new(self, request: Request) -> Response:
        return self._web.page(request, "accounts/new_organisation.html", NewOrganisationPage())

    def create(self, request: Request, form: FormData) -> Response:
        name, fullname = text_of(form, "name"), text_of(form, "fullname", default="")
        private = "private_by_default" in form
        try:
            org = self._orgs.create(actor_of(request), name, fullname=fullname, private_by_default=private)
        except (Invalid, Conflict) as error:
            page = NewOrganisationPage(
                name=name,
                fullname=fullname,
                private_by_default=private,
                refused=Refused.by(error, fields=("name", "fullname")),
            )
            return self._web.page(request, "accounts/new_organisation.html", page, status=error.status)
        return RedirectResponse(self._urls.profile(org.name), 303)

    def show_settings(self, request: Request) -> Response:
        org = self._orgs.get_org(request.path_params["name"])
        require_admin_of(actor_of(request), org.name)
        page = OrganisationSettingsPage(
            org=org,
            sections=self._sections(org, "settings"),
            fullname=org.fullname,
            bio=org.bio,
            private_by_default=org.private_by_default,
            saved="saved" in request.query_params,
        )
        return self._web.page(request, "accounts/organisation_settings.html", page)

    def save_settings(self, request: Request, form: FormData) -> Response:
        name: str = request.path_params["name"]
        fullname, bio = text_of(form, "fullname", default=""), text_of(form, "bio", default="")
        private = "private_by_default" in form
        try:
            self._orgs.update(actor_of(request), name, fullname=fullname, bio=bio, private_by_default=private)
        except Invalid as error:
            org = self._orgs.get_org(name)
            page = OrganisationSettingsPage(
                org=org,
                sections=self._sections(org, "settings"),
                fullname=fullname,
                bio=bio,
                private_by_default=private,
                refused=Refused.by(error, fields=("fullname", "bio")),
            )
            return self._web.page(request, "accounts/organisation_settings.html", page, status=error.status)
        return RedirectResponse(f"/organizations/{name}/settings?saved", 303)

    def show_members(self, request: Request) -> Response:
        return self._members(request, FormData())

    def set_member(self, request: Request, form: FormData) -> Response:
        """Add a member or change a role: the same form does both."""
        try:
            role = read_role(text_of(form, "role"))
            self._orgs.set_member(actor_of(request), request.path_params["name"], text_of(form, "user"), role)
        except (Invalid, Conflict, NotFound) as error:
            return self._members(request, form, error)
        return RedirectResponse(request.scope["path"], 303)

    def remove_member(self, request: Request, form: FormData) -> Response:
        actor, name, user = actor_of(request), request.path_params["name"], request.path_params["user"]
        try:
            self._orgs.remove_member(actor, name, user)
        except (Conflict, NotFound) as error:
            return self._members(request, form, error)
        leaving = actor.name == user
        return RedirectResponse(
            "/settings/organizations" if leaving else f"/organizations/{name}/members", 303
        )

    def _sections(self, org: Organisation, current: str, *, may_manage: bool = True) -> list[Tab]:
        here = f"/organizations/{org.name}"
        tabs = [
            Tab(label="Repos", href=self._urls.profile(org.name), icon="folder"),
            Tab(label="Members", href=f"{here}/members", icon="user", current=current == "members"),
        ]
        if may_manage:
            tabs.append(
                Tab(label="Settings", href=f"{here}/settings", icon="settings", current=current == "settings")
            )
            tabs.append(Tab(label="Audit log", href=f"{here}/audit-log", icon="history"))
        return tabs

    def _members(self, request: Request, form: FormData, error: HubError | None = None) -> Response:
        actor, org = actor_of(request), self._orgs.get_org(request.path_params["name"])
        found = self._orgs.list_members(org.name, cursor=request.query_params.get("cursor"))
        may_manage = may_manage_namespace(actor, org.name)
        page = MembersPage(
            org=org,
            members=found.items,
            sections=self._sections(org, "members", may_manage=may_manage),
            next_href=with_query(f"/organizations/{org.name}/members", cursor=found.cursor)
            if found.cursor
            else "",
            roles=_ROLES,
            may_manage=may_manage,
            changes=self._orgs.list_role_changes(actor, org.name) if may_manage else (),
            user=text_of(form, "user", default=""),
            role=text_of(form, "role", default=Role.READ.name.lower()),
            refused=Refused.by(error, fields=("role",)) if error else ACCEPTED,
        )
        return self._web.page(request, "accounts/members.html", page, status=error.status if error else 200)
