"""Files the browser fetches: which exist, the hash in their address, and our one stylesheet made of many.

Files are read on each start and again when they change on disk. Knows no HTTP.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from mimetypes import guess_type
from pathlib import Path

from openhearth.errors import NotFound

BUNDLE = "web/all.css"
# Not left to the machine's own table, which may lack them or say otherwise.
_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    content: bytes
    media_type: str
    version: str  # a hash of the content


class Assets:
    """The `static/` folders of all rooms, by room name."""

    def __init__(self) -> None:
        self._folders: dict[str, Path] = {}
        self._read: dict[str, tuple[int, Asset]] = {}

    def add_folder(self, room: str, folder: Path) -> None:
        self._folders[room] = folder.resolve()

    @property
    def folders(self) -> Mapping[str, Path]:
        return self._folders

    def url(self, name: str) -> str:
        """The address of `room/file`, which changes with its content. Raises NotFound for a missing file."""
        return f"/static/{name}?v={self.get(name).version}"

    def get(self, name: str) -> Asset:
        """The file `room/path`. Raises NotFound, also for any path that leaves the room's folder."""
        sources = self._sources(name)
        changed_ns = max(source.stat().st_mtime_ns for source in sources)
        known = self._read.get(name)
        if known is None or known[0] != changed_ns:
            known = changed_ns, _read(name, sources)
            self._read[name] = known
        return known[1]

    def _sources(self, name: str) -> list[Path]:
        if name == BUNDLE:
            own = self._folders["web"]
            return [own / "tokens.css", *sorted((own / "css").glob("*.css"))]
        room, _, path = name.partition("/")
        folder = self._folders.get(room)
        if folder is None or "\0" in path:
            raise NotFound(f"There is no static file {name[:200]!r}.")
        file = (folder / path).resolve()
        if not file.is_relative_to(folder) or not file.is_file():
            raise NotFound(f"There is no static file {name[:200]!r}.")
        return [file]


def _read(name: str, sources: list[Path]) -> Asset:
    content = b"\n".join(source.read_bytes() for source in sources)
    suffix = Path(name).suffix
    media_type = _MEDIA_TYPES.get(suffix) or guess_type(name)[0] or "application/octet-stream"
    return Asset(content, media_type, blake2b(content, digest_size=8).hexdigest())
