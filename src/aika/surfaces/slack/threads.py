"""Questions in Slack from the first to the last word: each is answered once, in the conversation of its thread.

What became of a question is recorded before and after each step, so that whoever takes over from a dead process goes on
where it stopped. Events of one thread are handled one after another.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from aika.domain.answers import Abstention, Answer
from aika.domain.errors import AikaError, TransientError
from aika.domain.identifiers import ConversationId
from aika.protocols import Clock
from aika.stores.database.slack_questions import SlackQuestion, SqlSlackQuestions
from aika.surfaces.slack.asking import Asked, Asking, Found, trouble
from aika.surfaces.slack.listening import Listener
from aika.surfaces.slack.publishing import Publishing

_MINUTE = timedelta(minutes=1)
QUIET_TRIES = 2
"""How often something is tried again before people are told that it does not work."""
HELP = (
    "Ask me a question, and I answer from the company's documents, with links to where it says so. "
    "In a channel mention me with your question; in a direct message only ask. "
    "I remember what was said in a thread: follow-ups need no repetition. "
    "/aika with a question answers you alone."
)


@dataclass(frozen=True, slots=True)
class Limits:
    question_chars: int
    questions_a_minute: int
    """Of one person."""


@dataclass(frozen=True, slots=True)
class Threads:
    """Answers questions where they were put."""

    asking: Asking
    publishing: Publishing
    listener: Listener
    questions: SqlSlackQuestions
    limits: Limits
    clock: Clock

    async def answer(self, asked: Asked) -> None:
        """Answer a question that was put, unless that is done, or another event of the same message sees to it."""
        if await self.listener.is_bot(asked):
            return
        question = await self.questions.begin(await self._new(asked))
        if question.event != asked.event or question.deleted:
            return
        await self._go_on(asked, question)

    async def answer_again(self, asked: Asked) -> None:
        """Answer a question that was put in other words in the place of its answer, or a message that now is one."""
        if await self.listener.is_bot(asked):
            return
        question = await self.questions.begin(await self._new(asked))
        if not question.deleted:
            await self._go_on(asked, question)

    async def withdraw(self, asked: Asked) -> None:
        """Delete the answer of a question that is gone. One that has not arrived yet is never answered."""
        await self._withdraw(asked, await self.questions.delete(await self._new(asked)))

    async def begun(self, asked: Asked) -> SlackQuestion:
        """Record a question that is answered elsewhere, and return what is known of it."""
        return await self.questions.begin(await self._new(asked))

    async def refusal(self, asked: Asked) -> str | None:
        """Return in words why something is not asked at all, ``None`` where it may be."""
        if not asked.text:
            return HELP
        most = self.limits.question_chars
        if len(asked.text) > most:
            return (
                f"Your question has {len(asked.text):,} characters, and I read at most {most:,}. "
                "Please ask about the part that matters."
            )
        return None

    async def wait(self, asked: Asked) -> str | None:
        """Return the words for somebody who asks too much at once, ``None`` for everybody else."""
        most = self.limits.questions_a_minute
        if await self.questions.count(asked.team, asked.user, since=self.clock.now() - _MINUTE) <= most:
            return None
        return f"You asked more than {most} questions within a minute. Please wait a minute, then ask again."

    async def _new(self, asked: Asked) -> SlackQuestion:
        return SlackQuestion(
            key=asked.key,
            event=asked.event,
            team=asked.team,
            channel=asked.channel,
            root=asked.root,
            asker=asked.user,
            owner=await self.asking.owner(asked),
            digest=asked.digest,
            asked_at=self.clock.now(),
        )

    async def _go_on(self, asked: Asked, question: SlackQuestion) -> None:
        same = question.digest == asked.digest
        if same and question.posted and question.shown == question.answer:
            return
        outcome = await self._known(asked, question) if same else None
        if outcome is not None:
            await self._show(asked, question, outcome)
            return
        continued = await self._continued(asked, question)
        if continued is None:
            asked = await self.listener.in_context(asked)
        refusal = await self.refusal(asked)
        if refusal is not None:
            await self._say(asked, question, refusal)
            return
        wait = await self.wait(asked) if question.posted is None else None
        if wait is not None:
            await self.publishing.whisper(asked, wait)
            return
        await self._ask(asked, question, continued)

    async def _continued(self, asked: Asked, question: SlackQuestion) -> ConversationId | None:
        """Return the conversation that a question belongs to, ``None`` where it begins one."""
        if question.conversation is not None or asked.root is None:
            return question.conversation
        return await self.questions.conversation_of(asked.team, asked.channel, asked.root, owner=question.owner)

    async def _known(self, asked: Asked, question: SlackQuestion) -> Answer | Abstention | None:
        """Return the answer of an earlier try, where it was kept and may still be shown."""
        if question.answer is None:
            return None
        outcome = await self.asking.outcome(question.answer, question.owner)
        if outcome is None or not await self.asking.may_be_shown(asked, outcome):
            return None
        return outcome

    async def _ask(self, asked: Asked, question: SlackQuestion, continued: ConversationId | None) -> None:
        try:
            async with self.publishing.working(asked):
                found = await self.asking.find(asked, continued, without=question.answer)
        except AikaError as error:
            if isinstance(error, TransientError) and asked.tries < QUIET_TRIES:
                raise
            await self._say(asked, question, trouble(error))
            return
        await self._answered(asked, question, found, is_first=continued is None)

    async def _answered(self, asked: Asked, question: SlackQuestion, found: Found, *, is_first: bool) -> None:
        before = question.answer
        answered = replace(
            question, answer=found.outcome.id, conversation=found.conversation, digest=asked.digest, owner=found.owner
        )
        await self.questions.answered(answered)
        await self._show(asked, answered, found.outcome)
        if is_first:
            await self.publishing.name(asked)
        if before is not None and before != question.shown:
            await self.asking.take_back(before, question.owner)

    async def _show(self, asked: Asked, question: SlackQuestion, outcome: Answer | Abstention) -> None:
        """Post the answer, or put it in the place of what is posted."""
        if question.posted:
            await self.publishing.replace(asked, question.posted, outcome)
            posted = question.posted
        else:
            posted = await self.publishing.publish(asked, outcome, was_begun=question.posted is not None)
        now = await self.questions.shown(question.key, outcome.id, posted)
        if question.shown is not None and question.shown != outcome.id:
            await self.asking.take_back(question.shown, question.owner)
        if now.deleted:
            await self._withdraw(asked, now)

    async def _say(self, asked: Asked, question: SlackQuestion, words: str) -> None:
        """Say why there is no answer, where the answer would be."""
        await self.questions.answered(replace(question, answer=None, digest=asked.digest))
        posted = await self.publishing.say(asked, words, in_place_of=question.posted)
        now = await self.questions.shown(question.key, None, posted)
        if question.answer is not None:
            await self.asking.take_back(question.answer, question.owner)
        if now.deleted:
            await self._withdraw(asked, now)

    async def _withdraw(self, asked: Asked, question: SlackQuestion) -> None:
        if question.posted:
            await self.publishing.delete(asked, question.posted)
        if question.answer is not None:
            await self.asking.take_back(question.answer, question.owner)
