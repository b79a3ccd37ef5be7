"""True statements over real documents: sentences as they are written, mechanical paraphrases of them, and sentences of answers
that three people each rated as faithful.

Every statement comes with six passages, among them the one that it is taken from and those that are nearest to it by words.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from paraphrasing import PARAPHRASES

from aika.answering.citations import statements
from aika.answering.display import inline
from aika.answering.sentences import UnitKind, passage_units
from aika.application.wiring import build_intake
from aika.domain.access import EVERYONE, UNRESTRICTED
from aika.domain.documents import Chunk, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.domain.identifiers import SourceId
from aika.domain.sources import Source
from aika.evaluation.beir import read_corpus
from aika.evaluation.collections import load_collection
from aika.evaluation.halves import half_of
from aika.evaluation.rated import read_rated
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.stores.index.memory import MemoryIndex

FOLDERS = ("govuk", "kubernetes-org", "squad2-articles-a", "raw/backstage/docs", "raw/govuk-company/govuk-rfcs")
RATED = "mtrag-human-rated"
EVIDENCE = 6
_SENTENCES_OF_A_DOCUMENT = 2
"""Of one wording."""
_FEWEST_WORDS, _MOST_WORDS = 7, 45
_FEWEST_OF_PEOPLE = 5
_OPENERS = frozenset(
    ("this", "these", "those", "that", "such", "he", "she", "they", "it", "his", "her", "their", "its")
)


@dataclass(frozen=True)
class Statement:
    """Something true, with what it is true of."""

    id: str
    wording: str
    """How it was made from what the passage says."""
    text: str
    evidence: tuple[Chunk, ...]
    passage: int | None
    """Which of the evidence says it; ``None`` where that is not known."""
    title: str = ""


@dataclass
class Shelf:
    """The documents of one collection, cut into passages."""

    name: str
    chunks: dict[str, Chunk] = field(default_factory=dict)
    index: MemoryIndex = field(default_factory=lambda: MemoryIndex(TechnicalAnalyzer(), 1))

    @property
    def titles(self) -> set[str]:
        return {chunk.document.title for chunk in self.chunks.values()}

    async def nearest(self, text: str, k: int) -> list[Chunk]:
        found = await self.index.search_text(text[:400], k=k, scope=UNRESTRICTED)
        return [self.chunks[candidate.chunk] for candidate in found]


async def open_shelf(name: str, documents: Sequence[RawDocument]) -> Shelf:
    shelf, intake = Shelf(name), build_intake()
    source = Source(id=SourceId(name.replace("/", "-")), connector="collection", readers=frozenset({EVERYONE}))
    for raw in documents:
        try:
            entry = intake.take(source, raw, version="1")[0]
        except UnreadableDocumentError:
            continue
        await shelf.index.replace(entry.document.id, entry.chunks, None)
        shelf.chunks.update({chunk.id: chunk for chunk in entry.chunks})
    return shelf


async def open_shelves(data: Path) -> list[Shelf]:
    found = []
    for name in FOLDERS:
        place = data / name
        documents = read_corpus(place if name.startswith("raw/") else place / "corpus.jsonl", with_attributes=False)[1]
        texts = [
            raw for raw in documents if name == "squad2-articles-a" or raw.path.endswith(".md") or "raw" not in name
        ]
        found.append(await open_shelf(name, texts))
    return found


def order(*parts: object) -> str:
    """Return what puts things in an order that nobody chose and that stays."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


