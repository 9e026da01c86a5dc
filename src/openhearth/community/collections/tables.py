"""The tables of collections. An item is held by what never changes of it: a repo's key, another collection's id."""

import sqlalchemy as sa

from openhearth.db import UtcDateTime, metadata

_ID = sa.String(24)


def _collection_id(*, primary_key: bool = False) -> sa.Column[str]:
    link = sa.ForeignKey("collections.id", ondelete="CASCADE")
    return sa.Column("collection_id", _ID, link, primary_key=primary_key, nullable=False)


collections = sa.Table(
    "collections",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("owner_id", _ID, sa.ForeignKey("namespaces.id", ondelete="CASCADE"), nullable=False),
    # No foreign key: a collection outlives the account that made it, when an organisation holds it.
    sa.Column("creator_id", _ID),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("title_key", sa.String(120), nullable=False),  # lower case
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.Column("theme", sa.String(10), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),  # in the owner's list
    sa.Column("upvotes", sa.BigInteger, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_updated", UtcDateTime, nullable=False),
    sa.UniqueConstraint("owner_id", "title_key"),
)
for _sorted_by in ("last_updated", "upvotes"):
    sa.Index(f"ix_collections_{_sorted_by}", collections.c[_sorted_by], collections.c.id)

collection_items = sa.Table(
    "collection_items",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    _collection_id(),
    sa.Column("type", sa.String(10), nullable=False),  # records.ItemType
    # A repo's key, a collection's or bucket's id, a paper's number.
    sa.Column("target", sa.String(220), nullable=False),
    # Set for repos and collections, so that items leave with what they show.
    sa.Column("repo_key", _ID, sa.ForeignKey("repos.key", ondelete="CASCADE"), index=True),
    sa.Column("linked_id", _ID, sa.ForeignKey("collections.id", ondelete="CASCADE"), index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("collection_id", "type", "target"),
    sa.UniqueConstraint("collection_id", "position"),
    sa.Index("ix_collection_items_type_target", "type", "target"),
)

# Who finds it good. The numbers in `collections.upvotes` are counts of these rows.
collection_upvotes = sa.Table(
    "collection_upvotes",
    metadata,
    _collection_id(primary_key=True),
    sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
)
