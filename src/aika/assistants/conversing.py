"""Asking within a conversation: earlier turns give a follow-up its meaning, and what came of it is kept."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

from aika.answering.stopping import is_stopped
from aika.answering.streaming import closing
from aika.assistants.beginnings import Beginnings
from aika.assistants.journal import Asking, Journal
from aika.assistants.narrowing import Narrowing
from aika.assistants.passing import PassingTurns
from aika.assistants.withholding import REMEMBERED_TURNS, is_withheld, readable
from aika.domain.access import Scope
from aika.domain.answers import STOPPED, Abstention, Answer, AnswerEvent, Origin
from aika.domain.assistants import Assistant
from aika.domain.conversations import Conversation, Turn
from aika.domain.errors import NotFoundError
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId, random_id
from aika.domain.insights import Surface
from aika.domain.queries import Handing, Message, Query, Role
from aika.protocols import Answerer, Catalogue, Clock, Conversations

_TITLE_CHARS = 80
_PRIVATE_TITLE = "Asked with personal search"
_STOPPED_TEXT = "You stopped this answer before anything in it could be checked."


@dataclass(frozen=True, slots=True)
class Question:
    """What one person asks."""

    text: str
    scope: Scope
    """What the answer may be made of."""
    owner: PrincipalId
    conversation: ConversationId | None = None
    """``None`` starts a new one."""
    history: tuple[Message, ...] = ()
    """Earlier messages that the caller holds itself. Used only where ``conversation`` is not given."""
    keep: bool = True
    """Whether the conversation is stored. Feedback needs a stored answer."""
    reads: Scope | None = None
    """All that the asker may read, where the question itself is narrowed to less. Earlier answers from other documents are
    withheld, from the asker and from the rewriting of the question."""
    assistant: Assistant | None = None
    """Who is asked. It narrows ``scope``; nobody has to do it before."""
    handing: Handing | None = None
    """Hands over passages that only ``owner`` may see. Only where nobody but them will see the answer. A turn that rests on
    such passages, or follows one that does, is not stored: it is remembered in memory for a while, for follow-ups."""
    surface: Surface = Surface.API
    """Where it is asked."""
    asker: PrincipalId | None = None
    """Who asks, where the conversation belongs to somebody else, such as a channel."""
    answer: AnswerId | None = None
    """What the answer is to be called. ``None`` leaves it to who answers."""
    replaces: AnswerId | None = None
    """The answer of ``conversation`` whose question is edited or tried again."""


@dataclass(frozen=True, slots=True)
class Conversing:
    """Answers questions within conversations."""

    answerer: Answerer
    conversations: Conversations
    catalogue: Catalogue
    clock: Clock
    narrowing: Narrowing
    passing: PassingTurns = field(default_factory=PassingTurns)
    journal: Journal | None = None
    """Where it is noted that a question was asked. ``None``: nowhere."""
    beginnings: Beginnings = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "beginnings", Beginnings(self.conversations))

    async def begin(self, question: Question) -> Conversation:
        """Return the conversation that the question belongs to. A new one is being stored if it is to be kept.

        Of one in which an answer is replaced, the turns before that. Raises `NotFoundError` for one that does not exist or is
        another person's, and where that answer is not in it.
        """
        if question.conversation is not None:
            found = await self.conversation(
                question.conversation, owner=question.owner, reads=question.reads or question.scope
            )
            return found if question.replaces is None else _before(found, question.replaces)
        conversation = Conversation(
            id=ConversationId(random_id()),
            owner=question.owner,
            # Whether the turn will be stored is known only when it is answered.
            title=_title(question.text) if question.handing is None else _PRIVATE_TITLE,
            turns=(),
            created_at=self.clock.now(),
            assistant=None if question.assistant is None else question.assistant.id,
        )
        if question.keep:
            self.beginnings.begin(conversation)
        return conversation

    async def conversation(self, id: ConversationId, *, owner: PrincipalId, reads: Scope) -> Conversation:
        """Return a conversation as its owner may see it now: answers from documents that they lost are withheld.

        Raises `NotFoundError` for one that does not exist or is another person's.
        """
        await self.beginnings.stored(id)
        found = await self.conversations.get(id, owner=owner)
        if found is None:
            raise NotFoundError(f"there is no conversation {id!r} of yours")
        return await readable(found, self.catalogue, scope=reads)

    async def ask(self, conversation: Conversation, question: Question) -> AsyncIterator[AnswerEvent]:
        """Yield the answer's events. The turn is stored before the last event is handed out."""
        asked_at = self.clock.now()
        passing = self.passing.of(conversation.id, owner=question.owner, now=asked_at)
        history = _history([*conversation.turns, *passing]) or question.history
        assistant = question.assistant
        scope = await self.narrowing.narrowed(_own(question), assistant)
        query = Query(
            text=question.text,
            scope=scope,
            history=history,
            assistant=assistant,
            handing=question.handing,
            private=question.handing is not None or bool(passing),
        )
        # Whoever stops listening stops the model too, at once and not when the garbage is collected.
        async with closing(self._followed(question, _ended(self.answerer.answer(query), question))) as events:
            async for event in events:
                if not isinstance(event, Answer | Abstention):
                    yield event
                    continue
                # A question that was completed from a private turn may say what that said, and so may its answer.
                outcome = replace(event, private=True) if passing else event
                asked = None if assistant is None else assistant.id
                await self.beginnings.stored(conversation.id)
                turn = Turn(question.text, outcome, asked_at, asked, _asked_of(question), question.replaces)
                if outcome.private:
                    self.passing.add(conversation.id, turn, owner=question.owner, now=self.clock.now())
                elif question.keep:
                    await self.conversations.add(conversation.id, turn)
                    if conversation.title == _PRIVATE_TITLE:
                        await self.conversations.rename(
                            conversation.id, _title(question.text), owner=conversation.owner
                        )
                yield outcome

    def _followed(self, question: Question, events: AsyncIterator[AnswerEvent]) -> AsyncIterator[AnswerEvent]:
        if self.journal is None:
            return events
        asked = None if question.assistant is None else question.assistant.id
        return self.journal.followed(Asking(question.asker or question.owner, question.surface, asked), events)

    def forget(self, owner: PrincipalId) -> None:
        """Forget what is remembered of a person's private turns."""
        self.passing.forget(owner)


