"""The words of a digest, the same wherever it goes.

Texts come from documents and from people who asked. None of them may become a link or markup where it is read, so that
addresses in them are taken out: mail programs make links of what looks like one.
"""

import re

from aika.domain.digests import Digest, DigestEntry

# What mail programs and Slack make links of, and characters that turn what is read around.
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}:/{0,2}|www\.)\S*[\w/]\S*", re.IGNORECASE)
_SCHEMES = ("http:", "https:", "ftp:", "file:", "mailto:", "tel:", "javascript:", "data:", "slack:", "www.")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LONGEST_EDIT = 800


def subject_of(digest: Digest) -> str:
    """Return the line that announces it. Holds no word of a document."""
    count = len(digest.entries) + digest.more
    return f"aika: {count} new {'finding' if count == 1 else 'findings'} for {plain(digest.owner, 80)}"


def plain(text: str, longest: int = 10_000) -> str:
    """Return a text on one line, without anything that could act."""
    line = " ".join(without_links(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def without_links(text: str) -> str:
    """Return the text with ``[link]`` for every address, line ends kept."""
    return _ADDRESS.sub(_unlinked, _UNSEEN.sub(" ", text))


def link_of(url: str | None) -> str | None:
    """Return a document's address, ``None`` where it is none that a person should open."""
    if url is None or not url.lower().startswith(("https://", "http://")) or re.search(r"[\s<>\"'|\\]", url):
        return None
    return url


def edit_of(text: str) -> str:
    """Return one side of a suggested edit, shortened."""
    cleaned = without_links(text).strip()
    return cleaned if len(cleaned) <= LONGEST_EDIT else cleaned[: LONGEST_EDIT - 1].rstrip() + "…"


def cost_of(entry: DigestEntry) -> str:
    """Return how many people it cost an answer, empty where nobody is known."""
    return "" if not entry.people else f"{entry.people} {'person' if entry.people == 1 else 'people'} asked"


def questions_of(entry: DigestEntry) -> list[str]:
    """Return the questions that it broke, and how many are not told."""
    asked = [plain(question) for question in entry.questions]
    if not entry.more_questions:
        return asked
    if not asked:
        return ["one question" if entry.more_questions == 1 else f"{entry.more_questions} questions"]
    return [*asked, f"and {entry.more_questions} more"]


def show_command(entry: DigestEntry) -> str:
    return f"aika health show {entry.finding}"


def ending_of(digest: Digest) -> list[str]:
    """Return what is said of the findings that are not in it, and why it was sent."""
    lines = []
    if digest.more:
        lines.append(f"And {digest.more} more, with the next digest. All of them now: aika health")
    if digest.still_open:
        lines.append(f"Still open from earlier digests: {digest.still_open}")
    lines.append(
        f"You get this because {plain(digest.owner, 80)} owns these documents, at most {digest.every.value}. "
        "Choose how often in [digests.owners] of aika.toml."
    )
    return lines


def _unlinked(match: "re.Match[str]") -> str:
    return "[link]" if match.group().lower().startswith(_SCHEMES) or "://" in match.group() else match.group()
