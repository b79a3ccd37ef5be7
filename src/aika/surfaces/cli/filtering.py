"""Options that narrow a question or a search to some documents."""

from collections.abc import Mapping
from typing import Annotated

import typer

from aika.client.filters import DocumentFilter

Kinds = Annotated[list[str] | None, typer.Option("--kind", help="Only documents of this kind. Can be repeated.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Only documents with this tag. Can be repeated.")]
Owners = Annotated[
    list[str] | None,
    typer.Option("--owner", help="Only documents of this owner, or with this contact. Can be repeated."),
]
Paths = Annotated[
    list[str] | None,
    typer.Option("--path", help="Only documents whose path matches, such as 'docs/**'. Can be repeated."),
]
Statuses = Annotated[
    list[str] | None, typer.Option("--status", help="Only documents of this status, such as accepted. Can be repeated.")
]


def document_filter(given: Mapping[str, list[str] | None]) -> DocumentFilter | None:
    """Return the filter that the options ask for, by its fields; ``None`` where they ask for nothing."""
    asked = {name: values for name, values in given.items() if values}
    return DocumentFilter.model_validate(asked) if asked else None
