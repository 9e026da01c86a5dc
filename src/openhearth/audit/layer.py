"""Where the log is written: a layer round the whole hub that sees who asked, what came of it, and the facts announced
meanwhile. No verb writes its own line, so none can forget to.

Requests that only read what is open to all leave no trace and cost no look-up.
"""

import logging
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, get_args

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openhearth.access import NOBODY, Actor, Address
from openhearth.audit.records import Entry, Verdict, Via
from openhearth.audit.service import Audit
from openhearth.audit.words import Told, action_of, changes_something, tell
from openhearth.errors import HubError, RepoNotFound
from openhearth.events import Event, Subscribers
from openhearth.kit.clock import Clock

log = logging.getLogger(__name__)
_UNSEEN = ("/static/", "/health", "/metrics", "/cas/", "/lfs/", "/avatars/")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
DETAIL_MAX_LENGTH = 500


@dataclass
class Trail:
    """What was announced while one request was answered."""

    facts: list[Event] = field(default_factory=list)


# Which request a thread or task works for. Read by `Listener` alone: facts do not know who listens.
_TRAIL: ContextVar[Trail | None] = ContextVar("trail", default=None)


class Listener:
    """Hears every fact; those of a request are kept for its entry, others get one of their own."""

    def __init__(self, audit: Audit, clock: Clock, *, via: Via = "hub") -> None:
        """`via` is how facts came about that no request announced."""
        self._audit = audit
        self._clock = clock
        self._via: Via = via

    @property
    def subscribers(self) -> Subscribers:
        return dict.fromkeys(get_args(Event), self.hear)

    def hear(self, fact: Event) -> None:
        trail = _TRAIL.get()
        if trail is not None:
            trail.facts.append(fact)
            return
        told = tell(fact)
        self._audit.write_soon(
            Entry(
                at=self._clock(),
                verdict="read" if told.is_read else "changed",
                actor_name=getattr(fact, "actor_name", None),
                via=self._via,
                **_what(told),
            )
        )


class AuditLayer:
    def __init__(self, app: ASGIApp, *, audit: Audit, clock: Clock) -> None:
        self.app = app
        self._audit = audit
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_UNSEEN):
            await self.app(scope, receive, send)
            return
        trail = Trail()
        mark = _TRAIL.set(trail)

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start" and (
                trail.facts or message["status"] >= 400 or scope["method"] not in _SAFE
            ):
                await self._note(scope, message["status"], trail)
            await send(message)

        try:
            await self.app(scope, receive, seen)
        finally:
            _TRAIL.reset(mark)
            if trail.facts:  # announced while the answer was on its way, or with none
                await self._note(scope, None, trail)

    async def _note(self, scope: Scope, status: int | None, trail: Trail) -> None:
        facts, trail.facts = trail.facts, []
        entries = self._entries(scope, status, facts)
        changed = [entry for entry in entries if entry.verdict == "changed"]
        for entry in entries:
            if entry.verdict != "changed":
                self._audit.write_soon(entry)
        if changed:
            try:
                await run_in_threadpool(self._audit.write, changed)
            except Exception:  # what happened has happened: the caller must learn of it all the same
                log.exception("the audit log could not be written: %s", changed)

    def _entries(self, scope: Scope, status: int | None, facts: Sequence[Event]) -> list[Entry]:
        method: str = scope["method"]
        told = [tell(fact) for fact in facts]
        if status is not None and (reason := _refusal(scope, status)) is not None:
            return [
                self._entry(scope, "refused", status, _asked(scope), {"reason": reason} if reason else {})
            ]
        found = [self._entry(scope, "changed", status, each, {}) for each in _merged(told)]
        actor: Actor = scope.get("state", {}).get("actor", NOBODY)
        route: str = getattr(scope.get("route"), "path", "")
        did_something = status is not None and status < 400 and changes_something(method, route)
        if not found and did_something and not actor.is_anonymous:
            found.append(self._entry(scope, "changed", status, _asked(scope), {}))
        if not found and method != "HEAD":
            reads = {each.target: each for each in told if each.is_read}
            found += [self._entry(scope, "read", status, _read(scope, each), {}) for each in reads.values()]
        return found

    def _entry(
        self, scope: Scope, verdict: Verdict, status: int | None, told: Told, more: Mapping[str, str]
    ) -> Entry:
        state: dict[str, Any] = scope.get("state", {})
        actor: Actor = state.get("actor", NOBODY)
        return Entry(
            at=self._clock(),
            verdict=verdict,
            actor_id=actor.user_id or told.actor_id,
            actor_name=actor.name or told.actor_name,
            via=_via(actor),
            token_id=actor.token_id,
            address=(scope.get("client") or ("",))[0][:64],
            request_id=state.get("request_id", "")[:200],
            status=status,
            **_what(told, more),
        )


