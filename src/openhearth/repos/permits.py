"""What an actor may do to a repo, asked the same way by every verb of the room."""

from openhearth.access import Action, Actor, decide, decide_contribute
from openhearth.errors import RepoNotFound
from openhearth.kit.names import RepoRef
from openhearth.repos.records import Repo


def require(actor: Actor, action: Action, repo: Repo) -> None:
    """Raise what the client expects if `actor` may not do `action`; RepoNotFound where they may not look."""
    decide(actor, action, repo.resource).require(actor, repo.resource)


def require_found(actor: Actor, action: Action, repo: Repo | None, asked: RepoRef) -> Repo:
    """`require` for a repo looked up by address: missing and invisible are the same answer."""
    if repo is None:
        raise RepoNotFound(asked.id, anonymous=actor.is_anonymous)
    verdict = decide(actor, action, repo.resource)
    if not verdict.exists:
        raise RepoNotFound(asked.id, anonymous=actor.is_anonymous, hidden=repo.ref)
    verdict.require(actor, repo.resource)
    return repo


def may(actor: Actor, action: Action, repo: Repo) -> bool:
    return decide(actor, action, repo.resource).allowed


def require_contribute(actor: Actor, repo: Repo) -> None:
    """Raise what the client expects unless `actor` may discuss `repo` and propose changes to it."""
    decide_contribute(actor, repo.resource).require(actor, repo.resource)
