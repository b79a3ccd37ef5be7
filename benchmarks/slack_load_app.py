"""The app of `slack_load.py`: aika as `aika serve` runs it in Slack, with a stub in the place of finding and writing answers.

Everything else is real: Socket Mode, the inbox and the cases in the database, who may read what, goalies, posting once.
"""

import argparse
import asyncio
import cProfile
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Answer, AnswerEvent, Retrieved
from aika.domain.identifiers import AnswerId, random_id
from aika.domain.queries import Query
from aika.goalie.remembering import GoalieMemory
from aika.settings import load_settings
from aika.surfaces.slack.app import open_slack_app

SAMPLE = "How do I roll back the checkout service?"


@dataclass(frozen=True, slots=True)
class Stub:
    """Answers everything with the same answer after the same time."""

    sample: Answer
    delay: float

    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        yield Retrieved(self.sample.evidence, query.text)
        await asyncio.sleep(self.delay)
        yield replace(self.sample, id=AnswerId(random_id()), question=query.text)


async def run(folder: Path, delay: float) -> None:
    """Work until the process is told to end."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with open_aika(load_settings(folder)) as aika:
        await _stub(aika, delay)
        async with open_slack_app(aika, aika.settings.slack):
            await ended.wait()


async def prepare(folder: Path) -> None:
    """Sync the sources and open every generation, so that a restart does not have to."""
    async with open_aika(load_settings(folder)) as aika:
        for source in aika.sources:
            await aika.sync(source)
        await aika.generations.catch_up()
        if await _sample(aika) is None:
            raise SystemExit("there is no answer to the sample question")


async def _sample(aika: Aika) -> Answer | None:
    found = None
    async for event in aika.conversing.answerer.answer(Query(SAMPLE, UNRESTRICTED)):
        found = event if isinstance(event, Answer) else found
    return found


async def _stub(aika: Aika, delay: float) -> None:
    sample = await _sample(aika)
    if sample is None:
        raise SystemExit("there is no answer to the sample question")
    sure = replace(sample, confidence=replace(sample.confidence, value=0.95))
    aika.conversing = replace(aika.conversing, answerer=Stub(sure, delay))
    aika.goalies.memory = GoalieMemory(aika.conversing, aika.assistants)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("do", choices=["prepare", "run"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--delay", type=float, default=0.05)
    parser.add_argument("--profile", type=Path, help="where to write a profile of the run")
    given = parser.parse_args()
    if given.do == "prepare":
        asyncio.run(prepare(given.folder))
        return
    if given.profile is None:
        asyncio.run(run(given.folder, given.delay))
        return
    profile = cProfile.Profile()
    profile.enable()
    try:
        asyncio.run(run(given.folder, given.delay))
    finally:
        profile.disable()
        profile.dump_stats(given.profile)


if __name__ == "__main__":
    main()
