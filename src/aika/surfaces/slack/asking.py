"""Asking for somebody in Slack: of what they may read where they alone see the answer, else of what everyone there may."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from slack_sdk.web.async_client import AsyncWebClient

from aika.application.aika import Aika
from aika.assistants.choosing import Choice, begin
from aika.assistants.conversing import Question
from aika.domain.answers import Abstention, Answer
from aika.domain.assistants import Asker
from aika.domain.conversations import Conversation, Turn
from aika.domain.errors import AikaError, ConflictError, NotFoundError, PermanentError, TransientError
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.domain.insights import Surface
from aika.domain.queries import Handing, Message, Role
from aika.surfaces.slack.audience import Audience, Audiences
from aika.surfaces.slack.identity import People, account
from aika.surfaces.slack.workspaces import Workspace

_MOST_ROUNDS = 3
"""How often a question is asked in a channel that somebody joins meanwhile."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that somebody put to aika."""

    key: str
    """One message has one."""
    event: str
    """The key of the event that it came with."""
    workspace: Workspace
    channel: str
    user: str
    text: str = field(repr=False)
    """As people read it."""
    digest: bytes
    """Of what was written, to tell one version from another."""
    message: str | None = None
    """The time stamp of the message that asks; ``None`` for what was asked in another way."""
    root: str | None = None
    """The message whose thread the answer belongs to; ``None`` for what is answered outside of a thread."""
    alone: bool = False
    """Whether the asker alone sees the answer."""
    earlier: tuple[str, ...] = field(default=(), repr=False)
    """What people said in the thread before, oldest first, where aika had no part in it yet."""
    tries: int = 0
    """How often it was tried before."""
    assistant: str | None = None
    """Whom the asker named. ``None``: whom the conversation began with, or the configured one."""

    @property
    def team(self) -> str:
        return self.workspace.team

    @property
    def is_direct(self) -> bool:
        """Whether it was written to aika directly. What somebody asks alone elsewhere they may post there with a click."""
        return self.alone and self.message is not None

    @property
    def post_key(self) -> str:
        """The key under which the answer is posted."""
        return f"ask:{self.key}"

    @property
    def client(self) -> AsyncWebClient:
        return self.workspace.client


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a question."""

    outcome: Answer | Abstention
    conversation: ConversationId
    owner: PrincipalId


class UnknownAudienceError(PermanentError):
    """Nobody knows who would see the answer, so that nothing may be used for it. Says so to people."""


HandingFor = Callable[[Asked], Awaitable[Handing | None]]
"""Returns what hands over a person's own passages, where they agreed to it. Only called for direct messages to aika."""