def _before(conversation: Conversation, answer: AnswerId) -> Conversation:
    """Return the conversation as it was before an answer of it was asked for."""
    places = [place for place, turn in enumerate(conversation.turns) if turn.outcome.id == answer]
    if not places:
        raise NotFoundError(f"there is no answer {answer!r} in this conversation")
    return replace(conversation, turns=conversation.turns[: places[0]])


async def _ended(events: AsyncIterator[AnswerEvent], question: Question) -> AsyncGenerator[AnswerEvent, None]:
    """Yield the events with the outcome as it is to be known: under the name that the question gave it, and as stopped."""
    async with closing(events) as inner:
        async for event in inner:
            if not isinstance(event, Answer | Abstention):
                yield event
                continue
            outcome = _as_stopped(event)
            yield outcome if question.answer is None else replace(outcome, id=question.answer)


def _as_stopped(outcome: Answer | Abstention) -> Answer | Abstention:
    """Return the outcome as it is where its asker stopped it."""
    if not is_stopped():
        return outcome
    match outcome:
        case Answer(origin=Origin.EXTRACTED):
            return outcome  # quoted at once: nothing was cut short
        case Answer():
            return replace(outcome, stopped=True)
        case Abstention():
            return replace(outcome, text=_STOPPED_TEXT, reason=STOPPED, nearest=(), notes=())


def _own(question: Question) -> Scope:
    """Return the question's scope. With something handed over the asker is among their own principals, who are reduced to
    those that documents name."""
    audience = question.scope.audience
    if question.handing is None or audience is None or len(audience) != 1:
        return question.scope
    return replace(question.scope, audience=(audience[0] | {question.owner},))


def _asked_of(question: Question) -> Scope:
    """Return what the question may be asked of again. What a topic comes to is learned anew each time."""
    if question.assistant is None:
        return question.scope
    return question.scope.narrowed(selection=question.assistant.knowledge)


def _history(turns: Sequence[Turn]) -> tuple[Message, ...]:
    in_order = sorted(turns, key=lambda turn: turn.asked_at)
    return tuple(
        message
        for turn in in_order[-REMEMBERED_TURNS:]
        if not is_withheld(turn)
        for message in (Message(Role.USER, turn.question), Message(Role.ASSISTANT, turn.outcome.text))
    )


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_CHARS else line[: _TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"
