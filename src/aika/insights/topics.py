"""What people ask about: questions that belong together, named by words that enough of them used."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aika.domain.access import UNRESTRICTED
from aika.domain.findings import BrokenQuestion, Cause
from aika.domain.insights import WordedQuestion
from aika.health.gaps import GapFinder
from aika.protocols import Analyzer

MOST_QUESTIONS = 1_000
"""The newest that are looked at."""
_NAMING_WORDS = 4


@dataclass(frozen=True, slots=True)
class AskedTopic:
    """Questions that belong together."""

    name: str
    """A question that at least ``k`` people asked in these words, or words that so many of them used."""
    people: int
    questions: int


async def asked_topics(
    questions: Sequence[WordedQuestion], finder: GapFinder, analyzer: Analyzer, *, k: int
) -> list[AskedTopic]:
    """Return what at least ``k`` people asked about, what most people asked first. Nobody's own words are among the names."""
    newest = list(questions)[-MOST_QUESTIONS:]
    # Clusters are found as those of unanswered questions are; nothing is kept of these.
    stand_ins = [BrokenQuestion(one.text, one.asked_at, Cause.UNANSWERED, one.asker, UNRESTRICTED) for one in newest]
    found: list[AskedTopic] = []
    for cluster in await finder.clusters(stand_ins):
        members = [newest[place] for place in cluster.members]
        people = len({member.asker for member in members})
        name = _name(members, analyzer, k) if people >= k else None
        if name is not None:
            # In steps, so that a request before and after somebody asked does not tell of it.
            found.append(AskedTopic(name, people - people % k, len(members) - len(members) % k))
    return sorted(found, key=lambda topic: (-topic.people, -topic.questions, topic.name))


def _name(members: Sequence[WordedQuestion], analyzer: Analyzer, k: int) -> str | None:
    texts: dict[str, set[str]] = defaultdict(set)
    as_written: dict[str, str] = {}
    for member in members:
        text = " ".join(member.text.split())
        texts[text.rstrip("?!. ").lower()].add(member.asker)
        as_written.setdefault(text.rstrip("?!. ").lower(), text)
    most, askers = max(texts.items(), key=lambda item: (len(item[1]), item[0]))
    if len(askers) >= k:
        return as_written[most]
    shared = _shared_words(members, analyzer)
    words = [word for word, people in shared.items() if people >= k][:_NAMING_WORDS]
    return ", ".join(words) or None


def _shared_words(members: Sequence[WordedQuestion], analyzer: Analyzer) -> Mapping[str, int]:
    """Return the words by how many people used them in any form, the most used first."""
    people: dict[str, set[str]] = defaultdict(set)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for member in members:
        for word in member.text.split():
            bare = word.strip(".,;:?!()[]\"'\u2019\u201c\u201d").lower()
            for term in analyzer.terms(bare)[:1]:
                people[term].add(member.asker)
                forms[term][bare] += 1
    ranked = sorted(people, key=lambda term: (-len(people[term]), term))
    return {max(forms[term], key=lambda form: (forms[term][form], form)): len(people[term]) for term in ranked}
