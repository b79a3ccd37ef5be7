"""Measures what the application answers: how often, with which facts, from which documents, and whether it knows when to stop.

    python benchmarks/answer_quality.py [--dir examples] [--show] [--only q009,q050]
    python benchmarks/answer_quality.py --data FOLDER --sample 100

The first asks the questions of ``DIR/collection`` to the synced folder ``DIR``. The second builds a workspace from a test
collection's ``corpus.jsonl`` first and asks questions whose ``answers`` are known. Everything runs through `open_aika`.

Measures, with 95 % bootstrap intervals over questions:

answered            of the answerable questions, the share that got an answer
nugget recall       of the facts that a good answer has, the share that the answer's text and notes state. A nugget counts when
                    every number and identifier of it occurs, and three quarters of its other terms, stemmed and without
                    stop words; number words are numbers. A nugget that says that documents contradict each other counts
                    where a note says so. An abstention states nothing.
citation precision  of the citations, the share whose document is judged relevant
first citation      of the answers, the share whose first citation's document is judged relevant
abstained           of the unanswerable questions, the share that got no answer
gold answer         where ``answers`` are known: the share of answers that hold one of them, after SQuAD's normalization
words               the median length of the answers

The questions are split in halves by a hash of their ids: what is tuned looks at the half ``tune`` only.
"""

import argparse
import asyncio
import hashlib
import json
import re
import string
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.assistants.conversing import Question
from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer
from aika.domain.identifiers import PrincipalId, SourceId
from aika.protocols import Analyzer
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.settings import load_settings

