"""Large files as whole objects, by their sha256, and which repo holds which. Knows no users and no HTTP."""

from openhearth.storage.lfs.objects import Collected, ObjectStore

__all__ = ["Collected", "ObjectStore"]
