"""What Slack is asked for: the question itself where it searches by meaning, else the words that matter in it."""

import re

from aika.retrieval.lexical import STOPWORDS

LONGEST = 1_000
"""Characters of a query. Slack refuses one of more than 5,000."""
_MOST_WORDS = 6
"""Slack finds messages that hold all the words: each more of them finds fewer."""
_WORD = re.compile(r"[^\W_][\w.'/@#+-]*[^\W_]|[^\W_]{2,}")
_QUESTION_WORDS = """
about anybody anyone again could does done get got has have know known last long much many please said say says should someone
tell than that the them told use used want was were whats which who why will would yes
"""
_ASKED = frozenset(_QUESTION_WORDS.split())
"""Words of questions, besides those without a topic, that answers do not repeat."""
_SPECIFIC = re.compile(r"\d|[A-Z].*[A-Z]|[-_/.#]|^[A-Z]")


def keywords(question: str) -> str:
    """Return the words of a question that its answer may repeat, in its order; the question where there is none."""
    words = [word for word in dict.fromkeys(_WORD.findall(question)) if _matters(word)]
    if len(words) > _MOST_WORDS:
        # Names and numbers first, then the longest: the rarest are among them.
        best = sorted(words, key=lambda word: (_SPECIFIC.search(word) is None, -len(word)))[:_MOST_WORDS]
        words = [word for word in words if word in best]
    return shortened(" ".join(words) or question)


def shortened(question: str) -> str:
    """Return as much of a question as is sent, on one line."""
    return " ".join(question.split())[:LONGEST]


def _matters(word: str) -> bool:
    bare = word.casefold().replace("'", "")
    return bare not in STOPWORDS and bare not in _ASKED
