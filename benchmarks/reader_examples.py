"""The questions and passages that `train_reader` trains on, and how each data set is read.

Nothing of the development set of SQuAD 2.0 is trained on but the tuning half of the collection named on the command line: a
passage that shares twelve words in a row with a forbidden text is left out.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aika.evaluation.halves import half_of

KEPT_APART = frozenset({"Construction", "Huguenot", "Packet_switching"})
"""Articles of the collection that are never trained on: what is fitted on the reader's judgments is fitted on these."""
SHINGLE = 12
"""Words in a row that two texts share only where one was taken from the other."""
_CLOSING = ". , ; : ? ! ) ] % 's 'S n't 're 've 'll 'd 'm ''"
_OPENING = "( [ $ £ # ``"
NO_SPACE_BEFORE = frozenset(_CLOSING.split())
NO_SPACE_AFTER = frozenset(_OPENING.split())
SPELLED = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "``": '"', "''": '"', "--": "-"}
PARAGRAPH = re.compile(r'<div class="para-wrap">.*?<pre>(.*?)</pre>(.*?)(?=<div class="para-wrap">|$)', re.DOTALL)
QUESTION = re.compile(r'<strong class="question">(.*?)</strong>(.*?)(?=<strong class="question">|$)', re.DOTALL)
ANSWER = re.compile(r'<span class="answer">(.*?)</span>', re.DOTALL)
SENTENCES_TOGETHER = 2
"""Single sentences of a document that are read as one passage."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question with a passage, and where in the passage its answer is."""

    question: str
    passage: str
    start: int
    end: int
    """Character offsets; both -1 where the passage does not answer."""
    group: str
    """The article that the passage is from."""
    origin: str

    @property
    def answered(self) -> bool:
        return self.start >= 0


class Forbidden:
    """Texts that nothing may be trained on."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._shingles = {shingle for text in texts for shingle in _shingles(text)}

    def holds(self, passage: str) -> bool:
        return any(shingle in self._shingles for shingle in _shingles(passage))


def read_collection(folder: Path, *, half: str) -> list[Example]:
    """Read the half of a collection whose questions name the paragraph that they are about."""
    texts = {row["id"]: row["text"] for row in _rows(folder / "corpus.jsonl")}
    examples = []
    for row in _rows(folder / "queries.jsonl"):
        if half_of(row["id"]) != half:
            continue
        passage, group = texts[row["metadata"]["paragraph_doc"]], row["metadata"]["article"]
        if not row["answerable"]:
            examples.append(Example(row["text"], passage, -1, -1, group, "collection"))
        elif (span := _span(passage, row["answers"])) is not None:
            examples.append(Example(row["text"], passage, *span, group, "collection"))
    return examples


def read_explorer(folder: Path) -> list[Example]:
    """Read the pages of SQuAD's explorer. Questions without an answer are left out."""
    examples = []
    for page in sorted(folder.glob("*.html")):
        for passage, questions in _paragraphs(page):
            for question, answers in questions:
                if (span := _span(passage, answers)) is not None:
                    examples.append(Example(question, passage, *span, page.stem, "explorer"))
    return examples


def explorer_texts(folder: Path) -> list[str]:
    """Return the paragraphs of the pages."""
    return [passage for page in sorted(folder.glob("*.html")) for passage, _ in _paragraphs(page)]


def read_qamr(folder: Path) -> list[Example]:
    """Read QAMR's questions about Wikipedia and Wikinews: a passage is some sentences of one document, in order."""
    sentences: dict[str, list[str]] = {}
    for line in (folder / "wiki-sentences.tsv").read_text(encoding="utf-8").splitlines():
        name, _, sentence = line.partition("\t")
        sentences[name] = sentence.split()
    documents: dict[str, list[str]] = {}
    for name in sorted(sentences, key=_place):
        documents.setdefault(name.rsplit(":", 2)[0], []).append(name)
    examples, seen = [], set()
    for part in ("dev.tsv", "test.tsv"):
        for line in (folder / part).read_text(encoding="utf-8").splitlines():
            columns = line.split("\t")
            name, question = columns[0], columns[5]
            if name not in sentences or (name, question.lower()) in seen or not columns[6]:
                continue
            seen.add((name, question.lower()))
            if not _agreed(columns[6:9]):
                continue
            together = _neighbours(documents[name.rsplit(":", 2)[0]], name)
            answer = sorted(int(number) for number in columns[6].split())
            example = _composed(question, together, name, sentences, answer)
            if example is not None:
                examples.append(example)
    return examples


