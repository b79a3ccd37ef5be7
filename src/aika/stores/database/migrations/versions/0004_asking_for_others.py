"""Keys that may ask for other people."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("on_behalf", sa.Boolean(), nullable=False, server_default=sa.false()))
