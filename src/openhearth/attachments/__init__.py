"""Attachments: pictures, sound and films that comments show. See README.md."""

from openhearth.attachments.api import AttachmentApi
from openhearth.attachments.store import AttachmentStore
from openhearth.wire.room import Ground, Room

__all__ = ["AttachmentStore", "build"]


def build(ground: Ground) -> Room:
    """The room on `ground`, keeping its files below the data folder."""
    store = AttachmentStore(ground.settings.data / "attachments")
    api = AttachmentApi(store, urls=ground.urls)
    return Room(name="attachments", service=store, routes=api.routes())
