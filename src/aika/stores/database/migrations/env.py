"""What Alembic runs to migrate: on the connection that `aika.stores.database.migrating` hands it."""

from alembic import context

from aika.stores.database import (  # noqa: F401 - its tables belong to the metadata
    schema_citations,
    schema_findings,
    schema_insights,
    schema_personal,
    schema_sessions,
    schema_slack,
    schema_slack_questions,
)
from aika.stores.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a column: Alembic then copies the table.
    render_as_batch=True,
    # As script.py.mako imports our column types.
    user_module_prefix="columns.",
)
with context.begin_transaction():
    context.run_migrations()
