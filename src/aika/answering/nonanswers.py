"""Texts that say that the documents do not say. Such a sentence is true, and helps nobody."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aika.answering.citations import statements, without_markers

MOSTLY = 0.5
"""From this share of its statements on, a text is no answer."""

_KNOWN = "known|available|provided|given|found|retrieved|cited|relevant|supplied|present|current"
_WHICH = rf"(?:the|these|those|this|any|your|our|its|all|{_KNOWN})"
_SOURCE = (
    rf"(?:{_WHICH}\s+){{1,3}}(?:\w+\s+)?(?:passages?|documents?|documentation|contexts?|texts?|sources?|evidence|excerpts?|"
    r"materials?|information|pages?|articles?|sections?|records?|knowledge\s+base|search\s+results?)"
)
_NOT = r"(?:do(?:es)?\s+not|don't|doesn't|did\s+not|didn't|fails?\s+to|cannot|can't|never|nowhere)"
_TELL = (
    r"(?:answer|contain|mention|provide|include|specify|say|state|address|cover|give|describe|discuss|indicate|list|explain|"
    r"tell|refer|detail|clarify|reveal|touch|have|offer|make\s+(?:clear|mention))s?"
)
_TOLD = (
    r"(?:mentioned|specified|provided|stated|answered|covered|described|discussed|addressed|included|given|found|listed|"
    r"documented|explained|detailed|determined|known|available)"
)
_FACTS = r"(?:information|mention|details?|reference|indication|data|answer|evidence|documentation)"
_SAYS_NOTHING = re.compile(
    "|".join(
        (
            # The passages do not say, fail to say, are silent, lack it.
            rf"\b{_SOURCE}\b[^.;!?]{{0,50}}?\b{_NOT}\s+(?:\w+\s+){{0,2}}?{_TELL}\b",
            rf"\b{_SOURCE}\b[^.;!?]{{0,20}}\b(?:(?:is|are)\s+silent|lacks?|makes?\s+no\s+mention|(?:has|have|gives?|contains?)\s+no)\b",
            rf"\b(?:none|neither|nothing)\s+(?:of|in|from)\s+{_SOURCE}\b",
            (
                r"\bno\s+(?:passages?|documents?|sources?|excerpts?)\s+"
                r"(?:\w+\s+)?(?:answer|mention|cover|state|say|specif|address|describ)\w*"
            ),
            # There is no information, nothing is said.
            rf"\b(?:there\s+(?:is|was|are)|i\s+(?:have|found|see))\s+no\s+(?:\w+\s+){{0,2}}{_FACTS}\b",
            rf"\bno\s+(?:\w+\s+){{0,2}}{_FACTS}\s+(?:is|was|are|were|about|on|regarding|in\s+{_SOURCE})\b",
            rf"\bnothing\b[^.;!?]{{0,40}}\b(?:is|was)\s+(?:said|{_TOLD})\b",
            rf"\b(?:not|cannot\s+be|can't\s+be)\s+(?:\w+\s+){{0,2}}{_TOLD}\b[^.;!?]{{0,20}}?\b(?:in|by|from|within)\s+{_SOURCE}\b",
            r"\b(?:is|are|was|were)\s+not\s+(?:\w+\s+)?(?:mentioned|specified|stated|answered|known)[.!\s]*$",
            (
                r"\b(?:answer|question|this|that|it)\b[^.;!?]{0,30}\b(?:is|are|was|were)\s+not\s+(?:\w+\s+)?"
                r"(?:available|clear|provided|given|found)[.!\s]*$"
            ),
            # I do not know.
            r"\b(?:i|we)\s+(?:do\s+not|don't)\s+(?:\w+\s+)?(?:know|have)\s*(?:(?:that|any|enough|specific|the|more)\s+|[.!,]|$)",
            (
                r"\b(?:i|we)(?:'m|\s+am|\s+are|'re)?\s+(?:cannot|can't|could\s+not|couldn't|not\s+able\s+to|unable\s+to|was\s+unable\s+to|"
                r"were\s+unable\s+to|did\s+not|didn't)\s+(?:\w+\s+)?(?:find|answer|determine|say|tell|locate|identify|see)\b"
            ),
            r"\b(?:i'm|i\s+am)\s+(?:not\s+(?:sure|certain|aware)|sorry)\b|^\W*sorry\b",
            rf"\b(?:insufficient|not\s+enough|too\s+little|lack\s+of)\s+(?:\w+\s+)?{_FACTS}\b",
            r"\b(?:it|this|that)\s+(?:is|remains)\s+(?:unclear|unknown|unspecified|not\s+(?:clear|known|specified|stated))\b",
            r"\bcannot\s+be\s+(?:determined|answered|inferred)\b",
        )
    ),
    re.IGNORECASE,
)


def says_nothing(text: str, quotes: Mapping[int, str] = MappingProxyType({})) -> float:
    """Return the share of the text's statements, 0..1, that only say that the documents do not say. 1 for an empty text.

    ``quotes`` are the spans cited, by marker. A statement says something where a document itself says that: a policy may well
    say what it does not cover.
    """
    found = [statement for statement in statements(text) if statement.claims]
    if not found:
        return 0.0 if text.strip() else 1.0
    empty = [one for one in found if _denies(one.text) and not _is_quoted(one.markers, quotes)]
    return len(empty) / len(found)


def _denies(text: str) -> bool:
    bare = " ".join(without_markers(text).replace("’", "'").split()).strip("*_\"' ")
    return bool(_SAYS_NOTHING.search(bare))


def _is_quoted(markers: Sequence[int], quotes: Mapping[int, str]) -> bool:
    return any(_denies(quotes[marker]) for marker in markers if marker in quotes)
