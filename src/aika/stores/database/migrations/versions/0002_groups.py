"""Who belongs to which group."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "memberships",
        sa.Column("source", columns.Name(), nullable=False),
        sa.Column("group", columns.Name(), nullable=False),
        sa.Column("member", columns.Name(), nullable=False),
        sa.PrimaryKeyConstraint("source", "group", "member", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_group"), "memberships", ["group"])
    op.create_index(op.f("ix_memberships_member"), "memberships", ["member"])
