"""hub"""

import math
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

import openhearth.db.schema

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "repo_downloads",
        sa.Column("repo_key", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("is_recent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repo_key"], ["repos.key"], name=op.f("fk_repo_downloads_repo_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("repo_key", "day", name=op.f("pk_repo_downloads")),
    )
    with op.batch_alter_table("repo_downloads", schema=None) as batch_op:
        batch_op.create_index("ix_repo_downloads_is_recent_day", ["is_recent", "day"], unique=False)

    op.create_table(
        "repo_links",
        sa.Column("repo_key", sa.String(length=24), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("target_key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["repo_key"], ["repos.key"], name=op.f("fk_repo_links_repo_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("repo_key", "type", "target_key", name=op.f("pk_repo_links")),
    )
    with op.batch_alter_table("repo_links", schema=None) as batch_op:
        batch_op.create_index("ix_repo_links_type_target_key", ["type", "target_key"], unique=False)

    op.create_table(
        "papers",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("submitted_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("submitted_by", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["users.id"], name=op.f("fk_papers_submitted_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
    )
    with op.batch_alter_table("papers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_papers_submitted_at"), ["submitted_at"], unique=False)

    with op.batch_alter_table("repo_facts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gguf", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("citation", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("eval_results", sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table("repos", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("downloads_all_time", sa.BigInteger(), server_default="0", nullable=False)
        )
    _count_what_was()


def _count_what_was() -> None:
    """Downloads so far count as of now, and heat (repos/trending.py) starts from what rows know: age and likes."""
    rows = op.get_bind()
    repos = sa.table(
        "repos",
        sa.column("key"),
        sa.column("created_at", openhearth.db.schema.UtcDateTime),
        sa.column("likes"),
        sa.column("downloads"),
        sa.column("downloads_all_time"),
        sa.column("trending"),
    )
    days = sa.table(
        "repo_downloads",
        sa.column("repo_key"),
        sa.column("day", sa.Date),
        sa.column("count"),
        sa.column("is_recent"),
    )
    today = datetime.now(UTC).date()
    for repo in rows.execute(sa.select(repos)).all():
        weeks = (repo.created_at - datetime(2020, 1, 1, tzinfo=UTC)) / timedelta(days=7)
        heat = round((math.log2(5 + 10 * repo.likes) + weeks) * 10**9)
        changed = {"downloads_all_time": repo.downloads, "trending": heat}
        rows.execute(sa.update(repos).where(repos.c.key == repo.key).values(**changed))
        if repo.downloads:
            day = {"repo_key": repo.key, "day": today, "count": repo.downloads, "is_recent": True}
            rows.execute(sa.insert(days).values(**day))
