"""A goalie is killed between any two of its steps, and the next process leads to the same outcome, once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from goalie_world import HUMAN_GOALIE, World

from aika.application.goalies import Goalies
from aika.domain.goalies import CaseState, Ruling, Waiting
from aika.testing.desk import Said
from aika.testing.goalies import HUMAN, make_goalie, make_message

QUESTION = make_message()
REPLY = make_message("Look here.", minute=0.01, author=HUMAN, root=QUESTION.id)


READING = frozenset(
    {"get", "of_message", "of_thread", "listing", "due", "replies", "noted", "listeners", "thread", "answered"}
)


class KilledError(BaseException):
    """The process ends here. Nothing of it runs any more."""


@dataclass(slots=True)
class Life:
    """Ends after so many steps in the world. From then on the process does nothing."""

    steps: int
    taken: int = 0

    def step(self) -> None:
        if self.taken >= self.steps:
            raise KilledError
        self.taken += 1


@dataclass(slots=True)
class Mortal:
    """Counts each call that changes something as two steps: before it, and after it was done and before anybody knows.

    To end before something is only read is to end after what was changed last.
    """

    inner: Any
    life: Life

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.inner, name)

        async def counted(*given: Any, **named: Any) -> Any:
            self.life.step()
            result = await call(*given, **named)
            self.life.step()
            return result

        return call if name in READING else counted


Play = Callable[[Goalies, World], Awaitable[None]]


async def asked(goalies: Goalies, world: World) -> None:
    await goalies.on_message(make_goalie(), QUESTION)
    await goalies.finish()


async def nothing(goalies: Goalies, world: World) -> None:
    """Begin with a message that nobody has seen."""


async def accepted(goalies: Goalies, world: World) -> None:
    await goalies.decide((await world.case_of(QUESTION)).id, Ruling.ACCEPT, by=HUMAN_GOALIE)
    await goalies.finish()


async def rejected(goalies: Goalies, world: World) -> None:
    await goalies.decide((await world.case_of(QUESTION)).id, Ruling.REJECT, by=HUMAN_GOALIE, words="no")
    await goalies.finish()


async def replied(goalies: Goalies, world: World) -> None:
    await goalies.on_reply(make_goalie(), REPLY)
    await goalies.finish()


async def deleted(goalies: Goalies, world: World) -> None:
    await goalies.on_delete(make_goalie(), QUESTION.place, QUESTION.id)
    await goalies.finish()


async def half_an_hour_later(goalies: Goalies, world: World) -> None:
    world.clock.moment = max(world.clock.moment, QUESTION.written_at + timedelta(minutes=30))
    await goalies.finish()


IN_THREAD = Said("thread", "Rotate it in the console [1].")


@dataclass(frozen=True, slots=True)
class Story:
    """What happens before the process that is killed begins, what happens in it, and what has to come of it."""

    then: Play
    state: CaseState
    confidence: float | None = 0.5
    before: Play = asked
    in_thread: tuple[Said, ...] = ()


STORIES = {
    "answered": Story(asked, CaseState.ANSWERED, 0.9, nothing, (IN_THREAD,)),
    "proposed": Story(asked, CaseState.PROPOSED, 0.5, nothing),
    "accepted": Story(accepted, CaseState.ACCEPTED, in_thread=(IN_THREAD,)),
    "rejected": Story(rejected, CaseState.REJECTED),
    "withdrawn": Story(replied, CaseState.WITHDRAWN),
    "deleted": Story(deleted, CaseState.WITHDRAWN, 0.9),
    "reminded": Story(half_an_hour_later, CaseState.SILENT, None, in_thread=(Said("thread", "Somebody will look."),)),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
async def test_killed_anywhere_it_goes_on_and_says_nothing_twice(world: World, story: Story) -> None:
    waiting = Waiting(timedelta(minutes=30), "Somebody will look.") if story.confidence is None else None
    world.files.goalies[:] = [make_goalie(waiting=waiting)]
    world.answers.usual = story.confidence
    killed, steps = True, 0
    while killed:
        await _begin_anew(world)
        await story.before(world.process(), world)

        killed = await _killed_after(steps, story.then, world)
        # Slack delivers again what was not finished, and people click again where nothing happened.
        await story.then(world.process(), world)

        case = await world.case_of(QUESTION)
        in_thread = tuple(said for said in world.desk.said.values() if said.where == "thread")
        assert (steps, case.state, case.todo, in_thread) == (steps, story.state, (), story.in_thread)
        steps += 1
    assert steps > 5


async def test_what_another_process_was_at_is_taken_over_when_its_time_is_over(world: World) -> None:
    life = Life(4)
    dying = world.process(cases=Mortal(world.database.cases, life), desk=Mortal(world.desk, life), holder="another")
    with pytest.raises(KilledError):
        await asked(dying, world)
    goalies = world.process(holder="here")

    await goalies.finish()
    before = list(world.desk.said)
    world.pass_by(minutes=5)
    await goalies.finish()

    assert before == []
    assert [said.where for said in world.desk.said.values()] == ["thread"]


async def _begin_anew(world: World) -> None:
    """Forget all that happened, so that the same message is new."""
    world.desk.said.clear()
    world.desk.settled.clear()
    world.answers.asked.clear()
    world.clock.moment = QUESTION.written_at
    case = await world.database.cases.of_message(QUESTION.place, QUESTION.id)
    if case is not None:
        await world.memory().forget(case.goalie, case)
        await world.database.cases.change(replace(case, due_at=None, todo=()))
        await world.database.cases.forget(before=QUESTION.written_at + timedelta(days=1))


async def _killed_after(steps: int, play: Play, world: World) -> bool:
    """Play in a process that ends after so many steps; return whether it did."""
    life = Life(steps)
    cases, desk, memory = (Mortal(inner, life) for inner in (world.database.cases, world.desk, world.memory()))
    try:
        await play(world.process(cases=cases, desk=desk, memory=memory), world)
    except KilledError:
        return True
    return False
