"""Assistants that are made through the API, and which one a question was put to."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json, Moment, Name

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assistants",
        sa.Column("id", Name(), nullable=False),
        sa.Column("owner", Name(), nullable=False),
        sa.Column("definition", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.Column("changed_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistants")),
    )
    op.create_index(op.f("ix_assistants_created_at_id"), "assistants", ["created_at", "id"])
    op.add_column("turns", sa.Column("assistant", Name(), nullable=True))
