"""From the domain's values to the types of the wire."""

from collections.abc import Mapping
from datetime import timedelta

from aika.assistants.withholding import WITHHELD
from aika.client import models as wire
from aika.domain.answers import STOPPED, Abstention, Answer, Citation, Confidence, Usage
from aika.domain.documents import AttributeValue, Body, Document, Owner
from aika.domain.findings import cause_of_outcome
from aika.domain.identifiers import AssistantId, ChunkId, ConversationId
from aika.domain.queries import Explanation, Hit, Retrieval
from aika.domain.sources import SourceState, SyncReport, UnreadableDocument
from aika.protocols import ApiKey
from aika.surfaces.api.places import place_of

_NEAREST = "These come nearest:"


def owner_view(owner: Owner | None) -> wire.OwnerView | None:
    return (
        None
        if owner is None
        else wire.OwnerView(name=owner.name, contact=owner.contact, found_in=place_of(owner.found_in))
    )


def summary_of(document: Document) -> wire.DocumentSummary:
    status = document.attributes.get("status")
    return wire.DocumentSummary(
        id=document.id,
        source=document.source,
        key=document.key,
        title=document.title,
        kind=document.kind,
        url=document.url,
        owner=owner_view(document.owner),
        modified_at=document.modified_at,
        status=status if isinstance(status, str) else None,
    )


def document_view(document: Document, body: Body) -> wire.DocumentView:
    return wire.DocumentView(
        **summary_of(document).model_dump(),
        text=body.text,
        authors=list(document.authors),
        created_at=document.created_at,
        attributes=_attributes(document.attributes),
    )


def hit_view(hit: Hit, explanations: Mapping[ChunkId, Explanation] | None = None) -> wire.HitView:
    chunk = hit.chunk
    explanation = None if explanations is None else explanations.get(chunk.id)
    return wire.HitView(
        chunk_id=chunk.id,
        document=summary_of(chunk.document),
        text=chunk.text,
        heading_path=list(chunk.heading_path),
        url=chunk.url,
        score=hit.score,
        explanation=None if explanation is None else _explanation_view(explanation),
    )


def search_reply(retrieval: Retrieval, *, explain: bool) -> wire.SearchReply:
    explanations = retrieval.explanations if explain else None
    return wire.SearchReply(
        query=retrieval.query,
        hits=[hit_view(hit, explanations) for hit in retrieval.hits],
        notes=list(retrieval.notes),
    )


def completion_of(
    outcome: Answer | Abstention, conversation: ConversationId, assistant: AssistantId | None = None
) -> wire.ChatCompletion:
    match outcome:
        case Answer():
            return wire.ChatCompletion(
                id=outcome.id,
                conversation_id=conversation,
                outcome=wire.Outcome.ANSWER,
                text=outcome.text,
                question=outcome.question,
                origin=outcome.origin.value,
                citations=[_citation_view(citation) for citation in outcome.citations],
                citations_removed=outcome.citations_removed,
                confidence=_confidence_view(outcome.confidence),
                notes=list(outcome.notes),
                usage=_usage_view(outcome.usage),
                created_at=outcome.created_at,
                assistant=assistant,
                stopped=outcome.stopped,
            )
        case Abstention():
            return wire.ChatCompletion(
                id=outcome.id,
                conversation_id=conversation,
                outcome=wire.Outcome.ABSTENTION,
                text=outcome.text,
                question=outcome.question,
                confidence=_confidence_view(outcome.confidence),
                nearest=[hit_view(hit) for hit in outcome.nearest],
                reason=outcome.reason,
                help=help_view(outcome),
                stopped=outcome.reason == STOPPED,
                notes=list(outcome.notes),
                usage=_usage_view(outcome.usage),
                created_at=outcome.created_at,
                assistant=assistant,
            )


