"""Run by Alembic: migrate the connection that `db/migrate.py` hands over."""

from alembic import context

from openhearth.db.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    user_module_prefix="openhearth.db.schema.",
)
with context.begin_transaction():
    context.run_migrations()
