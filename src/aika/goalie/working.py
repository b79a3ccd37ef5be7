"""Does what cases ask for: asks, decides, speaks, and takes back, one step at a time.

Somebody who works on a case holds it for a while. What happens meanwhile (a human answers, the question is edited or deleted)
is written into the case all the same, and seen before the next step. A process that dies leaves its cases to the others when
their time is over, and to its own successor at once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aika.domain.answers import Answer, Feedback, Rating
from aika.domain.errors import ConflictError, NotFoundError, PermanentError, TransientError
from aika.domain.findings import REJECTED_TAG
from aika.domain.goalies import AuthorKind, Case, CaseState, ChannelMessage, Goalie, Reply, Step
from aika.domain.identifiers import CaseId
from aika.goalie import keeping
from aika.goalie.hours import today
from aika.goalie.noise import REMEMBERED, Budget, budget
from aika.goalie.policy import Situation, decide
from aika.goalie.ports import Cases, Desk, Memory
from aika.protocols import Clock

HOLD = timedelta(minutes=3)
"""For how long a case is held: longer than the slowest answer takes."""
MOST_TRIES = 8
"""What fails more often than this is given up."""
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=10)
_MOST_JUDGED = 1_000
_LOOKED_BACK = REMEMBERED + timedelta(days=7)
_JUDGED = (CaseState.ACCEPTED, CaseState.EDITED, CaseState.REJECTED, CaseState.ANSWERED)
_SPOKEN = (CaseState.ANSWERED, CaseState.PROPOSED, *_JUDGED, CaseState.WITHDRAWN)
_SPEAKING = frozenset({Step.ANSWER, Step.PROPOSE, Step.POST_FINAL})
UNREADABLE = "somebody in the channel may not read what it was written from any more"
UNSHOWN = "none of the human goalies may read what it was written from, or none could be reached"

logger = logging.getLogger(__name__)

Change = Callable[[Case], Case | None]


async def updated(cases: Cases, id: CaseId, change: Change) -> Case:
    """Change a case as it is now, whoever else changes it; ``None`` leaves it as it is. Raises `NotFoundError`."""
    while True:
        case = await cases.get(id)
        if case is None:
            raise NotFoundError(f"there is no case {id!r}")
        changed = change(case)
        if changed is None:
            return case
        try:
            return await cases.change(changed)
        except ConflictError:
            continue  # somebody else was faster: what they wrote is looked at again


async def budget_of(cases: Cases, goalie: Goalie, now: datetime) -> Budget:
    """Return how loud a goalie may be now."""
    judged = await cases.listing(goalie.id, since=now - _LOOKED_BACK, states=_JUDGED, limit=_MOST_JUDGED)
    return budget(goalie, judged, now)


@dataclass(slots=True)
class CaseWork:
    """Works on one case at a time for a goalie."""

    cases: Cases
    memory: Memory
    desk: Desk
    clock: Clock
    holder: str
    """Who works here. A process that starts again has its predecessor's name."""
    _busy: set[CaseId] = field(default_factory=set)

    def is_free(self, id: CaseId) -> bool:
        """Whether nobody here is at a case."""
        return id not in self._busy

    async def work(self, id: CaseId, goalie: Goalie | None) -> bool:
        """Do what is due for a case; return whether it was free. Failures are written into the case."""
        if id in self._busy:
            return False
        self._busy.add(id)
        try:
            case = await self._claim(id)
            if case is not None:
                await self._do(case, goalie)
            return case is not None
        finally:
            self._busy.discard(id)

    async def update(self, id: CaseId, change: Change) -> Case:
        return await updated(self.cases, id, change)

    # Holding

    async def _claim(self, id: CaseId) -> Case | None:
        now = self.clock.now()

        def held(case: Case) -> Case | None:
            taken = case.held_until is not None and case.held_until > now and case.held_by != self.holder
            is_due = case.due_at is not None and case.due_at <= now
            return replace(case, held_by=self.holder, held_until=now + HOLD) if is_due and not taken else None

        case = await self.update(id, held)
        return case if case.held_by == self.holder and case.held_until == now + HOLD else None

    async def _do(self, case: Case, goalie: Goalie | None) -> None:
        try:
            while (after := await self._next(case, goalie)) is not None:
                case = after
        except TransientError as error:
            await self._later(case.id, goalie, error)
        except PermanentError as error:
            logger.warning("a goalie gave a case up", extra={"goalie": case.goalie, "reason": str(error)})
            reason = str(error)
            await self.update(case.id, lambda it: keeping.failed(goalie, it, reason, self.clock.now()))
        finally:
            await self.update(case.id, lambda it: replace(it, held_by="", held_until=None))

    async def _later(self, id: CaseId, goalie: Goalie | None, error: TransientError) -> None:
        now = self.clock.now()

        def postponed(case: Case) -> Case:
            if case.tries + 1 >= MOST_TRIES:
                logger.warning("a goalie gave a case up", extra={"goalie": case.goalie, "reason": str(error)})
                return keeping.failed(goalie, case, str(error), now)
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**case.tries)
            if error.retry_after is not None:
                pause = max(pause, timedelta(seconds=error.retry_after))
            return replace(case, tries=case.tries + 1, due_at=now + pause)

        await self.update(id, postponed)

    async def _next(self, case: Case, goalie: Goalie | None) -> Case | None:
        """Do the next thing and return the case then; ``None`` where nothing is left to do now."""
        now = self.clock.now()
        if goalie is None:
            await self._abandon(case)
            return None
        if case.todo:
            return await self._step(goalie, case, case.todo[0])
        if case.due_at is None or case.due_at > now:
            return None
        if case.state is CaseState.WAITING:
            return await self._answer(goalie, case)
        after = await self.update(
            case.id, lambda it: keeping.reminded(goalie, it, now) or keeping.scheduled(goalie, it, now)
        )
        return after if after.todo else None

    async def _abandon(self, case: Case) -> None:
        """Leave a case whose goalie is gone: nobody knows any more how it is to speak."""
        await self.update(case.id, lambda it: keeping.failed(None, it, keeping.REMOVED, self.clock.now()))

    # Asking

    async def _answer(self, goalie: Goalie, case: Case) -> Case | None:
        now = self.clock.now()
        reason = keeping.overtaken(goalie, case, now)
        if not reason:
            first = keeping.first_human(await self.cases.replies(case.place, case.root), case)
            if first is not None:
                case = await self.update(case.id, lambda it: replace(it, human_first_at=it.human_first_at or first))
                reason = keeping.HUMAN_FIRST
        if reason:
            return await self._changed(goalie, case, lambda it: keeping.withdrawn(it, reason, now))
        listeners = await self.desk.listeners(case.place)
        thread = await self.desk.thread(case.place, case.root) if case.root != case.message else ()
        outcome = await self.memory.ask(goalie, case, listeners, thread or ())
        await self._look_again(goalie, case)
        decision = decide(
            goalie, await self._situation(goalie, outcome.confidence.value if isinstance(outcome, Answer) else None)
        )
        now = self.clock.now()
        return await self._changed(goalie, case, lambda it: keeping.decided(goalie, it, outcome, decision, now))

    async def _changed(self, goalie: Goalie, asked: Case, change: Change) -> Case | None:
        """Change a case that waits, if it is still the question that was asked; otherwise look at it as it is now."""

        def unless_moved(case: Case) -> Case | None:
            same = case.state is CaseState.WAITING and case.round == asked.round
            return change(case) if same else None

        return await self.update(asked.id, unless_moved)

    async def _look_again(self, goalie: Goalie, case: Case) -> None:
        """Take in what was written in the thread that no event has told of yet."""
        for message in await self.desk.thread(case.place, case.root) or ():
            if message.in_thread:
                await self._hear(goalie, case, message)

    async def _hear(self, goalie: Goalie, case: Case, message: ChannelMessage) -> None:
        reply, now = reply_of(message), self.clock.now()
        await self.cases.heard(reply)
        await self.update(case.id, lambda it: keeping.replied(goalie, it, reply, message.text, now))

    async def _situation(self, goalie: Goalie, confidence: float | None) -> Situation:
        now = self.clock.now()
        begin, _ = today(goalie, now)
        spoken = await self.cases.listing(goalie.id, since=begin - keeping.LATEST, states=_SPOKEN)
        return Situation(
            now=now,
            confidence=confidence,
            answers_today=sum(
                _answered_by_itself(case) and (case.answered_at or case.seen_at) >= begin for case in spoken
            ),
            proposals_today=sum(_was_proposed(case) and case.seen_at >= begin for case in spoken),
            budget=await budget_of(self.cases, goalie, now),
        )

    # Steps

    async def _step(self, goalie: Goalie, case: Case, step: Step) -> Case:
        """Do one step in the world, and record what came of it."""
        try:
            await self._carry_out(goalie, case, step)
        except PermanentError as error:
            if step in _SPEAKING:
                raise
            # What else is to be done for the case does not depend on it.
            fields = {"goalie": goalie.id, "step": step.value, "reason": str(error)}
            logger.warning("a step of a goalie's failed for good", extra=fields)
        return await self._done(goalie, case, step)

    async def _carry_out(self, goalie: Goalie, case: Case, step: Step) -> None:
        match step:
            case Step.SETTLE:
                await self.desk.settle(goalie, case)
            case Step.ANSWER | Step.PROPOSE | Step.POST_FINAL:
                await self._speak(goalie, case, step)
            case Step.RETRACT:
                await self.desk.retract(goalie, case)
            case Step.LOG:
                await self._log(goalie, case)
            case Step.REMIND:
                await self._remind(goalie, case)
            case Step.REMEMBER:
                await self._remember(goalie, case)
            case Step.FORGET:
                await self.memory.forget(goalie.id, case)

    async def _done(self, goalie: Goalie, case: Case, step: Step) -> Case:
        now = self.clock.now()

        def after(it: Case) -> Case:
            it = keeping.without(it, step)
            if step is Step.SETTLE and it.state is CaseState.WAITING:
                it = replace(it, proposals=())  # those of the next draft are others
            if step is Step.RETRACT:
                it = replace(it, posted=None)
            if step is Step.FORGET:
                it = replace(it, conversation=None, answer=None)
            return keeping.scheduled(goalie, it, now)

        return await self.update(case.id, after)

    async def _speak(self, goalie: Goalie, case: Case, step: Step) -> None:
        """Post an answer or show a draft, unless a human was faster or somebody joined who may not read it."""
        await self._look_again(goalie, case)
        current = await self.cases.get(case.id)
        if current is None or step not in current.todo:
            return
        human_first = step is Step.ANSWER and current.human_first_at is not None
        if human_first and await self.desk.answered(current) is None:
            now = self.clock.now()
            await self.update(case.id, lambda it: keeping.withdrawn(it, keeping.HUMAN_FIRST, now))
            return
        listeners = await self.desk.listeners(case.place)
        outcome = await self.memory.answer(goalie, current, listeners)
        if outcome is None:
            await self.update(case.id, lambda it: keeping.not_postable(goalie, it, UNREADABLE, self.clock.now()))
            return
        if step is Step.PROPOSE:
            proposals = tuple(await self.desk.propose(goalie, current, outcome))
            if not proposals:
                raise PermanentError(UNSHOWN)
            await self.update(case.id, lambda it: replace(it, proposals=proposals))
            return
        speak = self.desk.answer if step is Step.ANSWER else self.desk.post_final
        posted = await speak(goalie, current, outcome)
        now = self.clock.now()
        await self.update(case.id, lambda it: replace(it, posted=posted, answered_at=it.answered_at or now))

    async def _remind(self, goalie: Goalie, case: Case) -> None:
        await self._look_again(goalie, case)
        current = await self.cases.get(case.id)
        if goalie.waiting is not None and current is not None and Step.REMIND in current.todo:
            await self.desk.remind(goalie, current, goalie.waiting.text)

    async def _log(self, goalie: Goalie, case: Case) -> None:
        listeners = await self.desk.listeners(case.place)
        await self.desk.log(goalie, case, await self.memory.ask(goalie, case, listeners))

    async def _remember(self, goalie: Goalie, case: Case) -> None:
        for person, feedback in said_of(case, self.clock.now()):
            await self.memory.rate(goalie, case, feedback, by=person)