TERMS_NEEDED = 0.75
NUMBERS_IN_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty
"""
NUMBER_WORDS = NUMBERS_IN_WORDS.split()
WORDS_TO_IGNORE = """
a according after an and are at be by for from in into is it its most not of on only or so than that the then there to until
up was were with without
"""
STOP_WORDS = frozenset(WORDS_TO_IGNORE.split())


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what is known about it."""

    id: str
    text: str
    answerable: bool
    slice: str
    nuggets: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    relevant: frozenset[str] = frozenset()
    """Keys of the documents judged relevant. Empty: citations are not judged."""
    readers: str = ""

    @property
    def half(self) -> str:
        return "tune" if hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0 else "report"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question."""

    asked: Asked
    result: Answer | Abstention
    milliseconds: float
    values: Mapping[str, float]
    """Measures that apply to this question."""


def measured(asked: Asked, result: Answer | Abstention, analyzer: Analyzer) -> dict[str, float]:
    """Return the measures that apply."""
    if not asked.answerable:
        return {"abstained": float(isinstance(result, Abstention))}
    values = {"answered": float(isinstance(result, Answer))}
    if asked.nuggets:
        values["nugget recall"] = sum(states(result, nugget, analyzer) for nugget in asked.nuggets) / len(asked.nuggets)
    if asked.answers:
        values["gold answer"] = float(isinstance(result, Answer) and _holds(result.text, asked.answers))
    if isinstance(result, Answer):
        values["words"] = len(result.text.split())
        if asked.relevant:
            hits = [citation.document.key in asked.relevant for citation in result.citations]
            values["citation precision"] = sum(hits) / len(hits)
            values["first citation"] = float(hits[0])
    return values


def states(result: Answer | Abstention, nugget: str, analyzer: Analyzer) -> bool:
    """Return whether the answer states the nugget, as the module says."""
    if isinstance(result, Abstention):
        return False
    notes = " ".join(result.notes)
    if re.search(r"\bcontradict", nugget):
        return bool(re.search(r"\bdisagree|\bdifferent\b|\bcontradict", notes + result.text))
    titles = " ".join(f"{citation.document.title} {citation.document.key}" for citation in result.citations)
    shown = _terms(f"{result.text}\n{notes}\n{titles}", analyzer)
    wanted = _terms(nugget, analyzer)
    exact = {term for term in wanted if any(character.isdigit() for character in term)}
    others = wanted - exact
    return exact <= shown and (not others or len(others & shown) >= TERMS_NEEDED * len(others))


def _terms(text: str, analyzer: Analyzer) -> set[str]:
    text = re.sub(r"(?<=\d)[,\u00a0\u202f ](?=\d{3}(?!\d))", "", text.lower())
    found: set[str] = set()
    for word in re.findall(r"\d+(?:[.:]\d+)*|[^\W\d_]+", text):
        if word in NUMBER_WORDS:
            found.add(str(NUMBER_WORDS.index(word)))
        elif word not in STOP_WORDS:
            found.update([word] if word[0].isdigit() else analyzer.terms(word))
    return found


def _holds(text: str, answers: Sequence[str]) -> bool:
    return any(_squad(answer) in _squad(text) for answer in answers)


def _squad(text: str) -> str:
    """Normalize as the SQuAD evaluation does: no case, punctuation, articles."""
    bare = "".join(" " if character in string.punctuation else character for character in text.lower())
    without_articles = re.sub(r"\b(a|an|the)\b", " ", bare).split()
    return f" {' '.join(without_articles)} "


async def ask(aika: Aika, asked: Asked, analyzer: Analyzer) -> Outcome:
    """Put the question as its reader would."""
    groups = [PrincipalId(f"group:{asked.readers.rpartition(' ')[2]}")] if asked.readers else []
    question = Question(asked.text, Scope.of(groups), owner=PrincipalId("benchmark"), keep=False)
    started = time.perf_counter()
    conversation = await aika.conversing.begin(question)
    last = None
    async for event in aika.conversing.ask(conversation, question):
        last = event
    spent = 1_000 * (time.perf_counter() - started)
    assert isinstance(last, Answer | Abstention)
    return Outcome(asked, last, spent, measured(asked, last, analyzer))


def read_questions(folder: Path, sample: int | None) -> list[Asked]:
    relevant: dict[str, set[str]] = {}
    qrels = folder / "qrels.tsv"
    for line in qrels.read_text(encoding="utf-8").splitlines()[1:] if qrels.is_file() else ():
        topic, document, grade = line.split("\t")
        if int(grade) > 0:
            relevant.setdefault(topic, set()).add(document)
    found = [
        _asked(json.loads(line), relevant)
        for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    if sample is not None:
        found.sort(key=lambda one: hashlib.sha256(f"sample {one.id}".encode()).hexdigest())
        found = [
            *[one for one in found if one.answerable][:sample],
            *[one for one in found if not one.answerable][: sample // 2],
        ]
    return found


def _asked(row: Mapping[str, object], relevant: Mapping[str, set[str]]) -> Asked:
    about = row.get("metadata") or {}
    return Asked(
        id=row["id"],
        text=row["text"],
        answerable=bool(row.get("answerable", about.get("answerable", True))),
        slice=about.get("slice") or about.get("type") or "all",
        nuggets=tuple(about.get("nuggets") or ()),
        answers=tuple(row.get("answers") or ()),
        relevant=frozenset(relevant.get(row["id"], ())) if about.get("slice") else frozenset(),
        readers=about.get("readers") or "",
    )


def workspace(data: Path, folder: Path) -> Path:
    """Write the corpus as Markdown files with a source that reads them, and return the folder."""
    for line in (data / "corpus.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        name = re.sub(r"[^\w.-]+", "_", row["id"])
        target = folder / "documents" / f"{name}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        text = f"# {row['title']}\n\n{row['text']}\n" if row.get("title") else row["text"]
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "sources" / "corpus.yaml").write_text(
        "connector: filesystem\nreaders: [everyone]\noptions:\n  path: documents\n", encoding="utf-8"
    )
    (folder / "aika.toml").touch()
    return folder


async def run(folder: Path, questions: Sequence[Asked], *, sync: bool) -> list[Outcome]:
    analyzer = TechnicalAnalyzer()
    outcomes = []
    async with open_aika(load_settings(folder)) as aika:
        if sync:
            for source in aika.sources:
                await aika.sync(SourceId(source))
                print(f"synced {source}", file=sys.stderr, flush=True)
        await aika.generations.catch_up()
        for number, asked in enumerate(questions, start=1):
            outcomes.append(await ask(aika, asked, analyzer))
            if number % 25 == 0 or number == len(questions):
                print(f"{number}/{len(questions)} questions", file=sys.stderr, flush=True)
    return outcomes


def interval(values: Sequence[float], of: Callable[[np.ndarray], float]) -> str:
    random = np.random.default_rng(7)
    array = np.array(values)
    samples = [of(array[random.integers(0, len(array), len(array))]) for _ in range(1_000)]
    return f"{of(array):.2f} [{np.quantile(samples, 0.025):.2f}, {np.quantile(samples, 0.975):.2f}]"


def table(outcomes: Sequence[Outcome]) -> None:
    """Print each measure for the halves, for all, and for each slice."""
    groups: dict[str, list[Outcome]] = {"tune": [], "report": [], "all": list(outcomes)}
    for outcome in outcomes:
        groups[outcome.asked.half].append(outcome)
    for outcome in sorted(outcomes, key=lambda one: one.asked.slice):
        groups.setdefault(f"  {outcome.asked.slice}", []).append(outcome)
    for name in dict.fromkeys(name for outcome in outcomes for name in outcome.values):
        if name == "words":
            continue
        print(f"\n{name}")
        for group, members in groups.items():
            values = [one.values[name] for one in members if name in one.values]
            if values:
                print(f"  {group:<16} n={len(values):<4} {interval(values, lambda array: float(array.mean()))}")
    words = [outcome.values["words"] for outcome in outcomes if "words" in outcome.values]
    fitting = sum(20 <= each <= 120 for each in words)
    print(f"\nwords in an answer: median {median(words):.0f}, {fitting} of {len(words)} from 20 to 120")
    print(f"milliseconds a question: median {median(outcome.milliseconds for outcome in outcomes):.0f}")


def show(outcome: Outcome, analyzer: Analyzer) -> None:
    asked, result = outcome.asked, outcome.result
    print(f"\n{'=' * 100}\n{asked.id} [{asked.half}, {asked.slice}] {asked.text}")
    kind = "ANSWER" if isinstance(result, Answer) else f"ABSTENTION ({result.reason})"
    print(f"--- {kind}, confidence {result.confidence.value:.2f}\n{result.text}")
    for note in result.notes:
        print(f"note: {note}")
    if isinstance(result, Answer):
        for citation in result.citations:
            mark = "+" if citation.document.key in asked.relevant else "-"
            print(f"{mark} [{citation.marker}] {citation.document.key} {' › '.join(citation.heading_path)}")
    for nugget in asked.nuggets:
        print(f"{'has  ' if states(result, nugget, analyzer) else 'LACKS'} {nugget}")


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--dir", type=Path, default=Path("examples"), help="a synced folder with a collection")
    options.add_argument("--data", type=Path, help="a test collection with corpus.jsonl, instead of --dir")
    options.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "aika-answer-quality")
    options.add_argument("--sample", type=int, help="how many answerable questions")
    options.add_argument("--only", default="", help="ids, separated by commas")
    options.add_argument("--half", choices=("tune", "report"))
    options.add_argument("--show", action="store_true", help="print the answers")
    chosen = options.parse_args()
    folder = chosen.dir if chosen.data is None else workspace(chosen.data, chosen.work / chosen.data.name)
    questions = read_questions(chosen.data or folder / "collection", chosen.sample)
    only = set(filter(None, chosen.only.split(",")))
    questions = [one for one in questions if (not only or one.id in only) and chosen.half in (None, one.half)]
    outcomes = await run(folder, questions, sync=chosen.data is not None)
    if chosen.show:
        for outcome in outcomes:
            show(outcome, TechnicalAnalyzer())
    table(outcomes)


if __name__ == "__main__":
    asyncio.run(main())
