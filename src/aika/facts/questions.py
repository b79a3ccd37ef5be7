"""Questions for a recorded fact: which relation is asked for, and of what."""

import re
from dataclasses import dataclass

from aika.domain.facts import Relation, name_words
from aika.facts.forms import FORMS, VERBS
from aika.facts.labels import label_words, relation_of, singular


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for."""

    relation: Relation
    subject: str
    """As the question names it."""
    role: tuple[str, ...] = ()
    """The words of the role asked for, in the singular: ``tech``, ``lead``."""
    noun: str = ""
    """What the answer should be, where the question says: ``slack channel``, ``team``."""

    @property
    def wants_channel(self) -> bool:
        return bool(set(name_words(self.noun)) & {"channel", "slack", "chat", "room"})

    @property
    def wants_address(self) -> bool:
        return bool(set(map(singular, name_words(self.noun))) & {"mail", "email", "list", "address"})

    @property
    def wants_group(self) -> bool:
        return (
            bool(self.noun)
            and not self.wants_channel
            and not self.wants_address
            and self.noun not in ("person", "people")
        )


def asked_for(question: str) -> Asked | None:
    """Return what the question asks for, ``None`` where it asks for no recorded fact of a named thing.

    The whole question must have the form of one: *How do I become an owner of …* asks for something else.
    """
    text = _normalised(question)
    if not text or len(text) > _LONGEST:
        return None
    for pattern, relation in FORMS:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        asked = _asked(relation, found.groupdict())
        if asked is not None:
            return asked
    return None


def _asked(relation: Relation | None, parts: dict[str, str | None]) -> Asked | None:
    subject = _subject(parts.get("subject") or "")
    if not subject:
        return None
    noun = (parts.get("noun") or "").lower().strip()
    if verb := parts.get("verb"):
        done = VERBS.get(singular(verb.lower().replace("-", "")))
        return None if done is None else Asked(done[0], subject, done[1], noun)
    if role_text := parts.get("role"):
        return _of_role(role_text, subject, noun)
    return None if relation is None else Asked(relation, subject, (), noun)


def _of_role(text: str, subject: str, noun: str) -> Asked | None:
    words = tuple(_PLAIN.get(word, word) for word in label_words(text) if word not in _EMPTY)
    relation = relation_of(" ".join(words))
    if not words or relation is None:
        return None
    return Asked(relation, subject, words, noun or (" ".join(words) if relation is Relation.CONTACT else ""))


def _normalised(question: str) -> str:
    text = " ".join(question.translate(_TYPOGRAPHIC).split())
    while (shorter := _OPENING.sub("", text)) != text:
        text = shorter
    return _CLOSING.sub("", text).rstrip(" ?!.").strip()


def _subject(text: str) -> str:
    text = _SUBJECT_END.sub("", text.strip()).strip(" ,;:?!.")
    bare = text[4:] if text.lower().startswith("the ") else text
    quoted = _QUOTED.fullmatch(bare)
    if quoted is None and _VAGUE.match(text):
        return ""
    return bare


_LONGEST = 400
_PLAIN = {
    "technical": "tech",
    "chairperson": "chair",
    "chairman": "chair",
    "chairwoman": "chair",
    "cochair": "chair",
    "leader": "lead",
}
_EMPTY = frozenset({"the", "a", "an", "current", "currently", "official", "main", "right", "correct", "our", "all"})
_TYPOGRAPHIC = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\u00a0": " "})
_OPENING = re.compile(
    r"^(?:hi|hello|hey|please|ok|so|and|also|quick question|question|thanks|do you know|does (?:any|some)(?:one|body) know|"
    r"(?:can|could|would) (?:you|some(?:one|body)|any(?:one|body)) (?:please )?tell me|tell me|i(?:'d| would) like to know|"
    r"i (?:want|need) to know|i(?: a|')m wondering|find out|remind me)\b[ ,:!-]*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[ ,]*\b(?:please|thanks|thank you|now|nowadays|these days|at the moment|currently|today|again)\b[ .?!]*$",
    re.IGNORECASE,
)
_SUBJECT_END = re.compile(r"[ ,]*\b(?:please|now|currently|at the moment|these days)$", re.IGNORECASE)
# Something general or the asker's own is no thing with a name.
_VAGUE = re.compile(
    r"(?:an?|any|every|each|all|some|my|our|your|their|his|her|its|this|that|these|those|it|them|he|she|they|we|i|you|us|me|what|which|"
    r"who|how|when|where|why|if|whether|new|other|another|many|most|no)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"]+\"|`[^`]+`")
