"""The files of attachments, each under the sha256 of its content: the same picture twice is one file."""

from dataclasses import dataclass
from pathlib import Path

from openhearth.attachments.media import MEDIA_TYPES, SNIFFED_BYTES, MediaType, sniff
from openhearth.errors import Invalid, NotFound
from openhearth.kit.ids import new_id
from openhearth.storage.durable import sync_file, sync_folder

ATTACHMENT_MAX_BYTES = 10 << 20
_HEXADECIMAL = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Attachment:
    name: str
    path: Path
    media: MediaType
    size_bytes: int


class AttachmentStore:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self) -> Path:
        """Where to write an arriving file, on the file system it will stay on."""
        incoming = self._folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        return incoming / new_id()

    def adopt(self, arrived: Path, sha256: str) -> Attachment:
        """Keep `arrived`, whose content has that digest. Raises Invalid if it is no picture, sound or film."""
        with arrived.open("rb") as file:
            media = sniff(file.read(SNIFFED_BYTES))
        if media is None:
            kinds = ", ".join(sorted(MEDIA_TYPES))
            raise Invalid(f"body: is no picture, sound or film that this hub shows; send one of {kinds}.")
        name = f"{sha256}.{media.ending}"
        target = self._path(name)
        target.parent.mkdir(exist_ok=True)
        sync_file(arrived)
        arrived.replace(target)
        sync_folder(target.parent)
        return self._attachment(name, target, media)

    def get(self, name: str) -> Attachment:
        """Raises NotFound."""
        sha256, _, ending = name.partition(".")
        known = len(sha256) == 64 and _HEXADECIMAL.issuperset(sha256) and ending in MEDIA_TYPES
        if not known or not self._path(name).is_file():
            raise NotFound(f"There is no attachment {name[:80]!r}.")
        return self._attachment(name, self._path(name), MEDIA_TYPES[ending])

    def _attachment(self, name: str, path: Path, media: MediaType) -> Attachment:
        return Attachment(name, path, media, path.stat().st_size)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
