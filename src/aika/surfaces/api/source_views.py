"""From what is known of sources and their documents to the types of the wire."""

from collections.abc import Collection

from aika.application.causes import CauseGroup
from aika.application.source_preview import Looked
from aika.client import source_models as wire
from aika.domain.access import EVERYONE, GUESTS
from aika.domain.documents import Document
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Source
from aika.forms.plain_problems import FormProblem
from aika.protocols import Entry
from aika.stores.database.shelf import Shelved
from aika.surfaces.api.views import owner_view, summary_of

_EXCERPT = 280
_SHOWN = 20
"""Documents of one cause that are listed."""


def field_problem(problem: FormProblem) -> wire.FieldProblemView:
    return wire.FieldProblemView(field=".".join(str(step) for step in problem.place), message=problem.message)


def look_view(looked: Looked) -> wire.LookView:
    return wire.LookView(
        found=looked.found,
        whole=looked.whole,
        read=looked.read,
        unreadable=looked.unreadable,
        groups=looked.groups,
        kinds=dict(looked.kinds),
        unowned=looked.unowned,
        unread=looked.unread,
    )


def surprises(source: Source, looked: Looked) -> list[str]:
    """Return what would surprise whoever saves the source as it is."""
    found = []
    if not looked.found and source.connector != "push":
        found.append("Nothing was found to read. Check the place, and what is included and excluded.")
    if looked.unread:
        found.append(
            f"Nobody may read {'any' if looked.unread == looked.read else 'some'} of these documents: the connector does not "
            "say who may. Say it with 'readers'."
        )
    if looked.read and looked.unowned == looked.read:
        found.append("None of these documents names an owner. With an owner, people know whom to ask.")
    if source.refresh is None and source.connector != "push":
        found.append("It is never synced by itself: give it a refresh, such as 1h.")
    return found


def preview_document(entry: Entry) -> wire.PreviewDocument:
    document, text = entry.document, entry.body.text
    return wire.PreviewDocument(
        key=document.key,
        title=document.title,
        kind=document.kind.value,
        url=document.url,
        owner=owner_view(document.owner),
        readers=sorted(document.readers),
        chunks=len(entry.chunks),
        characters=len(text),
        excerpt=" ".join(text[: 2 * _EXCERPT].split())[:_EXCERPT],
        modified_at=document.modified_at,
    )


def cause_view(group: CauseGroup) -> wire.CauseView:
    return wire.CauseView(
        id=group.cause.id,
        title=group.cause.title,
        remedy=group.cause.remedy,
        left_out=group.left_out,
        count=len(group.documents),
        documents=[wire.UnreadView(key=one.key, reason=one.reason) for one in group.documents[:_SHOWN]],
    )


def listed_document(shelved: Shelved) -> wire.ListedDocument:
    return wire.ListedDocument(
        **summary_of(shelved.document).model_dump(), chunks=shelved.chunks, change=shelved.change
    )


def reasons(document: Document, principals: Collection[PrincipalId]) -> list[wire.ReasonView]:
    """Return why somebody may read a document who has all these principals. Readers that are not theirs are not named."""
    shared = document.readers & set(principals)
    if EVERYONE in shared:
        return [wire.ReasonView(kind="everyone")]
    if GUESTS in shared:
        return [wire.ReasonView(kind="guests")]
    people = [one for one in shared if one.startswith("user:")]
    if people:
        return [wire.ReasonView(kind="you")]
    return [wire.ReasonView(kind="group", group=group) for group in sorted(shared)]
