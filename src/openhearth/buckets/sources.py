"""Where a batch may copy from: other buckets and the files of repos, as far as the writer may read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from openhearth.access import Action, Actor
from openhearth.buckets.catalogue import Catalogue
from openhearth.buckets.records import CopyFile, Operation
from openhearth.errors import HubError, TooLarge
from openhearth.kit.names import RepoRef, repo_type_of, split_bucket_id, split_repo_id
from openhearth.repos.doors import GitDoor
from openhearth.repos.git_doors import MovedTo

SOURCES_MAX = 100  # of one batch


@dataclass(frozen=True)
class Source:
    """The key under which the chunk store knows a source; None if it cannot be read, for `problem`."""

    key: str | None
    problem: str = ""


class Sources:
    def __init__(self, *, catalogue: Catalogue, repos: GitDoor) -> None:
        self._catalogue = catalogue
        self._repos = repos

    def find(self, actor: Actor, operations: Sequence[Operation]) -> dict[tuple[str, str], Source]:
        """The sources of `operations`, by type and id. Raises TooLarge if they are too many."""
        places = {(op.source_type, op.source_id) for op in operations if isinstance(op, CopyFile)}
        if len(places) > SOURCES_MAX:
            raise TooLarge(f"sourceRepoId: {len(places)} sources in one batch; use at most {SOURCES_MAX}.")
        return {place: self._open(actor, *place) for place in places}

    def _open(self, actor: Actor, kind: str, source_id: str) -> Source:
        try:
            if kind in ("bucket", "buckets"):
                return Source(
                    self._catalogue.get(actor, split_bucket_id(source_id, field="sourceRepoId")).key
                )
            repo_type = repo_type_of(kind, field="sourceRepoType")
            return Source(self._repo_key(actor, split_repo_id(source_id, repo_type, field="sourceRepoId")))
        except HubError as error:
            return Source(None, error.message)

    def _repo_key(self, actor: Actor, ref: RepoRef) -> str:
        """Raises RepoNotFound, Gated."""
        found = self._repos.find_for_git(actor, ref.type, ref.namespace, ref.name, Action.READ)
        return self._repo_key(actor, found.ref) if isinstance(found, MovedTo) else found.key
