"""discussions"""

import sqlalchemy as sa
from alembic import op

import openhearth.db.schema

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lfs_proposed",
        sa.Column("repo_key", sa.String(length=24), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by", sa.String(length=24), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("repo_key", "sha256", "uploaded_by", name=op.f("pk_lfs_proposed")),
    )
    op.create_table(
        "discussion_repos",
        sa.Column("repo_key", sa.String(length=24), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repo_key"], ["repos.key"], name=op.f("fk_discussion_repos_repo_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("repo_key", name=op.f("pk_discussion_repos")),
    )
    op.create_table(
        "discussions",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("repo_key", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=6), nullable=False),
        sa.Column("is_pull_request", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.String(length=24), nullable=True),
        sa.Column("created_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("updated_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("last_position", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(length=255), server_default="main", nullable=False),
        sa.Column("head", sa.String(length=40), nullable=True),
        sa.Column("base_commit", sa.String(length=40), nullable=True),
        sa.Column("merge_commit", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_discussions_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["repo_key"], ["repos.key"], name=op.f("fk_discussions_repo_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussions")),
        sa.UniqueConstraint("repo_key", "number", name=op.f("uq_discussions_repo_key_number")),
    )
    with op.batch_alter_table("discussions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discussions_author_id"), ["author_id"], unique=False)

    op.create_table(
        "discussion_events",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("discussion_id", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("author_id", sa.String(length=24), nullable=True),
        sa.Column("created_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("edited_at", openhearth.db.schema.UtcDateTime(), nullable=True),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_discussion_events_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["discussions.id"],
            name=op.f("fk_discussion_events_discussion_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussion_events")),
        sa.UniqueConstraint(
            "discussion_id", "position", name=op.f("uq_discussion_events_discussion_id_position")
        ),
    )
    with op.batch_alter_table("discussion_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discussion_events_author_id"), ["author_id"], unique=False)

    op.create_table(
        "discussion_anchors",
        sa.Column("event_id", sa.String(length=24), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("side", sa.String(length=3), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("commit", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["discussion_events.id"],
            name=op.f("fk_discussion_anchors_event_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_discussion_anchors")),
    )
    op.create_table(
        "discussion_reactions",
        sa.Column("event_id", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.String(length=24), nullable=False),
        sa.Column("reaction", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["discussion_events.id"],
            name=op.f("fk_discussion_reactions_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_discussion_reactions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "user_id", "reaction", name=op.f("pk_discussion_reactions")),
    )
    with op.batch_alter_table("discussion_reactions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discussion_reactions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "discussion_versions",
        sa.Column("event_id", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["discussion_events.id"],
            name=op.f("fk_discussion_versions_event_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_discussion_versions")),
    )


def downgrade() -> None:
    op.drop_table("discussion_versions")
    with op.batch_alter_table("discussion_reactions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_discussion_reactions_user_id"))

    op.drop_table("discussion_reactions")
    op.drop_table("discussion_anchors")
    with op.batch_alter_table("discussion_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_discussion_events_author_id"))

    op.drop_table("discussion_events")
    with op.batch_alter_table("discussions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_discussions_author_id"))

    op.drop_table("discussions")
    op.drop_table("discussion_repos")
    op.drop_table("lfs_proposed")
