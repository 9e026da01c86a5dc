"""access"""

import sqlalchemy as sa
from alembic import op

import openhearth.db.schema

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "repo_access_requests",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("repo_key", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("asked_at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("has_asked", sa.Boolean(), nullable=False),
        sa.Column("answered_at", openhearth.db.schema.UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(length=96), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repo_key"],
            ["repos.key"],
            name=op.f("fk_repo_access_requests_repo_key"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_repo_access_requests_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repo_access_requests")),
        sa.UniqueConstraint("repo_key", "user_id", name=op.f("uq_repo_access_requests_repo_key_user_id")),
    )
    with op.batch_alter_table("repo_access_requests", schema=None) as batch_op:
        batch_op.create_index(
            "ix_repo_access_requests_repo_key_status_asked_at",
            ["repo_key", "status", "asked_at", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_repo_access_requests_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("permissions", sa.String(length=300), nullable=True))

    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("action", sa.String(length=120), nullable=False),
        sa.Column("actor_id", sa.String(length=24), nullable=True),
        sa.Column("actor_name", sa.String(length=96), nullable=True),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.Column("token_id", sa.String(length=24), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=200), nullable=False),
        sa.Column("namespace", sa.String(length=96), nullable=False),
        sa.Column("target", sa.String(length=300), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index("ix_audit_log_actor_name_id", ["actor_name", "id"], unique=False)
        batch_op.create_index("ix_audit_log_at", ["at"], unique=False)
        batch_op.create_index("ix_audit_log_namespace_id", ["namespace", "id"], unique=False)

    op.create_table(
        "audit_prunings",
        sa.Column("up_to", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", openhearth.db.schema.UtcDateTime(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("up_to", name=op.f("pk_audit_prunings")),
    )
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


# The audit log only grows: rows are never changed, and deleted only where a pruning was noted before.
_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log "
        "WHEN OLD.id > (SELECT coalesce(max(up_to), 0) FROM audit_prunings) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER audit_prunings_no_update BEFORE UPDATE ON audit_prunings "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER audit_prunings_no_delete BEFORE DELETE ON audit_prunings "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'the audit log is append-only'; END $$",
        "CREATE FUNCTION audit_refuse_unpruned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF OLD.id > (SELECT coalesce(max(up_to), 0) FROM audit_prunings) THEN "
        "RAISE EXCEPTION 'the audit log is append-only'; END IF; RETURN OLD; END $$",
        "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse_unpruned()",
        "CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
        "CREATE TRIGGER audit_prunings_no_change BEFORE UPDATE OR DELETE ON audit_prunings "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        "CREATE TRIGGER audit_prunings_no_truncate BEFORE TRUNCATE ON audit_prunings "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    ),
}


def downgrade() -> None:
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.drop_column("permissions")
    op.drop_table("audit_log")
    op.drop_table("audit_prunings")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse(), audit_refuse_unpruned()")
    op.drop_table("repo_access_requests")
