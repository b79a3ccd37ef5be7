"""How often a verdict says rightly why an answer was bad.

    python benchmarks/verdicts.py RAW                      # the half that is reported
    python benchmarks/verdicts.py RAW --half tune          # the half that was looked at while the tests were made

Pages of the material in its original form are deleted, aged, contradicted, buried, or left alone and their answers corrupted;
each page has one thing done to it. Files are synced by the filesystem connector into an instance in a temporary folder, which
then answers questions made from sentences of the pages; a buried page has fallen below the evidence, by a ranking rule or by
pages that repeat the question without answering it. Each bad answer is judged twice: with what a person answered instead, and
without.
"""

import argparse
import asyncio
import json
import os
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from verdict_material import Fact, Page, chatter, excerpt, number, pages, replies, with_record

from aika.answering.confidence import CalibratedJudge
from aika.answering.evidence import EvidenceReader
from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Abstention, Answer
from aika.domain.documents import Document
from aika.domain.findings import Cause, Complaint, FindingKind, Verdict
from aika.domain.identifiers import SourceId, document_id
from aika.domain.queries import Query
from aika.domain.rules import RankingRule
from aika.domain.selection import Selection
from aika.evaluation.halves import half_of
from aika.evaluation.measures import estimate
from aika.health.verdicts.adjudicator import DocumentAdjudicator
from aika.protocols import Answerer, Ranker
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.settings import Settings, load_settings

KINDS = tuple(FindingKind)
DOCS, COPIES, SHELF = SourceId("docs"), SourceId("copies"), SourceId("shelf")
DEMOTION = RankingRule("the shelf sinks", Selection(sources=frozenset({SHELF})), factor=0.1)
LONG_AGO, THEN = datetime(2021, 3, 1, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC)
CHATTER = 7


@dataclass(frozen=True)
class Case:
    """One fact of a page to which one thing is done."""

    kind: FindingKind
    page: Page
    fact: Fact
    variant: str
    guilty: str = ""
    """``source/key`` of the document that has to change."""
    asked_in: frozenset[SourceId] | None = None
    answered: str = ""
    """The value that the bad answer has to have."""
    holds: str = ""
    """The value that a person answers with."""


@dataclass(frozen=True)
class Ruled:
    """A case with its verdicts."""

    case: Case
    outcome: Answer | Abstention
    verdicts: dict[bool, Verdict | None]
    """With and without the reply."""
    seconds: float


def write(folder: Path, source: SourceId, key: str, text: str, when: datetime = THEN) -> None:
    path = folder / source / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (when.timestamp(), when.timestamp()))


def assigned(found: Sequence[Page], wanted: int) -> list[tuple[FindingKind, Page]]:
    """Give each page one thing that is done to it, so that all have about as many facts."""
    facts: Counter[FindingKind] = Counter()
    chosen = []
    for page in sorted(found, key=lambda page: number(page.key, 2**30)):
        kind = min(KINDS, key=lambda kind: (facts[kind], KINDS.index(kind)))
        if facts[kind] >= wanted:
            break
        facts[kind] += len(page.facts)
        chosen.append((kind, page))
    return chosen


def staged(folder: Path, kind: FindingKind, page: Page) -> list[Case]:
    """Write what the page's case needs, and return its cases."""
    match kind:
        case FindingKind.UNSUPPORTED:
            write(folder, DOCS, page.key, page.text)
            return [Case(kind, page, fact, "", answered=fact.value, holds=fact.value) for fact in page.facts]
        case FindingKind.NO_DOCUMENT:
            return [Case(kind, page, fact, "deleted", holds=fact.value) for fact in page.facts]
        case FindingKind.NOT_RETRIEVED:
            return _buried(folder, page)
        case FindingKind.OUTDATED:
            return _aged(folder, page)
        case FindingKind.CONFLICTING:
            return _contradicted(folder, page)


