"""Questions that a document's title and headings answer, as a colleague would put them. No language model is asked.

What cannot be put as one would say it is not put at all: a stiff question is worse than one fewer.
"""

import re
from collections.abc import Collection

from aika.assistants.question_words import (
    DETERMINERS,
    GENERIC,
    NO_NAMES_BEGIN,
    NOUNS_TOO,
    OF_COMPOUNDS,
    PLURAL_HEADS,
    POINTING,
    PROCESSES,
    RELATIONS,
    SINGULAR_HEADS,
    SMALL,
    STATING,
    UNCOUNTED,
    VERBS,
)
from aika.domain.documents import Kind

_MOST_CHARS = 90
"""Longer ones are sentences of a document's, not questions of a person's."""
_FEWEST_WORDS = 2
_MOST_NAMED = 4
"""Words of a title that a question may end with."""
_TELLING = 2
"""Words by which a question stands alone."""
_NUMBERED = re.compile(
    r"^(?:(?:adr|rfc|kep|bep|rfd|step)[\s-]*)?#?\d[\d.]*\s*[:.)\-–—]\s*|^(?:adr|rfc)?[-\s]*\d{3,}\s+", re.IGNORECASE
)
_ASKS = re.compile(r"^(?:how|what|when|where|which|who|why|can|do|does|is|are|may|should)\b", re.IGNORECASE)
_HOW_IT_WORKS = re.compile(r"^how (.+?) (work|works)$", re.IGNORECASE)
_WHAT_WE_DO = re.compile(r"^((?:how(?: \w+)?|when|where|why|what|which \w+)) we (\w+)(.*)$", re.IGNORECASE)
_WHAT_TO_DO = re.compile(r"^(how|when|where|what|who(?:m)?|which \w+) to (\w+)(.*)$", re.IGNORECASE)
_IS = re.compile(r"^(.+?) (is|are) (.+)$", re.IGNORECASE)
_PLAIN = re.compile(r"[`*_]+|\[([^\]]*)\]\([^)]*\)")
_FILE = re.compile(r"\.\w{1,5}$|^\S+[-_/]\S+$")
_OF_THE_READER = re.compile(r"\byou(?:r|rs|rself)?\b", re.IGNORECASE)
_UNSAID = re.compile(r"[{}/<>=()\[\]|;“”\"]")
"""Of paths, signatures and lists: nobody says them."""


def question_of(title: str, kind: Kind, words: Collection[str], *, settled: bool = True) -> str | None:
    """Return the question that a whole document answers, ``None`` where its title does not tell one.

    ``words`` are those of the language, to tell a verb's form and a name's case by. ``settled`` says of a decision that it
    was taken: of one that is only proposed nobody asks why it was.
    """
    text = _bare(title)
    if kind is Kind.CATALOG:
        return _checked(f"Who owns {text}?") if text and not _FILE.search(text.partition(" ")[0]) else None
    if not text or _is_generic(text) or _UNSAID.search(text) or (_FILE.search(text) and " " not in text):
        return None
    if kind is Kind.DECISION:
        return _checked(_decided(text, words, settled=settled))
    if kind is Kind.RUNBOOK and ": " in text:
        return _checked(_symptom(*text.split(": ", 1)))
    return _checked(_asked(text, words) or _head_of(text, words, of=None))


def question_within(title: str, heading: str, words: Collection[str], *, known: bool) -> str | None:
    """Return the question that a part of a document answers, ``None`` where its heading does not tell one.

    ``known`` says that the conversation is about the document: then what its heading leaves out is understood.
    """
    text, name = _bare(heading), _bare(title)
    if not _is_sayable(text) or POINTING & _said(text) or _said(text) <= _said(name):
        return None
    asked = _asked(text, words)
    if asked is not None:
        return _checked(asked) if known or _stands_alone(asked) else None
    if known or _shared(text, name):
        return _checked(_head_of(text, words, of=None))
    if not _is_name(name) or name.split()[-1].lower() in PLURAL_HEADS or ":" in name or _asked(name, words) is not None:
        return None  # "the opening hours for deploying to production" is what nobody says
    return _checked(_head_of(text, words, of=_in_sentence(name, words)))


def question_defining(title: str, opening: str, words: Collection[str]) -> str | None:
    """Return what somebody asks who meets a name for the first time, where a document begins by saying what it is."""
    name = _bare(title)
    if not _is_name(name):
        return None
    found = re.match(
        rf"(the |an? )?{re.escape(name)} (is|are) (?:an?|the|our|one|where|how) ", _plain(opening), re.IGNORECASE
    )
    if found is None:
        return None
    article = (found[1] or "").lower()
    return _checked(f"What {found[2].lower()} {article}{_in_sentence(name, words)}?")


