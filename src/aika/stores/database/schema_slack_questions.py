"""The table of questions that were put to aika in Slack. See `schema` for the others."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, Table

from aika.stores.database.columns import Moment, Name
from aika.stores.database.schema import metadata

slack_questions = Table(
    "slack_questions",
    metadata,
    # No words of a question are here, only what tells two versions of it apart.
    Column("key", Name, primary_key=True),
    Column("event", Name, nullable=False),
    Column("team", Name, nullable=False),
    Column("channel", Name, nullable=False),
    Column("root", Name),
    Column("asker", Name, nullable=False),
    Column("owner", Name, nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("conversation", Name),
    Column("answer", Name, index=True),
    Column("shown", Name),
    Column("posted", Name),
    Column("deleted", Boolean, nullable=False),
    Index(None, "team", "channel", "root"),
    Index(None, "team", "asker", "asked_at"),
)
