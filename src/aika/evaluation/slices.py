"""Which slices a topic belongs to: by source and kind of what answers it, by assistant, language and length."""

from collections.abc import Iterable, Mapping, Sequence

from aika.domain.documents import Document
from aika.evaluation.collections import Topic
from aika.evaluation.halves import half_of
from aika.evaluation.runs import TopicRow, length_slice

_SLICED_BY = ("assistant", "language", "slice", "type")
"""Fields of a topic's metadata that say how it is grouped."""
_FEWEST_WORDS = 2
_FEWEST_TOPICS = 5
"""That a slice must have to be shown: a mean of fewer says nothing."""
_FUNCTION_WORDS = {
    "English": "the of and to in is are was what which who how when where why does do can i for on with a an it my our",
    "German": "der die das und ist nicht wie was wer wo wann warum ein eine mit für auf zu den dem ich wir im von gibt",
    "French": "le la les de des du et est que qui quoi comment où quand pourquoi un une avec pour dans sur je nous il",
    "Spanish": "el la los las de del y es que quién qué cómo dónde cuándo por un una con para en se yo nosotros hay",
    "Italian": "il lo la gli le di del e è che chi cosa come dove quando perché un una con per in si io noi ci",
    "Portuguese": "o a os as de do da e é que quem como onde quando por um uma com para em se eu nós não há",
    "Dutch": "de het een en is niet wat wie waar wanneer waarom hoe met voor op van te in ik wij er zijn dat",
    "Swedish": "och är det att en ett som vem vad hur var när varför med för på av inte jag vi till den finns",
}
_WORDS = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_SCRIPTS = {
    "Greek": ("\u0370", "\u03ff"),
    "Cyrillic": ("\u0400", "\u04ff"),
    "Hebrew": ("\u0590", "\u05ff"),
    "Arabic": ("\u0600", "\u06ff"),
    "Devanagari": ("\u0900", "\u097f"),
    "Thai": ("\u0e00", "\u0e7f"),
    "Korean": ("\uac00", "\ud7af"),
    "Japanese": ("\u3040", "\u30ff"),
    "Chinese": ("\u4e00", "\u9fff"),
}
"""Where letters of a script tell a language, or narrow it down. Japanese before Chinese, whose characters it uses."""


def slices_of(topic: Topic, relevant: Iterable[Document] = ()) -> Mapping[str, tuple[str, ...]]:
    """Return the slices by dimension. ``relevant`` are the documents that answer the topic, where they are known."""
    documents = list(relevant)
    found: dict[str, tuple[str, ...]] = {
        "source": tuple(sorted({document.source for document in documents})),
        "kind": tuple(sorted({document.kind.value for document in documents})),
        "language": (language_of(topic.text),),
        "length": (length_slice(topic.text),),
        "answerable": ("yes" if topic.answerable else "no",),
        "half": (half_of(topic.id),),
    }
    for name in _SLICED_BY:
        value = topic.metadata.get(name)
        if isinstance(value, str) and value:
            found[name] = (value,)
    found |= {name: tuple(values) for name, values in topic.slices.items()}
    return {name: values for name, values in found.items() if values}


def language_of(text: str) -> str:
    """Return the language that a question seems to be in, by its script and its small words; ``unknown`` where too few tell."""
    letters = [character for character in text if character.isalpha()]
    for name, (first, last) in _SCRIPTS.items():
        if letters and sum(first <= letter <= last for letter in letters) > len(letters) / 4:
            return name
    words = text.lower().replace("?", " ").replace(",", " ").split()
    counts = {language: sum(word in known for word in words) for language, known in _WORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    tied = [language for language, count in counts.items() if count == counts[best]]
    if "English" in tied and all(ord(letter) < 128 for letter in letters):
        return "English"
    return best if len(tied) == 1 and counts[best] >= _FEWEST_WORDS else "unknown"


def sliced(rows: Sequence[TopicRow]) -> list[tuple[str, str, list[TopicRow]]]:
    """Return the slices that have topics enough, by dimension, the largest first. One that has all topics is left out."""
    found: list[tuple[str, str, list[TopicRow]]] = []
    for dimension in dict.fromkeys(name for row in rows for name in row.slices):
        by_name: dict[str, list[TopicRow]] = {}
        for row in rows:
            for name in row.slices.get(dimension, ()):
                by_name.setdefault(name, []).append(row)
        for name, members in sorted(by_name.items(), key=lambda each: (-len(each[1]), each[0])):
            if _FEWEST_TOPICS <= len(members) < len(rows):
                found.append((dimension, name, members))
    return found