def as_asked(text: str) -> str | None:
    """Return a question of somebody's as it can be shown to others, ``None`` for what only its asker would put like this."""
    said = " ".join(text.split()).rstrip(" ?!.")
    if not _ASKS.match(said) or _UNSAID.search(said) or "?" in said or len(said.split()) <= _FEWEST_WORDS:
        return None
    return _checked(f"{said[0].upper()}{said[1:]}?")


def _asked(text: str, words: Collection[str]) -> str | None:
    """Return a heading as a question, where it is one or says how to do something."""
    if text.endswith("?"):
        return text if _ASKS.match(text) and len(text.split()) > _FEWEST_WORDS + 1 else None
    if _ASKS.match(text):
        return _turned(text)
    first, _, rest = text.partition(" ")
    if not rest:
        return None
    if first.lower() == "access" and rest.lower().startswith("to "):
        return _mine(f"How do I get access {rest}?")
    base = _base(first.lower(), words)
    if base is not None and (len(text.split()) > _FEWEST_WORDS or first.lower() not in OF_COMPOUNDS):
        return _mine(f"How do I {base} {_small_words(rest)}?")
    return _mine(f"How do I {first.lower()} {_small_words(rest)}?") if _is_imperative(first.lower(), rest) else None


def _turned(text: str) -> str | None:
    """Return what begins like a question, and is none, in a question's order: *How long we keep data*, *When to travel*."""
    if found := _HOW_IT_WORKS.match(text):
        if POINTING & _said(found[1]) or found[1].lower().endswith((" will", " should", " to")):
            return None
        return f"How {'does' if found[2].lower() == 'works' else 'do'} {found[1]} work?"
    if (found := _WHAT_WE_DO.match(text)) and found[2].lower() in VERBS | STATING:
        return f"{found[1].capitalize()} do we {found[2].lower()}{found[3]}?"
    if found := _WHAT_TO_DO.match(text):
        mine = found[1].lower() in {"how", "where", "who", "whom"} or found[2].lower() == "do"
        asking = "do I" if mine else "should I"
        return _mine(f"{found[1].capitalize()} {asking} {found[2].lower()}{_small_words(found[3])}?")
    return None


def _decided(text: str, words: Collection[str], *, settled: bool) -> str | None:
    """Return what is asked about a decision: why it was taken, or what it was."""
    if text.endswith("?"):
        return text if _ASKS.match(text) else None
    if _ASKS.match(text) or ":" in text or _OF_THE_READER.search(text):
        return None
    first, _, rest = text.partition(" ")
    base = _base(first.lower(), words) if rest else None
    if base is not None or (rest and _is_imperative(first.lower(), rest)):
        why = "Why did we decide to" if settled else "Why do we want to"
        return f"{why} {base or first.lower()} {_in_sentence(rest, words) if base else rest}?"
    if not settled:
        return None
    return _why(text, words) or _chosen(text, words)


def _why(text: str, words: Collection[str]) -> str | None:
    """Return why something is so, where a title is a sentence."""
    if RELATIONS & _said(text):
        return None
    if found := _IS.match(text):
        return f"Why {found[2].lower()} {_in_sentence(found[1], words)} {found[3]}?"
    parts = text.split(" ")
    for place in range(1, min(len(parts) - 1, _MOST_NAMED)):
        subject, rest = _in_sentence(" ".join(parts[:place]), words), " ".join(parts[place + 1 :])
        verb, many = _finite(parts[place]), _is_plural(parts[place - 1])
        if "for" in _said(subject):
            return None
        if verb is not None and not many:
            # What replaced something did so once.
            return f"Why {'did' if verb == 'replace' else 'does'} {subject} {verb} {rest}?"
        if many and parts[place] in (VERBS - NOUNS_TOO) | STATING:
            return f"Why do {subject} {parts[place]} {rest}?"
    return None


def _finite(word: str) -> str | None:
    """Return the verb of a form of the third person, ``None`` for other words, and those that are plurals as well."""
    known = (VERBS - NOUNS_TOO) | STATING
    stems = (f"{word[:-3]}y",) if word.endswith("ies") else (word[:-1], word[:-2]) if word.endswith("s") else ()
    return "have" if word == "has" else next((stem for stem in stems if stem in known), None)


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "'s", "us", "is"))


def _chosen(text: str, words: Collection[str]) -> str | None:
    """Return what is asked about a decision whose title names what it is about."""
    said = _in_sentence(text, words)
    first, _, rest = text.partition(" ")
    told = (VERBS - NOUNS_TOO) | NO_NAMES_BEGIN
    if not rest or first.lower() in told or (RELATIONS - {"that", "which"}) & _said(text) or _has_finite(text):
        return None
    named = first.lower() not in words and not _is_titled(text)
    if " instead of " in text or (named and rest.startswith(("for ", "as "))):
        return f"Why do we use {said}?"
    return f"What did we decide about {said}?"


def _symptom(name: str, said: str) -> str:
    """Return the question of a runbook whose title says what happens, or which alert it is about."""
    telling = set(said.lower().split())
    if telling & {"is", "are", "was", "were", "do", "does", "has", "have", "cannot"} or _has_finite(said):
        return f"What do I do when {said}?"
    return f"What do I do about {name.split(' ', maxsplit=1)[0]}?"


