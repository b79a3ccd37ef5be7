"""Consents to personal search."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json, Moment, Name

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "personal_consents",
        sa.Column("team", Name(), nullable=False),
        sa.Column("user", Name(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary()),
        sa.Column("expires_at", Moment(timezone=True)),
        sa.Column("scopes", Json(), nullable=False),
        sa.Column("connected_at", Moment(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team", "user", name=op.f("pk_personal_consents")),
    )
    op.create_table(
        "personal_states",
        sa.Column("nonce", Name(), nullable=False),
        sa.Column("expires_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_personal_states")),
    )
    op.create_index(op.f("ix_personal_states_expires_at"), "personal_states", ["expires_at"])
