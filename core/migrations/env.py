"""Run by Alembic: the steps on the connection that ``core.migrate`` opened, in its transaction."""

from alembic import context

from core.database import metadata
from core.migrations.compare import options

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # The connection is in a transaction already; on SQLite Alembic would not believe it.
    transactional_ddl=True,
    **options(),
)
with context.begin_transaction():
    context.run_migrations()
