"""What a path and a page's own words say of its kind, and how a decision stands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from aika.domain.documents import AttributeValue, BlockKind, Kind
from aika.parsers.outline import Item

_DECISION_WORDS = frozenset(
    {
        "adr",
        "adrs",
        "rfc",
        "rfcs",
        "kep",
        "keps",
        "bep",
        "beps",
        "rfd",
        "rfds",
        "pep",
        "peps",
        "oep",
        "oeps",
        "decision",
        "decisions",
    }
)
_DECISION_FOLDERS = frozenset(
    {"architecture-decisions", "architecture-decision-records", "decision-records", "decision-log"}
)
_DECISION_FILE = re.compile(r"(?:adr|rfc|kep|bep|rfd|pep|oep)[-_ ]?\d+", re.IGNORECASE)
_NOT_A_DECISION = re.compile(r"(?:readme|index|template|contributing|_index)\b|.*\btemplate\b", re.IGNORECASE)
_RUNBOOK_WORDS = frozenset({"runbook", "runbooks", "playbook", "playbooks"})
_WORDS = re.compile(r"[-_. ]+")

# The states of MADR, adr-tools, KEPs and RFC repositories.
_STATES = (
    "proposed|accepted|approved|rejected|declined|deprecated|superseded|withdrawn|provisional|implementable|implemented"
    "|deferred|replaced|draft|pending|obsolete|active|final|open|closed|done"
)
_STATE = re.compile(rf"\W*({_STATES})\b", re.IGNORECASE)
_STATUS_LINE = re.compile(r"[ \t]*(?:[-*+][ \t]+)?[*_]{0,2}status[*_]{0,2}[ \t]*:[*_]{0,2}[ \t]*(\S.*)", re.IGNORECASE)
_DECIDED_STATES = frozenset(
    {"proposed", "accepted", "rejected", "superseded", "provisional", "implementable", "implemented"}
)
_DECISION_KEYS = frozenset({"deciders", "decision_makers", "kep_number", "adr", "rfc"})
_DECISION_HEADINGS = frozenset({"decision", "decision outcome", "considered options", "decision drivers"})
_SUPERSEDED = re.compile(r"(?:superseded|replaced|obsoleted)\s+(?:by|with)\b[:\s]*(.{1,300})", re.IGNORECASE)
_LINK = re.compile(r"\[[^\]\n]{1,200}\]\(([^)\s]{1,500})")
# Status lines stand at the top of a record.
_HEAD_ITEMS = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """A page's kind, and of a decision how it stands."""

    kind: Kind
    attributes: Mapping[str, AttributeValue]
    """``status`` in lower case and ``superseded_by`` (the link's target, or the words), where the page's text tells them."""


def standing_of(path: str, text: str, items: Sequence[Item], attributes: Mapping[str, AttributeValue]) -> Standing:
    """Return the page's kind by its path, its front matter and its headings."""
    kind = kind_by_path(path)
    line = _status_line(text, items)
    if (
        kind is Kind.PAGE
        and not _is_template(path)
        and (_declares_decision(attributes) or (line and _has_decision_heading(items)))
    ):
        kind = Kind.DECISION
    if kind is not Kind.DECISION or "status" in attributes:
        return Standing(kind, {})
    return Standing(kind, _status_attributes(line or _status_section(text, items) or ""))


def kind_by_path(path: str) -> Kind:
    """Return `Kind.DECISION` or `Kind.RUNBOOK` where folder or file name say so, else `Kind.PAGE`."""
    if _is_template(path):
        return Kind.PAGE
    parts = PurePosixPath(path.replace("\\", "/")).parts
    folders = [part.lower() for part in parts[:-1]]
    name = parts[-1].lower() if parts else ""
    words = {word for folder in folders for word in _WORDS.split(folder)}
    in_decisions = bool(words & _DECISION_WORDS) or not _DECISION_FOLDERS.isdisjoint(folders)
    if _DECISION_FILE.match(name) or (in_decisions and not _is_index(folders, name)):
        return Kind.DECISION
    if (words | set(_WORDS.split(name))) & _RUNBOOK_WORDS:
        return Kind.RUNBOOK
    return Kind.PAGE


def _is_template(path: str) -> bool:
    """A form to be filled in, such as ``rfc-000-template.md`` or ``NNNN-template/README.md``, decides nothing."""
    words = (word for part in PurePosixPath(path.replace("\\", "/")).parts[-2:] for word in _WORDS.split(part.lower()))
    return "template" in words


def _is_index(folders: Sequence[str], name: str) -> bool:
    """A README is the record itself in ``keps/1234-name/``, and an index in ``docs/decisions/``."""
    if not _NOT_A_DECISION.match(name):
        return False
    return "template" in name or not (folders and re.match(r"\d|\w+-\d", folders[-1]))


def _declares_decision(attributes: Mapping[str, AttributeValue]) -> bool:
    status = attributes.get("status")
    first_word = status.split()[0].lower().strip(".,:;") if isinstance(status, str) and status.split() else ""
    return first_word in _DECIDED_STATES or not _DECISION_KEYS.isdisjoint(attributes)


def _has_decision_heading(items: Sequence[Item]) -> bool:
    return any(item.heading.lower() in _DECISION_HEADINGS for item in items if item.kind is BlockKind.HEADING)


def _status_line(text: str, items: Sequence[Item]) -> str | None:
    """``* Status: accepted`` near the top, as MADR writes it."""
    for item in items[:_HEAD_ITEMS]:
        if item.kind in {BlockKind.PARAGRAPH, BlockKind.LIST}:
            for line in text[item.start : min(item.end, item.start + 2_000)].split("\n"):
                found = _STATUS_LINE.match(line)
                if found and _STATE.match(found[1]):
                    return found[1]
    return None


def _status_section(text: str, items: Sequence[Item]) -> str | None:
    """The first words under a heading ``Status``, as Nygard's records have it."""
    for heading, content in pairwise(items):
        if heading.kind is BlockKind.HEADING and heading.heading.lower() == "status":
            return text[content.start : min(content.end, content.start + 500)]
    return None


def _status_attributes(line: str) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {}
    state = _STATE.match(line)
    if state:
        attributes["status"] = state[1].lower()
    successor = _SUPERSEDED.search(line)
    if successor:
        link = _LINK.search(successor[1])
        attributes["superseded_by"] = link[1] if link else successor[1].strip().strip("*_.[]() ")
        attributes["status"] = "superseded"
    return attributes