def _what(told: Told, more: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The part of an entry that says what it is about, in the lengths and letters that rows can hold."""
    return {
        "action": _clean(told.action, 120),
        "namespace": _clean(told.namespace.lower(), 96),
        "target": _clean(told.target, 300),
        "detail": {
            key: _clean(str(text), DETAIL_MAX_LENGTH) for key, text in {**told.detail, **(more or {})}.items()
        },
    }


def _clean(text: str, limit: int) -> str:
    return text.encode(errors="replace").decode().replace("\0", "�")[:limit]


def _via(actor: Actor) -> Via:
    if actor.is_anonymous:
        return "nothing"
    return "session" if actor.token is None else "token"


def _refusal(scope: Scope, status: int) -> str | None:
    """The reason of a refusal, perhaps empty; None if this was none. A repo that never was refuses nobody."""
    error: HubError | None = scope.get("state", {}).get("error")
    if isinstance(error, RepoNotFound):
        return error.message if error.hidden is not None else None
    if status in (401, 403) or (status == 429 and scope["path"] == "/login"):
        return error.message if error is not None else ""
    return None


def _asked(scope: Scope) -> Told:
    """What a request was about, from its address alone."""
    route: str = getattr(scope.get("route"), "path", "")  # none: refused before anybody looked where it leads
    parameters: Mapping[str, str] = scope.get("path_params", {})
    error = scope.get("state", {}).get("error")
    namespace, target = "", ""
    if isinstance(error, RepoNotFound) and error.hidden is not None:
        namespace, target = _repo(error.hidden)
    elif "ns" in parameters:
        kind = parameters.get("kind") or _kind_in(route)
        namespace = parameters["ns"]
        target = f"{kind}/{namespace}/{parameters.get('name', '').removesuffix('.git')}"
    elif "/organizations/" in route:
        namespace = parameters.get("name") or parameters.get("org", "")
        target = f"organizations/{namespace}"
    elif route.startswith("/settings"):
        namespace = scope.get("state", {}).get("actor", NOBODY).name or ""
        target = f"users/{namespace}"
    return Told(
        action=action_of(scope["method"], route) if route else "credentials",
        namespace=namespace,
        target=target,
        detail={key: str(value) for key, value in parameters.items() if key in _TELLING},  # some are numbers
    )


# Parts of addresses that say what was asked for. Others may be secrets: `/join/{secret}`.
_TELLING = frozenset({"rev", "path", "branch", "tag", "status", "user", "id", "number", "num", "oid"})


def _kind_in(route: str) -> str:
    first = route.removeprefix("/api").strip("/").partition("/")[0]
    return "models" if first.startswith("{") else first


def _repo(ref: Address) -> tuple[str, str]:
    return ref.namespace, f"{ref.plural}/{ref.id}"


def _read(scope: Scope, told: Told) -> Told:
    """A reading named by the door it came through, with what was asked for."""
    asked = _asked(scope)
    action = told.action if asked.action in ("page.read", "api.read") or " " in asked.action else asked.action
    return Told(action=action, namespace=told.namespace, target=told.target, detail=asked.detail)


def _merged(told: Sequence[Told]) -> list[Told]:
    """One line per thing that changed: a new repo's first commit is no line of its own."""
    found: dict[str, Told] = {}
    for each in told:
        if each.is_read:
            continue
        if each.target not in found:
            found[each.target] = each
        elif found[each.target].action != "repo.create":
            found[f"{each.target} {each.action} {sorted(each.detail.items())}"] = each
    return list(found.values())
