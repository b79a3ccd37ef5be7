"""What the words that a collection teaches are worth: misspelled questions, and short forms in place of long ones.

Run as ``python benchmarks/company_words.py FOLDER... [--half tune|held-out] [--dir DIR]``, each folder a test collection. Of
each it prints nDCG@10 of the hybrid first stage without and with the lexicon

- on the questions as they are,
- with one slip in one word of five letters or more, chosen by a hash of the question's id,
- with the first name that has a hyphen written as two words, and as one,
- on headings and titles in which a short form was put in the place of what it stands for, or the other way about: to be
  found are the documents that have the heading. They are made from the documents, by the definitions in them.
"""

import argparse
import asyncio
import hashlib
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from aika.application.evaluation import open_retrieval_system
from aika.domain.access import UNRESTRICTED
from aika.domain.queries import Query
from aika.evaluation.collections import load_collection
from aika.evaluation.halves import half_of
from aika.evaluation.measures import compare, estimate, measure
from aika.evaluation.retrieval import RetrievalSystem, index_documents, parse_collection
from aika.protocols import Entry
from aika.retrieval.dense import DenseRanker
from aika.retrieval.hybrid import HybridRanker
from aika.retrieval.lexical import STOPWORDS, LexicalRanker
from aika.retrieval.lexicon.abbreviations import definitions
from aika.retrieval.lexicon.expanding import expanded
from aika.settings import load_settings

DEPTH = 1_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORD = re.compile(r"(?<![\w./_#@-])[A-Za-z]{5,}(?![\w/_-]|\.\w)")
NAME = re.compile(r"\b([a-z]+)-([a-z]+)\b")
LEAST_HEADING_WORDS = 3
FEW = 5


@dataclass(frozen=True)
class Trial:
    """Questions with the ids of what is to be found."""

    name: str
    questions: Mapping[str, str]
    judgments: Mapping[str, Mapping[str, int]]
    keys: Mapping[str, str]
    """What is judged, by document."""


def with_a_slip(topic: str, text: str) -> str | None:
    """Return the text with a letter left out, doubled, swapped or wrong; ``None`` where it has no word for that."""
    words = [m for m in WORD.finditer(text) if m[0].lower() not in STOPWORDS and (m[0].islower() or m[0].istitle())]
    if not words:
        return None
    chance = hashlib.sha256(f"typo:{topic}".encode()).digest()
    match = words[chance[0] % len(words)]
    return text[: match.start()] + _slipped(match[0], chance) + text[match.end() :]


def _slipped(word: str, chance: bytes) -> str:
    at = chance[2] % len(word)
    letter = LETTERS[chance[3] % len(LETTERS)]
    swap = min(at, len(word) - 2)
    if chance[1] % 4 == 1 and word[swap] != word[swap + 1]:
        return word[:swap] + word[swap + 1] + word[swap] + word[swap + 2 :]
    if chance[1] % 4 == 2 and letter != word[at].lower():
        return word[:at] + letter + word[at + 1 :]
    if chance[1] % 4 == 3:
        return word[:at] + letter + word[at:]
    return word[:at] + word[at + 1 :]


