"""Four weeks of goalies and health at the example company, brought about by real means: questions in channels that goalies really
answer, verdicts of human goalies, complaints that are really examined, and a replay of a channel's past.

    python tests/web/seed_care.py FOLDER

FOLDER has the examples' ``aika.toml``, synced; nobody else may have it open.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from aika.application.aika import Aika, SystemClock
from aika.application.channel_history import exported_channels
from aika.application.goalie_clicks import Person
from aika.application.goalie_files import read_goalie_file
from aika.application.goalie_replaying import Wanted, replay
from aika.application.health import Wanted as WantedFindings
from aika.application.wiring import open_aika
from aika.assistants.conversing import Question
from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer, Feedback, Rating
from aika.domain.findings import Finding, FindingKind
from aika.domain.goalies import CaseState, ChannelMessage, Goalie, Place, Ruling
from aika.domain.identifiers import FindingId, PrincipalId
from aika.health.findings_access import Viewer
from aika.settings import Settings, load_settings
from aika.testing.desk import MemoryDesk

WEEKS = 4
PETRA = Person("U0MD02H78XS", "petra.vesel@sundrell.example")
LEO = Person("U0LEO0BACKM", "leo.backman@sundrell.example")
NAMES = {
    PETRA.id: "Petra Vesel",
    LEO.id: "Leo Backman",
    "U00R23EC6RD": "Chloe Whitcombe",
    "U01Z29C43F4": "Pavel Hruska",
}
ASKERS = ("U00R23EC6RD", "U01Z29C43F4")
PEOPLE = tuple(
    PrincipalId(f"user:{name}@sundrell.example") for name in ("chloe.whitcombe", "pavel.hruska", "noor.al-masri")
)
OVERSEER = Viewer(
    Scope.of([]),
    (frozenset({PrincipalId("local")}),),
    admin=True,
    actor="user:petra.vesel@sundrell.example",
)

PLATFORM = """\
# The goalie of #ask-platform, at Sundrell.
channel: "#ask-platform"
mode: live

tone: Short and friendly. The command first, then why.
hours:
  timezone: Europe/Helsinki
  days: monday-sunday

# Chosen on the replay of May. Look again when the handbook has changed much.
thresholds: {medium: 0.2, high: 0.97}
low: nothing
medium: propose
high: answer

humans: [petra.vesel@sundrell.example, leo.backman@sundrell.example]
reach: Petra and Leo look after this channel this week. In an incident, page Platform with `winch page platform`.
daily_limit: 200
noise_budget: {min_acceptance: 60%, window: 20}
owners_channel: "#team-platform"
report: {day: monday, at: "09:30"}
"""
CARE = """\
# The goalie of #ask-care: refunds, rebooking and what to tell customers.
channel: "#ask-care"
mode: live
thresholds:
  medium: 0.2   # Care looks at everything that might help
  high: 0.99
humans:
  - petra.vesel@sundrell.example
  - yusuf.adeyemi@sundrell.example
