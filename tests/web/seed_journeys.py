"""What has happened at the example company before people go through the pages of teams: complaints about documents, a replay of
a goalie, weeks of questions, and a test collection.

    python tests/web/seed_journeys.py FOLDER

FOLDER has the examples' ``aika.toml``, synced; nobody else may have it open.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from seed_care import PEOPLE, Calendar, asked_by, complain

from aika.application.aika import Aika
from aika.application.goalie_replays import keep_replay
from aika.application.wiring import open_aika
from aika.domain.answers import Band
from aika.domain.identifiers import AnswerId, GoalieId, PrincipalId, SourceId
from aika.domain.insights import AskedQuestion, Outcome, Surface
from aika.goalie.replay_kept import KeptReplay, ReplayAbout
from aika.goalie.thresholds import Outcome as Replayed
from aika.goalie.thresholds import Share
from aika.settings import Settings, load_settings

GOALIES = ("ask-platform", "ask-care", "ask-harbor")
UNSURE = """\
channel: "#{name}"
mode: live
# Everything is shown to people first.
thresholds: {{medium: 0, high: 1}}
humans: [petra.vesel@sundrell.example]
daily_limit: 200
noise_budget: {{min_acceptance: 0%, window: 20}}
"""

REFUND = "Until when can a customer claim a refund after the sailing?"
HOTEL = "What is the hotel limit per night in capital cities?"
COMPLAINED = (
    (REFUND, "Customers can claim a refund within 30 days after the sailing."),
    (HOTEL, "The limit is €195 in capital cities since this summer."),
)
CCTV = "What is the retention period for CCTV recordings in the terminals?"
DOG = "Can I bring my dog to the office in Torvalla?"
MISSING = (CCTV, DOG)

WEEKS = 6
CROWD = tuple(f"user:asker{number}@example.org" for number in range(14))
"""Who asked: the first six of Harbor, the next six of Parcels, the last two of Legal."""
TEAMS = {"group:harbor": CROWD[:6], "group:parcels": CROWD[6:12], "group:legal": CROWD[12:]}
COLLECTION = "handbook-questions"
_TOPICS = 12


def seed(folder: Path) -> None:
    """Fill a synced folder of the examples."""
    for name in GOALIES:
        (folder / "goalies" / f"{name}.yaml").write_text(UNSURE.format(name=name), encoding="utf-8")
    _write_collection(folder)
    settings = load_settings(folder)
    keep_replay(settings, _replay("ask-harbor"))
    asyncio.run(_at_work(settings))


async def _at_work(settings: Settings) -> None:
    calendar = Calendar()
    with calendar.hung_up():
        async with open_aika(settings) as aika:
            with calendar.days_ago(9):
                for question, right in COMPLAINED:
                    await complain(aika, question, right, PEOPLE[0])
                for question in MISSING:
                    await asked_by(aika, question, PEOPLE[1])
                # Documents are compared a few at a time, and the server would find more while people look.
                while (await aika.health.look())[0] or aika.health._more:
                    pass
            await _asked(aika)


async def _asked(aika: Aika) -> None:
    """Note weeks of questions: many in the browser, some in Slack, and those of one person in an editor."""
    groups = {PrincipalId(team): [PrincipalId(person) for person in people] for team, people in TEAMS.items()}
    await aika.database.directory.record(SourceId("identity-provider"), groups)
    for number, (person, surface, at) in enumerate(_moments()):
        team = next(PrincipalId(team) for team, people in TEAMS.items() if person in people)
        answered = number % 4 > 0
        await aika.database.asked.add(
            AskedQuestion(
                answer=AnswerId(f"seeded-{number}"),
                asked_at=at,
                surface=surface,
                asker=await aika.database.asked.digest(PrincipalId(person)),
                outcome=Outcome.ANSWERED if answered else Outcome.ABSTAINED,
                milliseconds=400 + 10 * (number % 50),
                teams=(team,),
                sources=(SourceId("handbook"),) if answered else (),
                confidence=0.8 if answered else 0.2,
                band=Band.HIGH if answered else Band.LOW,
                first_milliseconds=200,
            )
        )


def _moments() -> Iterator[tuple[str, Surface, datetime]]:
    today = datetime.now(UTC).date()
    first = today - timedelta(days=today.weekday()) - timedelta(weeks=WEEKS)
    for week in range(WEEKS):
        for place, person in enumerate(CROWD):
            for again in range(1 + (place + week) % 3):
                day = first + timedelta(weeks=week, days=(place + again) % 5)
                surface = Surface.MCP if person == CROWD[0] else Surface.SLACK if place % 2 else Surface.WEB
                yield person, surface, datetime.combine(day, time(9 + again, place), UTC)


def _replay(goalie: str) -> KeptReplay:
    """Return a replay of 120 questions: the surer it was, the more often it agreed with people."""
    at = datetime(2026, 5, 4, tzinfo=UTC)
    return KeptReplay(
        goalie=GoalieId(goalie),
        about=ReplayAbout(goalie, "current", None, None, at),
        messages=400,
        questions=120,
        answered=120,
        first_at=at - timedelta(days=60),
        last_at=at,
        outcomes=tuple(Replayed(f"C1:{n}", n / 120, n * 7 % 120 < n) for n in range(120)),
        people=Share(80, 100),
        others=Share(5, 100),
        pairs=100,
    )


def _write_collection(folder: Path) -> None:
    """Write a collection of the questions that the handbook answers, on a copy of it."""
    examples, place = folder / "collection", folder / "evaluation" / COLLECTION
    place.mkdir(parents=True)
    judged = [line.split("\t") for line in (examples / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    kept = [(topic, document[9:], grade) for topic, document, grade in judged if document.startswith("handbook/")]
    names = sorted({topic for topic, _, _ in kept})[:_TOPICS]
    rows = (examples / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    about = f"name: {COLLECTION}\ncorpus: ../../company/handbook\n"
    (place / "collection.yaml").write_text(about, encoding="utf-8")
    topics = [row for row in rows if json.loads(row)["id"] in names]
    (place / "queries.jsonl").write_text("\n".join(topics) + "\n", encoding="utf-8")
    grades = ["\t".join(one) for one in kept if one[0] in names]
    (place / "qrels.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *grades]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    seed(Path(sys.argv[1]))