def swapped_headings(entries: Sequence[Entry]) -> Iterator[tuple[str, str, set[str]]]:
    """Yield kind, question and documents of headings in which one form can take the place of the other."""
    said: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        for short, long in set(definitions(entry.body.text, heading=entry.document.title)):
            said[short][long.lower()] += 1
    forms = [(short, min(longs, key=lambda long: (-longs[long], long))) for short, longs in sorted(said.items())]
    patterns = [(short, long, _whole(re.escape(short)), _whole(_spaced(long))) for short, long in forms]
    found: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        headings = {entry.document.title, *(chunk.heading_path[-1] for chunk in entry.chunks if chunk.heading_path)}
        for heading in sorted(headings):
            if sum(word.lower() not in STOPWORDS for word in heading.split()) < LEAST_HEADING_WORDS:
                continue
            for short, long, is_short, is_long in patterns:
                if is_short.search(heading) and not is_long.search(heading):
                    question = ("long for short", is_short.sub(lambda _, long=long: long, heading))
                elif is_long.search(heading) and not is_short.search(heading):
                    question = ("short for long", is_long.sub(lambda _, short=short: short, heading))
                else:
                    continue
                found.setdefault(question, set()).add(str(entry.document.id))
    for (kind, text), documents in found.items():
        yield kind, text, documents


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){pattern}(?![\w-])", re.IGNORECASE if "[" in pattern else 0)


def _spaced(long: str) -> str:
    return r"[\s-]+".join(re.escape(word) for word in long.split()) + "s?"


async def trials(folder: Path, system: RetrievalSystem, half: str | None) -> list[Trial]:
    collection = load_collection(folder)
    entries, _ = await parse_collection(collection, system.intake)
    await index_documents({entry.document.id: entry.chunks for entry in entries}, system)
    topics = {t.id: t.text for t in collection.judged_topics if half in (None, half_of(t.id))}
    keys = {str(entry.document.id): collection.judged_id(entry.document.key) for entry in entries}
    slips = {topic: slip for topic, text in topics.items() if (slip := with_a_slip(topic, text)) is not None}
    apart = {topic: text.replace(m[0], f"{m[1]} {m[2]}") for topic, text in topics.items() if (m := NAME.search(text))}
    as_one = {topic: text.replace(m[0], f"{m[1]}{m[2]}") for topic, text in topics.items() if (m := NAME.search(text))}
    made = [
        Trial("as asked", topics, collection.judgments, keys),
        Trial("one slip", slips, collection.judgments, keys),
        *(
            Trial(name, t, collection.judgments, keys)
            for name, t in (("apart", apart), ("as one", as_one))
            if len(t) >= FEW
        ),
    ]
    by_kind: defaultdict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for kind, text, documents in swapped_headings(entries):
        if half in (None, half_of(text)):
            by_kind[kind][text] = dict.fromkeys(documents, 1)
    same = {document: document for document in keys}
    made += [Trial(kind, {text: text for text in found}, found, same) for kind, found in sorted(by_kind.items())]
    return made


async def scores(trial: Trial, ranker: HybridRanker) -> list[float]:
    run: dict[str, list[str]] = {}
    for topic, text in trial.questions.items():
        ranking = await ranker.rank(Query(text, UNRESTRICTED), k=DEPTH)
        run[topic] = list(dict.fromkeys(trial.keys[str(candidate.document)] for candidate in ranking))[:100]
    found = measure(run, trial.judgments)["nDCG@10"]
    return [found[topic] for topic in trial.questions]


async def report(name: str, trial: Trial, ranker: HybridRanker) -> None:
    seconds: list[float] = []
    changed = 0
    for text in trial.questions.values():
        started = time.perf_counter()
        expansion = await expanded(ranker.expander, Query(text, UNRESTRICTED))
        seconds.append(time.perf_counter() - started)
        changed += bool(expansion.notes)
    without = await scores(trial, replace(ranker, expander=None))
    with_it = await scores(trial, ranker)
    before, after, paired = estimate(without), estimate(with_it), compare(with_it, without)
    print(
        f"| {name} | {trial.name} | {len(without)} | {changed} | {before.value:.3f} ({before.low:.3f}-{before.high:.3f}) "
        f"| {after.value:.3f} ({after.low:.3f}-{after.high:.3f}) | {paired.difference:+.4f} | {paired.p:.3f} "
        f"| {1000 * median(seconds):.1f} |",
        flush=True,
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--half", choices=("tune", "held-out"))
    parser.add_argument("--dir", type=Path, default=Path())
    arguments = parser.parse_args()
    half = arguments.half and arguments.half.replace("-", " ")
    print("| collection | questions | n | changed | nDCG@10 without | with | difference | p | ms, median |")
    print("|---|---|--:|--:|---|---|--:|--:|--:|")
    for folder in arguments.folders:
        async with open_retrieval_system(load_settings(arguments.dir)) as system:
            prepared = await trials(folder, system, half)
            rankers = (LexicalRanker(system.index), DenseRanker(system.index, system.embedder))
            ranker = HybridRanker(rankers, system.rewriter, system.options, expander=system.expander)
            for trial in prepared:
                await report(folder.resolve().name, trial, ranker)


if __name__ == "__main__":
    asyncio.run(main())
