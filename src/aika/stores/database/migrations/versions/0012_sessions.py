"""Sessions of people who signed in."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json, Moment, Name

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", Name(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person", Name()),
        sa.Column("key", Name()),
        sa.Column("name", Name(), nullable=False),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.Column("seen_at", Moment(timezone=True), nullable=False),
        sa.Column("expires_at", Moment(timezone=True), nullable=False),
        sa.Column("subject", Name()),
        sa.Column("provider_session", Name()),
        sa.Column("id_token", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_sessions_secret_hash")),
    )
    for column in ("person", "seen_at", "expires_at", "subject", "provider_session"):
        op.create_index(op.f(f"ix_sessions_{column}"), "sessions", [column])
    op.create_table(
        "signed_in_people",
        sa.Column("person", Name(), nullable=False),
        sa.Column("issuer", Name(), nullable=False),
        sa.Column("subject", Name(), nullable=False),
        sa.Column("name", Name(), nullable=False),
        sa.Column("groups", Json(), nullable=False),
        sa.Column("signed_in_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_signed_in_people")),
    )
    op.create_index(op.f("ix_signed_in_people_signed_in_at"), "signed_in_people", ["signed_in_at"])
