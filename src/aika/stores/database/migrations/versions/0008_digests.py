"""What owners were told of their documents, and how healthy these were on each day."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json, Moment, Name

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("id", Name(), nullable=False),
        sa.Column("owner", Name(), nullable=False),
        sa.Column("occasion", Moment(timezone=True), nullable=False),
        sa.Column("medium", Name(), nullable=False),
        sa.Column("address", Name(), nullable=False),
        sa.Column("state", Name(), nullable=False),
        sa.Column("begun_at", Moment(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", Moment(timezone=True)),
        sa.Column("reason", Name(), nullable=False),
        sa.Column("findings", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("owner", "occasion", name=op.f("uq_digests_owner_occasion")),
    )
    op.create_index(op.f("ix_digests_state"), "digests", ["state"])
    op.create_table(
        "told_findings",
        sa.Column("owner", Name(), nullable=False),
        sa.Column("finding", Name(), nullable=False),
        sa.Column("digest", Name(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["digests.id"], name=op.f("fk_told_findings_digest_digests"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner", "finding", name=op.f("pk_told_findings")),
    )
    op.create_index(op.f("ix_told_findings_finding"), "told_findings", ["finding"])
    op.create_index(op.f("ix_told_findings_digest"), "told_findings", ["digest"])
    op.create_table(
        "health_scores",
        sa.Column("day", Name(), nullable=False),
        sa.Column("level", Name(), nullable=False),
        sa.Column("name", Name(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "level", "name", name=op.f("pk_health_scores")),
    )
