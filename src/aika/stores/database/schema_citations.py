"""Which answers cite which documents: kept beside the answers, because those are one piece of JSON each."""

from sqlalchemy import Column, ForeignKey, Index, Table

from aika.stores.database.columns import Moment, Uuid16
from aika.stores.database.schema import metadata

answer_citations = Table(
    "answer_citations",
    metadata,
    # In the order in which it is looked up. The document may be gone by now.
    Column("document", Uuid16, primary_key=True),
    Column("answer", ForeignKey("turns.answer", ondelete="CASCADE"), primary_key=True, index=True),
    Column("asked_at", Moment, nullable=False),
    # Holds all that is counted, newest last.
    Index(None, "document", "asked_at"),
)
