"""How this room's pages are reached: by GET for everybody or for accounts, by POST with the form's own token.

Endpoints are plain functions in a thread: passwords take 50 ms of a core, rows take the disk.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openhearth.access import NOBODY
from openhearth.accounts.permits import require_account
from openhearth.accounts.records import NewSession
from openhearth.errors import HubError
from openhearth.urls import Urls
from openhearth.wire.forms import read_form
from openhearth.wire.request import SESSION_COOKIE, actor_of

Show = Callable[[Request], Response]
Submit = Callable[[Request, FormData], Response]

# The longest life browsers grant. The row behind the cookie ends much earlier, 30 days after its last use.
COOKIE_MAX_AGE_S = 400 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Why a form came back: a sentence beside the field it names, else above the form."""

    field: str = ""
    message: str = ""

    @classmethod
    def by(cls, error: HubError, *, fields: Collection[str]) -> "Refused":
        """Messages begin with the name of the field they are about."""
        field = error.message.partition(":")[0]
        return cls(field=field if field in fields else "", message=error.message)

    def on(self, field: str) -> str:
        """The sentence for `field`; an empty name asks for the one above the form."""
        return self.message if self.field == field else ""


ACCEPTED = Refused()


def page_route(path: str, show: Show, *, for_accounts: bool = True) -> Route:
    """A page. A visitor to one for accounts is sent to sign in, and comes back."""

    def endpoint(request: Request) -> Response:
        if for_accounts and actor_of(request).is_anonymous:
            return RedirectResponse(f"/login?next={quote(address_in(request), safe='/')}", 303)
        return show(request)

    return Route(path, endpoint, methods=["GET"])


def form_route(path: str, submit: Submit, *, for_accounts: bool = True) -> Route:
    """Where a form is posted. Raises Unauthenticated for visitors where it needs an account."""

    async def endpoint(request: Request) -> Response:
        if for_accounts:
            require_account(actor_of(request))
        form = await read_form(request, max_files=0)
        return await run_in_threadpool(submit, request, form)

    return Route(path, endpoint, methods=["POST"])


def address_in(request: Request) -> str:
    """The path and query that were asked for."""
    query = request.scope["query_string"].decode("latin-1")
    path: str = request.scope["path"]
    return f"{path}?{query}" if query else path


def address_of(request: Request) -> str:
    """The network address of the client, as the throttle counts it."""
    return request.client.host if request.client else ""


def agent_of(request: Request) -> str:
    return request.headers.get("user-agent", "")


def signed_in(path: str, session: NewSession, *, urls: Urls) -> Response:
    """Go to `path` with the cookie of a new session."""
    answer = RedirectResponse(path, 303)
    answer.set_cookie(
        SESSION_COOKIE,
        session.value,
        max_age=COOKIE_MAX_AGE_S,
        httponly=True,
        samesite="lax",
        secure=urls.base.startswith("https://"),
    )
    return answer


def signed_out(path: str) -> Response:
    return forget_session(RedirectResponse(path, 303))


def forget_session(answer: Response) -> Response:
    """`answer`, which also takes the cookie of the session away."""
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
    return answer


def nobody(request: Request) -> Request:
    """`request` as of a visitor: for the page that says that somebody is signed out."""
    return Request({**request.scope, "state": {**request.scope.get("state", {}), "actor": NOBODY}})
