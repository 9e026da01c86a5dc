"""Copies without bytes: a whole repo under a new name, and large files from repo to repo.

Objects of git are shared on disk, large files by links; so a copy stays whole whatever becomes of its source.
Only for those who may have the source's files.
"""

from collections.abc import Collection
from dataclasses import replace

from openhearth.access import Action, Actor
from openhearth.db import Database
from openhearth.kit.names import RepoRef
from openhearth.repos import queries
from openhearth.repos.catalogue import Catalogue
from openhearth.repos.gates.admission import Admission
from openhearth.repos.large_files import LargeFiles
from openhearth.repos.permits import require
from openhearth.repos.quotas import Quotas
from openhearth.repos.records import Repo, RepoVisibility
from openhearth.storage import Storage

# Pull requests and conversions belong to the source.
_COPIED_REFS = ("refs/heads/", "refs/tags/")


class Copies:
    def __init__(
        self,
        *,
        db: Database,
        storage: Storage,
        catalogue: Catalogue,
        admission: Admission,
        large_files: LargeFiles,
        quotas: Quotas,
    ) -> None:
        self._db = db
        self._storage = storage
        self._catalogue = catalogue
        self._admission = admission
        self._large_files = large_files
        self._quotas = quotas

    def duplicate(
        self, actor: Actor, source: Repo, target: RepoRef, *, visibility: RepoVisibility | None = None
    ) -> Repo:
        """A new repo at `target` with the files, branches, tags and history of `source`.

        As visible as the source unless told otherwise, and gated if it is. Raises Gated, QuotaExceeded,
        and as `Catalogue.create` does.
        """
        self._admission.require_files(actor, source)
        if self._quotas.has_limit(target.namespace):
            self._quotas.check(target.namespace, self._quotas.sum_bytes([source.key]))
        copy = self._catalogue.add(
            actor,
            replace(target, type=source.ref.type),
            visibility=visibility or source.visibility,
            gated=source.gated,
            sdk=source.sdk,
            fill=lambda repo: self._fill(source, repo),
        )
        with self._db.write() as rows:
            queries.copy_large_files(rows, source.key, copy.key)
        return copy

    def _fill(self, source: Repo, copy: Repo) -> dict[str, str]:
        # History first: whatever large file it names was linked to the source before.
        heads = self._storage.git.copy(source.key, copy.key, prefixes=_COPIED_REFS)
        self._storage.lfs.copy_links(source.key, copy.key)
        self._storage.xet.copy_links(source.key, copy.key)
        return heads

    def copy_large_files(
        self, actor: Actor, source: Repo, target: Repo, sha256s: Collection[str]
    ) -> list[str]:
        """Let commits to `target` name large files of `source`. Gives those that `source` does not hold."""
        self._admission.require_files(actor, source)
        require(actor, Action.WRITE, target)
        if self._quotas.has_limit(target.ref.namespace):
            sizes = self._large_files.find_uploaded(source.key, sha256s, None)
            self._quotas.check(target.ref.namespace, sum(sizes.values()))
        return self._large_files.copy(source.key, target.key, sha256s)
