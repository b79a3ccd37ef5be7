"""From conversations to the types of the wire."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aika.assistants.history import Found, Version
from aika.assistants.sharing import Seen
from aika.client import conversation_models as wire
from aika.client.models import ChatCompletion
from aika.domain.answers import Rating
from aika.domain.conversations import Conversation, Listed, Place, Share, Turn, UnderWay
from aika.domain.errors import InvalidRequestError
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.surfaces.api.views import completion_of

WITHHELD_NOTE = (
    "Something is not shown here: it rests on documents that you may not read. Ask who shared this, or ask anew for an answer "
    "from what you may read."
)


@dataclass(frozen=True, slots=True)
class Around:
    """What belongs to a conversation besides its turns."""

    listed: Listed
    ratings: Mapping[AnswerId, str]
    told: Mapping[AnswerId, datetime]
    share: Share | None = None
    under_way: UnderWay | None = None


def conversation_summary(found: Found) -> wire.ConversationSummary:
    listed, conversation = found.listed, found.listed.conversation
    return wire.ConversationSummary(
        id=conversation.id,
        title=conversation.title,
        created_at=conversation.created_at,
        changed_at=listed.changed_at,
        assistant=conversation.assistant,
        pinned=listed.pinned,
        shared=listed.shared,
        excerpt=found.excerpt,
    )


def conversation_view(conversation: Conversation, versions: Sequence[Version], around: Around) -> wire.ConversationView:
    return wire.ConversationView(
        **conversation_summary(Found(around.listed)).model_dump(),
        turns=[_turn_view(version, conversation, around) for version in versions],
        under_way=None if around.under_way is None else _under_way_view(around.under_way),
        share=None if around.share is None else share_view(around.share),
    )


def share_view(share: Share) -> wire.ShareView:
    return wire.ShareView(
        token=share.token, path=f"/s/{share.token}", shared_at=share.shared_at, up_to_date=share.up_to_date
    )


def shared_view(share: Share, seen: Seen, shared: Conversation, *, reader: PrincipalId) -> wire.SharedConversationView:
    own = shared.owner == reader
    person = shared.owner.removeprefix("user:") if shared.owner.startswith("user:") else None
    return wire.SharedConversationView(
        token=share.token,
        title=seen.title,
        shared_at=share.shared_at,
        shared_by=person,
        parts=[
            wire.WithheldTurns(note=WITHHELD_NOTE)
            if turn is None
            else wire.SharedTurn(question=turn.question, asked_at=turn.asked_at, completion=_shared(turn))
            for turn in seen.parts
        ],
        withheld=seen.withheld,
        continuable=bool(seen.turns),
        own=shared.id if own else None,
    )


def cursor_of(place: Place) -> str:
    said = json.dumps([place.pinned, place.changed_at.isoformat(), place.id])
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """Raise `InvalidRequestError` for what no page said."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        pinned, changed_at, id_ = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        moment = datetime.fromisoformat(changed_at)
        if not isinstance(pinned, bool) or not isinstance(id_, str) or moment.tzinfo is None:
            raise ValueError(cursor)
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidRequestError("the cursor is none that a page of conversations said") from error
    return Place(pinned, moment, ConversationId(id_))


def _turn_view(version: Version, conversation: Conversation, around: Around) -> wire.TurnView:
    turn = version.turn
    id_ = turn.outcome.id
    return wire.TurnView(
        question=turn.question,
        asked_at=turn.asked_at,
        completion=_completion(turn, conversation.id),
        earlier=[
            wire.EarlierVersion(
                question=one.question, asked_at=one.asked_at, completion=_completion(one, conversation.id)
            )
            for one in version.earlier
        ],
        told_owner_at=around.told.get(id_),
        rating=_rating(around.ratings.get(id_)),
    )


def _completion(turn: Turn, conversation: ConversationId) -> ChatCompletion:
    return completion_of(turn.outcome, conversation, turn.assistant)


def _shared(turn: Turn) -> ChatCompletion:
    """Return the completion without what concerns only who asked: what it cost, and which assistant it was."""
    completion = completion_of(turn.outcome, ConversationId(""))
    return completion.model_copy(update={"usage": None, "help": _untellable(completion)})


def _untellable(completion: ChatCompletion) -> object:
    # Whoever asked may tell the owner; readers ask their own questions.
    return None if completion.help is None else completion.help.model_copy(update={"tellable": False})


def _rating(said: str | None) -> Literal["helpful", "not_helpful"] | None:
    if said is None:
        return None
    return "helpful" if said == Rating.HELPFUL else "not_helpful"


def _under_way_view(under_way: UnderWay) -> wire.UnderWayView:
    return wire.UnderWayView(
        answer_id=under_way.answer,
        question=under_way.question,
        asked_at=under_way.begun_at,
        replaces=under_way.replaces,
    )
