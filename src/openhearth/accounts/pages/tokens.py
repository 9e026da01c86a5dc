"""A person's access tokens: the list, the form for a new one, revoking and renewing."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import cast, get_args

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import PERMISSIONS, Action, Actor, Permission, TokenScope
from openhearth.accounts.pages.contexts import GrantRow, NewTokenPage, RepoRow, TokensPage
from openhearth.accounts.pages.routes import ACCEPTED, Refused, form_route, page_route
from openhearth.accounts.records import NewToken
from openhearth.accounts.service import Accounts
from openhearth.errors import Conflict, HubError, Invalid
from openhearth.web import Web
from openhearth.web.parts import Choice
from openhearth.wire.forms import text_of
from openhearth.wire.request import actor_of

_SCOPES = (
    Choice(value="read", label="Read", hint="Download what you may see, private repos too."),
    Choice(value="write", label="Write", hint="All that you may do yourself, except changing your account."),
    Choice(value="fineGrained", label="Fine-grained", hint="Only what you choose below."),
)
_LEVELS = (
    Choice(value="", label="Nothing"),
    Choice(value="read", label="Read"),
    Choice(value="write", label="Read and write"),
    Choice(value="admin", label="Read, write, settings"),
)
_PERMISSIONS = (
    Choice(
        value="gated.read",
        label="Read gated repos",
        hint="Files of public gated repos that you were let in to.",
    ),
    Choice(
        value="discussion.write",
        label="Take part in discussions",
        hint="And propose changes, wherever you may read.",
    ),
    Choice(
        value="collection.write", label="Change collections", hint="Yours and those of your organisations."
    ),
    Choice(
        value="webhook.write", label="Manage webhooks", hint="Yours, and of namespaces chosen with settings."
    ),
    Choice(value="inference.run", label="Run models", hint="Ask the models that this token may read."),
)
_LIFETIMES = (
    Choice(value="", label="Until revoked"),
    Choice(value="7", label="7 days"),
    Choice(value="30", label="30 days"),
    Choice(value="90", label="90 days"),
    Choice(value="365", label="A year"),
)
ListRepos = Callable[[Actor], Sequence[str]]
_ACTIONS = {action.name.lower(): action for action in Action}


class TokenPages:
    def __init__(self, accounts: Accounts, *, web: Web, list_repos: ListRepos) -> None:
        self._accounts = accounts
        self._list_repos = list_repos
        self._web = web

    def routes(self) -> list[Route]:
        return [
            page_route("/settings/tokens", self.show_tokens),
            page_route("/settings/tokens/new", self.show_new),
            form_route("/settings/tokens/new", self.create),
            form_route("/settings/tokens/{id}/revoke", self.revoke),
            form_route("/settings/tokens/{id}/refresh", self.refresh),
        ]

    def show_tokens(self, request: Request) -> Response:
        return self._list(request)

    def show_new(self, request: Request) -> Response:
        return self._form(request, FormData())

    def create(self, request: Request, form: FormData) -> Response:
        try:
            new = self._accounts.tokens.create(
                actor_of(request),
                name=text_of(form, "name"),
                scope=_read_scope(form),
                grants=self._read_grants(request, form),
                permissions=_read_permissions(form),
                lifetime=_read_lifetime(form),
            )
        except (Invalid, Conflict) as error:
            return self._form(request, form, error)
        return self._list(request, new)

    def revoke(self, request: Request, _form: FormData) -> Response:
        self._accounts.tokens.revoke(actor_of(request), request.path_params["id"])
        return RedirectResponse("/settings/tokens", 303)

    def refresh(self, request: Request, _form: FormData) -> Response:
        return self._list(
            request, self._accounts.tokens.refresh(actor_of(request), request.path_params["id"])
        )

    def _list(self, request: Request, new: NewToken | None = None) -> Response:
        page = TokensPage(
            tokens=self._accounts.tokens.list_tokens(actor_of(request)),
            fresh_value=new.value if new else "",
            fresh_name=new.token.name if new else "",
        )
        headers = {"Cache-Control": "no-store"} if new else {}
        return self._web.page(request, "accounts/tokens.html", page, headers=headers)

    def _form(self, request: Request, form: FormData, error: HubError | None = None) -> Response:
        page = NewTokenPage(
            scopes=_SCOPES,
            levels=_LEVELS,
            name=text_of(form, "name", default=""),
            scope=text_of(form, "scope", default="read"),
            namespaces=[
                GrantRow(namespace=name, level=text_of(form, f"namespace-{name}", default=""))
                for name in self._namespaces(request)
            ],
            repos=[
                RepoRow(address=address, level=text_of(form, f"repo-{address}", default=""))
                for address in self._list_repos(actor_of(request))
            ],
            permissions=_PERMISSIONS,
            chosen=[str(value) for value in form.getlist("permission")],
            lifetimes=_LIFETIMES,
            lifetime=text_of(form, "lifetime", default=""),
            read_repos=text_of(form, "read_repos", default=""),
            write_repos=text_of(form, "write_repos", default=""),
            refused=Refused.by(error, fields=("name", "scope", "lifetime")) if error else ACCEPTED,
        )
        return self._web.page(request, "accounts/new_token.html", page, status=error.status if error else 200)

    def _read_grants(self, request: Request, form: FormData) -> dict[str, Action]:
        """What was chosen for a fine-grained token; the choices of another kind are ignored."""
        if _read_scope(form) != "fineGrained":
            return {}
        grants = {}
        for name in self._namespaces(request):
            level = text_of(form, f"namespace-{name}", default="")
            if level in _ACTIONS:
                grants[name] = _ACTIONS[level]
        for address in self._list_repos(actor_of(request)):
            level = text_of(form, f"repo-{address}", default="")
            if level in _ACTIONS:
                grants[address] = _ACTIONS[level]
        for field, action in (("read_repos", Action.READ), ("write_repos", Action.WRITE)):
            grants.update(dict.fromkeys(text_of(form, field, default="").split(), action))
        return grants

    def _namespaces(self, request: Request) -> Sequence[str]:
        actor = actor_of(request)
        return [str(actor.name), *sorted(actor.roles)]


def _read_permissions(form: FormData) -> list[Permission]:
    """What was ticked for a fine-grained token; the choices of another kind are ignored."""
    if _read_scope(form) != "fineGrained":
        return []
    given = [str(value) for value in form.getlist("permission")]
    return [permission for permission in PERMISSIONS if permission in given]


def _read_lifetime(form: FormData) -> timedelta | None:
    text = text_of(form, "lifetime", default="")
    if text and text not in {choice.value for choice in _LIFETIMES}:
        raise Invalid(f"lifetime: {text[:40]!r} is not offered; choose one of the list.")
    return timedelta(days=int(text)) if text else None


def _read_scope(form: FormData) -> TokenScope:
    scope = text_of(form, "scope")
    if scope not in get_args(TokenScope):
        raise Invalid(f"scope: {scope[:40]!r} is no kind of token; choose one of those offered.")
    return cast(TokenScope, scope)
