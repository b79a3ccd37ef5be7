"""How many corruptions of true answers does verification catch, and how many true sentences does it flag?

    python benchmarks/corruptions.py --data FOLDER [--corruptions 300] [--model gguf:FILE --asked 40] [--json FILE]

``FOLDER`` holds collections in the form of BEIR and folders of Markdown. Documents are split in halves by a hash of their names:
what is tuned looks at ``--half tune``, and what is reported is held out. Everything is drawn by hash from a fixed seed.

A corrupted statement is caught when it does not come back with a citation; a moved citation is caught when it does not come
back. A true statement is flagged when it does not come back. Intervals are Wilson's (JASA 1927), 95 %. With ``--model`` the
second opinion is measured on a few statements about which it is asked, half of them true.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from corrupting import CORRUPTIONS, Surroundings, names_in
from true_statements import Shelf, Statement, open_shelves, order, statements_of_people, written_statements

from aika.answering.display import plain
from aika.answering.second_opinion import SecondOpinion
from aika.answering.verification import CitationVerifier
from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Draft, Origin
from aika.domain.queries import Hit, Query
from aika.models.chat import open_model
from aika.models.minilm import MiniLmEmbedder
from aika.models.providers import ChatOptions
from aika.protocols import TextModel
from aika.registry import Surroundings as Place
from aika.retrieval.lexical import TechnicalAnalyzer

SEED = 20_261_122
MOVED = "citation moved"
KINDS = (*CORRUPTIONS, MOVED)
_TRUE_OF_EACH_WORDING = 12
_FOREIGN = 12


@dataclass(frozen=True)
class Case:
    """A statement as an answer would have it."""

    kind: str
    """Of corruption, or of wording where it is true."""
    statement: Statement
    text: str
    marker: int | None

    @property
    def false(self) -> bool:
        return self.kind in KINDS


async def corruptions(
    statements: Sequence[Statement], shelves: Mapping[str, Shelf], *, count: int, seed: int
) -> list[Case]:
    """Return so many corruptions, as many of each kind as there are kinds, each of another statement where there are enough."""
    wanted = {kind: count // len(KINDS) + (number < count % len(KINDS)) for number, kind in enumerate(KINDS)}
    found: list[Case] = []
    taken: Counter[str] = Counter()
    used: Counter[str] = Counter()
    # Kinds that few statements have choose first.
    for kind in ("unit", "date", "number", "swapped entity", "name", "negation", MOVED, "invented sentence"):
        for statement in sorted(statements, key=lambda each: order(seed, kind, each.id)):
            if taken[kind] >= wanted[kind]:
                break
            if used[statement.id] >= 2:
                continue
            case = await _corrupted(statement, kind, shelves, int(order(seed, kind, statement.id)[:8], 16))
            if case is not None:
                found.append(case)
                taken[kind] += 1
                used[statement.id] += 1
    return found


async def _corrupted(statement: Statement, kind: str, shelves: Mapping[str, Shelf], pick: int) -> Case | None:
    if kind == MOVED:
        return _moved(statement, pick)
    shelf = next(each for each in shelves.values() if statement.evidence[0].id in each.chunks)
    evidence = " ".join(
        f"{chunk.document.title} {' '.join(chunk.heading_path)} {plain(chunk.text)}" for chunk in statement.evidence
    )
    passage = evidence if statement.passage is None else plain(statement.evidence[statement.passage].text)
    around = Surroundings(passage, evidence, (), (), statement.title)
    if kind in ("name", "invented sentence"):
        around = await _with_foreign(statement, shelf, around)
    text = CORRUPTIONS[kind](statement.text, around, pick)
    if text is None or text == statement.text or plain(text) in evidence:
        return None
    return Case(kind, statement, text, None if statement.passage is None else statement.passage + 1)


async def _with_foreign(statement: Statement, shelf: Shelf, around: Surroundings) -> Surroundings:
    documents = {chunk.document.id for chunk in statement.evidence}
    near = [c for c in await shelf.nearest(statement.text, 60) if c.document.id not in documents][:_FOREIGN]
    texts = [plain(chunk.text) for chunk in near]
    lowered = around.evidence.lower()
    names = [text[slice(*span)] for text in texts for span in names_in(text)]
    foreign = [name for name in dict.fromkeys(names) if not all(part.lower() in lowered for part in name.split())]
    sentences = [
        s
        for text in texts
        for s in re.split(r"(?<=[a-z`)]\.) (?=[A-Z])", text)
        if 7 <= len(s.split()) <= 35 and s.endswith(".") and s[0].isupper()
    ]
    unknown = [sentence for sentence in sentences if sentence not in around.evidence]
    return replace(around, foreign_names=foreign, foreign_sentences=unknown)


def _moved(statement: Statement, pick: int) -> Case | None:
    if statement.passage is None:
        return None
    words = set(plain(statement.text).lower().split())
    own = statement.evidence[statement.passage].document.id
    wrong = [
        number
        for number, chunk in enumerate(statement.evidence)
        # A neighbour of the same document may say it again, in other words.
        if chunk.document.id != own and len(words & set(plain(chunk.passage).lower().split())) < 0.6 * len(words)
    ]
    return Case(MOVED, statement, statement.text, wrong[pick % len(wrong)] + 1) if wrong else None


async def judged(cases: Sequence[Case], verifier: CitationVerifier) -> list[bool]:
    """Return whether each statement was flagged: corrected, for a moved citation; dropped, for everything else."""
    found = []
    for case in cases:
        marker = "" if case.marker is None else f" [{case.marker}]"
        body = case.text.rstrip()
        stop = body[-1] if body[-1:] in ".!?" else ""
        text = f"{body.removesuffix(stop)}{marker}{stop or '.'}"
        hits = tuple(Hit(chunk, 1.0) for chunk in case.statement.evidence)
        draft = await verifier.verify(Draft(Query("?", UNRESTRICTED), text, Origin.GENERATED, hits))
        if case.kind == MOVED and case.marker is not None:
            found.append(hits[case.marker - 1].chunk.id not in {citation.chunk for citation in draft.citations})
        else:
            found.append(not draft.citations)
    return found


def wilson(hits: int, n: int) -> tuple[float, float]:
    if not n:
        return 0.0, 1.0
    z, share = 1.96, hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    width = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, middle - width), min(1.0, middle + width)


def table(cases: Sequence[Case], flagged: Sequence[bool], *, heading: str) -> dict[str, dict[str, float]]:
    """Print a table by kind, and return it."""
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for case, flag in zip(cases, flagged, strict=True):
        by_kind[case.kind].append(flag)
        by_kind["all"].append(flag)
    print(f"\n| {heading} | share | 95 % | n |\n|---|---|---|---|")
    rows = {}
    for kind, flags in sorted(by_kind.items(), key=lambda each: (each[0] == "all", each[0])):
        low, high = wilson(sum(flags), len(flags))
        rows[kind] = {"share": sum(flags) / len(flags), "low": low, "high": high, "n": len(flags)}
        print(
            f"| {kind} | {100 * sum(flags) / len(flags):.1f} % | {100 * low:.1f} to {100 * high:.1f} | {len(flags)} |"
        )
    return rows


class Timed:
    """Asks a model, and remembers how long each reply took."""

    def __init__(self, model: TextModel) -> None:
        self._model = model
        self.seconds: list[float] = []

    async def complete(self, instructions: str, text: str, *, max_tokens: int) -> str:
        began = time.perf_counter()
        reply = await self._model.complete(instructions, text, max_tokens=max_tokens)
        self.seconds.append(time.perf_counter() - began)
        return reply


async def second_opinions(
    cases: Sequence[Case], verifier: CitationVerifier, asking: CitationVerifier, model: Timed, *, asked: int
) -> tuple[list[bool], list[bool]]:
    """Return whether statements about which the model is asked are flagged, without it and with it."""
    without: list[bool] = []
    with_model: list[bool] = []
    for case in sorted(cases, key=lambda each: order("asked", each.kind, each.statement.id)):
        if len(with_model) >= asked:
            break
        before = len(model.seconds)
        flagged = await judged([case], asking)
        if len(model.seconds) > before:
            with_model += flagged
            without += await judged([case], verifier)
    return without, with_model


async def report_on_model(name: str, false: Sequence[Case], true: Sequence[Case], place: Place, *, asked: int) -> None:
    """Print what the second opinion changes, on statements about which it is asked."""
    analyzer = TechnicalAnalyzer()
    async with AsyncExitStack() as stack:
        options = ChatOptions(timeout=300)
        model = Timed(await stack.enter_async_context(open_model(name, options, models_dir=place.data_dir)))
        embedder = await stack.enter_async_context(MiniLmEmbedder.open(MiniLmEmbedder.Options(), place))
        verifier = CitationVerifier(analyzer, embedder)
        asking = CitationVerifier(analyzer, embedder, second_opinion=SecondOpinion(model))
        print("\n| asked about | n | flagged without the model | with it |\n|---|---|---|---|")
        for kind, cases in (("false statements", false), ("true statements", true)):
            without, flagged = await second_opinions(cases, verifier, asking, model, asked=asked // 2)
            print(f"| {kind} | {len(flagged)} | {sum(without)} | {sum(flagged)} |", flush=True)
    if model.seconds:
        print(f"\n{median(model.seconds):.1f} seconds a reply (median)")


async def speed(verifier: CitationVerifier, true: Sequence[Case]) -> float:
    """Return the median milliseconds of processor time of verifying six sentences against six passages, the best of three."""
    written = [case for case in true if case.marker is not None]
    took = []
    for start in range(0, min(len(written), 240) - 6, 6):
        six = written[start : start + 6]
        hits = tuple(Hit(case.statement.evidence[(case.marker or 1) - 1], 1.0) for case in six)
        text = " ".join(f"{case.text.rstrip('.')} [{number}]." for number, case in enumerate(six, start=1))
        runs = []
        for _ in range(3):
            began = time.process_time()
            await verifier.verify(Draft(Query("?", UNRESTRICTED), text, Origin.GENERATED, hits))
            runs.append(1000 * (time.process_time() - began))
        took.append(min(runs))
    return median(took)


async def material(data: Path, *, half: str, count: int, seed: int) -> tuple[list[Case], list[Case]]:
    """Return the corruptions and the true statements."""
    shelves = {shelf.name: shelf for shelf in await open_shelves(data)}
    statements: list[Statement] = []
    for shelf in shelves.values():
        statements += await written_statements(shelf, half=half, seed=seed, each=_TRUE_OF_EACH_WORDING)
    rated, shelf = await statements_of_people(data, half=half)
    true = [Case(s.wording, s, s.text, None if s.passage is None else s.passage + 1) for s in (*statements, *rated)]
    pool = [*statements, *sorted(rated, key=lambda each: order(seed, each.id))[:60]]
    false = await corruptions(pool, {**shelves, shelf.name: shelf}, count=count, seed=seed)
    return false, true


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--half", choices=("tune", "held out"), default="held out")
    parser.add_argument("--corruptions", type=int, default=300)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--models", type=Path, default=Path("data"))
    parser.add_argument("--model", help="such as gguf:FILE")
    parser.add_argument("--asked", type=int, default=40)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    false, true = await material(chosen.data, half=chosen.half, count=chosen.corruptions, seed=chosen.seed)
    report: dict[str, object] = {"half": chosen.half, "seed": chosen.seed}
    async with AsyncExitStack() as stack:
        analyzer = TechnicalAnalyzer()
        place = Place(base_dir=chosen.models, data_dir=chosen.models, analyzer=analyzer)
        embedder = await stack.enter_async_context(MiniLmEmbedder.open(MiniLmEmbedder.Options(), place))
        for name, verifier in (
            ("words alone", CitationVerifier(analyzer, None)),
            ("words and vectors", CitationVerifier(analyzer, embedder)),
        ):
            print(f"\n## By {name}")
            report[name] = {
                "caught": table(false, await judged(false, verifier), heading="corruption, caught"),
                "flagged": table(true, await judged(true, verifier), heading="true statement, flagged"),
            }
    milliseconds = await speed(CitationVerifier(analyzer, None), true)
    print(f"\nSix sentences against six passages, without vectors: {milliseconds:.1f} ms of processor time (median)")
    report["milliseconds"] = milliseconds
    if chosen.model:
        await report_on_model(chosen.model, false, true, place, asked=chosen.asked)
    if chosen.json:
        await asyncio.to_thread(chosen.json.write_text, json.dumps(report, indent=1))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
