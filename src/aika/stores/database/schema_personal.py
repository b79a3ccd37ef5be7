"""The tables of personal search: who agreed to it. Nothing that was found is in any of them."""

from sqlalchemy import Column, Integer, LargeBinary, Table

from aika.stores.database.columns import Json, Moment, Name
from aika.stores.database.schema import metadata

personal_consents = Table(
    "personal_consents",
    metadata,
    Column("team", Name, primary_key=True),
    Column("user", Name, primary_key=True),
    # Sealed with a key that is not in the database.
    Column("token", LargeBinary, nullable=False),
    # NULL where tokens do not rotate, and so is the time.
    Column("refresh_token", LargeBinary),
    Column("expires_at", Moment),
    Column("scopes", Json, nullable=False),
    Column("connected_at", Moment, nullable=False),
    Column("version", Integer, nullable=False),
)

personal_states = Table(
    "personal_states",
    metadata,
    # Of a link that was used. It is remembered until the link would have expired.
    Column("nonce", Name, primary_key=True),
    Column("expires_at", Moment, nullable=False, index=True),
)
