"""Asking for a goalie, and keeping what came of it as a judged example."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aika.assistants.conversing import Conversing, Question
from aika.assistants.library import AssistantLibrary
from aika.assistants.withholding import is_withheld
from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer, Feedback
from aika.domain.assistants import Asker, Assistant, Visibility
from aika.domain.conversations import Conversation, Turn
from aika.domain.errors import NotFoundError
from aika.domain.goalies import Case, ChannelMessage, Goalie, Listeners
from aika.domain.identifiers import AssistantId, GoalieId, PrincipalId
from aika.domain.insights import Surface
from aika.domain.queries import Message, Role
from aika.domain.selection import EVERYTHING, Selection
from aika.goalie.keeping import conversation_id

_TITLE_CHARS = 80
_REMEMBERED_MESSAGES = 6


@dataclass(frozen=True, slots=True)
class GoalieMemory:
    """Keeps each case's question and answer in a conversation that belongs to nobody's own account."""

    conversing: Conversing
    library: AssistantLibrary

    async def ask(
        self, goalie: Goalie, case: Case, listeners: Listeners, thread: Sequence[ChannelMessage] = ()
    ) -> Answer | Abstention:
        owner = owner_of(goalie.id, case)
        assistant = await self._assistant(goalie, owner, listeners)
        kept = await self._kept(goalie.id, case, listeners.scope)
        if kept is not None and kept.turns:
            return kept.turns[-1].outcome
        question = Question(
            text=case.question,
            scope=listeners.scope,
            owner=owner,
            conversation=conversation_id(case),
            history=_history(thread, case),
            reads=listeners.scope,
            assistant=assistant,
            surface=Surface.GOALIE,
        )
        conversation = kept or await self._begin(case, owner, assistant.id)
        outcome = None
        async for event in self.conversing.ask(conversation, question):
            if isinstance(event, Answer | Abstention):
                outcome = event
        if outcome is None:
            raise RuntimeError("the answerer ended without an outcome")
        return outcome

    async def answer(self, goalie: Goalie, case: Case, listeners: Listeners) -> Answer | None:
        kept = await self._kept(goalie.id, case, listeners.scope)
        turn: Turn | None = kept.turns[-1] if kept is not None and kept.turns else None
        if turn is None or is_withheld(turn) or not isinstance(turn.outcome, Answer):
            return None
        return turn.outcome

    async def rate(self, goalie: Goalie, case: Case, feedback: Feedback, *, by: str) -> None:
        owner = owner_of(goalie.id, case)
        try:
            await self.conversing.conversations.give_feedback(
                feedback, owner=owner, by=owner_of(goalie.id, replace(case, author=by))
            )
        except NotFoundError:
            return  # the question was deleted meanwhile, and what was answered with it

    async def forget(self, goalie: GoalieId, case: Case) -> None:
        try:
            await self.conversing.conversations.delete(
                case.conversation or conversation_id(case), owner=owner_of(goalie, case)
            )
        except NotFoundError:
            return  # forgotten before

    async def _kept(self, goalie: GoalieId, case: Case, scope: Scope) -> Conversation | None:
        try:
            return await self.conversing.conversation(conversation_id(case), owner=owner_of(goalie, case), reads=scope)
        except NotFoundError:
            return None

    async def _begin(self, case: Case, owner: PrincipalId, assistant: AssistantId) -> Conversation:
        title = " ".join(case.question.split())[:_TITLE_CHARS]
        now = self.conversing.clock.now()
        conversation = Conversation(conversation_id(case), owner, title, (), now, assistant)
        await self.conversing.conversations.start(conversation)
        return conversation

    async def _assistant(self, goalie: Goalie, owner: PrincipalId, listeners: Listeners) -> Assistant:
        """Return who is asked: the assistant that the goalie names, if all listeners may use it, with what else it may know."""
        base = Assistant(goalie_assistant(goalie.id), goalie.id, owner, visibility=Visibility.PRIVATE)
        selections: tuple[Selection, ...] = (goalie.knowledge,)
        if goalie.assistant is not None:
            base = await self.library.resolve(goalie.assistant, Asker(owner, listeners.people))
            # The assistant's topic too, which is learned: sources that the goalie adds need not be like it.
            everything = replace(listeners.scope, selections=())
            selections = (await self.conversing.narrowing.narrowed(everything, base)).selections
        return replace(
            base,
            id=goalie_assistant(goalie.id),
            instructions=_instructions(goalie, base.instructions),
            knowledge=with_sources(selections, goalie),
            topic=None,
        )


def owner_of(goalie: GoalieId, case: Case) -> PrincipalId:
    """Return whom a case's conversation belongs to: the asker as this goalie knows them.

    It is no principal of theirs, so that it shows nowhere among their own conversations; and another one for each asker, so
    that people are counted right.
    """
    return PrincipalId(f"goalie:{goalie}:{case.place.workspace}:{case.author}")


def goalie_assistant(goalie: GoalieId) -> AssistantId:
    return AssistantId(f"goalie:{goalie}")


def with_sources(selections: Sequence[Selection], goalie: Goalie) -> Selection:
    """Return what all of the selections have in common, and everything of the goalie's extra sources besides."""
    wanted = [selection for selection in selections if selection != EVERYTHING]
    if not wanted:
        return EVERYTHING
    if len(wanted) == 1 and not goalie.extra_sources:
        return wanted[0]
    # What one of them leaves out is left out, unless it is of an extra source.
    outside = [Selection(excluding=(selection, *_extra(goalie))) for selection in wanted]
    return Selection(excluding=tuple(outside))


def _extra(goalie: Goalie) -> tuple[Selection, ...]:
    return (Selection(sources=frozenset(goalie.extra_sources)),) if goalie.extra_sources else ()


def _instructions(goalie: Goalie, others: str) -> str:
    said = [others]
    if goalie.language:
        said.append(f"Write in {goalie.language}.")
    if goalie.tone:
        said.append(f"Tone: {goalie.tone}")
    return "\n".join(line for line in said if line)


def _history(thread: Sequence[ChannelMessage], case: Case) -> tuple[Message, ...]:
    """Return what was said in the thread before the question, as a conversation of its asker with everybody else."""
    before = [message for message in thread if message.id != case.message and message.text][-_REMEMBERED_MESSAGES:]
    return tuple(
        Message(Role.USER if message.author == case.author else Role.ASSISTANT, message.text) for message in before
    )
