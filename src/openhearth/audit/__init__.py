"""Audit: who changed, read or was refused what, in a log that only grows. See README.md.

What answers requests is imported when the room is built: the command line needs the log alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openhearth.audit.layer import AuditLayer, Listener
from openhearth.audit.records import Entry, EntryFilter, Finding, Logged
from openhearth.audit.service import Audit

if TYPE_CHECKING:
    from openhearth.wire.room import Ground, Room

__all__ = [
    "Audit",
    "AuditLayer",
    "Entry",
    "EntryFilter",
    "Finding",
    "Listener",
    "Logged",
    "build",
    "open_audit",
]


def open_audit(ground: Ground) -> Audit:
    return Audit(
        db=ground.db,
        clock=ground.clock,
        secret=ground.secret,
        keep_days=ground.settings.audit_keep_days,
    )


def build(ground: Ground) -> Room:
    from openhearth.audit.api import AuditApi
    from openhearth.audit.pages import AuditPages
    from openhearth.wire.room import Room

    audit = open_audit(ground)
    ground.web.add_folder("audit", Path(__file__).parent / "templates")
    return Room(
        name="audit",
        service=audit,
        routes=[
            *AuditApi(audit, urls=ground.urls).router().routes,
            *AuditPages(audit, web=ground.web).routes(),
        ],
        subscribes=Listener(audit, ground.clock).subscribers,
        on_start=[audit.start],
        on_stop=[audit.stop],
    )
