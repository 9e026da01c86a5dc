"""A repo at a commit, as a folder on disk, for programs that load models from folders.

`<root>/models/<key>/<commit>/`: small files are written, large ones are hard links to whole objects or, for
files of the chunk store, links into `<root>/blobs/<sha256>`, where each is put together once. A folder appears
complete, by rename.
"""

import os
import secrets
import shutil
from pathlib import Path

from openhearth.access import Actor
from openhearth.errors import Invalid
from openhearth.kit.names import RepoRef, check_path
from openhearth.repos.catalogue import Catalogue
from openhearth.repos.content import Content
from openhearth.repos.large_files import InMemory, OnDisk, Source
from openhearth.repos.records import MAIN, Entry, Repo


class Snapshots:
    def __init__(self, *, root: Path, catalogue: Catalogue, content: Content) -> None:
        self._root = root
        self._catalogue = catalogue
        self._content = content

    def materialise(self, actor: Actor, ref: RepoRef, revision: str = MAIN) -> tuple[Path, str]:
        """The folder of `ref` at `revision`, and the commit. Raises as `Catalogue.get` and `resolve` do."""
        repo = self._catalogue.get(actor, ref)
        self._catalogue.require_files(actor, repo)
        commit = self._content.resolve(repo, revision)
        folder = self._root / "models" / repo.key / commit
        if not folder.exists():
            self._build(repo, commit, folder)
        return folder, commit

    def drop(self, repo_key: str) -> None:
        """Remove the folders of a deleted repo. What is open stays readable until it is closed."""
        shutil.rmtree(self._root / "models" / repo_key, ignore_errors=True)

    def _build(self, repo: Repo, commit: str, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temp = folder.with_name(f".{commit}.{secrets.token_hex(6)}")
        temp.mkdir()
        try:
            for entry in self._content.list_files(repo, commit):
                self._place(repo, entry, temp)
            temp.replace(folder)
        except OSError:
            # Another process may have built the same folder meanwhile: its content is the same.
            if not folder.exists():
                raise
        finally:
            shutil.rmtree(temp, ignore_errors=True)

    def _place(self, repo: Repo, entry: Entry, folder: Path) -> None:
        # Git holds whatever was pushed: what is no plain path inside the folder must not leave it.
        target = folder / check_path(entry.path)
        if not target.resolve().is_relative_to(folder.resolve()):
            raise Invalid(f"path: {entry.path!r} leads out of the repo; it cannot be used on disk.")
        target.parent.mkdir(parents=True, exist_ok=True)
        source = self._content.open_file(repo, entry)
        if isinstance(source, InMemory):
            # Never through a link: where names are the same in any case, a large file may lie there already.
            with target.open("xb") as file:
                file.write(source.content)
        elif isinstance(source, OnDisk):
            _share(source.path, target)
        else:
            target.symlink_to(self._put_together(entry.etag, source))

    def _put_together(self, sha256: str, source: Source) -> Path:
        """The blob of a file that lies in chunks, made if it is not there."""
        blob = self._root / "blobs" / sha256
        if blob.exists():
            return blob
        blob.parent.mkdir(parents=True, exist_ok=True)
        temp = blob.with_name(f".{sha256}.{secrets.token_hex(6)}")
        try:
            with temp.open("wb") as file:
                for block in self._content.stream(source):
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            temp.replace(blob)
        finally:
            temp.unlink(missing_ok=True)
        return blob


def _share(source: Path, target: Path) -> None:
    """Let `target` have the content of `source`, which may be removed once it lies in chunks."""
    try:
        target.hardlink_to(source)
    except OSError:  # another disk
        shutil.copyfile(source, target)
