"""What filters ask of documents, in a table of its own."""

import re
from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from alembic import op

from aika.stores.database.columns import Json, Name

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ROWS = 1_000
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def upgrade() -> None:
    op.create_table(
        "document_facets",
        sa.Column("facet", Name(), nullable=False),
        sa.Column("document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.sequence"], name=op.f("fk_document_facets_document_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("facet", "document", name=op.f("pk_document_facets")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_document_facets_document"), "document_facets", ["document"])
    _fill()


def _fill() -> None:
    """Give the documents that are there the facets that recording them now would give them."""
    connection = op.get_bind()
    documents = sa.table("documents", sa.column("sequence", sa.BigInteger()), sa.column("details", Json()))
    facets = sa.table("document_facets", sa.column("facet", Name()), sa.column("document", sa.BigInteger()))
    statement = sa.select(documents.c.sequence, documents.c.details).order_by(documents.c.sequence).limit(_ROWS)
    last = 0
    while rows := connection.execute(statement.where(documents.c.sequence > last)).all():
        said = [
            {"facet": facet, "document": row.sequence} for row in rows for facet in sorted(set(_facets(row.details)))
        ]
        connection.execute(sa.insert(facets), said)
        last = rows[-1].sequence


def _facets(details: Mapping[str, object]) -> Iterator[str]:
    # As `aika.domain.conditions.facets` was when this was written. A migration does not follow later changes.
    owner, attributes = _object(details.get("owner")), _object(details.get("attributes"))
    audiences = _words(attributes.get("audience"))
    yield from (f"owner:{word}" for word in _words([owner.get("name"), owner.get("contact")]))
    yield from (f"tag:{word}" for word in _words(attributes.get("tags")) + _words(attributes.get("labels")))
    yield from (f"status:{word}" for word in _words(attributes.get("status")))
    if attributes.get("superseded_by"):
        yield "status:superseded"
    yield from (f"audience:{word}" for word in audiences or [""])


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _words(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    words = (word.strip().casefold() for word in values if isinstance(word, str))
    return [_UNSTORABLE.sub("\ufffd", word) for word in words if word]
