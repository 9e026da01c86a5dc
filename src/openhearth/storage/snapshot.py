"""One archive of a data folder, consistent although the hub goes on writing.

The order carries the consistency: refs, then rows, then immutable bytes. A commit writes bytes, then rows, then
its ref; so every ref in the archive finds its rows and its objects there. Bytes are pinned by hard links first.
"""

import shutil
import tarfile
import tempfile
from pathlib import Path

from openhearth.db.copy import copy_database
from openhearth.errors import Conflict, Invalid, Unsupported

DATABASE = "openhearth.db"
_MUTABLE_IN_A_REPOSITORY = ("HEAD", "config", "packed-refs", "refs")
_BYTES = (("xet", "xorbs"), ("lfs", ""), ("attachments", ""))
_TRIES = 5


def write_snapshot(data: Path, *, database_url: str, target: Path) -> int:
    """Archive the data folder `data` into `target`; the bytes written. Raises Unsupported, Conflict."""
    if database_url:
        raise Unsupported(
            "backup: the rows are in Postgres; stop the hub, save them with pg_dump, and copy the data folder."
        )
    if target.exists():
        raise Conflict(f"backup: {target} exists; name another file.")
    with tempfile.TemporaryDirectory(dir=data, prefix="backup-") as folder:
        pinned = Path(folder)
        repositories = [path.relative_to(data) for path in data.glob("repos/[0-9a-f][0-9a-f]/*.git")]
        for repository in repositories:
            _copy_refs(data / repository, pinned / repository)
        copy_database(data / DATABASE, pinned / DATABASE)
        shutil.copy2(data / "secret.key", pinned)
        for name in ("openhearth.toml", "signing-keys.json"):
            if (data / name).exists():
                shutil.copy2(data / name, pinned)
        for repository in repositories:
            _link_all(data / repository / "objects", pinned / repository / "objects")
        for store, folder in _BYTES:
            if (data / store / folder).exists():
                _link_all(data / store / folder, pinned / store / folder, skip="incoming")
        partial = target.with_name(target.name + ".partial")
        with tarfile.open(partial, "w") as archive:
            archive.add(pinned, arcname="openhearth")
        partial.replace(target)
    return target.stat().st_size


def restore_snapshot(archive: Path, data: Path) -> None:
    """Unpack `archive` into the folder `data`, which must be empty or absent. Raises Conflict, Invalid."""
    if data.exists() and any(data.iterdir()):
        raise Conflict(f"--data: {data} is not empty; name a new folder.")
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.parent, prefix="restore-") as name:
        try:
            with tarfile.open(archive) as opened:
                opened.extractall(name, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise Invalid(f"restore: {archive} cannot be read as an archive of a hub ({error}).") from None
        inside = Path(name) / "openhearth"
        if not (inside / DATABASE).exists():
            raise Invalid(f"restore: {archive} was not written by `openhearth admin backup`.")
        if data.exists():
            data.rmdir()
        inside.rename(data)


def _copy_refs(repository: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for name in _MUTABLE_IN_A_REPOSITORY:
        source = repository / name
        if source.is_dir():
            shutil.copytree(source, target / name)
        elif source.exists():
            shutil.copy2(source, target)


def _link_all(source: Path, target: Path, *, skip: str = "") -> None:
    """Pin every file below `source`. Packs may be folded into a new one meanwhile: then look again."""
    for attempt in range(_TRIES):
        try:
            shutil.copytree(
                source, target, copy_function=_link, dirs_exist_ok=True, ignore=shutil.ignore_patterns(skip)
            )
        except (shutil.Error, FileNotFoundError):
            if attempt == _TRIES - 1:
                raise
        else:
            return


def _link(source: str, target: str) -> None:
    if not Path(target).exists():
        Path(target).hardlink_to(source)
