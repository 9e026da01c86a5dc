"""An album that lies on the hub, `hf://datasets/me/photos`: the same verbs, asked of its routes."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import typer

from openhearth.config import load_settings
from openhearth.errors import HubError, Invalid
from openhearth.kit.names import split_repo_id
from openhearth.pipelines.lists import somebody_watches
from openhearth.pipelines.on_hub.connection import HubConnection

PREFIX = "hf://datasets/"
LOOK_EVERY_S = 2.0


class HubAlbum:
    """`skipped` stays empty: the album's page names the photos that could not be read."""

    def __init__(self, hub: HubConnection, repo_id: str) -> None:
        self.skipped: list[tuple[str, str]] = []
        self._hub, self._repo_id = hub, repo_id
        self._at = f"/api/datasets/{repo_id}/album"

    def find(
        self, name: str, in_: str, *, threshold: float = 0.5, top_k: int | None = None
    ) -> list[dict[str, Any]]:
        self._look()
        rows = self._hub.ask(f"{self._at}/find?name={quote(name, safe='')}")
        within = self._path(in_)
        kept = [row for row in rows if row["score"] >= threshold and row["path"].startswith(within)]
        return kept[:top_k]

    def unnamed(self, in_: str) -> list[dict[str, Any]]:
        groups = self._look()["unnamed"]
        return [
            {"count": len(group["faces"]), "faces": [self._row(face) for face in group["faces"]]}
            for group in groups
        ]

    def count_people(self, in_: str) -> dict[str, int]:
        """Everybody with a name, and on how many photos they are."""
        return {person["name"]: person["photos"] for person in self._hub.ask(self._at)["people"]}

    def tag(self, name: str, photo: str, box: Any = None) -> dict[str, Any]:
        return self._say(name, photo, box, is_refused=False)

    def not_this(self, name: str, photo: str, box: Any = None) -> dict[str, Any]:
        return self._say(name, photo, box, is_refused=True)

    def _say(self, name: str, photo: str, box: Any, *, is_refused: bool) -> dict[str, Any]:
        body = {"name": name, "path": self._path(photo), "box": box, "is_refused": is_refused}
        said = self._hub.ask(f"{self._at}/tags", body)
        return {"name": said["name"], "photo": photo, "box": said["boxes"][0]}

    def _row(self, face: Mapping[str, Any]) -> dict[str, Any]:
        return {**face, "path": f"{PREFIX}{self._repo_id}/{face['path']}"}

    def _path(self, given: str) -> str:
        return given.removeprefix(PREFIX).removeprefix(self._repo_id).strip("/")

    def _look(self) -> Any:
        """The album, once every photo was looked at. Begins that where nobody did. Raises HubError where it failed."""
        album = self._hub.ask(self._at)
        if album["state"] == "none":
            album = self._hub.ask(self._at, {})
        while album["state"] in ("waiting", "running"):
            photos = album["photos"]
            if somebody_watches():
                typer.echo(f"\r{photos['done']} of {photos['total']} photos looked at", nl=False, err=True)
            time.sleep(LOOK_EVERY_S)
            album = self._hub.ask(self._at)
        if somebody_watches():
            typer.echo("", err=True)
        if album["state"] == "failed":
            raise HubError(album["error"])
        return album


def open_hub_album(given: str) -> HubAlbum | None:
    """The album that `given` names, or a photo of; None for what lies elsewhere. Raises Invalid for half a name."""
    if not given.startswith(PREFIX):
        return None
    parts = given.removeprefix(PREFIX).split("/")
    if len(parts) < 2 or not all(parts[:2]):
        raise Invalid(f"folder: {given!r} names no dataset; write {PREFIX}me/photos.")
    repo_id = split_repo_id("/".join(parts[:2]), "dataset", field="folder").id
    settings = load_settings()
    return HubAlbum(HubConnection(settings.endpoint, settings.token or ""), repo_id)