noise_budget: {min_acceptance: 50%, window: 20}
daily_limit: 200
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in a channel, and what its human goalie does about the proposal."""

    text: str
    ruling: Ruling | None = None
    """``None``: it waits."""
    words: str = ""


PLATFORM_QUESTIONS = (
    Asked("How do I rotate the harbourpass signing key?", Ruling.ACCEPT),
    Asked("slipway says SLW-017 rollout stalled, 2/6 replicas ready. What do I do?", Ruling.ACCEPT),
    Asked("Why did we replace RabbitMQ?", Ruling.ACCEPT),
    Asked(
        "How do I get a preview environment with realistic data?",
        Ruling.EDIT,
        "Run `slipway previews create --with-data masked-small`. It takes about 3 GB and is kept for 14 days.",
    ),
    Asked("When does CI switch to node 24?", Ruling.REJECT, "It is out of date. The date has moved again"),
    Asked("How long do login sessions last?", Ruling.ACCEPT),
    Asked("I get HP-1401 no signing key for kid. How do I fix this?"),
    Asked("Can I deploy checkout-api on a Friday afternoon?"),
    Asked("Who approves changes to migrations in the payments-gateway repo?"),
    Asked("What is the naming convention for a new feature flag?"),
    Asked("FATAL: remaining connection slots are reserved. Does anyone know what to do?"),
)
CARE_QUESTIONS = (
    Asked(
        "A customer wants a refund and the sailing was 3 weeks ago. Is that still possible?",
        Ruling.REJECT,
        "It is wrong. Payments says 30 days, Care says 14",
    ),
    Asked("Who pays the difference when a passenger is rebooked to Pelagia?", Ruling.ACCEPT),
    Asked("How long do we keep the text of SMS messages?", Ruling.ACCEPT),
    Asked("What does CHK-4092 mean for the customer?"),
    Asked("How often does the refund worker retry a refund?"),
    Asked("A partner says the card form in the widget stays white. What should they change?"),
)
CONTRADICTED = (
    (
        "Until when can a customer claim a refund after the sailing?",
        "Customers can claim a refund within 30 days after the sailing.",
    ),
    ("What do I get paid for a weeknight on call?", "You get €40 for a weeknight since the new rates."),
    ("How many vacation days do I get?", "You get 28 days of vacation now."),
    ("What is the hotel limit per night in capital cities?", "The limit is €195 in capital cities since this summer."),
)
MISSING = (
    "What is the retention period for CCTV recordings in the terminals?",
    "How long are CCTV recordings in the terminals kept?",
    "Which AI coding assistants are we allowed to use at work?",
    "Can I use an AI coding assistant at work?",
    "How do I book a parking space at the Aldhamn office?",
    "Can I bring my dog to the office in Torvalla?",
    "Which commission does Pelagia Lines pay us per ticket?",
)


class Calendar:
    """The application's clock, set back: what is done in the block happens then."""

    def __init__(self) -> None:
        self.behind = timedelta()

    @contextmanager
    def days_ago(self, days: float) -> Iterator[None]:
        before, self.behind = self.behind, timedelta(days=days)
        try:
            yield
        finally:
            self.behind = before

    @contextmanager
    def hung_up(self) -> Iterator[None]:
        today = SystemClock.now

        def then(self: SystemClock) -> datetime:
            return today(self) - calendar.behind

        calendar = self
        SystemClock.now = then  # type: ignore[method-assign]  # time is what is set here
        try:
            yield
        finally:
            SystemClock.now = today  # type: ignore[method-assign]  # as it was


def seed(folder: Path) -> None:
    """Bring everything about in a folder of the examples."""
    write_goalies(folder)
    settings = load_settings(folder)
    calendar = Calendar()
    with calendar.hung_up():
        asyncio.run(_at_work(settings, calendar))
    asyncio.run(replayed(settings, folder / "goalies" / "ask-platform.yaml"))


def write_goalies(folder: Path) -> None:
    """Have two goalies that speak."""
    goalies = folder / "goalies"
    goalies.mkdir(exist_ok=True)
    (goalies / "ask-platform.yaml").write_text(PLATFORM, encoding="utf-8")
    (goalies / "ask-care.yaml").write_text(CARE, encoding="utf-8")


async def _at_work(settings: Settings, calendar: Calendar) -> None:
    async with open_aika(settings) as aika:
        await aika.generations.catch_up()
        await goalies_asked(aika, calendar)
        await complained(aika, calendar)


async def goalies_asked(aika: Aika, calendar: Calendar) -> None:
    """Ask in the goalies' channels, and decide about what they propose as their human goalies do."""
    async with speaking(aika) as desk:
        for name, questions, person in (
            ("ask-platform", PLATFORM_QUESTIONS, PETRA),
            ("ask-care", CARE_QUESTIONS, PETRA),
        ):
            goalie = await aika.goalies.named(name)
            for number, asked in enumerate(questions):
                # What waits was asked today; what was decided about, over the last weeks.
                ago = (
                    0.01 * (len(questions) - number) if asked.ruling is None else 0.4 + 0.45 * (len(questions) - number)
                )
                with calendar.days_ago(ago):
                    await _ask(aika, goalie, asked, number, person)
        assert desk.seen("humans"), "nothing was proposed: no question is in the band that is"


@asynccontextmanager
async def speaking(aika: Aika) -> AsyncIterator[MemoryDesk]:
    """Have the goalies speak at a desk in memory, everybody in the company listening."""
    desk = MemoryDesk(scope=Scope.of([]), humans=(PETRA.id, LEO.id), names=dict(NAMES))
    aika.goalies.sit_down(desk)
    yield desk
    aika.goalies.desk = None


async def _ask(aika: Aika, goalie: Goalie, asked: Asked, number: int, person: Person) -> None:
    now = aika.clock.now()
    place = Place("T0SUNDRELL7", goalie.channel)
    id_ = f"{now.timestamp():.6f}"
    message = ChannelMessage(place, id_, id_, ASKERS[number % len(ASKERS)], asked.text, now)
    await aika.goalies.on_message(goalie, message)
    await aika.goalies.finish()
    case = await aika.goalies.cases.of_message(place, id_)
    if case is not None and case.state is CaseState.PROPOSED and asked.ruling is not None:
        await aika.goalies.decide(case.id, asked.ruling, by=person, words=asked.words)
        await aika.goalies.finish()


