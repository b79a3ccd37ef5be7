"""How exactly questions for owners, channels, people and standings are answered: all of them, and no other."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Abstention, Answer
from aika.domain.facts import name_key
from aika.domain.queries import Query
from aika.evaluation.collections import Topic
from aika.evaluation.halves import half_of
from aika.protocols import Answerer

Progress = Callable[[str, int, int], None]

_SIGNED = re.compile(r"(?<![\w/@#.])[@#][\w][\w./-]*\w|(?<![\w/@#.])[@#]\w")


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that was not answered exactly."""

    topic: str
    question: str
    expected: tuple[str, ...]
    lacking: tuple[str, ...]
    """What the answer should name and does not."""
    wrong: tuple[str, ...]
    """What it names and should not."""
    answer: str
    """Empty for an abstention."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    exact: int
    n: int

    @property
    def value(self) -> float:
        return self.exact / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class OwnersReport:
    """How many answers are exactly right."""

    collection: str
    all: Share
    halves: Mapping[str, Share]
    """``tune`` and ``held out``, split by a hash of the topics' ids."""
    sorts: Mapping[str, Share]
    """By the topics' ``type``."""
    milliseconds: float
    """The median of an answer."""
    misses: tuple[Miss, ...]


async def evaluate_owners(
    collection: str, topics: Sequence[Topic], answerer: Answerer, *, progress: Progress | None = None
) -> OwnersReport:
    """Ask every topic that has answers, and compare what the answers name."""
    asked = [topic for topic in topics if topic.answers and topic.answerable]
    vocabulary = _vocabulary(asked)
    misses: list[Miss] = []
    seconds: list[float] = []
    for number, topic in enumerate(asked, start=1):
        started = time.perf_counter()
        text = await _answer(topic, answerer)
        seconds.append(time.perf_counter() - started)
        miss = judge(topic, text, vocabulary.get(_sort(topic), ()))
        misses += [miss] if miss is not None else []
        if progress is not None:
            progress("asking", number, len(asked))
    missed = {miss.topic for miss in misses}
    return OwnersReport(
        collection=collection,
        all=_share(asked, missed),
        halves={
            name: _share([topic for topic in asked if half_of(topic.id) == name], missed)
            for name in ("tune", "held out")
        },
        sorts={
            sort: _share([topic for topic in asked if _sort(topic) == sort], missed)
            for sort in sorted({_sort(topic) for topic in asked})
        },
        milliseconds=1000 * median(seconds) if seconds else 0.0,
        misses=tuple(misses),
    )


def judge(topic: Topic, text: str, vocabulary: Sequence[str] = ()) -> Miss | None:
    """Return what is wrong with an answer, ``None`` where it names all that it should and nothing else of the kind.

    Expected answers that are spellings of one name (``Night Watch`` and ``night-watch``) are one: any of them will do. Wrong is
    whatever answers other topics of the same type (``vocabulary``), and every other channel where a channel is expected, every
    other handle where a handle is. What the question itself says is not counted.
    """
    expected = {name_key(answer) for answer in topic.answers}
    found = {name_key(answer) for answer in topic.answers if _names(text, answer)}
    lacking = tuple(answer for answer in topic.answers if name_key(answer) in expected - found)
    signs = {answer[0] for answer in topic.answers if answer[0] in "#@"}
    others = [*vocabulary, *(signed for signed in _SIGNED.findall(text) if signed[0] in signs)]
    rest = text
    for answer in sorted(topic.answers, key=len, reverse=True):
        rest = _pattern(answer).sub(" … ", rest)
    wrong = tuple(
        dict.fromkeys(
            other
            for other in others
            if name_key(other) not in expected and _names(rest, other) and not _names(topic.text, other)
        )
    )
    if not lacking and not wrong:
        return None
    return Miss(topic.id, topic.text, topic.answers, lacking, wrong, text)


async def _answer(topic: Topic, answerer: Answerer) -> str:
    outcome: Answer | Abstention | None = None
    async for event in answerer.answer(Query(topic.text, UNRESTRICTED, history=topic.history)):
        if isinstance(event, Answer | Abstention):
            outcome = event
    return outcome.text if isinstance(outcome, Answer) else ""


def _names(text: str, answer: str) -> bool:
    """Return whether the text has the answer as words of their own, whatever its case; a sign that it begins with must stand."""
    return _pattern(answer).search(text) is not None


def _pattern(answer: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in answer.split())
    return re.compile(rf"(?<![\w#@-])[@#]?{words}(?![\w-])", re.IGNORECASE)


def _vocabulary(topics: Sequence[Topic]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for topic in topics:
        found.setdefault(_sort(topic), {}).update(dict.fromkeys(topic.answers))
    return {sort: tuple(answers) for sort, answers in found.items()}


def _sort(topic: Topic) -> str:
    return str(topic.metadata.get("type") or "question")


def _share(topics: Sequence[Topic], missed: set[str]) -> Share:
    return Share(sum(topic.id not in missed for topic in topics), len(topics))
