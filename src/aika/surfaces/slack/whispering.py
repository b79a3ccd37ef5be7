"""Answers that their asker alone sees, wherever they asked: to commands and shortcuts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from aika.delivery.slack_elements import Element, escaped, quote, rich, section, text
from aika.domain.answers import Abstention, Answer
from aika.domain.errors import AikaError, TransientError
from aika.stores.database.slack_questions import SlackQuestion
from aika.surfaces.slack.asking import Asked, trouble
from aika.surfaces.slack.elements import actions, button, cleaned, shortened
from aika.surfaces.slack.failures import SlackRefusedError
from aika.surfaces.slack.publishing import Publishing, plainly
from aika.surfaces.slack.rendering import Rendered
from aika.surfaces.slack.threads import QUIET_TRIES, Threads

SHARE = "aika_share"
"""The button that posts an answer for everybody. Its value is the question's key."""
WHISPERED = "-"
"""Stands where a message's time stamp would: Slack gives none for what one person alone sees."""
_SHARED = "/shared"
_LONGEST_QUESTION = 600
_PATIENCE_SECONDS = 3.0
"""Longer, and it is said that aika reads."""


@dataclass(frozen=True, slots=True)
class Whispers:
    """Answers to whoever asks alone."""

    threads: Threads

    async def answer(self, asked: Asked, url: str) -> None:
        """Answer through the address that Slack lent for it."""
        words = await self.threads.refusal(asked)
        if words is not None:
            await self.threads.publishing.answer_to(url, plainly(words), replace=False)
            return
        question = await self.threads.begun(asked)
        if question.event != asked.event or question.posted:
            return
        words = await self.threads.wait(asked)
        if words is not None:
            await self.threads.publishing.answer_to(url, plainly(words), replace=False)
            return
        try:
            outcome = await self._outcome(asked, question, url)
        except AikaError as error:
            if isinstance(error, TransientError) and asked.tries < QUIET_TRIES:
                raise
            await self.threads.publishing.answer_to(url, plainly(trouble(error)), replace=False)
            return
        await self._tell(asked, url, self.shown(asked.text, question, outcome))
        await self.threads.questions.shown(asked.key, outcome.id, WHISPERED)

    async def _tell(self, asked: Asked, url: str, shown: Rendered) -> None:
        try:
            await self.threads.publishing.answer_to(url, shown, replace=False)
        except SlackRefusedError:
            # The address is good for half an hour. Whoever asked while aika was away is told where only they read.
            await self.threads.publishing.tell(asked, shown)

    async def _outcome(self, asked: Asked, question: SlackQuestion, url: str) -> Answer | Abstention:
        """Return the answer, where an earlier try got as far that of it."""
        known = None
        if question.answer is not None:
            known = await self.threads.asking.outcome(question.answer, question.owner)
        if known is not None:
            return known
        async with _patient(self.threads.publishing, asked, url):
            found = await self.threads.asking.find(asked, None)
        answered = replace(question, answer=found.outcome.id, conversation=found.conversation)
        await self.threads.questions.answered(answered)
        return found.outcome

    def shown(self, asked: str, question: SlackQuestion, outcome: Answer | Abstention) -> Rendered:
        """Return an answer beside its question, with a button that posts it for everybody."""
        told = self.threads.publishing.shown(outcome)
        # What was made of somebody's own messages stays theirs, and "I do not know" helps nobody else.
        shareable = isinstance(outcome, Answer) and not outcome.private
        buttons = [actions(button(_share_label(question), SHARE, value=question.key))] if shareable else []
        return Rendered(told.text, [question_block(asked), *told.blocks, *buttons])

    def shared(self, asked: str, question: SlackQuestion, outcome: Answer | Abstention) -> Rendered:
        """Return an answer as everybody sees it: with its question where that stands nowhere else."""
        told = self.threads.publishing.shown(outcome)
        intro = [question_block(asked, question.asker)] if is_shared(question) else []
        return Rendered(told.text, [*intro, *told.blocks])


def shared_key(key: str) -> str:
    """Return the key of a question as it is put for everybody."""
    return f"{key.removesuffix(_SHARED)}{_SHARED}"


def is_shared(question: SlackQuestion) -> bool:
    return question.key.endswith(_SHARED)


def _share_label(question: SlackQuestion) -> str:
    if is_shared(question):
        return "Post this instead"
    return "Post to channel" if question.root is None else "Post to thread"


def question_block(asked: str, who: str | None = None) -> Element:
    """Return the question as it was put, and by whom where others are to know."""
    asker: list[Element] = [text("You asked:")] if who is None else [{"type": "user", "user_id": who}, text(" asked:")]
    return rich([section(*asker), quote(text(shortened(cleaned(asked), _LONGEST_QUESTION)))])


def reading(asked: str) -> str:
    """Return, as Slack's markup writes it, that a question arrived."""
    return escaped(f"You asked: {shortened(cleaned(asked), _LONGEST_QUESTION)}\nI am reading…")


@asynccontextmanager
async def _patient(publishing: Publishing, asked: Asked, url: str) -> AsyncIterator[None]:
    """Say that aika reads, where it takes long and nothing has said so yet."""

    async def say() -> None:
        await asyncio.sleep(_PATIENCE_SECONDS)
        with suppress(AikaError):  # an answer is no worse without it
            await publishing.answer_to(
                url, Rendered(reading(asked.text), [*plainly("I am reading…").blocks]), replace=False
            )

    saying = asyncio.create_task(say())
    try:
        yield
    finally:
        saying.cancel()
        with suppress(asyncio.CancelledError):
            await saying
