"""What is said where there is no question, and where there is no answer."""

import re
from collections.abc import Sequence

from aika.answering.display import plain
from aika.domain.queries import Hit

_NEAREST = 3
_GREETING = re.compile(
    r"(?:hi|hello|hey|hej|hallo|good (?:morning|afternoon|evening|day)|moin|hiya|yo|greetings)"
    r"(?: (?:there|all|aika|everyone|team|bot))?(?:,? (?:how are you|what's up))?"
)
_THANKS = re.compile(
    r"(?:(?:ok|okay|great|perfect|cool|nice|super)[,!. ]*)?(?:thanks?(?: you)?|thx|ty|cheers|tack|danke|much appreciated)"
    r"(?: (?:a lot|very much|so much|again|for your help|for the help|all|aika))*"
)
_FAREWELL = re.compile(
    r"(?:bye|goodbye|see you|good night|ok|okay|great|perfect|got it|cool|nice)(?: (?:later|soon|then))?"
)
_COMPANY = re.compile(
    r"\b(?:we|our|ours|us|my (?:team|manager|account|laptop|contract|shift|project|department)|(?:this|the) company|"
    r"internal(?:ly)?|here at|on-?call|onboarding|colleagues?|coworkers?|intranet)\b|#[a-z][\w-]+",
    re.IGNORECASE,
)


def small_talk(text: str) -> str | None:
    """Return a reply to a greeting or to thanks, or ``None`` for anything that may be a question."""
    bare = " ".join(re.sub(r"[^\w' ,-]+", " ", text.lower().replace("’", "'")).split()).strip(", ")
    if _GREETING.fullmatch(bare):
        return (
            "Hello! Ask me what your company's documents may answer, such as who owns a service or how to do something."
        )
    if _THANKS.fullmatch(bare):
        return "You are welcome. Ask whenever you need something else."
    if _FAREWELL.fullmatch(bare):
        return "All right. Ask whenever you need something."
    return None


def is_about_company(text: str) -> bool:
    """Return whether the words say that the question is about this company rather than about the world."""
    return bool(_COMPANY.search(text))


def no_question() -> str:
    return "There is no question in this message. Write what you want to know in a sentence or a few words."


def too_long(length: int, limit: int) -> str:
    return (
        f"The question has {length:,} characters; at most {limit:,} can be read. "
        "Shorten it to the question itself and the few lines that matter, such as the error message."
    )


NOT_FOUND = "I did not find an answer to this in the documents that I may use for you."
"""How a text begins that goes on with what comes nearest."""


def not_found(nearest: Sequence[Hit]) -> str:
    """Return the abstention's text, with links to what comes nearest."""
    if not nearest:
        return "I found nothing about this in the documents that I may use for you."
    lines = [f"- {_link(hit)}" for hit in nearest]
    return "\n".join((f"{NOT_FOUND} These come nearest:", "", *lines))


def nearest_documents(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the first hit of each of the first documents."""
    first = {hit.chunk.document.id: hit for hit in reversed(hits)}
    ordered = [hit for hit in hits if first[hit.chunk.document.id] is hit]
    return tuple(ordered[:_NEAREST])


def _link(hit: Hit) -> str:
    chunk = hit.chunk
    title = chunk.document.title or chunk.document.key
    name = " › ".join(dict.fromkeys((title, *chunk.heading_path[-1:])))
    name = plain(name).replace("[", "(").replace("]", ")")
    url = chunk.url
    if url is None or not url.startswith(("https://", "http://")) or re.search(r"[\s()<>]", url):
        return name
    return f"[{name}]({url})"
