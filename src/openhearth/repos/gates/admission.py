"""Who may have the files of a gated repo: asked on the way to every byte, so the answer is remembered.

A grant stands in a row. Looking it up costs nothing for repos that are open to all, nor for members.
"""

from openhearth.access import Actor, may_read_gated
from openhearth.db import Database, Unchanged
from openhearth.errors import Gated
from openhearth.events import Events, FilesOpened
from openhearth.repos.gates import queries
from openhearth.repos.gates.records import AccessRequest
from openhearth.repos.records import Repo
from openhearth.urls import Urls


class Admission:
    """Takes repos that `Catalogue.get` gave to the actor."""

    def __init__(self, *, db: Database, events: Events, urls: Urls) -> None:
        self._db = db
        self._events = events
        self._urls = urls
        self._known: Unchanged[tuple[str, str], AccessRequest | None] = Unchanged(db)

    def require_files(self, actor: Actor, repo: Repo) -> None:
        """Raise Gated unless `actor` may have the files of `repo`. Costs nothing for a repo that is open to all."""
        if repo.gated is None and not repo.is_private:
            return
        refusal = self.find_refusal(actor, repo)
        if refusal is not None:
            raise Gated(refusal, anonymous=actor.is_anonymous, page=f"{self._urls.repo(repo.ref)}#ask-access")
        self._events.publish(FilesOpened(repo_key=repo.key, repo=repo.ref, actor_name=actor.name))

    def find_refusal(self, actor: Actor, repo: Repo) -> str | None:
        """Why `actor` may not have the files of `repo`, and what to do about it; None if they may."""
        if repo.gated is None:
            return None
        if may_read_gated(actor, repo.ref, is_granted=False):
            return None
        own = self.find_own(actor, repo)
        if own and own.status == "accepted" and may_read_gated(actor, repo.ref, is_granted=True):
            return None
        return self.explain(actor, repo, own)

    def find_own(self, actor: Actor, repo: Repo) -> AccessRequest | None:
        """What the actor asked of `repo`, if they did."""
        user_id = actor.user_id
        if user_id is None:
            return None
        return self._known.find((repo.key, user_id), lambda: self._find(repo, user_id))

    def _find(self, repo: Repo, user_id: str) -> AccessRequest | None:
        with self._db.read() as rows:
            return queries.find(rows, repo.key, user_id)

    def explain(self, actor: Actor, repo: Repo, own: AccessRequest | None) -> str:
        """What stands between `actor` and the files, given what they asked."""
        page = self._urls.absolute(self._urls.repo(repo.ref))
        restricted = f"Access to {repo.ref.type} {repo.id} is restricted"
        if actor.is_anonymous:
            return f"{restricted}. Sign in with an account that was let in, or ask for access at {page}."
        if own is None:
            return f"{restricted} and you are not among those let in. Ask for access at {page}."
        if own.status == "pending":
            return f"{restricted}. Your request waits for the owners' answer; see {page}."
        if own.status == "rejected":
            why = f" ({own.reason})" if own.reason else ""
            return f"{restricted} and your request was rejected{why}; see {page}."
        return (
            f"{restricted}. You were let in, but this fine-grained token may not read gated repos; "
            f"give it that right at {self._urls.absolute('/settings/tokens')}."
        )
