"""All SQL about albums. Nothing here decides who may see what."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from openhearth.albums.records import Album, Face, Said, Seen
from openhearth.albums.tables import album_faces, album_photos, album_tags, albums
from openhearth.db.inserts import insert_into
from openhearth.kit.ids import new_id

_AT_ONCE = 500


def find_album(rows: Connection, repo_key: str) -> Album | None:
    row = rows.execute(sa.select(albums).where(albums.c.repo_key == repo_key)).first()
    return None if row is None else Album(**row._mapping)


def insert_album(rows: Connection, album: Album) -> None:
    rows.execute(sa.insert(albums).values(**vars(album)))


def update_album(rows: Connection, repo_key: str, **values: Any) -> bool:
    """Gives whether it is still there."""
    changed = rows.execute(sa.update(albums).where(albums.c.repo_key == repo_key).values(**values))
    return changed.rowcount == 1


def touch(rows: Connection, repo_key: str, **values: Any) -> bool:
    """Change an album whose faces or tags changed. Gives whether it is still there."""
    return update_album(rows, repo_key, version=albums.c.version + 1, **values)


def delete_album(rows: Connection, repo_key: str) -> None:
    rows.execute(sa.delete(albums).where(albums.c.repo_key == repo_key))


def list_photos(rows: Connection, repo_key: str) -> dict[str, str | None]:
    """The content of each photo that was looked at → why nothing could be seen, where that is so."""
    c = album_photos.c
    return {
        row.oid: row.error for row in rows.execute(sa.select(c.oid, c.error).where(c.repo_key == repo_key))
    }


def insert_photo(rows: Connection, repo_key: str, oid: str, seen: Seen) -> None:
    """Keep what was seen on a photo; one that is there already stays as it is."""
    values = {"repo_key": repo_key, "oid": oid, "error": seen.error, "preview": seen.preview}
    kept = rows.execute(insert_into(rows, album_photos).on_conflict_do_nothing(), values)
    found = [
        {"id": new_id(), "repo_key": repo_key, "oid": oid, "box": list(face.box), "score": face.score,
         "vector": face.vector, "picture": face.picture}
        for face in seen.faces
    ]  # fmt: skip
    if found and kept.rowcount == 1:
        rows.execute(sa.insert(album_faces), found)


def delete_photos(rows: Connection, repo_key: str, oids: Sequence[str]) -> None:
    c = album_photos.c
    for start in range(0, len(oids), _AT_ONCE):
        some = oids[start : start + _AT_ONCE]
        rows.execute(sa.delete(album_photos).where(c.repo_key == repo_key, c.oid.in_(some)))


def delete_unreadable(rows: Connection, repo_key: str) -> None:
    """Forget which photos could not be looked at, so that they are tried again."""
    c = album_photos.c
    rows.execute(sa.delete(album_photos).where(c.repo_key == repo_key, c.error.is_not(None)))


def list_faces(rows: Connection, repo_key: str) -> list[tuple[Face, bytes]]:
    """With their vectors, the oldest first."""
    c = album_faces.c
    statement = sa.select(c.id, c.oid, c.box, c.score, c.vector).where(c.repo_key == repo_key).order_by(c.id)
    return [
        (Face(id=row.id, oid=row.oid, box=tuple(row.box), score=row.score), row.vector)
        for row in rows.execute(statement)
    ]


def find_picture(rows: Connection, repo_key: str, face_id: str) -> bytes | None:
    c = album_faces.c
    found: bytes | None = rows.execute(
        sa.select(c.picture).where(c.repo_key == repo_key, c.id == face_id)
    ).scalar()
    return found


def find_preview(rows: Connection, repo_key: str, oid: str) -> bytes | None:
    c = album_photos.c
    found: bytes | None = rows.execute(
        sa.select(c.preview).where(c.repo_key == repo_key, c.oid == oid)
    ).scalar()
    return found


def list_said(rows: Connection, repo_key: str) -> list[Said]:
    t, f = album_tags.c, album_faces.c
    statement = (
        sa.select(t.face_id, t.name, t.is_refused)
        .join(album_faces, f.id == t.face_id)
        .where(f.repo_key == repo_key)
        .order_by(t.said_at, t.face_id)
    )
    return [Said(*row) for row in rows.execute(statement)]


def put_said(rows: Connection, said: Iterable[Said], said_at: Any) -> None:
    """Say whose faces these are, in the place of what was said of the same name and face before."""
    for one in said:
        c = album_tags.c
        rows.execute(sa.delete(album_tags).where(c.face_id == one.face_id, c.name == one.name))
        rows.execute(
            sa.insert(album_tags).values(
                face_id=one.face_id, name=one.name, is_refused=one.is_refused, said_at=said_at
            )
        )


def delete_said(rows: Connection, repo_key: str, name: str, face_ids: Sequence[str] | None = None) -> int:
    """Take back what was said of `name`, of some faces or all. Gives how much that was."""
    own = sa.select(album_faces.c.id).where(album_faces.c.repo_key == repo_key)
    c = album_tags.c
    statement = sa.delete(album_tags).where(c.name == name, c.face_id.in_(own))
    if face_ids is not None:
        statement = statement.where(c.face_id.in_(list(face_ids)))
    return rows.execute(statement).rowcount
