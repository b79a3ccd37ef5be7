"""Questions that a document's headings answer, in words that people would use. No language model is asked."""

import re
from collections.abc import Collection

from aika.domain.documents import Kind

_MOST_CHARS = 110
_FEWEST_WORDS = 2
_GENERIC_WORDS = """
    about abstract acceptance acknowledgements advantages alternatives appendix assumptions background basics benefits
    changelog changes conclusion considerations consequences contact contacts content contents context decision decisions
    description design details discussion drawbacks example examples faq further general glossary goals guide help history home
    implementation index info information intro introduction license links misc motivation next non-goals note notes open
    options outcome overview owner owners policy preface prerequisites problem process proposal purpose questions readme
    reading reference references related release requirements resources results risks scope see setup solution sources status
    steps summary support table todo tips tl;dr troubleshooting unresolved update updates usage version welcome when where
    why how what who rejected accepted
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_VERB_WORDS = """
    access add adopt allow apply approve archive ask assign authenticate avoid back become begin block book build call
    cancel change check
    choose claim clean clear configure connect convert copy create debug declare define delete deploy disable document drain
    drop enable escalate estimate expire export extend fail find fix flush generate get grant handle host import increase
    install introduce investigate invite join keep launch limit log make manage measure merge migrate monitor mount move name
    onboard open order pause pay pin plan prepare prevent promote propose protect provision publish pull push query raise read
    rebuild recover reduce refresh register release remove rename renew replace replay replicate report request require reset
    resize resolve restart restore resume retire retry return revert review revoke rewrite roll rotate route run scale schedule
    search send serve set share ship shut sign split start stop store structure submit swap switch sync tag take test throttle
    track trace transfer triage trigger tune turn uninstall unlock update upgrade upload use validate verify version view wait
    warm write
"""
_VERBS = frozenset(_VERB_WORDS.split())
_NOUN_WORDS = """
    access back block book build call change check claim debug design document drop escalate estimate export fail find flush
    grant handle host import increase install keep launch limit log measure monitor mount move name open order pause pay pin plan
    pull push query read release replay report request reset restore return review route run scale schedule search set share
    ship sign split start stop store structure switch sync tag test trace transfer trigger turn update upgrade upload use version
    view wait
"""
_NOUNS_TOO = frozenset(_NOUN_WORDS.split())
"""Verbs that are nouns as well: *test collections* are collections, and to *test the collections* is something to do."""
_DETERMINERS = frozenset(
    ("a", "an", "the", "your", "our", "its", "it", "to", "up", "down", "back", "out", "off", "into", "for")
)
_POINTING = frozenset(
    ("it", "its", "this", "that", "these", "those", "she", "he", "her", "his", "they", "them", "their", "here", "one")
)
"""What they point at is in the text, and not in the heading."""
_NUMBERED = re.compile(
    r"^(?:(?:adr|rfc|kep|rfd|step)[\s-]*)?#?\d[\d.]*\s*[:.)\-–—]\s*|^(?:adr|rfc)?[-\s]*\d{3,}\s+", re.IGNORECASE
)
_ASKS = re.compile(r"^(?:how|what|when|where|which|who|why|can|do|does|is|are|may|should)\b", re.IGNORECASE)
_PLAIN = re.compile(r"[`*_]+|\[([^\]]*)\]\([^)]*\)")


def question_of(title: str, kind: Kind, words: Collection[str]) -> str | None:
    """Return the question that a whole document answers, ``None`` where its title does not tell one.

    ``words`` are those of the language, to tell a verb's form and a name's case by.
    """
    text = _bare(title)
    if not text or _is_generic(text) or "/" in text:
        return None
    if kind is Kind.CATALOG:
        return _checked(f"Who owns {text}?")
    asked = _asked(text, words)
    if asked is not None:
        return _checked(asked)
    if kind is Kind.RUNBOOK and ": " in text:
        return _checked(_symptom(*text.split(": ", 1)))
    first, _, rest = text.partition(" ")
    if kind is Kind.DECISION:
        lowered = f"{first.lower()} {rest}"
        return _checked(
            f"Why did we decide to {lowered}?" if rest and first.lower() in _VERBS else f"Why {_quoted(text)}?"
        )
    return None


def question_within(title: str, heading: str, words: Collection[str], *, known: bool) -> str | None:
    """Return the question that a part of a document answers, ``None`` where its heading does not tell one.

    ``known`` says that the conversation is about the document: then what its heading leaves out is understood.
    """
    text = _bare(heading)
    if not text or _is_generic(text) or _POINTING & _said(text) or _said(text) <= _said(_bare(title)):
        return None
    if any(mark in text for mark in "{}/<>=()"):
        return None  # a path, a signature: nobody asks for it in these words
    asked = _asked(text, words)
    if asked is not None and (known or len(text.split()) > _FEWEST_WORDS):
        return _checked(asked)
    name = _bare(title)
    if not name or _is_generic(name) or text.endswith("?"):
        return None
    return _checked(f"What does {_quoted(name)} say about {_in_sentence(text, words)}?")


def _asked(text: str, words: Collection[str]) -> str | None:
    """Return a heading as a question, where it is one or says how to do something."""
    if text.endswith("?"):
        return text if _ASKS.match(text) and len(text.split()) > _FEWEST_WORDS + 1 else None
    lower = text.lower()
    if lower.startswith("how to "):
        return f"How do I {text[7:]}?"
    if _ASKS.match(text):
        return None  # "How we work" is no question, and would need another order of words
    first, _, rest = text.partition(" ")
    base = _base(first.lower(), words)
    if base is not None and rest:
        return f"How do I {base} {_in_sentence(rest, words)}?"
    told = rest.split(" ")[0].lower() in _DETERMINERS or first.lower() not in _NOUNS_TOO
    return f"How do I {first.lower()} {rest}?" if rest and first.lower() in _VERBS and told else None


def _symptom(name: str, said: str) -> str:
    """Return the question of a runbook whose title says what happens, or which alert it is about."""
    if len(said.split()) > _FEWEST_WORDS:
        return f"What do I do when {said}?"
    return f"What does {name.split(' ', maxsplit=1)[0]} mean?"


def _base(word: str, words: Collection[str]) -> str | None:
    """Return the verb of a form in -ing, ``None`` for any other word."""
    if not word.endswith("ing") or len(word) < 6:
        return None
    stem = word[:-3]
    for verb in (stem, f"{stem}e", stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else ""):
        if verb in _VERBS and (verb in words or not words):
            return verb
    return None


def _in_sentence(text: str, words: Collection[str]) -> str:
    """Return text as it stands within a sentence: the first word small, unless it is a name."""
    first, separator, rest = text.partition(" ")
    ordinary = first[1:].islower() and first.lower() in words
    return f"{first.lower()}{separator}{rest}" if ordinary else text


def _bare(text: str) -> str:
    plain = _PLAIN.sub(lambda match: match[1] or "", text)
    return _NUMBERED.sub("", " ".join(plain.split())).strip(" :.–—-#")


def _is_generic(text: str) -> bool:
    said = [word.strip("?!.,:;()").lower() for word in text.split()]
    return all(word in _GENERIC or word in _VERBS or len(word) < 3 for word in said)


def _said(text: str) -> frozenset[str]:
    return frozenset(word.strip("?!.,:;()“”").lower() for word in text.split())


def is_natural(question: str) -> bool:
    """Return whether a question is as people put it, and does not name the document that it is about."""
    return not question.startswith("What does “")


def _quoted(text: str) -> str:
    return f"“{text}”"


def _checked(question: str) -> str | None:
    return question if len(question) <= _MOST_CHARS and "\n" not in question else None