def help_view(abstention: Abstention) -> wire.HelpView | None:
    """Return what is offered instead of an answer, ``None`` where there was no question to answer."""
    if cause_of_outcome(abstention) is None or abstention.reason == WITHHELD:
        return None
    documents = list({hit.chunk.document.id: hit.chunk.document for hit in abstention.nearest}.values())
    owners = {document.owner.name: document.owner for document in reversed(documents) if document.owner is not None}
    people = [
        wire.PersonToAsk(
            name=name,
            contact=owners[name].contact,
            documents=[
                summary_of(document) for document in documents if document.owner and document.owner.name == name
            ],
        )
        for name in dict.fromkeys(document.owner.name for document in documents if document.owner is not None)
    ]
    # What comes nearest is listed below the first paragraph of the text, and beside it in `nearest`.
    message = abstention.text.partition("\n\n")[0].removesuffix(_NEAREST).strip()
    return wire.HelpView(message=message, people=people, tellable=True)


def source_summary(state: SourceState, *, managed: bool = False) -> wire.SourceSummary:
    return wire.SourceSummary(
        id=state.source.id,
        connector=state.source.connector,
        purpose=state.source.purpose,
        owner=owner_view(state.source.owner),
        documents=state.documents,
        chunks=state.chunks,
        findable=state.findable,
        embedded=state.embedded,
        last_sync=None if state.last_sync is None else sync_view(state.last_sync),
        last_success_at=state.last_success_at,
        lag_seconds=_seconds(state.lag),
        refresh_seconds=_seconds(state.source.refresh),
        promise_seconds=_seconds(state.source.promise),
        late=state.is_late,
        managed=managed,
    )


def source_view(state: SourceState, unreadable: list[UnreadableDocument], *, managed: bool = False) -> wire.SourceView:
    return wire.SourceView(
        **source_summary(state, managed=managed).model_dump(),
        unreadable=[wire.UnreadableView(key=item.key, reason=item.reason) for item in unreadable],
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def key_view(key: ApiKey) -> wire.KeyView:
    return wire.KeyView(
        id=key.id,
        name=key.name,
        principals=sorted(key.principals),
        sources=None if key.sources is None else sorted(key.sources),
        admin=key.admin,
        on_behalf=key.on_behalf,
        created_at=key.created_at,
        expires_at=key.expires_at,
    )


def _citation_view(citation: Citation) -> wire.CitationView:
    return wire.CitationView(
        marker=citation.marker,
        document=summary_of(citation.document),
        quote=citation.quote,
        start=citation.start,
        end=citation.end,
        url=citation.url,
        heading_path=list(citation.heading_path),
        support=citation.support,
    )


def _confidence_view(confidence: Confidence) -> wire.ConfidenceView:
    return wire.ConfidenceView(
        value=confidence.value,
        band=confidence.band.value,
        signals=[
            wire.SignalView(
                name=signal.name,
                value=signal.value,
                contribution=signal.contribution,
                explanation=signal.explanation,
            )
            for signal in confidence.signals
        ],
    )


def _explanation_view(explanation: Explanation) -> wire.ExplanationView:
    return wire.ExplanationView(
        places={name: wire.PlaceView(rank=place.rank, score=place.score) for name, place in explanation.places.items()},
        matched_terms=list(explanation.matched_terms),
        moves=[
            wire.MoveView(
                stage=move.stage, rank_before=move.rank_before, rank_after=move.rank_after, reason=move.reason
            )
            for move in explanation.moves
        ],
    )


def _usage_view(usage: Usage | None) -> wire.UsageView | None:
    if usage is None:
        return None
    return wire.UsageView(
        model=usage.model,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cost_usd=usage.cost_usd,
    )


def sync_view(report: SyncReport) -> wire.SyncView:
    return wire.SyncView(
        phase=report.phase.value,
        started_at=report.started_at,
        finished_at=report.finished_at,
        seen=report.seen,
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        removed=report.removed,
        failed=report.failed,
        expected=report.expected,
        message=report.message,
        reading=report.reading,
    )


def _attributes(attributes: Mapping[str, AttributeValue]) -> dict[str, str | list[str]]:
    return {name: value if isinstance(value, str) else list(value) for name, value in attributes.items()}
