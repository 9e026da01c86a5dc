"""Albums: what was seen on the photos of a dataset, and who people say it is. Deleting the row of an album deletes all of it."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_ID = sa.String(24)
_OID = sa.String(64)  # by which content is known, so that a photo is looked at once, wherever it lies

albums = sa.Table(
    "albums",
    metadata,
    sa.Column("repo_key", _ID, sa.ForeignKey("repos.key", ondelete="CASCADE"), primary_key=True),
    sa.Column("asked_by", _ID, nullable=False),  # as whom its photos are read
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("network", sa.String(64)),  # once a photo was looked at: vectors of others cannot be compared
    sa.Column("commit", sa.String(40)),  # whose photos were all looked at
    sa.Column("state", sa.String(9), nullable=False),  # records.State
    sa.Column("error", sa.Text),
    sa.Column("version", sa.BigInteger, nullable=False),  # grows with every change, also over being forgotten
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

album_photos = sa.Table(
    "album_photos",
    metadata,
    sa.Column("repo_key", _ID, sa.ForeignKey("albums.repo_key", ondelete="CASCADE"), primary_key=True),
    sa.Column("oid", _OID, primary_key=True),
    sa.Column("error", sa.Text),  # why nothing could be seen on it
    sa.Column("preview", sa.LargeBinary),  # a small JPEG, where there are faces
)

album_faces = sa.Table(
    "album_faces",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("repo_key", _ID, nullable=False),
    sa.Column("oid", _OID, nullable=False),
    sa.Column("box", sa.JSON, nullable=False),  # xmin, ymin, xmax, ymax
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),  # 128 float32
    sa.Column("picture", sa.LargeBinary, nullable=False),  # a small JPEG
    sa.ForeignKeyConstraint(
        ["repo_key", "oid"], ["album_photos.repo_key", "album_photos.oid"], ondelete="CASCADE"
    ),
    sa.Index("ix_album_faces_repo_key_oid", "repo_key", "oid"),
)

album_tags = sa.Table(
    "album_tags",
    metadata,
    sa.Column("face_id", _ID, sa.ForeignKey("album_faces.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("is_refused", sa.Boolean, nullable=False),  # somebody said that it is not this person
    sa.Column("said_at", UtcDateTime, nullable=False),
)