def said_of(case: Case, now: datetime) -> list[tuple[str, Feedback]]:
    """Return what people said of a case's answer, each with their id in the workspace."""
    if case.answer is None:
        return []
    match case.state:
        case CaseState.ACCEPTED:
            return [(case.decided_by, Feedback(case.answer, Rating.HELPFUL, created_at=now))]
        case CaseState.EDITED:
            return [(case.decided_by, Feedback(case.answer, Rating.HELPFUL, created_at=now, reply=case.final))]
        case CaseState.REJECTED:
            no = Feedback(case.answer, Rating.NOT_HELPFUL, case.reason, now, (REJECTED_TAG,), case.reply)
            return [(case.decided_by, no)]
    helpful, unhelpful = (
        Feedback(case.answer, rating, created_at=now) for rating in (Rating.HELPFUL, Rating.NOT_HELPFUL)
    )
    return [*((one, helpful) for one in case.helped), *((one, unhelpful) for one in case.did_not_help)]


def reply_of(message: ChannelMessage) -> Reply:
    """Return that a message was written in a thread. What is said to aika's own app is no answer to the asker."""
    kind = AuthorKind.SYSTEM if message.to_aika and message.kind is AuthorKind.PERSON else message.kind
    return Reply(message.place, message.root, message.id, message.author, kind, message.written_at)


def _answered_by_itself(case: Case) -> bool:
    return case.state is CaseState.ANSWERED or (case.answered_at is not None and not case.decided_by)


def _was_proposed(case: Case) -> bool:
    return case.state is CaseState.PROPOSED or bool(case.proposals or case.decided_by)