class Asking:
    """Puts questions to aika for whoever asks in Slack."""

    def __init__(self, aika: Aika, people: People, audiences: Audiences, assistant: str | None) -> None:
        self._aika = aika
        self._people = people
        self._audiences = audiences
        self._assistant = assistant
        self.handing: HandingFor | None = None
        """Set by personal search."""

    async def owner(self, asked: Asked) -> PrincipalId:
        """Return whom the conversation of a question belongs to: the asker, or all who are in the channel."""
        if not asked.alone:
            return channel_owner(asked.team, asked.channel)
        return await self.person(asked.workspace, asked.user)

    async def person(self, workspace: Workspace, user: str) -> PrincipalId:
        """Return who somebody is: by their address, or by their account where nobody vouches for one."""
        found = await self._people.person(workspace.client, workspace.team, user)
        return found.principal or account(workspace.team, user)

    async def audience(self, asked: Asked, *, fresh: bool = False) -> Audience:
        """Return who will see the answer. Raises `UnknownAudienceError` where that cannot be told."""
        if asked.alone:
            audience = await self._audiences.of_person(asked.client, asked.team, asked.user)
        else:
            audience = await self._audiences.of_channel(asked.client, asked.team, asked.channel, fresh=fresh)
        if audience.closed:
            raise UnknownAudienceError(audience.closed)
        return audience

    async def find(self, asked: Asked, continued: ConversationId | None, *, without: AnswerId | None = None) -> Found:
        """Answer a question within a conversation, ``without`` an earlier answer of it that this one takes the place of.

        Whoever joins a channel while it is answered may read all of the answer, or it is asked again.
        """
        found = await self._find(asked, await self.audience(asked), continued, without)
        for _ in range(_MOST_ROUNDS - 1):
            if await self.may_be_shown(asked, found.outcome):
                return found
            await self.take_back(found.outcome.id, found.owner)
            found = await self._find(asked, await self.audience(asked), found.conversation, without)
        raise TransientError("it changes too quickly who is in the channel")

    async def may_be_shown(self, asked: Asked, outcome: Answer | Abstention) -> bool:
        """Return whether everyone who will see it may read all that it was made of, as it is now."""
        return outcome.private or await self._audiences.admits(
            await self.audience(asked, fresh=not asked.alone), outcome
        )

    async def question(self, id: AnswerId, conversation: ConversationId, owner: PrincipalId) -> Turn | None:
        """Return a kept answer with its question."""
        found = await self._aika.database.conversations.get(conversation, owner=owner)
        return next((turn for turn in found.turns if turn.outcome.id == id), None) if found is not None else None

    async def outcome(self, id: AnswerId, owner: PrincipalId) -> Answer | Abstention | None:
        """Return an outcome as it is kept, ``None`` where it is not."""
        return await self._aika.database.conversations.outcome(id, owner=owner)

    async def take_back(self, id: AnswerId, owner: PrincipalId) -> None:
        """Forget an answer: its question is gone, or was put in other words."""
        self._aika.conversing.passing.drop(id)
        await self._aika.database.conversations.take_back(id, owner=owner)

    async def _find(
        self, asked: Asked, audience: Audience, continued: ConversationId | None, without: AnswerId | None
    ) -> Found:
        owner = await self.owner(asked)
        question = Question(
            text=asked.text,
            scope=audience.scope,
            owner=owner,
            conversation=continued,
            history=tuple(Message(Role.USER, said) for said in asked.earlier),
            reads=audience.scope,
            handing=await self.handing(asked) if asked.is_direct and self.handing is not None else None,
            surface=Surface.SLACK,
            asker=await self.person(asked.workspace, asked.user),
        )
        asker = Asker(owner, audience.asker_people)
        conversation, question = await self._begun(question, asker, asked.assistant)
        earlier = tuple(turn for turn in conversation.turns if turn.outcome.id != without)
        if without is not None:
            self._aika.conversing.passing.drop(without)
        try:
            outcome = await self._outcome(replace(conversation, turns=earlier), question)
        except AikaError:
            if conversation.id != continued:
                # It will be begun anew: nobody is to find an empty one among theirs.
                await self._aika.database.conversations.delete(conversation.id, owner=owner)
            raise
        return Found(outcome, conversation.id, owner)

    async def _outcome(self, conversation: Conversation, question: Question) -> Answer | Abstention:
        outcome = None
        async for event in self._aika.conversing.ask(conversation, question):
            if isinstance(event, Answer | Abstention):
                outcome = event
        if outcome is None:
            raise RuntimeError("the answerer ended without an outcome")
        return outcome

    async def _begun(self, question: Question, asker: Asker, named: str | None) -> tuple[Conversation, Question]:
        """Go on with the conversation, or begin a new one where that cannot be: it is gone, or with another assistant."""
        conversing, library = self._aika.conversing, self._aika.assistants
        if question.conversation is not None:
            try:
                return await begin(conversing, library, question, Choice(asker, named))
            except (NotFoundError, ConflictError):
                question = replace(question, conversation=None)
        return await begin(conversing, library, question, Choice(asker, named or self._assistant))


def channel_owner(team: str, channel: str) -> PrincipalId:
    """Return whom conversations of a channel belong to: all who are in it."""
    return PrincipalId(f"slack:{team}:{channel}")


def question_key(team: str, channel: str, ts: str) -> str:
    """Return the key of what a message asks."""
    return f"{team}/{channel}/{ts}"


def trouble(error: AikaError) -> str:
    """Return in plain words why there is no answer, and what to do now."""
    if isinstance(error, UnknownAudienceError):
        return f"{error} Ask me in a direct message, where I use what you may read."
    if isinstance(error, TransientError):
        return (
            "I could not read the documents just now, because something that I need for it does not answer. "
            "Please ask again in a few minutes."
        )
    reason = str(error).strip()
    return f"I could not answer this: {reason}{'' if reason.endswith(('.', '?', '!')) else '.'}"
