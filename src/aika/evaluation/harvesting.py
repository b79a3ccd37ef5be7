"""Topics from questions that people asked and whose answers they found helpful."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from aika.domain.answers import Answer, Origin
from aika.domain.identifiers import DocumentId
from aika.forms.collections import OriginForm, RelevantForm, TestTopicForm

WITHHELD = ("private", "do-not-share")
"""Tags of a rating that keep its question out of every collection."""
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\+?\d[\d ()/-]{7,}\d|(?<!\w)@\w+")


@dataclass(frozen=True, slots=True)
class Harvest:
    """What may become topics, and how much may not."""

    topics: tuple[TestTopicForm, ...]
    restricted: int
    """Answers left out because they cite what not everybody may read."""


def harvest(answers: Iterable[Answer], *, public: Collection[DocumentId], known: Sequence[str] = ()) -> Harvest:
    """Return a topic for each answer: its question, with the documents that it cites.

    Of a conversation nothing else is taken: neither what was said before, nor who asked. An answer that cites a document
    outside of the ``public`` ones is left out, because collections are files in a repository. Each question comes once, the
    newest first.
    """
    seen = {question.casefold() for question in known}
    topics: list[TestTopicForm] = []
    restricted = 0
    for answer in answers:
        if answer.origin is Origin.GENERAL or not answer.citations or answer.question.casefold() in seen:
            continue
        seen.add(answer.question.casefold())
        if any(citation.document.id not in public for citation in answer.citations):
            restricted += 1
            continue
        topics.append(
            TestTopicForm(
                question=answer.question,
                relevant=[RelevantForm(document=name, grade=2) for name in _cited(answer)],
                origin=OriginForm(made="harvested from an answer that helped", day=answer.created_at.date()),
            )
        )
    return Harvest(tuple(topics), restricted)


def personal(question: str) -> list[str]:
    """Return what in a question may name a person or reach one: addresses, numbers, handles. A look, no guarantee."""
    return [match.group() for match in _PERSONAL.finditer(question)]


def _cited(answer: Answer) -> Iterator[str]:
    names = (f"{citation.document.source}/{citation.document.key}" for citation in answer.citations)
    yield from dict.fromkeys(names)
