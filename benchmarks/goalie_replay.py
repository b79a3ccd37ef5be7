"""Replays real support chat: how many questions the goalie answers, and how many of its answers agree with people's.

    python benchmarks/goalie_replay.py RAW WORK [--sets irc-ubuntu devchat herb] [--limit 300] [--seed 0]

``RAW`` holds the exports as they were published, and herb's documents. Two sets have the older half of each channel as knowledge
and are asked the questions of the newer half; herb has documents of six products, and of irc-ubuntu the newest 10,000 messages
are used. Everything is asked at every confidence (``answers.min_confidence`` is 0), so that the tables begin below what aika says
by itself. ``WORK`` keeps what was found, with people's words: a rerun goes on where it was stopped.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from goalie_agreement import MOST_TEXTS
from goalie_material import SETS, asking, channels

from aika.application.channel_history import ExportedChannel
from aika.application.evaluation_inputs import settings_with
from aika.application.goalie_asking import (
    PastAsking,
    asking_of_documents,
    documents_of_folder,
    documents_of_past,
    middle_of,
)
from aika.domain.documents import RawDocument
from aika.domain.goalies import Goalie
from aika.domain.identifiers import GoalieId
from aika.goalie.agreement import AgreementMeter, shipped_model
from aika.goalie.history import PastQuestion
from aika.goalie.likeness import Likeness, Rarity, sample_of
from aika.goalie.questions import QuestionJudge
from aika.goalie.replay import Past, Replay, ReplayResult, Seen, drawn
from aika.goalie.replay_records import RecordsInFile, Replayed
from aika.goalie.replay_report import percent, precise, report_as_json
from aika.goalie.thresholds import Row
from aika.goalie.yardstick import calibrated, pairs
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.settings import Settings

PAIRS = 250
STEPS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
HERB_PRODUCTS = ("ActionGenie", "AnomalyForce", "AutoTuneForce", "CoachForce", "CollaborateForce", "CollaborationForce")
"""The first six of thirty: their documents are known, and the channels called by them are asked."""
NEWEST = {"irc-ubuntu": 10_000}
"""Messages of a set that are used: the whole takes hours."""
UNTHREADED = frozenset({"irc-ubuntu"})
"""Threads of this set were marked by people afterwards: who read the channel saw none."""


def said(what: str, done: int, total: int) -> None:
    if done == total or done % 50 == 0:
        print(f"  {what}: {done} of {total}", flush=True)


async def replayed(raw: Path, work: Path, name: str, limit: int, seed: int) -> ReplayResult:
    """Replay a set."""
    found = [newest(channel, NEWEST.get(name)) for channel in channels(raw, name, work)]
    settings = settings_with(work, ["answers.min_confidence=0.0"])
    groups = [[channel] for channel in found]
    if name == "herb":
        groups = [[channel for channel in found if channel.name.endswith(HERB_PRODUCTS)]]
    goalie = Goalie(GoalieId(name), name, medium=0.0)
    texts = sample_of([message.text for channel in found for message in channel.messages], MOST_TEXTS)
    analyzer = TechnicalAnalyzer()
    rarity = Rarity(analyzer, texts)
    done: list[Replayed] = []
    questions: list[PastQuestion] = []
    messages = 0
    async with AsyncExitStack() as stack:
        for group in groups:
            documents, since = knowledge(raw, name, group)
            opened = await stack.enter_async_context(of_documents(settings, documents))
            meter = AgreementMeter(Likeness(analyzer, opened.embedder, rarity), shipped_model())
            place = work / f"replay-{name}-{group[0].name}.jsonl"
            running = Replay(QuestionJudge(), opened.ask, meter, opened.scope, RecordsInFile(place))
            asked = []
            for channel in group:
                threads = frozenset[str]() if name in UNTHREADED else channel.threads
                asked += running.questions(goalie, Past(channel.messages, threads), since=since)
                messages += sum(since is None or each.written_at >= since for each in channel.messages)
            questions += asked
            print(f"{name} {group[0].name}: {len(documents)} documents, {len(asked)} questions", flush=True)
            done += await running.asked_again(goalie, drawn(asked, limit // len(groups), seed), progress=said)
        told = await pairs(asking(found), opened.embedder, limit=PAIRS)
        yardstick = await calibrated(told, meter, progress=said)
    seen = Seen(messages, len(questions), sum(bool(question.answers) for question in questions))
    return ReplayResult(goalie, seen, tuple(done), yardstick)


def newest(channel: ExportedChannel, count: int | None) -> ExportedChannel:
    messages = sorted(channel.messages, key=lambda each: (each.written_at, each.id))
    return channel if count is None else replace(channel, messages=tuple(messages[-count:]))


def knowledge(
    raw: Path, name: str, group: Sequence[ExportedChannel]
) -> tuple[tuple[RawDocument, ...], datetime | None]:
    """Return the documents that are known, and from when on questions are asked."""
    if name == "herb":
        company = raw / "herb-company"
        found: list[RawDocument] = []
        for product in HERB_PRODUCTS:
            documents = documents_of_folder(company / "docs" / product)
            found += [replace(each, key=f"{product}/{each.key}") for each in documents]
        return tuple(found), None
    middle = middle_of(group[0])
    return documents_of_past(group[0], before=middle), middle


@asynccontextmanager
async def of_documents(settings: Settings, documents: Sequence[RawDocument]) -> AsyncIterator[PastAsking]:
    async with asking_of_documents(settings, documents, progress=said) as opened:
        yield opened


def report(result: ReplayResult) -> None:
    seen, found = result.seen, result.thresholds
    people, others = result.calibrated.yardstick.people, result.calibrated.yardstick.others
    print(f"\n## {result.goalie.id}\n")
    print(
        f"{seen.messages} messages, {seen.questions} ({seen.questions / seen.messages:.0%}) taken for questions, of which"
    )
    print(
        f"people answered {seen.answered}; {len(result.replayed)} were asked again. Cut-off {result.calibrated.cut_off:.3f}:"
    )
    print(f"two people agree in {percent(people)} of {people.of} pairs, answers to the most similar other question in")
    print(f"{percent(others)} of {others.of}.\n")
    print("| from confidence | answers | agree with people | precision |\n|--:|--:|--:|--:|")
    for row in found.table(medium=0.0, steps=STEPS):
        print(f"| {row.threshold:.2f} | {percent(row.answered)} | {agreeing(row)} | {precise(row.precision)} |")
    for wanted in (0.9, 0.95):
        cover = found.coverage_at(wanted)
        if cover.reported is None:
            print(f"\nCoverage at {wanted:.0%}: none, no threshold reaches it on the choosing half.")
            continue
        row = cover.reported
        print(
            f"\nCoverage at {wanted:.0%}, from {cover.threshold}: {percent(row.answered)}, {agreeing(row)}, "
            f"{precise(row.precision)}"
        )
    advice = found.recommend(0.9)
    print(f"\n{advice.reason or f'recommended: {advice.high}'}")


def agreeing(row: Row) -> str:
    return f"{row.agreement.count} of {row.agreement.of}, {percent(row.agreement)}"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    for name in given.sets:
        result = await replayed(given.raw, given.work, name, given.limit, given.seed)
        report(result)
        (given.work / f"result-{name}.json").write_text(json.dumps(report_as_json(result, precision=0.9), indent=2))


if __name__ == "__main__":
    asyncio.run(main())
