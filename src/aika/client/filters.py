"""Which documents a request is about, as it goes over the wire."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST_VALUES = 100
"""Of one thing in one filter."""

_Word = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_Words = Annotated[list[_Word], Field(max_length=MOST_VALUES)]


class PlainFilter(BaseModel):
    """Which documents are meant. Everything that is given must hold; of several values of one thing, one must.

    Unset leaves a thing open, and an empty list is nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: _Words | None = Field(default=None, description="Names of sources.")
    kinds: _Words | None = Field(default=None, description="Kinds of documents.")
    owners: _Words | None = Field(default=None, description="Owners' names or contacts: `payments`, `#payments`.")
    tags: _Words | None = Field(default=None, description="Tags or labels.")
    paths: _Words | None = Field(
        default=None, description="Patterns over a document's path in its source: `docs/**`, `**/runbooks/*.md`."
    )
    status: _Words | None = Field(
        default=None, description="What documents say of their standing: `draft`, `accepted`, `superseded`."
    )
    audience: _Words | None = Field(
        default=None, description="For whom documents say they are written. One that does not say is for all."
    )


class DocumentFilter(PlainFilter):
    """Narrows a request to some of the documents that the caller may read. It never widens it."""

    excluding: Annotated[list[PlainFilter], Field(max_length=20)] = Field(
        default=[], description="What is left out again."
    )
