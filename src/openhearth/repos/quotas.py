"""How much a namespace may store, and what is said when it is full.

Counted is what its repos and buckets hold: git's packs as they lie on disk, and every large file once for each of them
that holds it, whether committed or only uploaded. That two of them share the bytes of a file helps the disk, not the quota.
"""

from collections.abc import Callable, Sequence

from openhearth.db import Database
from openhearth.errors import Forbidden, Invalid
from openhearth.repos import git_queries as queries
from openhearth.repos.records import Usage
from openhearth.storage import Storage

_GB = 10**9
ListKeys = Callable[[str], Sequence[str]]


class QuotaExceeded(Forbidden):
    """The namespace would store more than it may. Nothing was kept."""


class Quotas:
    def __init__(
        self, *, db: Database, storage: Storage, default_gb: float, list_bucket_keys: ListKeys
    ) -> None:
        """`list_bucket_keys` gives what else of a namespace the chunk store knows by keys."""
        self._db = db
        self._list_bucket_keys = list_bucket_keys
        self._storage = storage
        self._default_bytes = int(default_gb * _GB)

    def set_limit(self, namespace: str, gb: float | None) -> None:
        """Let `namespace` store so much; 0: without limit, None: as the setting says. Raises Invalid."""
        if gb is not None and gb < 0:
            raise Invalid(f"quota: {gb} GB is less than nothing; give 0 for no limit.")
        with self._db.write() as rows:
            queries.put_quota(rows, namespace, None if gb is None else int(gb * _GB))

    def get_usage(self, namespace: str) -> Usage:
        with self._db.read() as rows:
            limit = queries.find_quota(rows, namespace)
            keys = queries.list_keys_of(rows, namespace)
        used = self.sum_bytes(keys) + self._storage.xet.sum_bytes(self._list_bucket_keys(namespace))
        return Usage(namespace, used, self._default_bytes if limit is None else limit)

    def sum_bytes(self, keys: Sequence[str]) -> int:
        """What the repos of `keys` hold."""
        large = self._storage.lfs.sum_bytes(keys) + self._storage.xet.sum_bytes(keys)
        return large + sum(self._storage.git.pack_bytes(key) for key in keys)

    def has_limit(self, namespace: str) -> bool:
        """Whether anything is counted for `namespace`: most hubs have no quotas, and pay nothing."""
        with self._db.read() as rows:
            limit = queries.find_quota(rows, namespace)
        return bool(self._default_bytes if limit is None else limit)

    def refuse(self, namespace: str, adding_bytes: int) -> str | None:
        """The sentence against storing so much more in `namespace`, None if there is room."""
        if not self.has_limit(namespace):
            return None
        usage = self.get_usage(namespace)
        if usage.used_bytes + adding_bytes <= usage.limit_bytes:
            return None
        return (
            f"quota: {namespace} stores {_gb(usage.used_bytes)} of the {_gb(usage.limit_bytes)} it may, and this "
            f"adds {_gb(adding_bytes)}; delete repos, or ask whoever runs this hub for more (openhearth admin quota)."
        )

    def check(self, namespace: str, adding_bytes: int) -> None:
        """Raises QuotaExceeded if there is no room."""
        if (sentence := self.refuse(namespace, adding_bytes)) is not None:
            raise QuotaExceeded(sentence)


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / _GB:,.3f} GB"