async def complained(aika: Aika, calendar: Calendar) -> None:
    """Ask what documents answer wrongly or not at all, complain, and deal with some of the findings."""
    for number, (question, right) in enumerate(CONTRADICTED):
        with calendar.days_ago(24 - 5 * number):
            for person in PEOPLE[: 1 + number % 3]:
                await complain(aika, question, right, person)
            await aika.health.look()
    for number, question in enumerate(MISSING):
        with calendar.days_ago(20 - 2.5 * number):
            for person in PEOPLE[: 1 + (number + 1) % 3]:
                await asked_by(aika, question, person)
            await aika.health.look()
    found = await aika.health.listing(OVERSEER, WantedFindings(), limit=100)
    await _dealt_with(aika, calendar, [one for one in found if one.kind is not FindingKind.NO_DOCUMENT])
    await aika.digests.scores.keep()


async def _dealt_with(aika: Aika, calendar: Calendar, findings: Sequence[Finding]) -> None:
    """Accept the first finding, dismiss the second, resolve the third: what came in last stays open."""
    oldest = sorted(findings, key=lambda one: (one.created_at, one.id))
    with calendar.days_ago(6):
        for finding in oldest[:1]:
            await aika.health.accept(
                FindingId(finding.id), OVERSEER, version=finding.version, assignee="marta.kowalczyk@sundrell.example"
            )
        for finding in oldest[1:2]:
            reason = "Both hold: one is for freight, the other one for passengers."
            await aika.health.dismiss(FindingId(finding.id), OVERSEER, version=finding.version, reason=reason)
    with calendar.days_ago(3):
        for finding in oldest[2:3]:
            await aika.health.resolve(FindingId(finding.id), OVERSEER, version=finding.version, note="Rewritten.")


async def complain(aika: Aika, question: str, right: str, person: PrincipalId) -> None:
    outcome = await asked_by(aika, question, person)
    said = Feedback(outcome.id, Rating.NOT_HELPFUL, reply=right)
    await aika.database.conversations.give_feedback(said, owner=person)


async def asked_by(aika: Aika, text: str, person: PrincipalId) -> Answer | Abstention:
    question = Question(text, Scope.of([person]), person)
    events = [event async for event in aika.conversing.ask(await aika.conversing.begin(question), question)]
    outcome = events[-1]
    assert isinstance(outcome, Answer | Abstention)
    return outcome


async def replayed(settings: Settings, file: Path) -> None:
    """Replay a goalie on a past that is made of the example collection's topics, each with what two people answered."""
    collection = settings.base_dir / "collection" / "queries.jsonl"
    with TemporaryDirectory() as written:
        _write_export(Path(written), collection)
        (channel, *_) = await asyncio.to_thread(exported_channels, Path(written), only="ask-platform")
        await replay(settings, Wanted(read_goalie_file(file), channel), progress=lambda _what, _done, _of: None)


def _write_export(folder: Path, collection: Path) -> None:
    people = ("U01", "U02", "U03")
    users = [{"id": user, "name": user.lower(), "real_name": user, "profile": {}} for user in people]
    (folder / "users.json").write_text(json.dumps(users), encoding="utf-8")
    channels = [{"id": "C01", "name": "ask-platform", "members": people}]
    (folder / "channels.json").write_text(json.dumps(channels), encoding="utf-8")
    messages: list[dict[str, str]] = []
    topics = [json.loads(line) for line in collection.read_text(encoding="utf-8").splitlines()]
    begun = datetime(2026, 3, 2, 9, tzinfo=UTC)
    for number, topic in enumerate(topics):
        # Half of the time people answer something else, as they do in real channels.
        known = topic if number % 20 < 9 else topics[(number + 7) % len(topics)]
        asked, said = str(topic["text"]), known["metadata"]["answer"]
        text = asked if asked.endswith("?") else f"{asked}?"
        answers = [] if said is None else [("U02", str(said)), ("U03", ". ".join(known["metadata"]["nuggets"]))]
        at = (begun + timedelta(hours=7 * number)).timestamp()
        root = f"{at:.6f}"
        messages.append({"type": "message", "user": "U01", "ts": root, "thread_ts": root, "text": text})
        messages += [
            {"type": "message", "user": user, "ts": f"{at + 300 * (1 + late):.6f}", "thread_ts": root, "text": words}
            for late, (user, words) in enumerate(answers)
        ]
    (folder / "ask-platform").mkdir()
    (folder / "ask-platform" / "2026-03-02.json").write_text(json.dumps(messages), encoding="utf-8")


if __name__ == "__main__":
    seed(Path(sys.argv[1]))
