"""What a message's words say about whether it asks for help. English in the first place; the mark and code in any language."""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

_FEW_WORDS = 4
_ASKING = ("asks_how", "asks_anyone", "help", "requests", "failure")
"""Without any of them, and without a mark or a word of asking, a message tells something."""
READ = 800
"""Characters of a message that are read. A question is at its beginning or at its end."""

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_LINK = re.compile(r"<?\bhttps?://\S+|\bwww\.\S+|\[<-LINK->\]")
_MAY_LINK = re.compile(r"://|www\.|<-LINK->")
_QUOTED = re.compile(r"^(?:>|&gt;).*$", re.MULTILINE)
_SMILEY = re.compile(r":[a-z0-9_+-]{2,40}:|[:;=8]['-]?[()DPpO/|](?!\w)")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_][\w'’/-]*")
_MARK = re.compile(r"[?？؟](?![\w=&/])")
_MARK_LAST = re.compile(r"[?？؟]\W*\Z")
_SENTENCE = re.compile(
    r"(?<=[.!?？;:])\s+|\s+[-–—]+\s+|\n+|,\s+(?=(?:how|what|why|where|can|is there|does|do you|any)\b)"
)
_ADDRESSED = re.compile(r"^\s*(?:@(?P<at>[\w.|\[\]`^{}-]{2,30})\b[:,]?|(?P<name>[\w.|\[\]`^{}-]{2,25})\s?[:,])\s")
# What a message begins with that ends in a comma or a colon, and is nobody's name.
_NO_NAME = frozenset(
    word
    for line in (
        "hi hello hey hiya hallo guys folks all everyone everybody team ok okay yes no yeah yep nope well so and",
        "but also now question questions quick help please btw fyi ps note update edit sorry thanks thx cool great",
        "nice actually anyway hmm um oh ah right first second then still however finally currently today yesterday",
        "example error problem issue bug context morning afternoon evening there sometimes basically otherwise",
        "maybe lol damn true sure http https tldr warning pls plz ideally unfortunately again alternatively",
        "apparently case exactly idea otoh iirc afaik imo imho interesting",
    )
    for word in line.split()
)
_GROUP = re.compile(r"team|on-?call|support|help|goalie|admin|devs?\b|ops\b|engineers|^(?:here|channel|all|everyone)$")
"""What names of groups have. A group is no certain person."""
_GREETING = (
    r"(?:(?:hi|hello|hey|hiya|hallo|hej|good (?:morning|afternoon|evening|day)|greetings|yo|howdy|morning|moin|hola|bonjour)\b"
    r"(?:[ ,]+(?:all|guys|folks|everyone|everybody|there|team|again|people|room|friends|y'all|here|@\w+))*[ ,.!:-]*)"
)
_FILLER = (
    r"(?:(?:ok|okay|so|and|but|also|hmm+|well|um|erm?|please|pls|plz|sorry|now|then|anyways?|btw|quick question|question|just|"
    r"actually|oh|ah)\b[ ,.:!-]*)"
)
_OPENING = re.compile(rf"^(?:{_GREETING}|{_FILLER})+", re.IGNORECASE)
_GREETS = re.compile(rf"^{_GREETING}", re.IGNORECASE)

_ASKS = (
    r"how|what|what's|whats|why|where|where's|when|which|who|who's|whose|can|could|is|isn't|are|aren't|am i|does|"
    r"doesn't|do|don't|did|has|have|should|shouldn't|would|will|won't|was|were|any|anyone|anybody|someone|somebody|may i|might|"
    r"wie|warum|wieso|wo|wer|was|wann|welche[rs]?|kann|können|könnt|gibt es|hat jemand|weiß|weiss|ist|sind|"
    r"comment|pourquoi|est-ce|où|quel(?:le)?s?|cómo|como|por qué|dónde|qué|alguien|hay"
)
_STARTS = re.compile(rf"(?:{_ASKS})\b", re.IGNORECASE)

_BEGINS = " begins"


def _read_patterns() -> Mapping[str, re.Pattern[str]]:
    """Return by section what its lines mean together."""
    sections: dict[str, list[str]] = {}
    for line in files("aika.goalie").joinpath("question_patterns.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            sections[line.strip("[]")] = []
        elif line and not line.startswith("#"):
            sections[list(sections)[-1]].append(line)
    found = {}
    for name, lines in sections.items():
        edge = r"\A" if name.endswith(_BEGINS) else r"\b"
        found[name.removesuffix(_BEGINS)] = re.compile(rf"{edge}(?:{'|'.join(lines)})(?!\w)")
    return MappingProxyType(found)


_PATTERNS = _read_patterns()

NAMES = (
    "mark",
    "mark_last",
    "starts",
    *_PATTERNS,
    "tells",
    "trouble",
    "greets",
    "code",
    "link",
    "only_link",
    "length",
    "short",
    "shouts",
    "addressed",
)


def text_signals(text: str) -> Mapping[str, float]:
    """Return the signals by name, 0..1, of a message's words alone."""
    return _signals(text if len(text) <= READ else f"{text[: READ // 2]}\n{text[-READ // 2 :]}")


@lru_cache(maxsize=2_000)  # a message is looked at again with each that its author adds, and with each that follows it
def _signals(read: str) -> Mapping[str, float]:
    links = bool(_MAY_LINK.search(read)) and bool(_LINK.search(read))
    unlinked = _LINK.sub(" ", read) if links else read
    said = _SMILEY.sub(" ", _QUOTED.sub(" ", _CODE.sub(" CODE ", unlinked))).strip()
    addressed = is_addressed(said)
    body = _ADDRESSED.sub("", said, count=1).strip() if addressed else said
    words = _WORD.findall(body)
    sentences = [_OPENING.sub("", one.strip()) for one in _SENTENCE.split(body) if one.strip()]
    plain = _SPACES.sub(" ", body.replace("’", "'")).lower()
    begins = _OPENING.sub("", plain) or plain
    found = {
        # What refers back does so behind a filler too: "so what about that".
        name: float(bool(pattern.search(begins if name == "refers" else plain)))
        for name, pattern in _PATTERNS.items()
    }
    mark = float(bool(_MARK.search(body)))
    starts = float(any(_STARTS.match(one) for one in sentences))
    return {
        "mark": mark,
        "mark_last": float(bool(_MARK_LAST.search(body))),
        "starts": starts,
        **found,
        "tells": float(not (mark or starts or any(found[name] for name in _ASKING))),
        "trouble": float(found["own"] > 0 and (found["failure"] > 0 or found["help"] > 0)),
        "greets": float(bool(_GREETS.match(plain))),
        "code": float("CODE" in said),
        "link": float(links),
        "only_link": float(links and not words),
        "length": min(1.0, math.log1p(len(words)) / math.log1p(80)),
        "short": float(len(words) < _FEW_WORDS),
        "shouts": float(plain.endswith("!")),
        "addressed": float(addressed),
    }


def is_addressed(text: str) -> bool:
    """Return whether it begins with somebody's name, as people write who speak to one of them: ``ada: …``, ``@ada …``."""
    match = _ADDRESSED.match(text)
    if match is None:
        return False
    if match["name"] is None:
        return not _GROUP.search(match["at"].lower())
    return match["name"].lower() not in _NO_NAME


def is_greeting(text: str) -> bool:
    """Return whether it greets and says nothing else."""
    said = _SPACES.sub(" ", _SMILEY.sub(" ", text)).strip()
    return _GREETS.match(said) is not None and not _WORD.search(_OPENING.sub("", said))


def is_empty(text: str) -> bool:
    return not _WORD.search(_SMILEY.sub(" ", text))
