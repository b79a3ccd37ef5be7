"""What makers of assistants wrote, comments included."""

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assistants", sa.Column("text", Json()))
