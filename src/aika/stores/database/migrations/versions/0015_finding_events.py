"""What became of findings, step by step. What is there already begins with what is known of it."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Moment, Name

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_FOUND = """
INSERT INTO finding_events (finding, number, at, what, "by", assignee, note)
SELECT id, 1, created_at, 'found', '', '', '' FROM findings
"""
_LAST = """
INSERT INTO finding_events (finding, number, at, what, "by", assignee, note)
SELECT id, 2, changed_at, state, '', '', '' FROM findings WHERE state <> 'open'
"""


def upgrade() -> None:
    op.create_table(
        "finding_events",
        sa.Column("finding", Name(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("what", Name(), nullable=False),
        sa.Column("by", Name(), nullable=False),
        sa.Column("assignee", Name(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding"], ["findings.id"], name=op.f("fk_finding_events_finding_findings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("finding", "number", name=op.f("pk_finding_events")),
        sqlite_with_rowid=False,
    )
    op.execute(_FOUND)
    op.execute(_LAST)
