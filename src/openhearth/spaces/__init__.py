"""Spaces as apps: what state they are in, and finding them. See README.md."""

from openhearth.repos import Repos
from openhearth.spaces.api import SpaceApi
from openhearth.wire.room import Ground, Room

__all__ = ["build"]


def build(_ground: Ground, *, repos: Repos) -> Room:
    """The room over the Spaces of `repos`."""
    return Room(name="spaces", service=None, routes=SpaceApi(repos=repos).router().routes)
