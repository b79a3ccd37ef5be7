"""An assistant that is being written: what its filter comes to for whoever writes it, and what is doubtful about it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from aika.assistants.library import AssistantLibrary, unknown_model
from aika.domain.access import Scope
from aika.domain.assistants import Asker, Assistant, Visibility, may_edit
from aika.domain.documents import Document
from aika.domain.errors import NotFoundError
from aika.domain.identifiers import AssistantId, PrincipalId, SourceId, random_id
from aika.domain.selection import Selection
from aika.forms.assistant_drafts import Draft, DraftProblem
from aika.forms.assistants import AssistantForm
from aika.forms.principals import principal
from aika.protocols import Catalogue

_NAME = "this draft"
_SAMPLED_SOURCES = 4
_SAMPLED = 2
"""Documents of each."""


@dataclass(frozen=True, slots=True)
class SourceEffect:
    """How much of a source fits a filter."""

    source: SourceId
    documents: int
    """That fit, of those that the reader may read."""
    readable: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a filter comes to for one reader."""

    sources: tuple[SourceEffect, ...]
    """Those that hold something for the reader, by name."""
    sample: tuple[Document, ...]

    @property
    def documents(self) -> int:
        return sum(source.documents for source in self.sources)

    @property
    def readable(self) -> int:
        return sum(source.readable for source in self.sources)


async def effect_of(catalogue: Catalogue, *, readable: Scope, narrowed: Scope) -> Effect:
    """Return what is left of what a reader may read. ``narrowed`` is ``readable`` with the filter."""
    all_counts = await catalogue.counts(scope=readable)
    counts = await catalogue.counts(scope=narrowed)
    sources = tuple(
        SourceEffect(name, counts[name].documents if name in counts else 0, count.documents)
        for name, count in sorted(all_counts.items())
    )
    fitting = sorted((one for one in sources if one.documents), key=lambda one: (-one.documents, one.source))[
        :_SAMPLED_SOURCES
    ]
    sample: list[Document] = []
    for one in fitting:
        sample += await catalogue.documents(scope=narrowed, source=one.source, limit=_SAMPLED)
    return Effect(sources, tuple(sample))


def draft_assistant(form: AssistantForm, asker: Asker) -> Assistant:
    """Return the assistant that a draft would be, for the asker alone.

    It is its asker's whatever owner it names: a topic is learned from what the owner may read.
    """
    named = asker.owner if form.owner is None else principal(form.owner)
    owner = named if named in asker.shared else asker.owner
    made = form.assistant(
        AssistantId(f"draft:{random_id()}"), name=form.name or _NAME, owner=owner, unset_visibility=Visibility.PRIVATE
    )
    return replace(made, owner=owner, visibility=Visibility.PRIVATE, groups=frozenset())


async def doubts(
    draft: Draft, library: AssistantLibrary, asker: Asker, *, sources: Collection[str], id: AssistantId | None
) -> tuple[DraftProblem, ...]:
    """Return what would keep the draft from being saved, and what it names that is nothing to the asker.

    ``sources`` are those that hold something for the asker, ``id`` is the assistant that is changed.
    """
    form = draft.form
    found = [] if form is None else [*_of_knowledge(draft, form, sources), *_of_sharing(draft, form, asker)]
    if "name" not in draft.values and "name" not in draft.unreadable and not _unread(draft):
        found.append(DraftProblem(("name",), "is missing: what do people call it?", None))
    if form is not None:
        if (fault := unknown_model(form, library.models)) is not None:
            found.append(_firm(draft.at(("model",), fault.removeprefix("model: "))))
        if await library.is_taken(form, asker, besides=id):
            found.append(_firm(draft.at(("name",), "is the name of another assistant of the same owner")))
    return tuple(sorted(found, key=lambda one: one.line or 0))


async def changed_id(library: AssistantLibrary, wanted: str | None, asker: Asker) -> AssistantId | None:
    """Return the id of the assistant that is changed. Raises `NotFoundError` alike for what is not and what is not theirs."""
    if wanted is None:
        return None
    entry = await library.entry(AssistantId(wanted), asker)
    if not may_edit(entry.assistant, asker):
        raise NotFoundError(f"there is no assistant {entry.assistant.id!r}")
    return entry.assistant.id


def _unread(draft: Draft) -> bool:
    return any(not problem.place for problem in draft.problems)


def _firm(problem: DraftProblem) -> DraftProblem:
    return replace(problem, doubt=False)


def _of_knowledge(draft: Draft, form: AssistantForm, sources: Collection[str]) -> Iterator[DraftProblem]:
    for position, name in enumerate(form.knowledge.sources or ()):
        if name not in sources:
            # A source that is not there and one that may not be read are told alike.
            yield draft.at(("knowledge", "sources", position), f"{name}: no source of this name holds anything for you")
    if _is_nothing(form.knowledge.selection()):
        yield draft.at(("knowledge",), "an empty list selects nothing: this assistant would know nothing")


def _is_nothing(selection: Selection) -> bool:
    given: Sequence[Collection[str] | None] = (
        selection.sources,
        selection.kinds,
        selection.owners,
        selection.tags,
        selection.paths,
        selection.statuses,
        selection.audiences,
    )
    return any(values is not None and not values for values in given)


def _of_sharing(draft: Draft, form: AssistantForm, asker: Asker) -> Iterator[DraftProblem]:
    if asker.admin:
        return
    mine = asker.shared | {asker.owner}
    if form.owner is not None and principal(form.owner) not in mine:
        yield _firm(draft.at(("owner",), "is nobody that you are: only administrators give assistants away"))
    for position, group in enumerate(form.groups):
        if PrincipalId(group) not in mine:
            said = f"{group}: you are not in it. Administrators share with groups and people that they are not"
            yield _firm(draft.at(("groups", position), said))
