"""A conversation as Markdown that other programs render: its sources as footnotes, numbered through."""

import re
from collections.abc import Mapping

from aika.client.conversation_models import ConversationView, TurnView
from aika.client.models import ChatCompletion, CitationView, Outcome

# Code is left as it is: `[1]` in it is no marker.
_PARTS = re.compile(r"(?P<code>```.*?(?:```|\Z)|`[^`\n]*`)|(?P<markers>(?:\[\d{1,3}\])+)", re.DOTALL)
_MARKER = re.compile(r"\[(\d{1,3})\]")
_LINK_SAFE = re.compile(r"https?://[^\s()<>]+")


def as_markdown(conversation: ConversationView) -> str:
    """Return the whole conversation."""
    notes: list[str] = []
    parts = [f"# {_line(conversation.title)}", f"Asked on {conversation.created_at.date().isoformat()}."]
    for turn in conversation.turns:
        parts += _turn(turn, notes)
    if notes:
        parts += ["---", "\n".join(notes)]
    return "\n\n".join(parts) + "\n"


def file_name(title: str, suffix: str) -> str:
    """Return a name for the file that every file system takes."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    return f"{plain or 'conversation'}.{suffix}"


def _turn(turn: TurnView, notes: list[str]) -> list[str]:
    completion = turn.completion
    numbers = {citation.marker: len(notes) + place for place, citation in enumerate(completion.citations, start=1)}
    notes += [_footnote(numbers[citation.marker], citation) for citation in completion.citations]
    parts = [f"## {_line(turn.question)}", _numbered(completion.text, numbers), _standing(completion)]
    parts += [f"> {_line(note)}" for note in completion.notes]
    return parts


def _standing(completion: ChatCompletion) -> str:
    moment = completion.created_at.strftime("%Y-%m-%d %H:%M UTC")
    if completion.outcome is Outcome.ABSTENTION:
        return f"*{moment}.*"
    stopped = " Stopped by its asker: it may be incomplete." if completion.stopped else ""
    share = round(100 * completion.confidence.value)
    return f"*{moment}. Confidence: {completion.confidence.band} ({share} %).{stopped}*"


def _numbered(text: str, numbers: Mapping[int, int]) -> str:
    def footnotes(match: re.Match[str]) -> str:
        if match["code"] is not None:
            return match["code"]
        return _MARKER.sub(lambda one: _reference(one, numbers), match["markers"])

    return _PARTS.sub(footnotes, text)


def _reference(marker: re.Match[str], numbers: Mapping[int, int]) -> str:
    number = numbers.get(int(marker[1]))
    return marker[0] if number is None else f"[^{number}]"


def _footnote(number: int, citation: CitationView) -> str:
    document = citation.document
    name = _line(" › ".join(dict.fromkeys((document.title or document.key, *citation.heading_path))))
    url = citation.url or document.url or ""
    place = f"[{name}]({url})" if _LINK_SAFE.fullmatch(url) else name
    owner = "" if document.owner is None else f" Owner: {_line(document.owner.name)}."
    return f"[^{number}]: {place}: “{_line(citation.quote)}”{owner}"


def _line(text: str) -> str:
    """Return text on one line, that no Markdown in it changes what stands around it."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))