def _buried(folder: Path, page: Page) -> list[Case]:
    ruled = number(page.key, 2) == 0
    source = SHELF if ruled else DOCS
    write(folder, source, page.key, page.text)
    for fact in () if ruled else page.facts:
        for turn in range(CHATTER):
            write(folder, DOCS, f"notes/{number(fact.id, 10**8)}-{turn}.md", chatter(page, fact, turn))
    guilty, variant = f"{source}/{page.key}", "by a rule" if ruled else "by repetitions"
    return [Case(FindingKind.NOT_RETRIEVED, page, fact, variant, guilty, holds=fact.value) for fact in page.facts]


def _aged(folder: Path, page: Page) -> list[Case]:
    variant = ("last change", "status", "archive", "review", "name")[number(page.key, 5)]
    old, new, key, when = page.text, page.text, page.key, THEN
    for fact in sorted(page.facts, key=lambda fact: -fact.start):
        old = fact.changed(old)
    match variant:
        case "last change":
            when = LONG_AGO
        case "status":
            old = with_record(old, status="superseded")
        case "archive":
            key = f"archive/{key}"
        case "review":
            old, new = with_record(old, last_reviewed_on="2022-01-10"), with_record(new, last_reviewed_on="2025-01-10")
        case "name":
            key, name = key.replace(".md", "-2019.md"), page.key.replace(".md", "-2024.md")
            write(folder, DOCS, name, new)
    if variant != "name":
        write(folder, DOCS, page.key, new)
    write(folder, COPIES, key, old, when)
    return [
        Case(FindingKind.OUTDATED, page, fact, variant, f"{COPIES}/{key}", frozenset({COPIES}), fact.other, fact.value)
        for fact in page.facts
    ]


def _contradicted(folder: Path, page: Page) -> list[Case]:
    variant = ("whole copy", "page of its own")[number(page.key, 2)]
    write(folder, DOCS, page.key, page.text)
    cases = []
    other = page.text
    for fact in sorted(page.facts, key=lambda fact: -fact.start):
        other = fact.changed(other)
        key = page.key
        if variant != "whole copy":
            key = page.key.replace(".md", f"-short-{fact.start}.md")
            write(folder, COPIES, key, excerpt(page, fact, fact.restated()))
        first = number(fact.id, 2) == 0
        guilty, source = (f"{DOCS}/{page.key}", DOCS) if first else (f"{COPIES}/{key}", COPIES)
        said, holds = (fact.value, fact.other) if first else (fact.other, fact.value)
        cases.append(Case(FindingKind.CONFLICTING, page, fact, variant, guilty, frozenset({source}), said, holds))
    if variant == "whole copy":
        write(folder, COPIES, page.key, other)
    return cases


# Asking


async def outcome_of(answerer: Answerer, question: str, sources: frozenset[SourceId] | None) -> Answer | Abstention:
    async for event in answerer.answer(Query(question, UNRESTRICTED.narrowed(sources=sources))):
        if isinstance(event, Answer | Abstention):
            return event
    raise AssertionError("the stream ended without an outcome")


def has(text: str, value: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(value)}(?![\w])", text, re.IGNORECASE) is not None


def corrupted(case: Case, answer: Answer) -> tuple[Answer, str] | None:
    """Return the answer with something in its text that its sources do not have."""
    fact = case.fact
    how = ("value", "invented", "denied", "name")[number(fact.id, 4)]
    text = answer.text
    if how == "value":
        text = re.sub(rf"(?<![\w.]){re.escape(fact.value)}(?![\w])", fact.other, text)
    elif how == "invented":
        text += (
            "\n\nRequests outside of these hours need written approval by the duty manager and cost 40 pounds a day."
        )
    elif how == "denied":
        text = re.sub(r"\b(is|are|will|can|should|must|has|have)\b(?! not)", r"\1 not", text, count=1)
    else:
        text = re.sub(r"(?<=[a-z] )[A-Z][a-z]{3,}\b", "Oberholzer", text, count=1)
    return None if text == answer.text else (replace(answer, text=text), how)


