"""Posting for everybody what one person was answered alone.

What is posted is what *everyone* in the channel may read. Where the answer rests on more than that it is not posted: its
asker is told so, and offered what the channel may see.
"""

import logging
from dataclasses import dataclass, replace

from aika.application.aika import Aika
from aika.delivery.slack_elements import escaped
from aika.domain.answers import Answer
from aika.domain.conversations import Conversation, Turn
from aika.domain.errors import AikaError, TransientError
from aika.domain.identifiers import AnswerId, ConversationId, random_id
from aika.stores.database.slack_questions import SlackQuestion
from aika.surfaces.slack.asking import Asked, UnknownAudienceError, trouble
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.elements import paragraph
from aika.surfaces.slack.failures import SlackRefusedError
from aika.surfaces.slack.hearing import Click, read
from aika.surfaces.slack.publishing import plainly
from aika.surfaces.slack.rendering import Rendered
from aika.surfaces.slack.threads import Threads
from aika.surfaces.slack.whispering import SHARE, Whispers, is_shared, shared_key

logger = logging.getLogger(__name__)

_NOT_IN = frozenset({"not_in_channel", "channel_not_found"})
_GONE = "This answer is no longer kept, so that it cannot be posted. Please ask again."
_LESS = "Not everyone here may read all that your answer rests on, so I did not post it."
_POSTED = "Posted."


@dataclass(frozen=True, slots=True)
class Sharing:
    """Posts answers for everybody, when their asker says so."""

    aika: Aika
    threads: Threads
    whispers: Whispers

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.on(f"action:{SHARE}", self.on_click)

    async def on_click(self, received: Received) -> None:
        click = read(Click, received.body)
        url = click.response_url or ""
        question = await self.threads.questions.get(click.action.value)
        if question is None or question.asker != click.user.id or question.answer is None:
            await self._say(url, plainly(_GONE))
            return
        try:
            shown = await self._share(received, question)
        except AikaError as error:
            if isinstance(error, TransientError):
                raise
            shown = plainly(_why_not(error))
        await self._say(url, shown)

    async def _say(self, url: str, shown: Rendered) -> None:
        try:
            await self.threads.publishing.answer_to(url, shown, replace=True)
        except SlackRefusedError as error:
            # The address is good for half an hour, and nothing depends on what is said there.
            logger.info("the result of a click could not be told", extra={"reason": error.code})

    async def _share(self, received: Received, question: SlackQuestion) -> Rendered:
        """Post the answer, and return what is said to its asker."""
        asked, turn = await self._asked(received, question)
        if turn is None:
            return plainly(_GONE)
        if is_shared(question):
            # Offered before, as what everyone may read: it still has to be so.
            if not await self.threads.asking.may_be_shown(asked, turn.outcome):
                return plainly(_LESS)
            return await self._post(asked, question, turn)
        if await self.threads.asking.may_be_shown(asked, turn.outcome):
            return await self._post(asked, await self._copied(asked, turn), turn)
        return await self._offer(asked, turn)

    async def _asked(self, received: Received, question: SlackQuestion) -> tuple[Asked, Turn | None]:
        """Return the question as it is asked for the whole channel, and its answer."""
        turn = None
        if question.answer is not None and question.conversation is not None:
            turn = await self.threads.asking.question(question.answer, question.conversation, question.owner)
        asked = Asked(
            key=shared_key(question.key),
            event=received.key,
            workspace=received.workspace,
            channel=question.channel,
            user=question.asker,
            text="" if turn is None else turn.question,
            digest=question.digest,
            root=question.root,
            tries=received.tries,
            assistant=None if turn is None or turn.assistant is None else str(turn.assistant),
        )
        return asked, turn

    async def _copied(self, asked: Asked, turn: Turn) -> SlackQuestion:
        """Keep the answer once more as the channel's, so that everybody there can rate it and ask on."""
        begun = await self.threads.begun(asked)
        if begun.answer is not None:
            return begun
        audience = await self.threads.asking.audience(asked)
        outcome = replace(turn.outcome, id=AnswerId(random_id()))
        conversation = Conversation(
            id=ConversationId(random_id()),
            owner=begun.owner,
            title=turn.question[:80],
            turns=(replace(turn, outcome=outcome, scope=audience.scope),),
            created_at=self.aika.clock.now(),
            assistant=turn.assistant,
        )
        await self.aika.database.conversations.start(conversation)
        kept = replace(begun, answer=outcome.id, conversation=conversation.id)
        await self.threads.questions.answered(kept)
        return kept

    async def _offer(self, asked: Asked, turn: Turn) -> Rendered:
        """Ask again for everybody, and return what came of it, to be posted if the asker wants it."""
        begun = await self.threads.begun(asked)
        found = await self.threads.asking.find(asked, None)
        await self.threads.questions.answered(replace(begun, answer=found.outcome.id, conversation=found.conversation))
        if not isinstance(found.outcome, Answer):
            return plainly(f"{_LESS} What everyone here may read does not answer it.")
        shown = self.whispers.shown(turn.question, begun, found.outcome)
        offer = paragraph(f"{_LESS} This is what everyone here may read:")
        return Rendered(escaped(_LESS), [offer, *shown.blocks])

    async def _post(self, asked: Asked, kept: SlackQuestion, turn: Turn) -> Rendered:
        if kept.answer is None:
            return plainly(_GONE)
        shown = self.whispers.shared(turn.question, kept, replace(turn.outcome, id=kept.answer))
        posted = await self.threads.publishing.post(asked, shown)
        await self.threads.questions.shown(asked.key, kept.answer, posted, root=asked.root or posted)
        return plainly(_POSTED)


def _why_not(error: AikaError) -> str:
    match error:
        case SlackRefusedError(code=code) if code in _NOT_IN:
            return "I am not in this channel. Invite me with /invite, then press the button again."
        case UnknownAudienceError():
            return f"{error} So I posted nothing."
        case _:
            return trouble(error)
