"""`/oauth/authorize`: an app sends a browser here, its person says yes or no, the browser goes back with a code.

A yes is remembered. What is asked again nevertheless: whatever is new, an app without a secret whose answer any
program on the machine could take (RFC 8252 section 8.6), and whenever the app wants it asked (`prompt`).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import Actor
from openhearth.accounts.errors import Redirected
from openhearth.accounts.oauth.contexts import ConsentPage, GoingOnPage, OrgChoice
from openhearth.accounts.oauth.records import Approval, Consent, OAuthApp
from openhearth.accounts.oauth.redirects import form_target, is_claimed
from openhearth.accounts.oauth.scopes import ALWAYS, SCOPES, asks_for_organisations, read_scopes
from openhearth.accounts.pages.routes import form_route, page_route
from openhearth.accounts.permits import require_browser
from openhearth.accounts.service import Accounts
from openhearth.kit.clock import Clock
from openhearth.urls import with_query
from openhearth.web import Web
from openhearth.wire.request import actor_of
from openhearth.wire.trace import CONTENT_SECURITY_POLICY

PATH = "/oauth/authorize"
# Set when we sent the browser to sign in: the answer then follows a form, whose policy forbids to leave the hub.
SINCE = "_signed_in_since"
_OURS = ("csrf_token", "answer", "org", SINCE)
# A sign-in just before the app asked counts as one that it asked for.
GRACE = timedelta(seconds=5)


class ConsentPages:
    def __init__(self, accounts: Accounts, *, web: Web, clock: Clock) -> None:
        self._accounts = accounts
        self._oauth = accounts.oauth
        self._web = web
        self._clock = clock

    def routes(self) -> list[Route]:
        return [
            page_route(PATH, self.ask, for_accounts=False),
            form_route(PATH, self.answer),
        ]

    def ask(self, request: Request) -> Response:
        """Check what the app asks; send to sign in, ask the person, or answer by what they said before."""
        actor, pairs = actor_of(request), request.query_params.multi_items()
        fields = dict(pairs)
        try:
            app = self._oauth.server.check([pair for pair in pairs if pair[0] != SINCE])
        except Redirected as error:
            return RedirectResponse(error.location, 303)
        prompts = set(fields.get("prompt", "").split())
        consent = None if actor.is_anonymous else self._oauth.apps.find_consent(actor, app)
        must_ask = self._must_ask(app, fields, consent, prompts)
        must_sign_in = actor.is_anonymous or self._is_stale(actor, fields, prompts)
        if "none" in prompts and (must_sign_in or must_ask):
            code = "login_required" if must_sign_in else "consent_required"
            return RedirectResponse(
                self._oauth.server.refuse(fields, code, "The person would have to be asked."), 303
            )
        if must_sign_in:
            return RedirectResponse(self._sign_in_address(pairs, again=not actor.is_anonymous), 303)
        if must_ask or consent is None:
            return self._page(request, app, pairs, consent)
        location = self._approve(actor, pairs, orgs=consent.orgs)
        if SINCE in fields:
            page = GoingOnPage(app=app, location=location)
            return self._web.page(
                request, "accounts/oauth_going_on.html", page, headers={"Cache-Control": "no-store"}
            )
        return RedirectResponse(location, 303)

    def answer(self, request: Request, form: FormData) -> Response:
        """Take the person's yes or no back to the app."""
        actor = actor_of(request)
        require_browser(actor)
        pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        asked = [pair for pair in pairs if pair[0] not in _OURS]
        try:
            app = self._oauth.server.check(asked)
        except Redirected as error:
            return RedirectResponse(error.location, 303)
        if ("answer", "yes") not in pairs:
            return RedirectResponse(self._oauth.server.approve(asked, None), 303)
        scopes = self._scopes(app, dict(asked))
        orgs = frozenset(value for name, value in pairs if name == "org") & actor.roles.keys()
        self._oauth.apps.remember_consent(actor, app, scopes=scopes, orgs=orgs)
        return RedirectResponse(self._approve(actor, asked, orgs=orgs), 303)

    def _must_ask(
        self, app: OAuthApp, fields: Mapping[str, str], consent: Consent | None, prompts: set[str]
    ) -> bool:
        if consent is None or prompts & {"consent", "select_account"}:
            return True
        if app.is_public and not is_claimed(fields["redirect_uri"]):
            return True
        return not self._scopes(app, fields) <= consent.scopes

    def _scopes(self, app: OAuthApp, fields: Mapping[str, str]) -> frozenset[str]:
        allowed = app.scopes | ALWAYS
        return read_scopes(fields["scope"]) & allowed if fields.get("scope") else allowed

    def _is_stale(self, actor: Actor, fields: Mapping[str, str], prompts: set[str]) -> bool:
        """Whether the app wants a newer sign-in than this browser's (`prompt=login`, `max_age`)."""
        signed_in_at = self._accounts.sessions.began_at(actor)
        since, max_age = fields.get(SINCE, ""), fields.get("max_age", "")
        if since.isdecimal() and len(since) < 12:
            return int(signed_in_at.timestamp()) < int(since)
        if "login" in prompts:
            return True
        is_number = max_age.isdecimal() and len(max_age) < 10
        return is_number and self._clock() - signed_in_at > timedelta(seconds=int(max_age))

    def _sign_in_address(self, pairs: Sequence[tuple[str, str]], *, again: bool) -> str:
        """Where the person signs in, or for `again` once more, and comes back from to what the app asked."""
        since = self._clock() if again else self._clock() - GRACE
        asked = [pair for pair in pairs if pair[0] not in _OURS]
        back = f"{PATH}?{urlencode([*asked, (SINCE, str(int(since.timestamp())))])}"
        return with_query("/login", next=back, again="1" if again else "")

    def _approve(self, actor: Actor, pairs: Sequence[tuple[str, str]], *, orgs: frozenset[str]) -> str:
        approval = Approval(
            user_id=require_browser(actor),
            orgs=orgs & actor.roles.keys(),
            signed_in_at=self._accounts.sessions.began_at(actor),
        )
        return self._oauth.server.approve([pair for pair in pairs if pair[0] != SINCE], approval)

    def _page(
        self, request: Request, app: OAuthApp, pairs: Sequence[tuple[str, str]], consent: Consent | None
    ) -> Response:
        fields, actor = dict(pairs), actor_of(request)
        scopes = self._scopes(app, fields)
        chosen = consent.orgs if consent else frozenset()
        names = sorted(actor.roles) if asks_for_organisations(scopes) else []
        target = form_target(fields["redirect_uri"])
        page = ConsentPage(
            app=app,
            owner=self._owner(app),
            target=target.removeprefix("https://").removeprefix("http://"),
            wishes=[scope for scope in SCOPES.values() if scope.name in scopes and scope.words],
            orgs=[OrgChoice(name=name, chosen=name in chosen) for name in names],
            fields=[pair for pair in pairs if pair[0] not in _OURS],
            other_href=self._sign_in_address(pairs, again=True),
        )
        policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {target}")
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return self._web.page(request, "accounts/oauth_consent.html", page, headers=headers)

    def _owner(self, app: OAuthApp) -> str:
        if app.space is not None:
            return app.space.partition("/")[0]
        owner = self._accounts.people.find_user_by_id(str(app.owner_id))
        return owner.name if owner else "somebody who is gone"
