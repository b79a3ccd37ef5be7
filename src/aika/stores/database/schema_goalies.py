"""The tables of goalies: what became of messages, who wrote in threads, and what was said once."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from aika.stores.database.columns import Json, Moment, Name
from aika.stores.database.schema import metadata

goalie_cases = Table(
    "goalie_cases",
    metadata,
    Column("id", Name, primary_key=True),
    Column("goalie", Name, nullable=False),
    Column("workspace", Name, nullable=False),
    Column("channel", Name, nullable=False),
    Column("message", Name, nullable=False),
    Column("root", Name, nullable=False),
    Column("state", Name, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    # Only of what is to be looked at again.
    Column("due_at", Moment, index=True),
    Column("details", Json, nullable=False),
    Column("version", Integer, nullable=False),
    # A message is handled once, whatever is delivered how often.
    UniqueConstraint("workspace", "channel", "message"),
    Index(None, "workspace", "channel", "root"),
    Index(None, "goalie", "seen_at"),
    Index(None, "changed_at"),
)

goalie_replies = Table(
    "goalie_replies",
    metadata,
    # Who wrote when in a thread, and not what.
    Column("workspace", Name, primary_key=True),
    Column("channel", Name, primary_key=True),
    Column("message", Name, primary_key=True),
    Column("root", Name, nullable=False),
    Column("author", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("written_at", Moment, nullable=False, index=True),
    Index(None, "workspace", "channel", "root"),
)

goalie_notes = Table(
    "goalie_notes",
    metadata,
    # What a goalie remembers of itself, such as the reports that it wrote.
    Column("goalie", Name, primary_key=True),
    Column("name", Name, primary_key=True),
    Column("value", Name, nullable=False),
    Column("noted_at", Moment, nullable=False),
)
