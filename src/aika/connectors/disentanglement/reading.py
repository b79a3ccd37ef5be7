"""What the linking model sees of one message: who it speaks to, what it is about, and what kind of message it is."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD = re.compile(r"[a-z0-9][a-z0-9_.+/-]*[a-z0-9+]|[a-z0-9]")
_REFERENCE = re.compile(r"<@([A-Za-z0-9_]+)(?:\|[^>]*)?>|@([A-Za-z0-9_]+)")
_TOKEN = re.compile(r"[^\s,:;!?()\"']+")
_URL = re.compile(r"https?://\S+")
_QUESTION_WORDS = _set("what how why where when who which whose is are does do did can could would should has have any")
_ANSWER_WORDS = _set("yes yep yeah no nope nah ok okay right exactly true indeed sure ah oh hmm")
_THANKS = _set("thanks thank thx ty cheers thanx tnx")
_GREETINGS = _set("hi hello hey hiya greetings morning evening yo howdy")
_CONTINUATIONS = _set("and but so or then also because which it that this he they there")
_STOPWORDS = _set(
    """a an and are as at be but by can do does for from get got had has have he her his how i if im in into is it its just
    like me my no not of off on one or our out she so some that the their them then there they this to too up us was we were
    what when where which who why will with would yes you your u ok don't i'm it's ive"""
)
_SHORT_NAME = 3
"""Letters. A shorter name is believed only where the message begins with it, as names of two letters are also words."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message of a channel."""

    author: str
    """An id; the same for all messages of one person."""
    at: float
    """Seconds since 1970."""
    text: str
    """As written. References such as ``<@U123>`` name ids."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the model sees it."""

    author: str
    at: float
    addressed: str | None
    """Whom it speaks to: named at its beginning, or the only person it names."""
    named: frozenset[str]
    """Everyone it names, the one it speaks to included."""
    words: frozenset[str]
    """Lower case, without the frequent ones and without names."""
    form: str
    """``question``, ``answer``, ``thanks``, ``greeting``, ``more`` (goes on with a sentence) or ``plain``."""
    asks: bool
    length: int
    """In words."""
    has_link: bool


class Names:
    """Knows people by their ids and by every name they go by."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._ids: dict[str, str] = {}
        self._known = set(names)
        for person, called in names.items():
            for name in called:
                for spelled in _spellings(name):
                    self._ids.setdefault(spelled, person)

    def person(self, name: str) -> str | None:
        """Return the id of who goes by this name."""
        if name in self._known:
            return name
        lowered = name.lower()
        return self._ids.get(lowered) or self._ids.get(_bare(lowered))


def read(message: Utterance, names: Names) -> Reading:
    """Return the message as the model sees it."""
    text = message.text
    addressed, rest = _address(text, names)
    named = {addressed} if addressed else set()
    for reference in _REFERENCE.finditer(text):
        person = names.person(reference.group(1) or reference.group(2))
        named.add(person or reference.group(1) or "")
    spoken_of = {names.person(token) for token in _TOKEN.findall(rest) if len(_bare(token)) > _SHORT_NAME}
    named |= {person for person in spoken_of if person}
    named -= {"", message.author}
    if addressed == message.author:
        addressed = None
    if addressed is None and len(named) == 1:
        addressed = next(iter(named))
    said = _URL.sub(" ", rest).lower()
    tokens = _WORD.findall(said)
    return Reading(
        author=message.author,
        at=message.at,
        addressed=addressed,
        named=frozenset(named),
        words=frozenset(
            word for word in tokens if word not in _STOPWORDS and len(word) > 1 and names.person(word) is None
        ),
        form=_form(tokens, said),
        asks="?" in said or (bool(tokens) and tokens[0] in _QUESTION_WORDS),
        length=len(tokens),
        has_link=_URL.search(text) is not None,
    )


def _address(text: str, names: Names) -> tuple[str | None, str]:
    """Return whom the message begins by naming, and the text behind the name."""
    reference = re.match(r"\s*<@([A-Za-z0-9_]+)(?:\|[^>]*)?>[\s,:]*", text)
    if reference:
        return names.person(reference.group(1)) or reference.group(1), text[reference.end() :]
    first = re.match(r"\s*@?(\S+?)([:,;>]+\s*|\s+|$)", text)
    if first:
        person = names.person(first.group(1))
        marked = first.group(2).strip() != "" or text.lstrip().startswith("@")
        if person and (marked or len(_bare(first.group(1))) > _SHORT_NAME):
            return person, text[first.end() :]
    return None, text


def _form(tokens: list[str], said: str) -> str:
    if not tokens:
        return "plain"
    first = tokens[0]
    if "?" in said:
        return "question"
    if any(token in _THANKS for token in tokens[:4]):
        return "thanks"
    for form, opening in (
        ("greeting", _GREETINGS),
        ("answer", _ANSWER_WORDS),
        ("question", _QUESTION_WORDS),
        ("more", _CONTINUATIONS),
    ):
        if first in opening:
            return form
    return "plain"


def _spellings(name: str) -> Iterable[str]:
    lowered = name.strip().lower()
    if lowered:
        yield lowered
        yield _bare(lowered)


def _bare(name: str) -> str:
    """Return a name without the signs that people put around it: ``|trey|``, ``trey_``, ``trey^away``."""
    return name.strip("|_-^`[]{}\\~*.").lower() or name.lower()