async def badly_answered(case: Case, answerer: Answerer, ranker: Ranker) -> tuple[Case, Answer | Abstention] | None:
    """Return the bad answer of the case; ``None`` where the answer is not the one that the case is about."""
    fact = case.fact
    outcome = await outcome_of(answerer, fact.question, case.asked_in)
    right = isinstance(outcome, Answer) and has(outcome.text, fact.value)
    match case.kind:
        case FindingKind.UNSUPPORTED:
            bad = corrupted(case, outcome) if isinstance(outcome, Answer) and right else None
            return None if bad is None else (replace(case, variant=bad[1]), bad[0])
        case FindingKind.OUTDATED | FindingKind.CONFLICTING:
            meant = isinstance(outcome, Answer) and any(
                f"{each.document.source}/{each.document.key}" == case.guilty and has(each.quote, case.answered)
                for each in outcome.citations
            )
            return (case, outcome) if meant else None
        case FindingKind.NOT_RETRIEVED:
            ranked = await ranker.rank(Query(fact.question, UNRESTRICTED), k=6)
            source, _, key = case.guilty.partition("/")
            seen = document_id(SourceId(source), key) in {candidate.document for candidate in ranked}
            return None if right or seen else (case, outcome)
        case FindingKind.NO_DOCUMENT:
            return None if right else (case, outcome)


async def ruled(case: Case, outcome: Answer | Abstention, adjudicator: DocumentAdjudicator) -> Ruled:
    verdicts: dict[bool, Verdict | None] = {}
    begun = time.perf_counter()
    for told in (True, False):
        reply = replies(case.fact, case.page, case.holds) if told else ""
        cause = Cause.CONTRADICTED if told else Cause.RATED_DOWN if isinstance(outcome, Answer) else Cause.UNANSWERED
        complaint = Complaint(case.fact.question, outcome, cause, UNRESTRICTED, reply=reply)
        verdicts[told] = await adjudicator.judge(complaint)
    return Ruled(case, outcome, verdicts, (time.perf_counter() - begun) / 2)


async def measured(raw: Path, half: str, wanted: int, seconds: float) -> list[Ruled]:
    """Judge the cases in an order that mixes their kinds, until all are done or the time is up."""
    begun = time.perf_counter()
    with TemporaryDirectory(prefix="aika-verdicts-") as temporary:
        folder = Path(temporary)
        chosen = assigned([page for page in pages(raw) if half_of(page.key) == half], wanted)
        cases = [case for kind, page in chosen for case in staged(folder / "files", kind, page)]
        async with open_aika(declared(folder)) as aika:
            await _synced(aika)
            print(f"{len(chosen)} pages, {len(cases)} cases, synced in {time.perf_counter() - begun:.0f} s", flush=True)
            contender = aika.contender([DEMOTION])
            ranker = cast("Ranker", contender.retriever)
            analyzer = TechnicalAnalyzer()
            judge = CalibratedJudge(EvidenceReader(analyzer, aika.generations.serving.embedder))
            adjudicator = DocumentAdjudicator(ranker, aika.database.catalogue, judge, analyzer)
            found: list[Ruled] = []
            for case in sorted(cases, key=lambda case: number(case.fact.id, 2**30)):
                if time.perf_counter() - begun > seconds:
                    break
                bad = await badly_answered(case, contender.answerer, ranker)
                if bad is not None:
                    found.append(await ruled(*bad, adjudicator))
    print(f"{len(found)} bad answers judged after {time.perf_counter() - begun:.0f} s")
    return found


def declared(folder: Path) -> Settings:
    sources = {}
    for source in (DOCS, COPIES, SHELF):
        (folder / "files" / source).mkdir(parents=True, exist_ok=True)
        options = {"path": f"files/{source}"}
        sources[source] = {"connector": "filesystem", "options": options, "readers": ["everyone"]}
    return load_settings(folder, sources=sources)


