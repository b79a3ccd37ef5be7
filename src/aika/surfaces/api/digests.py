"""``/v1/digests``: what owners would be told of their documents, and telling them now. For administrators of everything."""

from typing import Annotated

from fastapi import APIRouter, Query

from aika.client import digest_models as wire
from aika.delivery.mail import text_of
from aika.domain.digests import DigestRecord
from aika.domain.errors import ConfigurationError, InvalidRequestError
from aika.health.delivery import Pending
from aika.surfaces.api.callers import TheAika, TheOperator
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["health"], responses=RESPONSES)


@router.get("/v1/digests")
async def preview_digests(
    aika: TheAika, _: TheOperator, owner: Annotated[str | None, Query(description="Unset: all.")] = None
) -> wire.DigestsReply:
    """Return what owners would be sent if it were time. Nothing is sent."""
    sender = aika.digests.sender
    pending = await sender.preview(owner)
    return wire.DigestsReply(digests=[_view(one) for one in pending], sends=bool(sender.couriers))


@router.post("/v1/digests/send")
async def send_digest(aika: TheAika, _: TheOperator, owner: Annotated[str, Query()]) -> wire.DigestView:
    """Send an owner what is new now, whatever they chose. What was sent does not come with the next digest."""
    sender = aika.digests.sender
    try:
        await sender.send_now(owner)
    except ConfigurationError as error:
        raise InvalidRequestError(str(error)) from error
    [after] = await sender.preview(owner)
    return _view(after)


def _view(pending: Pending) -> wire.DigestView:
    digest = pending.digest
    return wire.DigestView(
        owner=pending.owner,
        every=pending.every.value,
        to=None if digest is None else digest.recipient.address,
        text="" if digest is None else text_of(digest),
        problem=pending.problem,
        last=None if pending.last is None else _sent_view(pending.last),
    )


def _sent_view(record: DigestRecord) -> wire.SentDigestView:
    return wire.SentDigestView(
        state=record.state.value,
        to=record.recipient.address,
        findings=len(record.findings),
        begun_at=record.begun_at,
        retry_at=record.retry_at,
        reason=record.reason,
    )
