"""What Slack tells of people and channels: what is remembered of them is looked up again."""

from pydantic import BaseModel, ConfigDict, ValidationError

from aika.surfaces.slack.audience import Audiences
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.identity import People

CHANNEL_EVENTS = ("member_joined_channel", "member_left_channel", "channel_shared", "channel_unshared")
PERSON_EVENTS = ("user_change",)


class _Account(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    channel: str | None = None
    user: str | _Account | None = None


def follow(dispatcher: Dispatcher, people: People, audiences: Audiences) -> None:
    """Forget who somebody is, and who is in a channel, as soon as Slack says that it changed."""

    async def channel_changed(received: Received) -> None:
        channel = _event(received).channel
        if channel is not None:
            audiences.forget(received.team, channel)

    async def person_changed(received: Received) -> None:
        user = _event(received).user
        if isinstance(user, _Account):
            people.forget(received.team, user.id)

    for kind in CHANNEL_EVENTS:
        dispatcher.on(kind, channel_changed)
    for kind in PERSON_EVENTS:
        dispatcher.on(kind, person_changed)


def _event(received: Received) -> _Event:
    try:
        return _Event.model_validate(received.body.get("event"))
    except ValidationError:
        # Nothing is known to have changed then; what is remembered ends by itself.
        return _Event()
