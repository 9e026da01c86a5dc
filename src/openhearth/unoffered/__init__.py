"""Unoffered: what clients may ask for that this hub does not do, each with a sentence. See README.md."""

from openhearth.unoffered.courtesies import courtesy_routes
from openhearth.unoffered.refusals import refusal_routes
from openhearth.wire.room import Ground, Room

__all__ = ["build"]


def build(_ground: Ground) -> Room:
    """Comes last among the rooms: what another room offers is answered there."""
    return Room(name="unoffered", service=None, routes=[*courtesy_routes(), *refusal_routes()])
