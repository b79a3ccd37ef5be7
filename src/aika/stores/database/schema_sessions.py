"""The tables of signing in: who has, and what their browsers hold."""

from sqlalchemy import Column, LargeBinary, Table

from aika.stores.database.columns import Json, Moment, Name
from aika.stores.database.schema import metadata

sessions = Table(
    "sessions",
    metadata,
    Column("id", Name, primary_key=True),
    # Of what the browser holds, which is not kept.
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    # Exactly one of the two: who signed in, or the API key that was entered.
    Column("person", Name, index=True),
    Column("key", Name),
    Column("name", Name, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False, index=True),
    Column("expires_at", Moment, nullable=False, index=True),
    # As the identity provider knows the person and its own session, so that it can end this one. NULL for keys.
    Column("subject", Name, index=True),
    Column("provider_session", Name, index=True),
    # The provider's token, sealed with a key that is not in the database: it is shown when signing out there.
    Column("id_token", LargeBinary),
)

signed_in_people = Table(
    "signed_in_people",
    metadata,
    Column("person", Name, primary_key=True),
    Column("issuer", Name, nullable=False),
    Column("subject", Name, nullable=False),
    Column("name", Name, nullable=False),
    # The groups that the provider said they are in, which the directory has too for as long as they hold.
    Column("groups", Json, nullable=False),
    Column("signed_in_at", Moment, nullable=False, index=True),
)
