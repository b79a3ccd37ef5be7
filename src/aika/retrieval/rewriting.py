"""Rewriting: a follow-up becomes a question that stands alone."""

import logging
import re
from collections.abc import Sequence

from aika.domain.errors import AikaError
from aika.domain.queries import Message, Query, Role
from aika.protocols import Analyzer, Rewriter, TextModel
from aika.retrieval.lexical import STOPWORDS

logger = logging.getLogger(__name__)

# More than this and the earlier question outweighs the new one.
_CARRIED_TERMS = 8
# Topics older than this have usually been left behind.
_TURNS_LOOKED_AT = 6
_LONGEST_REWRITE = 400
_TRANSCRIPT_CHARS = 4_000

_CONTINUES = re.compile(
    r"\s*(?:and|but|or|also|then|so|ok(?:ay)?,|what about|how about|what else|anything else|who else|why not|why\s*\?|"
    r"how so|what if|more (?:details|about)|tell me more|else\b|in that case|the same)(?!\w)",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|does|will|would|can|could|should|if|when) it (?:possible|necessary|ok|okay|safe|allowed|better|true|"
    r"make sense|matter|mean|worth|take|hard|easy|common|normal)\b|\b(?:is|are|was|were) there\b|\bthere (?:is|are|was|were)\b",
    re.IGNORECASE,
)
_REFERS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|those|these|this one|that one|the (?:first|second|last|other|"
    r"latter|former|same|next)(?: one)?|there)\b"
    r"|\b(?:is|was|are|were|does|did|can|could|would) (?:this|that) (?=the\b|a\b|an\b|also\b|still\b)"
    r"|\b(?:this|that)(?=\s*(?:[?.!,]|$)|\s+(?:is|was|does|do|did|work|works|mean|means|happen|happens|apply|applies|and|or|"
    r"in|on|for|to|with|instead|too|also|one)\b)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\s?!,;()\"]+")
_NO_TOPIC = STOPWORDS | frozenset(
    """
    about all also any anyone anything can could else ever exactly explain find get give go going got happen happens he her
    here him his i'd i'm i've just know let like look make may mean means more much must need one ones other our out over
    please really same say see she should show some something tell than thank thanks that's them those too try two use used
    using want way what's work works
    """.split()  # noqa: SIM905 - a paragraph of words reads better than a list
)

_INSTRUCTIONS = """Rewrite the last question of this conversation so that it can be understood without the conversation.
Replace pronouns and fill in what is left out with the names used before. Keep its language and its meaning, add nothing,
do not answer it. If it already stands alone, repeat it unchanged. Reply with the question only."""


class FollowUpRewriter:
    """Carries the topic of the earlier questions into a follow-up, without a language model.

    A question that stands alone is returned as it was put.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer

    async def rewrite(self, query: Query) -> str:
        earlier = [message.text for message in query.history if message.role is Role.USER]
        topic: list[str] = []
        for text in earlier[-_TURNS_LOOKED_AT:]:
            own = _topic_words(text)
            topic = self._merged(own, topic) if self._depends(text) else own or topic
        if not topic or not self._depends(query.text):
            return query.text
        carried = self._merged((), topic, known=query.text)
        return f"{query.text} ({' '.join(carried)})" if carried else query.text

    def _depends(self, text: str) -> bool:
        """Return whether the question leans on what was said before."""
        if _CONTINUES.match(text) or _REFERS_BACK.search(_EXPLETIVE.sub(" ", text)):
            return True
        # With one word of its own or none ("Which ports?", "Why?") it says too little to stand alone.
        return text.rstrip().endswith("?") and len(_topic_words(text)) <= 1 and len(text.split()) > 1

    def _merged(self, own: Sequence[str], carried: Sequence[str], *, known: str = "") -> list[str]:
        """Return words that add a term, the newest question's first."""
        seen = set(self._analyzer.terms(known))
        kept: list[str] = []
        for word in (*own, *carried):
            terms = set(self._analyzer.terms(word))
            if terms and not terms <= seen:
                kept.append(word)
                seen |= terms
        return kept[:_CARRIED_TERMS]


class ModelRewriter:
    """Asks a language model for the question that stands alone, and does without it where it fails."""

    def __init__(self, model: TextModel, fallback: Rewriter) -> None:
        self._model = model
        self._fallback = fallback

    async def rewrite(self, query: Query) -> str:
        if not query.history:
            return query.text
        transcript = _transcript(query.history)
        try:
            reply = await self._model.complete(
                _INSTRUCTIONS, f"{transcript}\n\nLast question: {query.text}", max_tokens=150
            )
        except AikaError as error:
            logger.warning("the language model cannot rewrite a follow-up", extra={"reason": str(error)})
            return await self._fallback.rewrite(query)
        rewritten = reply.strip().removeprefix("Question:").strip().strip('"').strip()
        # A small model sometimes answers, or repeats the conversation, instead of rewriting.
        if not rewritten or len(rewritten) > max(_LONGEST_REWRITE, 2 * len(query.text)) or "\n" in rewritten:
            return await self._fallback.rewrite(query)
        return rewritten


def _topic_words(text: str) -> list[str]:
    """Return the words that say what the text is about, in order."""
    words = (match.group().strip(".:'\u2019*_`") for match in _TOKEN.finditer(text))
    return [word for word in words if word and word.casefold().replace("\u2019", "'") not in _NO_TOPIC]


def _transcript(history: tuple[Message, ...]) -> str:
    lines = [f"{message.role.value}: {message.text}" for message in history[-2 * _TURNS_LOOKED_AT :]]
    return "\n".join(lines)[-_TRANSCRIPT_CHARS:]
