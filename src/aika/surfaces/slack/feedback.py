"""What people say of answers: one click, and on request why and what would have been right.

What somebody says is kept as theirs, and counts once however often they click. In a direct message their word takes the place
of the buttons; where several people see an answer, it says how many found it helpful, and the others can still say so.
"""

import logging
from dataclasses import dataclass

from aika.application.aika import Aika
from aika.domain.answers import Feedback, Rating
from aika.domain.errors import NotFoundError
from aika.domain.goalies import Posted
from aika.domain.identifiers import AnswerId
from aika.stores.database.slack_questions import SlackQuestion
from aika.surfaces.slack.asking import Asking, channel_owner
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.failures import SlackRefusedError, called
from aika.surfaces.slack.feedback_blocks import (
    ACTION,
    COMMENT,
    FORM,
    LONGEST_TEXT,
    REASONS,
    RIGHT,
    Rated,
    clicked,
    form,
    reasons_of,
    with_counts,
    with_own_word,
)
from aika.surfaces.slack.hearing import Click, Submission, read
from aika.surfaces.slack.rendering import Rendered
from aika.surfaces.slack.threads import Threads
from aika.surfaces.slack.whispering import Whispers

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ratings:
    """Keeps what people say of answers, and shows it."""

    aika: Aika
    asking: Asking
    threads: Threads
    whispers: Whispers

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.at_once(f"action:{ACTION}", self.ask_why)
        dispatcher.on(f"action:{ACTION}", self.on_click)
        dispatcher.on(f"view:{FORM}", self.on_form)

    async def ask_why(self, received: Received) -> None:
        """Open the form for whoever found an answer not helpful. Slack lends the right to for three seconds."""
        click = read(Click, received.body)
        said = clicked(click.action.value)
        if said is None or said[0] is Rating.HELPFUL:
            return
        rated = Rated(said[1], click.place, click.ts, click.whispered)
        try:
            await called(received.workspace.client.views_open(trigger_id=click.trigger_id, view=form(rated)), "a form")
        except SlackRefusedError as error:
            logger.info("nobody could be asked why", extra={"code": error.code})

    async def on_click(self, received: Received) -> None:
        click = read(Click, received.body)
        said = clicked(click.action.value)
        if said is None:
            return
        feedback = Feedback(said[1], said[0], created_at=received.received_at)
        question = await self._keep(received, click.user.id, feedback)
        if question is None:
            return
        rated = Rated(said[1], click.place, click.ts, click.whispered)
        await self._show(received, rated, question, feedback)

    async def on_form(self, received: Received) -> None:
        sent = read(Submission, received.body)
        rated = Rated.read(sent.view.private_metadata)
        feedback = Feedback(
            answer=AnswerId(rated.answer),
            rating=Rating.NOT_HELPFUL,
            comment=sent.written(COMMENT)[:LONGEST_TEXT],
            created_at=received.received_at,
            tags=reasons_of(sent.chosen(REASONS)),
            reply=sent.written(RIGHT)[:LONGEST_TEXT],
        )
        question = await self._keep(received, sent.user.id, feedback)
        if question is not None:
            await self._show(received, rated, question, feedback)

    async def _keep(self, received: Received, user: str, feedback: Feedback) -> SlackQuestion | None:
        """Keep what somebody said, and return the question; ``None`` where the answer is gone or was put in other words."""
        question = await self.threads.questions.of_answer(feedback.answer)
        if question is None or question.deleted:
            return None
        person = await self.asking.person(received.workspace, user)
        try:
            await self.aika.database.conversations.give_feedback(feedback, owner=question.owner, by=person)
        except NotFoundError:
            return None
        return question

    async def _show(self, received: Received, rated: Rated, question: SlackQuestion, own: Feedback) -> None:
        """Show what was said under the answer."""
        if question.conversation is None or question.shown != own.answer:
            return
        turn = await self.asking.question(own.answer, question.conversation, question.owner)
        said = await self.aika.database.conversations.feedback(own.answer)
        if turn is None or not said:
            return
        of_several = question.owner == channel_owner(question.team, question.channel)
        if not of_several:
            # What they said in the form may have arrived before their click.
            own = said[0]
        if rated.url:
            shown = self.whispers.shown(turn.question, question, turn.outcome)
            await self._show_alone(rated.url, Rendered(shown.text, with_own_word(shown.blocks, own)))
            return
        shown = self.whispers.shared(turn.question, question, turn.outcome)
        blocks = with_counts(shown.blocks, said, own.answer) if of_several else with_own_word(shown.blocks, own)
        posted = Posted(rated.channel, rated.ts)
        await self.threads.publishing.put(received.workspace.client, posted, Rendered(shown.text, blocks))
        await self._check(received, posted, question)

    async def _check(self, received: Received, posted: Posted, before: SlackQuestion) -> None:
        """Show the newest answer, where an edit of the question was followed while this was at work."""
        question = await self.threads.questions.get(before.key)
        if question is None or question.shown is None or question.conversation is None:
            return
        if question.shown == before.shown:
            return
        turn = await self.asking.question(question.shown, question.conversation, question.owner)
        if turn is not None:
            shown = self.whispers.shared(turn.question, question, turn.outcome)
            await self.threads.publishing.put(received.workspace.client, posted, shown)

    async def _show_alone(self, url: str, shown: Rendered) -> None:
        try:
            await self.threads.publishing.answer_to(url, shown, replace=True)
        except SlackRefusedError as error:
            # The address is good for half an hour: a form can be open for longer. What was said is kept.
            logger.info("what was said could not be shown", extra={"reason": error.code})
