"""The verbs that make, remove and rewrite branches and tags."""

from openhearth.access import Action, Actor
from openhearth.errors import Conflict, Forbidden, Invalid, RevisionNotFound
from openhearth.events import Events, RefUpdated
from openhearth.kit.clock import Clock
from openhearth.kit.names import check_ref_name
from openhearth.repos.catalogue import author_email
from openhearth.repos.commit_checks import branch_ref
from openhearth.repos.content import Content
from openhearth.repos.permits import require
from openhearth.repos.protections import Protections
from openhearth.repos.pull_requests import Contributions, number_of
from openhearth.repos.records import MAIN, Repo
from openhearth.storage import Storage
from openhearth.storage.git import RefMoved


class RefVerbs:
    def __init__(
        self,
        *,
        storage: Storage,
        events: Events,
        clock: Clock,
        content: Content,
        protections: Protections,
        contributions: Contributions,
    ) -> None:
        self._contributions = contributions
        self._git = storage.git
        self._events = events
        self._clock = clock
        self._content = content
        self._protections = protections

    def create_branch(
        self, actor: Actor, repo: Repo, name: str, *, start: str | None = None, overwrite: bool = False
    ) -> str:
        """Raises Conflict if it exists, RevisionNotFound for a missing start, Invalid for a bad name."""
        require(actor, Action.WRITE, repo)
        if number_of(name) is not None:
            raise Forbidden(
                f"branch: Invalid reference for a branch: {name!r} is a pull request's; open one to have such a ref."
            )
        if name.startswith("refs/"):
            raise Invalid(
                f"branch: Invalid reference for a branch: {name!r}; give its short name, without refs/."
            )
        ref = f"refs/heads/{check_ref_name(name)}"
        commit = self._content.resolve(repo, start or MAIN)
        before = self._git.find_ref(repo.key, ref)
        if before is not None and not overwrite:
            raise Conflict(f"branch: Reference {ref} already exists; choose another name.")
        self._protections.check(actor, repo, ref, forces=before not in (None, commit))
        self._move(actor, repo, ref, before, commit)
        return commit

    def delete_branch(self, actor: Actor, repo: Repo, name: str) -> None:
        """Raises Forbidden for main and for refs the hub keeps, RevisionNotFound for a missing one."""
        require(actor, Action.WRITE, repo)
        if name == MAIN or name.startswith("refs/"):
            full = name if name.startswith("refs/") else f"refs/heads/{name}"
            raise Forbidden(f"branch: Cannot delete {full}: the hub keeps it; delete another branch.")
        ref = f"refs/heads/{check_ref_name(name)}"
        self._protections.check(actor, repo, ref, deletes=True)
        self._delete(actor, repo, ref, name)

    def create_tag(
        self, actor: Actor, repo: Repo, name: str, *, revision: str = MAIN, message: str = ""
    ) -> str:
        """Raises Conflict if it exists, RevisionNotFound for a missing revision, Invalid for a bad name."""
        require(actor, Action.WRITE, repo)
        commit = self._content.resolve(repo, revision)
        self._git.create_tag(
            repo.key, name, commit, message=message or None, tagger_name=actor.name or "nobody",
            tagger_email=author_email(actor), date=self._clock(),
        )  # fmt: skip
        self._announce(actor, repo, f"refs/tags/{name}", None, commit)
        return commit

    def delete_tag(self, actor: Actor, repo: Repo, name: str) -> None:
        """Raises RevisionNotFound for a missing one."""
        require(actor, Action.WRITE, repo)
        self._delete(actor, repo, f"refs/tags/{check_ref_name(name, field='tag')}", name)

    def squash(self, actor: Actor, repo: Repo, branch: str, message: str) -> str:
        """Rewrite a branch or a pull request to one commit with the same files. Irreversible.

        Raises RevisionNotFound; for pull requests also what `Contributions.require` does.
        """
        self._contributions.require(actor, repo, branch)
        ref = branch_ref(branch)
        if ref.startswith("refs/heads/"):
            check_ref_name(ref.removeprefix("refs/heads/"))
        self._protections.check(actor, repo, ref, forces=True)
        head = self._git.find_ref(repo.key, ref)
        if head is None:
            raise RevisionNotFound(branch, repo.id)
        oid = self._git.squash(
            repo.key, head, message=message or "Super-squash branch", author_name=actor.name or "nobody",
            author_email=author_email(actor), date=self._clock(),
        )  # fmt: skip
        self._move(actor, repo, ref, head, oid)
        return oid

    def _delete(self, actor: Actor, repo: Repo, ref: str, name: str) -> None:
        before = self._git.find_ref(repo.key, ref)
        if before is None:
            raise RevisionNotFound(name, repo.id)
        self._move(actor, repo, ref, before, None)

    def _move(self, actor: Actor, repo: Repo, ref: str, old: str | None, new: str | None) -> None:
        try:
            self._git.update_ref(repo.key, ref, new, expected=old)
        except RefMoved:
            raise Conflict(f"{ref} was changed by somebody else just now; look again and retry.") from None
        self._announce(actor, repo, ref, old, new)

    def _announce(self, actor: Actor, repo: Repo, ref: str, old: str | None, new: str | None) -> None:
        self._events.publish(
            RefUpdated(repo_key=repo.key, repo=repo.ref, ref=ref, old=old, new=new, actor_name=actor.name)
        )
