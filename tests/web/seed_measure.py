"""Weeks of questions at the example company, and runs of evaluations, brought about by real means: people of its teams ask
through the API, at times that a clock of its own tells, and rate answers by whether they cite what answers the question
and say so.

    python tests/web/seed_measure.py FOLDER [WEEKS]

FOLDER has the examples' ``aika.toml``, synced; nobody else may have it open.
"""

import asyncio
import csv
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import httpx

from aika.application.aika import Aika, SystemClock
from aika.application.measuring import measured_run
from aika.application.wiring import open_aika
from aika.domain.identifiers import PrincipalId, SourceId
from aika.settings import Settings, load_settings
from aika.surfaces.api.app import create_app

WEEKS = 9
A_DAY = 9
"""Questions on a working day, at the end: fewer at first, as more people hear of aika."""
RATED = 0.35
RUNS: tuple[tuple[str, ...], ...] = (
    ("retrieval.dense_weight=0.2",),
    ("retrieval.dense_weight=0.8",),
    (),
)
_SURFACES = (
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Aika-Surface": "slack"},
    {"Aika-Surface": "slack"},
    {"Aika-Surface": "mcp"},
)
_SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class Wondered:
    """A question of the collection, and what a good answer cites."""

    text: str
    relevant: frozenset[str]
    """The documents that answer it, by their paths."""
    facts: tuple[str, ...]

    def answered_by(self, text: str, cited: Sequence[str]) -> bool:
        """Return whether an answer cites what answers the question, and states a fact of it."""
        right = any(key.endswith(path) for key in cited for path in self.relevant)
        return right and any(fact.lower() in text.lower() for fact in self.facts)


class SetClock(SystemClock):
    """Tells the time that it is set to."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment


def seed(folder: Path, *, weeks: int = WEEKS, runs: Sequence[Sequence[str]] = RUNS) -> None:
    """Fill a synced folder. It takes about a fifth of a second for each question, and half a minute for each run."""
    settings = load_settings(folder)
    asyncio.run(_asked(settings, weeks))
    for changes in runs:
        asyncio.run(_measured(settings, changes))


async def _asked(settings: Settings, weeks: int) -> None:
    chance = random.Random(_SEED)  # noqa: S311 - the same weeks each time, nothing secret
    company = settings.base_dir / "company"
    teams = _teams(company / "people")
    people = [person for members in teams.values() for person in members]
    chance.shuffle(people)
    questions = _questions(settings.base_dir / "collection")
    chance.shuffle(questions)
    async with open_aika(settings) as aika:
        groups = {PrincipalId(f"group:{team}"): [PrincipalId(f"user:{one}") for one in teams[team]] for team in teams}
        await aika.database.directory.record(SourceId("identity-provider"), groups)
        with _set_clock(aika) as clock:
            transport = httpx.ASGITransport(create_app(aika))
            async with httpx.AsyncClient(transport=transport, base_url="http://aika.test", timeout=120) as api:
                for moment, share in _moments(chance, weeks):
                    # Who has heard of aika by then. Some ask often, and some questions come up again and again.
                    known = people[: max(8, round(share * len(people)))]
                    person = known[min(int(chance.expovariate(3 / len(known))), len(known) - 1)]
                    question = questions[min(int(chance.expovariate(1 / 14)), len(questions) - 1)]
                    await _ask(api, clock, moment, person, question, chance)


async def _ask(
    api: httpx.AsyncClient,
    clock: SetClock,
    moment: datetime,
    person: str,
    question: Wondered,
    chance: random.Random,
) -> None:
    clock.moment = moment
    headers = {"Aika-User": person, **chance.choice(_SURFACES)}
    body = {"messages": [{"role": "user", "content": question.text}]}
    reply = await api.post("/v1/chat/complete", json=body, headers=headers)
    answer = reply.raise_for_status().json()
    if answer["outcome"] != "answer" or chance.random() > RATED:
        return
    clock.moment = moment + timedelta(minutes=chance.randint(1, 30))
    cited = [citation["document"]["key"] for citation in answer["citations"]]
    rating = "helpful" if question.answered_by(answer["text"], cited) else "not_helpful"
    said = await api.post(f"/v1/answers/{answer['id']}/feedback", json={"rating": rating}, headers=headers)
    said.raise_for_status()


async def _measured(settings: Settings, changes: Sequence[str]) -> None:
    async with open_aika(settings) as aika:
        aika.evaluation.measuring = measured_run
        started = await aika.evaluation.start("collection", changes)
        await aika.jobs.wait(started.job)
        if started.problem is not None:
            raise RuntimeError(started.problem)


@contextmanager
def _set_clock(aika: Aika) -> Iterator[SetClock]:
    """Let everything that is asked happen when the clock is set to."""
    clock, before = SetClock(), (aika.clock, aika.conversing)
    journal = aika.conversing.journal
    aika.clock = clock
    aika.conversing = replace(
        aika.conversing, clock=clock, journal=None if journal is None else replace(journal, clock=clock)
    )
    try:
        yield clock
    finally:
        aika.clock, aika.conversing = before


def _moments(chance: random.Random, weeks: int) -> Iterator[tuple[datetime, float]]:
    """Yield when somebody asks, and how far into the period that is: on working days, more from week to week."""
    today = datetime.now(UTC).date()
    first = today - timedelta(days=today.weekday()) - timedelta(weeks=weeks - 1)
    days = (today - first).days
    for number in range(days):
        day = first + timedelta(days=number)
        share = 0.45 + 0.55 * number / days
        busy = A_DAY if day.weekday() < 5 else 1
        for _ in range(max(0, round(chance.gauss(busy * share, 1.2)))):
            yield datetime.combine(day, time(8 + chance.randrange(9), chance.randrange(60)), UTC), share


def _teams(folder: Path) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                if row.get("email") and row.get("team"):
                    found.setdefault(row["team"].lower().replace(" ", "-"), []).append(row["email"])
    return found


def _questions(collection: Path) -> list[Wondered]:
    relevant: dict[str, set[str]] = {}
    for line in (collection / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        topic, document, grade = line.split("\t")
        if grade == "2":
            relevant.setdefault(topic, set()).add(document)
    rows = [json.loads(line) for line in (collection / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    return [
        Wondered(row["text"], frozenset(relevant.get(row["id"], ())), tuple(row["metadata"].get("nuggets") or ()))
        for row in rows
    ]


if __name__ == "__main__":
    seed(Path(sys.argv[1]), **({"weeks": int(sys.argv[2])} if len(sys.argv) > 2 else {}))
