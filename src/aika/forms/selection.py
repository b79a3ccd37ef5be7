"""How documents are selected in YAML."""

from collections.abc import Collection

from pydantic import BaseModel, ConfigDict, Field

from aika.domain.documents import Kind
from aika.domain.identifiers import SourceId
from aika.domain.selection import Selection


class Form(BaseModel):
    """What a team writes: an unknown key is an error, not a wish that nobody hears."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SelectionForm(Form):
    """Which documents are meant. Everything that is given must hold; of several values of one thing, one must."""

    sources: list[str] | None = Field(default=None, description="Names of sources.")
    kinds: list[Kind] | None = Field(default=None, description="Kinds of documents.")
    owners: list[str] | None = Field(
        default=None, description="Owners' names or contacts: ``payments``, ``#payments``."
    )
    tags: list[str] | None = Field(default=None, description="Tags or labels.")
    paths: list[str] | None = Field(
        default=None, description="Patterns over a document's path in its source: ``docs/**``, ``**/runbooks/*.md``."
    )
    status: list[str] | None = Field(
        default=None, description="What documents say of their standing: ``draft``, ``accepted``, ``superseded``."
    )
    audience: list[str] | None = Field(
        default=None, description="For whom documents say they are written. One that does not say is for all."
    )
    excluding: list["SelectionForm"] = Field(default=[], description="What is left out again.")

    def selection(self) -> Selection:
        return Selection(
            sources=None if self.sources is None else frozenset(SourceId(name) for name in self.sources),
            kinds=None if self.kinds is None else frozenset(self.kinds),
            owners=_lower(self.owners),
            tags=_lower(self.tags),
            paths=None if self.paths is None else frozenset(self.paths),
            statuses=_lower(self.status),
            audiences=_lower(self.audience),
            excluding=tuple(form.selection() for form in self.excluding),
        )


def _lower(words: Collection[str] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(word.strip().casefold() for word in words)
