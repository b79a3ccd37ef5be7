"""The table of API keys."""

from sqlalchemy import Boolean, Column, LargeBinary, Table, false

from aika.stores.database.columns import Json, Moment, Name
from aika.stores.database.schema import metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Name, primary_key=True),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("name", Name, nullable=False),
    Column("principals", Json, nullable=False),
    # NULL is all sources; the empty list is none.
    Column("sources", Json),
    Column("admin", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("on_behalf", Boolean, nullable=False, server_default=false()),
)