def read_qed(path: Path) -> list[Example]:
    """Read QED's selection of Natural Questions."""
    examples = []
    for row in _rows(path):
        tokens, starts = [], []
        for match in re.finditer(r"\S+", row["paragraph_text"]):
            tokens.append(match.group())
            starts.append(match.start())
        passage, offsets = joined(tokens)
        answer = row["original_nq_answers"][0][0]
        inside = [n for n, start in enumerate(starts) if answer["start"] <= start < answer["end"]]
        if inside:
            start, end = offsets[inside[0]][0], offsets[inside[-1]][1]
            group = row["title_text"].replace(" ", "_")
            examples.append(Example(row["question_text"], passage, start, end, group, "qed"))
    return examples


def joined(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return tokens as prose has them, and where each is."""
    text, offsets, glued, quoted = "", [], True, False
    for part in tokens:
        closing = part == "''" or (part == '"' and quoted)
        if part in {"``", "''", '"'}:
            quoted = not quoted
        if not glued and part not in NO_SPACE_BEFORE and not closing:
            text += " "
        spelled = SPELLED.get(part, part)
        offsets.append((len(text), len(text) + len(spelled)))
        text += spelled
        glued = part in NO_SPACE_AFTER or part == "-LRB-" or (part == '"' and not closing)
    return text, offsets


def _composed(
    question: str, together: Sequence[str], name: str, sentences: dict[str, list[str]], answer: Sequence[int]
) -> Example | None:
    if answer[-1] - answer[0] + 1 != len(answer) or answer[-1] >= len(sentences[name]):
        return None
    passage, span = "", (-1, -1)
    for part in together:
        text, offsets = joined(sentences[part])
        passage += " " if passage else ""
        if part == name:
            span = (len(passage) + offsets[answer[0]][0], len(passage) + offsets[answer[-1]][1])
        passage += text
    return Example(question, passage, *span, name.rsplit(":", 2)[0], "qamr")


def _agreed(judgments: Sequence[str]) -> bool:
    """Whether the writer's answer and a validator's share a token, for each validator."""
    answers = [set(judgment.rpartition(":")[2].split()) for judgment in judgments]
    return all(answers[0] & other for other in answers[1:])


def _neighbours(names: Sequence[str], name: str) -> Sequence[str]:
    at = names.index(name)
    first = max(0, min(at - at % SENTENCES_TOGETHER, len(names) - SENTENCES_TOGETHER))
    return names[first : first + SENTENCES_TOGETHER]


def _place(name: str) -> tuple[str, int, int]:
    document, paragraph, sentence = name.rsplit(":", 2)
    return document, int(paragraph), int(sentence)


def _paragraphs(page: Path) -> Iterator[tuple[str, list[tuple[str, list[str]]]]]:
    for text, rest in PARAGRAPH.findall(page.read_text(encoding="utf-8")):
        questions = [
            (html.unescape(question), [html.unescape(answer) for answer in ANSWER.findall(answers)])
            for question, answers in QUESTION.findall(rest)
        ]
        yield html.unescape(text), questions


def _span(passage: str, answers: Sequence[str]) -> tuple[int, int] | None:
    for answer in answers:
        if answer and (start := passage.find(answer)) >= 0:
            return start, start + len(answer)
    return None


def _shingles(text: str) -> Iterator[int]:
    words = re.findall(r"\w+", text.lower())
    for start in range(len(words) - SHINGLE + 1):
        yield hash(tuple(words[start : start + SHINGLE]))


def _rows(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]  # rows of foreign files, read field by field
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
