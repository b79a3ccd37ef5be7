"""A wrapper that counts what people say of answers, and how far the confidence foretold it."""

from datetime import datetime

from aika.domain.answers import Abstention, Answer, Feedback, Rating
from aika.domain.conversations import Conversation, Turn
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.protocols import Conversations
from aika.telemetry import names
from aika.telemetry.stages import Recorder


class CountedConversations:
    """Counts feedback by its rating, beside the confidence of what is rated, and otherwise only delegates."""

    def __init__(self, inner: Conversations, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    async def give_feedback(self, feedback: Feedback, *, owner: PrincipalId, by: PrincipalId | None = None) -> None:
        await self._inner.give_feedback(feedback, owner=owner, by=by)
        metrics, rating = self._recorder.metrics, {names.RATING: feedback.rating.value}
        metrics.feedback.add(1, rating)
        rated = await self._inner.outcome(feedback.answer, owner=owner)
        if isinstance(rated, Answer):
            # An abstention's rating says whether not to know was right, and not what the confidence is the probability of.
            helped = float(feedback.rating is Rating.HELPFUL)
            metrics.feedback_confidence.record(rated.confidence.value, rating)
            metrics.feedback_brier.record((rated.confidence.value - helped) ** 2)

    async def start(self, conversation: Conversation) -> None:
        await self._inner.start(conversation)

    async def add(self, id: ConversationId, turn: Turn) -> None:
        await self._inner.add(id, turn)

    async def get(self, id: ConversationId, *, owner: PrincipalId) -> Conversation | None:
        return await self._inner.get(id, owner=owner)

    async def listing(
        self, *, owner: PrincipalId, limit: int = 50, before: datetime | None = None
    ) -> list[Conversation]:
        return await self._inner.listing(owner=owner, limit=limit, before=before)

    async def rename(self, id: ConversationId, title: str, *, owner: PrincipalId) -> None:
        await self._inner.rename(id, title, owner=owner)

    async def delete(self, id: ConversationId, *, owner: PrincipalId) -> None:
        await self._inner.delete(id, owner=owner)

    async def outcome(self, id: AnswerId, *, owner: PrincipalId) -> Answer | Abstention | None:
        return await self._inner.outcome(id, owner=owner)

    async def take_back(self, id: AnswerId, *, owner: PrincipalId) -> None:
        await self._inner.take_back(id, owner=owner)

    async def feedback(self, id: AnswerId) -> list[Feedback]:
        return await self._inner.feedback(id)
