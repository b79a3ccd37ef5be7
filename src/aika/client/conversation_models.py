"""What goes over the wire of conversations: their listing, their turns, the events of an answer, sharing."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from aika.client.models import ChatCompletion, HitView, Problem, Wire, WireRequest

# Requests


class ConversationChange(WireRequest):
    """What is to change of a conversation. Unset fields stay as they are."""

    title: str | None = Field(default=None, min_length=1, max_length=200)
    pinned: bool | None = Field(default=None, description="Pinned ones are listed first.")


class RenameRequest(WireRequest):
    title: str = Field(min_length=1, max_length=200)


# Conversations


class ConversationSummary(Wire):
    id: str
    title: str
    created_at: datetime
    changed_at: datetime | None = Field(default=None, description="When something was last asked.")
    assistant: str | None = Field(default=None, description="The id of the assistant that it was begun with.")
    pinned: bool = False
    shared: bool = Field(default=False, description="Whether a link to it works.")
    excerpt: str | None = Field(default=None, description="With a search: the words around what was found.")


class ConversationsReply(Wire):
    """One page of conversations: pinned ones first, then those asked in last."""

    conversations: list[ConversationSummary]
    next: str | None = Field(default=None, description="The `cursor` of the next page; null on the last one.")


class EarlierVersion(Wire):
    """What was asked and answered in a turn's place before it was edited or tried again."""

    question: str
    asked_at: datetime
    completion: ChatCompletion


class TurnView(Wire):
    question: str
    asked_at: datetime
    completion: ChatCompletion
    earlier: list[EarlierVersion] = Field(default=[], description="Oldest first. What followed them is not shown.")
    told_owner_at: datetime | None = Field(default=None, description="When the owner was told of this question.")
    rating: Literal["helpful", "not_helpful"] | None = Field(default=None, description="What the asker said of it.")


class UnderWayView(Wire):
    """An answer that is being written: `GET /v1/answers/{id}/events` goes on with it."""

    answer_id: str
    question: str
    asked_at: datetime
    replaces: str | None = None


class ShareView(Wire):
    """A link to a conversation as it was when it was shared."""

    token: str
    path: str = Field(description="Of the page, such as `/s/TOKEN`.")
    shared_at: datetime
    up_to_date: bool = Field(description="False where turns came after it. Sharing again takes them in.")


class ConversationView(ConversationSummary):
    turns: list[TurnView]
    under_way: UnderWayView | None = None
    share: ShareView | None = None


# Shared conversations


class SharedTurn(Wire):
    """A turn that the reader may see."""

    type: Literal["turn"] = "turn"
    question: str
    asked_at: datetime
    completion: ChatCompletion


class WithheldTurns(Wire):
    """Stands where something is not shown. It says neither what nor how much."""

    type: Literal["withheld"] = "withheld"
    note: str


SharedPart = Annotated[SharedTurn | WithheldTurns, Field(discriminator="type")]


class SharedConversationView(Wire):
    token: str
    title: str = Field(description="The reader's own words for it where its title may not be shown.")
    shared_at: datetime
    shared_by: str | None = Field(default=None, description="The e-mail address of who shared it, where it is known.")
    parts: list[SharedPart]
    withheld: bool = Field(description="Whether something rests on documents that the reader may not read.")
    continuable: bool = Field(description="Whether anything is left that a copy could go on from.")
    own: str | None = Field(default=None, description="The conversation's id, where the reader is who shared it.")


# Events of a stream


class StartedEvent(Wire):
    """The question was taken on. With `answer_id` the stream can be picked up again, and stopped."""

    type: Literal["started"] = "started"
    answer_id: str
    conversation_id: str
    title: str = Field(description="Of the conversation.")
    question: str = Field(description="As put.")
    replaces: str | None = Field(default=None, description="The answer whose place this one takes.")


class RetrievedEvent(Wire):
    """The evidence was found."""

    type: Literal["retrieved"] = "retrieved"
    conversation_id: str
    question: str
    hits: list[HitView]


class DeltaEvent(Wire):
    """A piece of the draft, provisional until the last event."""

    type: Literal["delta"] = "delta"
    text: str
    anew: bool = Field(
        default=False,
        description="Whether the draft begins anew with this piece: what was streamed before is taken back.",
    )


class CompletedEvent(Wire):
    """The last event: the judged outcome. Its text replaces what was streamed."""

    type: Literal["completed"] = "completed"
    completion: ChatCompletion


class FailedEvent(Wire):
    """The last event when something went wrong after the stream began."""

    type: Literal["failed"] = "failed"
    problem: Problem


ChatEvent = Annotated[
    StartedEvent | RetrievedEvent | DeltaEvent | CompletedEvent | FailedEvent, Field(discriminator="type")
]


class StopReply(Wire):
    """What stopping came to."""

    answer_id: str
    state: Literal["stopping", "finished"] = Field(
        description="`stopping`: the stream ends shortly, with what was judged. `finished`: it had ended before."
    )