async def _synced(aika: Aika) -> None:
    for source in (DOCS, COPIES, SHELF):
        await aika.sync(source)
    await aika.generations.catch_up()


# Reporting


def place(document: Document | None) -> str:
    return "" if document is None else f"{document.source}/{document.key}"


def report(found: Sequence[Ruled], told: bool) -> dict[str, object]:
    print(f"\n{'With' if told else 'Without'} a person's reply\n")
    names = [*KINDS, None]
    print("| is \\ said | " + " | ".join(kind.value if kind else "nothing" for kind in names) + " | n | right |")
    print("|---|" + "--:|" * (len(names) + 2))
    rows = {}
    for kind in KINDS:
        said = [each.verdicts[told] for each in found if each.case.kind is kind]
        counts = Counter(verdict.kind if verdict else None for verdict in said)
        right = [float(verdict is not None and verdict.kind is kind) for verdict in said]
        share = estimate(right)
        rows[kind.value] = {"n": len(said), "right": share.value, "said": {str(k): v for k, v in counts.items()}}
        cells = " | ".join(str(counts[name]) for name in names)
        print(f"| {kind.value} | {cells} | {len(said)} | {share.value:.3f} ({share.low:.3f}–{share.high:.3f}) |")
    right = [float((v := each.verdicts[told]) is not None and v.kind is each.case.kind) for each in found]
    pointed = [
        float(place(v.document) == each.case.guilty)
        for each in found
        if each.case.guilty and (v := each.verdicts[told]) is not None and v.kind is each.case.kind
    ]
    share, at = estimate(right), estimate(pointed)
    print(f"\nright: {share.value:.3f} ({share.low:.3f}–{share.high:.3f}), n = {len(right)}")
    print(
        f"of the right ones about a document, the right document: {at.value:.3f} ({at.low:.3f}–{at.high:.3f}), n = {len(pointed)}"
    )
    return {"rows": rows, "right": share.value, "low": share.low, "high": share.high, "n": len(right)}


def show_mistakes(found: Sequence[Ruled]) -> None:
    for each in found:
        for told, verdict in each.verdicts.items():
            if verdict is not None and verdict.kind is each.case.kind:
                continue
            print(f"\n--- {each.case.kind.value} ({each.case.variant}), {'with' if told else 'without'} a reply")
            print(f"Q {each.case.fact.question}\nT {each.case.fact.phrase(each.case.holds)}  {each.case.page.key}")
            print(f"A {type(each.outcome).__name__}: {each.outcome.text[:300]!r}")
            if verdict is not None:
                print(f"V {verdict.kind.value} {verdict.certainty:.2f} rank {verdict.rank}: {verdict.reason[:300]}")
                print(*(f"  E {place(e.document)}: {e.quote[:200]!r}" for e in verdict.exhibits), sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw", type=Path)
    parser.add_argument("--half", choices=("tune", "held out"), default="held out")
    parser.add_argument("--wanted", type=int, default=60, help="facts for each verdict; some do not give a bad answer")
    parser.add_argument("--mistakes", action="store_true", help="show each of them (on the tuning half only)")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seconds", type=float, default=1e9, help="report what is judged by then")
    given = parser.parse_args()
    found = asyncio.run(measured(given.raw, given.half, given.wanted, given.seconds))
    seconds = sorted(each.seconds for each in found)
    print(f"a verdict takes {seconds[len(seconds) // 2]:.2f} s (median), {seconds[-1]:.2f} s at most")
    reports = {name: report(found, told) for name, told in (("with a reply", True), ("without", False))}
    print(
        "\nvariants: "
        + ", ".join(f"{k} {n}" for k, n in Counter(f"{e.case.kind.value}/{e.case.variant}" for e in found).items())
    )
    if given.mistakes and given.half == "tune":
        show_mistakes(found)
    if given.json:
        given.json.write_text(json.dumps(reports, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
