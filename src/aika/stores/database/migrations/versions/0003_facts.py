"""What documents record of things, by the things' names."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "profiles",
        sa.Column("document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("profile", columns.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.sequence"], name=op.f("fk_profiles_document_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document", "position", name=op.f("pk_profiles")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "profile_keys",
        sa.Column("key", columns.Name(), nullable=False),
        sa.Column("document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.sequence"], name=op.f("fk_profile_keys_document_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "document", "position", name=op.f("pk_profile_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_profile_keys_document"), "profile_keys", ["document"])