def _has_finite(said: str) -> bool:
    """Return whether text is a sentence: *a rollout stalls*, *many baskets expire*."""
    subject, *others = said.split()
    singular = subject.lower() in {"a", "an", "the", "one"} and len(others) == _FEWEST_WORDS and _is_plural(others[1])
    pairs = zip(said.split(), others, strict=False)
    after_many = any(_is_plural(one) and other in VERBS | STATING for one, other in pairs)
    return singular or after_many or any(_finite(word) is not None for word in others[:-1])


def _head_of(text: str, words: Collection[str], *, of: str | None) -> str | None:
    """Return what is asked for things that have a name: hours, limits, a policy, a process."""
    parts = text.split()
    if (
        not _FEWEST_WORDS <= len(parts) <= _MOST_NAMED
        or parts[0].lower() in DETERMINERS | NO_NAMES_BEGIN
        or ":" in text
    ):
        return None
    head, said = parts[-1].lower(), _in_sentence(text, words)
    about = "" if of is None else f" for {of}"
    if head in PLURAL_HEADS:
        return f"What are the {said}{about}?"
    if head in PROCESSES:
        return f"How does the {said} work{about}?"
    return f"What is the {said}{about}?" if head in SINGULAR_HEADS else None


def _is_imperative(first: str, rest: str) -> bool:
    """Return whether a text that begins with a word is what to do, and not something with that name."""
    others = rest.lower().split()
    if first not in VERBS or others[0] == "cases" or (len(others) == 1 and others[0] in PROCESSES | SINGULAR_HEADS):
        return False
    if first not in NOUNS_TOO or {"from", "into", "to"} & set(others[1:]):
        return True
    return others[0] in DETERMINERS - {"to", "for"}


def _stands_alone(question: str) -> bool:
    """Return whether a question says what it is about: *How do I run the tests?* is about many things."""
    telling = [word for word in _said(question) if len(word) > 3 and word not in GENERIC | VERBS | UNCOUNTED]
    return len(telling) >= _TELLING


def _mine(question: str) -> str | None:
    """Return a question in the words of the one who asks: a guide says *your app*, its reader *my app*."""
    asked = re.sub(r"\byour\b", "my", re.sub(r"\byourself\b", "myself", question))
    return None if _OF_THE_READER.search(asked) else asked


def _base(word: str, words: Collection[str]) -> str | None:
    """Return the verb of a form in -ing, ``None`` for any other word."""
    if not word.endswith("ing") or len(word) < 6:
        return None
    stem = word[:-3]
    for verb in (stem, f"{stem}e", stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else ""):
        if verb in VERBS and (verb in words or not words):
            return verb
    return None


def _in_sentence(text: str, words: Collection[str]) -> str:
    """Return text as it stands within a sentence: the first word small, unless it is a name, or all of it is."""
    first, separator, rest = text.partition(" ")
    ordinary = (first[1:].islower() or first == "A") and all(_is_word(part, words) for part in first.lower().split("-"))
    return f"{first.lower()}{separator}{rest}" if ordinary and not _is_titled(text) else _small_words(text)


def _is_word(word: str, words: Collection[str]) -> bool:
    return word in words or (_is_plural(word) and (word[:-1] in words or word[:-2] in words))


def _small_words(text: str) -> str:
    """Return a Title With Big Letters with small ones where they are no part of a name."""
    return " ".join(word.lower() if word.lower() in SMALL else word for word in text.split(" "))


def _shared(one: str, other: str) -> bool:
    return any(len(word) > 3 for word in _said(one) & _said(other))


def _is_titled(text: str) -> bool:
    """Return whether A Title Is Written Like This."""
    long = [word for word in text.split() if len(word) > 3]
    return len(long) >= _TELLING and all(word[0].isupper() for word in long)


def _plain(text: str) -> str:
    return " ".join(_PLAIN.sub(lambda match: match[1] or "", text).split())


def _bare(text: str) -> str:
    return _NUMBERED.sub("", _plain(text)).strip(" :.–—-#")


def _is_name(text: str) -> bool:
    return _is_sayable(text) and len(text.split()) <= _MOST_NAMED


def _is_sayable(text: str) -> bool:
    return bool(text) and not _is_generic(text) and not _UNSAID.search(text) and not _FILE.search(text)


def _is_generic(text: str) -> bool:
    said = [word.strip("?!.,:;()").lower() for word in text.split()]
    return all(word in GENERIC or word in VERBS or len(word) < 3 for word in said)


def _said(text: str) -> frozenset[str]:
    return frozenset(word.strip("?!.,:;()“”").lower() for word in text.split())


def _checked(question: str | None) -> str | None:
    return question if question is not None and len(question) <= _MOST_CHARS and "\n" not in question else None
