"""What a goalie needs of the world: somebody to ask, a place to speak, and a memory."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer, Feedback
from aika.domain.goalies import (
    Case,
    CaseState,
    ChannelMessage,
    Goalie,
    Listeners,
    Place,
    Posted,
    QuestionJudgment,
    Reply,
)
from aika.domain.identifiers import CaseId, ConversationId, GoalieId

AskFor = Callable[[Goalie, str, Scope], Awaitable[tuple[Answer | Abstention, ConversationId | None]]]
"""Asks a question for a goalie, of what the scope admits and the goalie may know."""


class Judge(Protocol):
    """Tells questions for a channel from everything else."""

    def judge(
        self,
        goalie: Goalie,
        message: ChannelMessage,
        thread: Sequence[ChannelMessage],
        *,
        before: Sequence[ChannelMessage] = (),
    ) -> QuestionJudgment:
        """Return whether it is one. ``before`` holds what was written in the channel shortly before, as far as it is known."""
        ...

    def asked_together(self, message: ChannelMessage, before: Sequence[ChannelMessage]) -> Sequence[ChannelMessage]:
        """Return the messages that are one question with it, oldest first, itself among them."""
        ...


class Memory(Protocol):
    """Asks for goalies, and keeps what came of it: each question is asked once, and what people said of it is learned from."""

    async def ask(
        self, goalie: Goalie, case: Case, listeners: Listeners, thread: Sequence[ChannelMessage] = ()
    ) -> Answer | Abstention:
        """Return what comes of a case's question, of what the listeners and the goalie may know.

        Where it was asked before, that is returned. ``thread`` holds the messages before the question, where it is within a
        thread. Raises `AikaError`.
        """
        ...

    async def answer(self, goalie: Goalie, case: Case, listeners: Listeners) -> Answer | None:
        """Return the answer that is kept of a case.

        ``None`` where there is none, or where somebody among the listeners may not read what it was written from any more.
        """
        ...

    async def rate(self, goalie: Goalie, case: Case, feedback: Feedback, *, by: str) -> None:
        """Keep what a person said of the answer, in the place of what they said before. ``by`` is their id in the workspace."""
        ...

    async def forget(self, goalie: GoalieId, case: Case) -> None:
        """Delete the question with its answer and what was said of it. Safe to repeat."""
        ...


class Cases(Protocol):
    """What became of messages. Changes are durable when they return."""

    async def open(self, case: Case) -> bool:
        """Record a new case; return whether it is the message's first. Where it is not, nothing changes."""
        ...

    async def get(self, id: CaseId) -> Case | None: ...

    async def of_message(self, place: Place, message: str) -> Case | None: ...

    async def of_thread(self, place: Place, root: str) -> list[Case]:
        """Return the cases of a thread, oldest first."""
        ...

    async def change(self, case: Case) -> Case:
        """Store the case as it is now and return it in its new version.

        Raises `ConflictError` where somebody else changed it since it was read.
        """
        ...

    async def listing(
        self,
        goalie: GoalieId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        states: Collection[CaseState] | None = None,
        limit: int = 10_000,
    ) -> list[Case]:
        """Return the newest first."""
        ...

    async def due(self, now: datetime, *, limit: int = 100) -> list[Case]:
        """Return those that something is to be done about by now (``due_at``), the longest due first."""
        ...

    async def forget(self, *, before: datetime) -> list[Case]:
        """Drop cases that nobody touched since then and that nothing is to be done about, and older replies.

        Returns the cases.
        """
        ...

    async def heard(self, reply: Reply) -> None:
        """Record that somebody wrote in a thread, whether or not its first message was seen. Safe to repeat."""
        ...

    async def replies(self, place: Place, root: str) -> list[Reply]:
        """Return who wrote in a thread, oldest first."""
        ...

    async def noted(self, goalie: GoalieId, name: str) -> str | None:
        """Return what a goalie noted of itself under a name, ``None`` where it noted nothing."""
        ...

    async def note(self, goalie: GoalieId, name: str, value: str, *, at: datetime) -> None:
        """Note something in the place of what was noted under the name."""
        ...


class Desk(Protocol):
    """Where a goalie hears and speaks.

    Each way of speaking is safe to repeat: what a case has had posted is found again and not posted twice. All raise
    `TransientError` to be tried again, and `PermanentError` where it will never work, such as in a channel that is gone.
    """

    async def listeners(self, place: Place) -> Listeners:
        """Return who is in the channel now. Raises `TransientError` where it cannot be told."""
        ...

    async def thread(self, place: Place, root: str) -> Sequence[ChannelMessage] | None:
        """Return a thread as it is now, oldest first; ``None`` where it cannot be told at the moment, empty where it is gone."""
        ...

    async def answer(self, goalie: Goalie, case: Case, outcome: Answer) -> Posted:
        """Post the answer in the thread, with its citations and how to reach a human."""
        ...

    async def answered(self, case: Case) -> Posted | None:
        """Return the answer in the thread, also where it was posted and could not be recorded."""
        ...

    async def propose(self, goalie: Goalie, case: Case, outcome: Answer) -> Sequence[Posted]:
        """Show the draft to the human goalies."""
        ...

    async def settle(self, goalie: Goalie, case: Case) -> None:
        """Show on the case's proposals what became of it: decided by whom, withdrawn, or asked anew (``WAITING``).

        Those too that were posted and could not be recorded.
        """
        ...

    async def post_final(self, goalie: Goalie, case: Case, outcome: Answer) -> Posted:
        """Post what a human accepted, or their own words where the case has them (``final``)."""
        ...

    async def retract(self, goalie: Goalie, case: Case) -> None:
        """Delete the answer in the thread: its question is gone."""
        ...

    async def log(self, goalie: Goalie, case: Case, outcome: Answer | Abstention) -> None:
        """Write in the log channel what would have been done."""
        ...

    async def remind(self, goalie: Goalie, case: Case, text: str) -> None:
        """Say in the thread that nobody has answered yet."""
        ...

    async def tell_owners(self, goalie: Goalie, text: str, *, key: str) -> None:
        """Tell the goalie's owners something, once for each key. Markdown."""
        ...


@runtime_checkable
class Guide(Protocol):
    """What a desk can tell of its place to those who look from elsewhere. Neither raises: what is not known stays unsaid."""

    async def name_of(self, place: Place, person: str) -> str:
        """Return what a person is called, by their id in the workspace or as ``user:ADDRESS``; empty where it is not known."""
        ...

    def address_of(self, place: Place, message: str) -> str:
        """Return a link to a message, empty where there is none."""
        ...
