"""The table of what became of findings, step by step. See `schema` for the findings."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from aika.stores.database.columns import Moment, Name
from aika.stores.database.schema import metadata

finding_events = Table(
    "finding_events",
    metadata,
    Column("finding", ForeignKey("findings.id", ondelete="CASCADE"), primary_key=True),
    # From 1, in the order in which they happened.
    Column("number", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("what", Name, nullable=False),
    # The principal of whoever did it; empty for aika itself.
    Column("by", Name, nullable=False),
    Column("assignee", Name, nullable=False),
    Column("note", Text, nullable=False),
    sqlite_with_rowid=False,
)
