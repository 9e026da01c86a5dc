"""The datasets of this hub as tables: which files are tables, the first rows of one, a file that a cell names."""

from typing import Any

from openhearth.access import Actor
from openhearth.columns.records import ColumnRun
from openhearth.columns.table_files import bytes_to_read, ending_of, read_table
from openhearth.errors import Invalid, NotFound, TooLarge
from openhearth.kit.names import RepoRef, check_path
from openhearth.repos import Repo, Repos

LISTED_FILES = 200
CELL_FILE_MAX_BYTES = 32 << 20


class Sources:
    def __init__(self, repos: Repos) -> None:
        self._repos = repos

    def list_files(self, actor: Actor, ref: RepoRef) -> list[str]:
        """The tables of a dataset, at most two hundred. Raises RepoNotFound, Gated."""
        repo, commit = self._open(actor, ref, None)
        files = self._repos.content.list_files(repo, commit)
        return [entry.path for entry in files if ending_of(entry.path)][:LISTED_FILES]

    def read(
        self, actor: Actor, ref: RepoRef, path: str, *, rows: int, commit: str | None = None
    ) -> tuple[Repo, str, Any]:
        """The repo, its commit and the first `rows` of the table. Raises RepoNotFound, EntryNotFound, Gated, Invalid."""
        repo, found = self._open(actor, ref, commit)
        entry = self._repos.content.get_file(repo, found, check_path(path))
        content = self._repos.content.read_span(repo, entry, 0, bytes_to_read(path, entry.size_bytes))
        return repo, found, read_table(path, content, rows)

    def read_again(self, actor: Actor, run: ColumnRun) -> Any:
        """The rows that `run` is about, as they were. Raises NotFound if the dataset is gone, as `read` does otherwise."""
        ref = self._ref_of(run)
        _, _, table = self.read(actor, ref, run.path, rows=run.rows_wanted, commit=run.dataset_commit)
        return table

    def read_cell_file(self, actor: Actor, run: ColumnRun, name: str) -> bytes:
        """The file that a cell names, from the folder of its table or the root of the repo. Raises Invalid, TooLarge."""
        repo, commit = self._open(actor, self._ref_of(run), run.dataset_commit)
        folder = run.path.rpartition("/")[0]
        for path in [f"{folder}/{name}"] * bool(folder) + [name]:
            entry = self._repos.content.find_entry(repo, commit, check_path(path))
            if entry is not None and entry.type == "file":
                if entry.size_bytes > CELL_FILE_MAX_BYTES:
                    raise TooLarge(
                        f"{path!r} has {entry.size_bytes >> 20} MiB; at most {CELL_FILE_MAX_BYTES >> 20}."
                    )
                return self._repos.content.read_span(repo, entry, 0, entry.size_bytes)
        raise Invalid(f"{name[:120]!r} names no file of the dataset.")

    def _open(self, actor: Actor, ref: RepoRef, commit: str | None) -> tuple[Repo, str]:
        repo = self._repos.catalogue.get(actor, ref)
        self._repos.catalogue.require_files(actor, repo)
        return repo, self._repos.content.resolve(repo, commit or "main")

    def _ref_of(self, run: ColumnRun) -> RepoRef:
        repo = self._repos.catalogue.find_by_key(run.dataset_key)
        if repo is None:
            raise NotFound("The dataset of this run is gone.")
        return repo.ref