async def written_statements(shelf: Shelf, *, half: str, seed: int, each: int) -> list[Statement]:
    """Return copied sentences and paraphrases, at most ``each`` of every wording."""
    found: list[Statement] = []
    taken: Counter[tuple[str, str]] = Counter()
    for chunk, sentence, before in sorted(_sentences(shelf, half), key=lambda one: order(seed, one[0].id, one[1])):
        title = chunk.document.title
        for wording, text in _wordings(sentence, before, title, key=order(seed, chunk.id, sentence)):
            if taken[wording, ""] >= each or taken[wording, chunk.document.id] >= _SENTENCES_OF_A_DOCUMENT:
                continue
            taken[wording, ""] += 1
            taken[wording, chunk.document.id] += 1
            evidence, passage = await _around(shelf, chunk, sentence, seed)
            name = order(seed, chunk.id, wording, text)[:12]
            found.append(Statement(name, wording, text, evidence, passage, title))
    return found


async def statements_of_people(data: Path, *, half: str) -> tuple[list[Statement], Shelf]:
    """Return the sentences of rated answers in which all raters found nothing unfaithful."""
    folder = data / RATED
    collection = load_collection(folder)
    shelf = await open_shelf(RATED, collection.documents)
    by_key: dict[str, list[Chunk]] = {}
    for chunk in shelf.chunks.values():
        by_key.setdefault(chunk.document.key, []).append(chunk)
    found = []
    for answer in read_rated(folder):
        votes = answer.votes["faithfulness"]
        if half_of(answer.topic) != half or min(votes) < 4:
            continue
        judged = [key for key, grade in collection.judgments.get(answer.topic, {}).items() if grade > 0]
        evidence = tuple(chunk for key in judged for chunk in by_key.get(key, ()))
        for each in statements(answer.text):
            if each.claims and len(each.text.split()) >= _FEWEST_OF_PEOPLE and evidence:
                name = order(answer.topic, answer.writer, each.text)[:12]
                kind = "people's" if answer.writer == "reference" else "models'"
                found.append(Statement(name, kind, each.text, evidence, None))
    return found, shelf


def _sentences(shelf: Shelf, half: str) -> Iterator[tuple[Chunk, str, str]]:
    for chunk in shelf.chunks.values():
        # Articles are cut into several rows: their title is what is split.
        name = chunk.document.title if shelf.name == "squad2-articles-a" else chunk.document.key
        if half_of(name) != half:
            continue
        before = ""
        for unit in passage_units(chunk):
            text = inline(chunk.text[unit.start : unit.end])
            if unit.kind is not UnitKind.SENTENCE:
                before = ""
                continue
            if _is_whole(text):
                yield chunk, text, before
            before = text


def _is_whole(text: str) -> bool:
    words = text.split()
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS or not text.endswith(".") or not text[:1].isupper():
        return False
    return "\n" not in text and text.count("(") == text.count(")") and ":" not in text[-2:] and "|" not in text


def _wordings(sentence: str, before: str, title: str, *, key: str) -> Iterator[tuple[str, str]]:
    if sentence.split(maxsplit=1)[0].lower() not in _OPENERS:
        yield "copied", sentence
    made = [
        (wording, text)
        for wording, paraphrase in PARAPHRASES.items()
        if (text := paraphrase(sentence, before, title)) is not None and text != sentence
    ]
    # The rare kinds first: nearly every sentence can be merged with its neighbour.
    if made:
        rare = [each for each in made if each[0] not in ("synonyms", "two sentences merged")]
        pool = rare or made
        yield pool[int(key[:8], 16) % len(pool)]


async def _around(shelf: Shelf, chunk: Chunk, sentence: str, seed: int) -> tuple[tuple[Chunk, ...], int]:
    near = await shelf.nearest(f"{chunk.document.title} {sentence}", 3 * EVIDENCE)
    others: list[Chunk] = []
    of_document: Mapping[str, int] = {}
    for other in near:
        same = of_document.get(other.document.id, 0)
        if other.id == chunk.id or same >= 2 or sentence in inline(other.text):
            continue
        of_document = {**of_document, other.document.id: same + 1}
        others.append(other)
    members = sorted([chunk, *others[: EVIDENCE - 1]], key=lambda each: order(seed, sentence, each.id))
    return tuple(members), members.index(chunk)
