"""What this room knows of pull requests: their refs, and who may bring content where.

Who opened which pull request, and whether it is open, is known above: `PullRequests` says what is asked there.
"""

import re
from collections.abc import Callable
from typing import Protocol

from openhearth.access import Action, Actor
from openhearth.repos.gates import Admission
from openhearth.repos.permits import may, require, require_contribute
from openhearth.repos.records import Repo

_REF = re.compile(r"refs/pr/([1-9][0-9]{0,8})")


def ref_of(number: int) -> str:
    return f"refs/pr/{number}"


def number_of(revision: str) -> int | None:
    """The number of the pull request whose ref `revision` is, if it is one."""
    found = _REF.fullmatch(revision)
    return int(found[1]) if found else None


class PullRequests(Protocol):
    """Whoever keeps pull requests."""

    def require_push(self, actor: Actor, repo: Repo, number: int) -> None:
        """Raises RevisionNotFound if there is none, Forbidden unless `actor` opened it or may write to `repo`,
        Conflict unless it is open.
        """
        ...

    def require_enabled(self, repo: Repo) -> None:
        """Raises Forbidden where the repo takes no pull requests."""
        ...

    def open_with(
        self, actor: Actor, repo: Repo, *, title: str, description: str, base: str, head: str
    ) -> int:
        """Open a pull request for the branch `base` whose ref stands at the commit `head`; gives its number."""
        ...


class Contributions:
    """Who may bring content to which revision of a repo: those who write, and those who propose."""

    def __init__(self, pull_requests: Callable[[], PullRequests], admission: Admission) -> None:
        self._pull_requests = pull_requests
        self._admission = admission

    @property
    def pull_requests(self) -> PullRequests:
        return self._pull_requests()

    def require(
        self, actor: Actor, repo: Repo, revision: str | None, *, new_pull_request: bool = False
    ) -> bool:
        """Whether `actor` only proposes what they bring to `revision`, without a right to write.

        `revision` None: somewhere that is not said yet. Raises what the client expects if they may not do even that.
        """
        number = None if revision is None or new_pull_request else number_of(revision)
        if number is not None:
            require_contribute(actor, repo)
            self._admission.require_files(actor, repo)
            self.pull_requests.require_push(actor, repo, number)
        elif new_pull_request or revision is None:
            require_contribute(actor, repo)
            self._admission.require_files(actor, repo)
            self.pull_requests.require_enabled(repo)
        else:
            require(actor, Action.WRITE, repo)
        return not may(actor, Action.WRITE, repo)
