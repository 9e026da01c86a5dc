"""The verbs about gates: asking for the files of a repo, and the owners' answers.

Statuses of refusals are those that huggingface_hub promises (hf_api.py `cancel_access_request`, `grant_access`).
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from openhearth.access import Action, Actor
from openhearth.accounts import User
from openhearth.db import Database
from openhearth.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from openhearth.events import AccessRequested, Events
from openhearth.kit.clock import Clock
from openhearth.kit.cursors import Page, decode_cursor, encode_cursor
from openhearth.kit.ids import new_id
from openhearth.kit.text import is_storable
from openhearth.repos.gates import queries
from openhearth.repos.gates.admission import Admission
from openhearth.repos.gates.form import GateForm
from openhearth.repos.gates.records import AccessRequest, AccessStatus
from openhearth.repos.permits import require
from openhearth.repos.records import Repo

REASON_MAX_LENGTH = 2000


class Askers(Protocol):
    """Who people are; the accounts room answers."""

    def list_users_by_id(self, ids: Collection[str]) -> Mapping[str, User]: ...

    def find_user(self, name: str) -> User | None: ...


class Gates:
    """Takes repos that `Catalogue.get` gave to the actor."""

    def __init__(
        self, *, db: Database, events: Events, clock: Clock, admission: Admission, askers: Askers
    ) -> None:
        self._db = db
        self._events = events
        self._clock = clock
        self._admission = admission
        self._askers = askers

    def ask(self, actor: Actor, repo: Repo, form: GateForm, given: Mapping[str, Any]) -> AccessRequest:
        """Ask for the files; an automatic gate opens at once. Asking again gives what is there.

        Raises Invalid for an answer that is missing or amiss, Forbidden after a rejection.
        """
        user_id, user_name = _require_asker(actor)
        _require_gated(repo)
        answers = form.check(given)
        asked = AccessRequest(
            id=new_id(),
            repo_key=repo.key,
            user_id=user_id,
            status="accepted" if repo.gated == "auto" else "pending",
            asked_at=self._clock(),
            answers=answers,
        )
        with self._db.write() as rows:
            present = queries.find(rows, repo.key, user_id)
            if present is None and queries.insert(rows, asked):
                pass
            elif present is None:
                return queries.find(rows, repo.key, user_id) or asked  # sent twice at the same moment
            elif present.status == "rejected":
                raise Forbidden(self._admission.explain(actor, repo, present))
            elif present.status == "accepted" or present.answered_by is not None or repo.gated != "auto":
                return present  # whom an owner put back into the queue does not pass by asking again
            else:
                asked = replace(present, status="accepted", answers=answers)
                queries.change(rows, present, status="accepted", answers=dict(answers))
        self._announce(repo, asked, user_name, actor)
        return asked

    def list_requests(
        self, actor: Actor, repo: Repo, status: AccessStatus | None, *, limit: int, cursor: str | None = None
    ) -> Page[tuple[AccessRequest, User]]:
        """Who asked, the newest first, with who they are. For those who may write to the repo."""
        self._require_keeper(actor, repo)
        after = _read_position(cursor) if cursor else None
        with self._db.read() as rows:
            found = queries.list_with(rows, repo.key, status, after=after, limit=limit + 1)
        more = _position(found[limit - 1]) if len(found) > limit else None
        people = self._askers.list_users_by_id([request.user_id for request in found[:limit]])
        return Page([(r, people[r.user_id]) for r in found[:limit] if r.user_id in people], more)

    def count_requests(self, actor: Actor, repo: Repo) -> Mapping[AccessStatus, int]:
        self._require_keeper(actor, repo)
        with self._db.read() as rows:
            return queries.count_by_status(rows, repo.key)

    def answer(
        self,
        actor: Actor,
        repo: Repo,
        status: AccessStatus,
        *,
        user: str | None = None,
        request_id: str | None = None,
        reason: str | None = None,
    ) -> AccessRequest:
        """Accept, reject with a reason, or put back into the queue. Exactly one of `user`, `request_id` is given.

        Raises NotFound for a person who has no account or did not ask, and for an answer that stands already.
        """
        self._require_keeper(actor, repo)
        reason = _check_reason(reason, status)
        if (user is None) == (request_id is None):
            raise Invalid("user: give either the name of a user or the id of a request, as requestId.")
        present, asker = self._get(repo, user, request_id)
        if present.status == status:
            raise NotFound(f"The request of {asker.name} is {status} already.")
        return self._decide(actor, repo, present, asker, status, reason)

    def grant(self, actor: Actor, repo: Repo, user: str) -> AccessRequest:
        """Let somebody in, whether they asked or not. Raises NotFound for no such user, Invalid if they are in already."""
        self._require_keeper(actor, repo)
        asker = self._get_user(user)
        granted = AccessRequest(
            id=new_id(), repo_key=repo.key, user_id=asker.id, status="accepted", has_asked=False,
            asked_at=self._clock(), answered_at=self._clock(), answered_by=actor.name,
        )  # fmt: skip
        with self._db.write() as rows:
            is_new = queries.insert(rows, granted)
            present = granted if is_new else queries.find(rows, repo.key, asker.id)
        if is_new:
            self._announce(repo, granted, asker.name, actor)
            return granted
        if present is None:
            raise Conflict(f"{asker.name} asked and left meanwhile; try again.")
        if present.status == "accepted":
            raise Invalid(f"user: {asker.name} has access to {repo.id} already.")
        return self._decide(actor, repo, present, asker, "accepted", None)

    def _decide(
        self,
        actor: Actor,
        repo: Repo,
        present: AccessRequest,
        asker: User,
        status: AccessStatus,
        reason: str | None,
    ) -> AccessRequest:
        changed = replace(
            present, status=status, reason=reason, answered_at=self._clock(), answered_by=actor.name
        )
        with self._db.write() as rows:
            if not queries.change(
                rows,
                present,
                status=status,
                reason=reason,
                answered_at=changed.answered_at,
                answered_by=actor.name,
            ):
                raise Conflict(f"Somebody else answered {asker.name} at the same time; look again.")
        self._announce(repo, changed, asker.name, actor)
        return changed

    def _get(self, repo: Repo, user: str | None, request_id: str | None) -> tuple[AccessRequest, User]:
        if user is not None:
            asker = self._get_user(user)
            with self._db.read() as rows:
                found = queries.find(rows, repo.key, asker.id)
            if found is None:
                raise NotFound(f"{asker.name} has not asked for access to {repo.id}.")
            return found, asker
        with self._db.read() as rows:
            found = queries.find_by_id(rows, repo.key, str(request_id))
        people = self._askers.list_users_by_id([found.user_id]) if found else {}
        if found is None or found.user_id not in people:
            raise NotFound(f"There is no access request {str(request_id)[:40]!r} to {repo.id}.")
        return found, people[found.user_id]

    def _get_user(self, name: str) -> User:
        found = self._askers.find_user(name)
        if found is None:
            raise NotFound(f"user: nobody on this hub is called {name[:100]!r}.")
        return found

    def _require_keeper(self, actor: Actor, repo: Repo) -> None:
        require(actor, Action.WRITE, repo)
        _require_gated(repo)

    def _announce(self, repo: Repo, request: AccessRequest, user_name: str, actor: Actor) -> None:
        self._events.publish(
            AccessRequested(
                repo_key=repo.key, repo=repo.ref, user_id=request.user_id, user_name=user_name,
                status=request.status, actor_name=actor.name,
            )
        )  # fmt: skip


def _require_asker(actor: Actor) -> tuple[str, str]:
    if actor.user_id is None or actor.name is None:
        raise Unauthenticated("Asking for access needs an account; sign in first.")
    if actor.token is not None and actor.token.scope != "write":
        raise Forbidden(
            f"This token ({actor.token.scope}) does not allow to ask for access; use a write token or the page."
        )
    return actor.user_id, actor.name


def _require_gated(repo: Repo) -> None:
    if repo.gated is None:
        raise Invalid(f"{repo.id} is not gated: whoever may see it has its files.")


def _check_reason(reason: str | None, status: AccessStatus) -> str | None:
    reason = (reason or "").strip() or None
    if reason is not None and status != "rejected":
        raise Invalid("rejectionReason: is for rejections only; leave it out.")
    if reason is not None and (len(reason) > REASON_MAX_LENGTH or not is_storable(reason)):
        raise Invalid(f"rejectionReason: is longer than {REASON_MAX_LENGTH} characters, or no text at all.")
    return reason


def _position(request: AccessRequest) -> str:
    return encode_cursor(request.asked_at.isoformat(), request.id)


def _read_position(cursor: str) -> tuple[datetime, str]:
    moment, request_id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(str(moment)).astimezone(), str(request_id)
    except ValueError:
        raise Invalid("cursor: is not one of this list; follow the Link header instead.") from None
