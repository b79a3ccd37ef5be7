"""Decision records: how one stands, what it replaces, who wrote and who approved it, under one name each.

Records of Nygard's form, MADR, RFC repositories and enhancement proposals say the same things under different names, in front
matter or in their first lines.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from aika.domain.documents import AttributeValue, Block, BlockKind, Body

_NAMES: Mapping[str, tuple[str, ...]] = {
    "superseded_by": ("superseded_by", "superceded_by", "replaced_by", "obsoleted_by"),
    "supersedes": ("supersedes", "supercedes", "replaces", "obsoletes"),
    "authors": ("authors", "author", "proposers", "proposer"),
    "approvers": ("approvers", "approver", "approved_by", "deciders", "decision_makers", "decided_by"),
    "reviewers": ("reviewers", "reviewer", "reviewed_by"),
}
_STATES = frozenset(
    """
    proposed accepted approved rejected declined deprecated superseded withdrawn provisional implementable implemented deferred
    replaced draft pending obsolete active final open closed done
    """.split()  # noqa: SIM905 - a list of words is read more easily
)
_PLACEHOLDERS = frozenset({"", "-", "tbd", "n/a", "none", "null"})
_LINE = re.compile(
    r"[ \t]*(?:[-*+][ \t]+)?[*_]{0,2}(?P<name>[A-Za-z][A-Za-z -]{2,24}?)[*_]{0,2}[ \t]*:[*_]{0,2}[ \t]*(?P<value>\S.*)"
)
_BY = re.compile(r"(?:superseded|replaced|obsoleted)\s+(?:by|with)\b[:\s]*(?P<what>.{1,300})", re.IGNORECASE)
_REPLACES = re.compile(r"(?:supersedes|replaces|obsoletes)\b[:\s]*(?P<what>.{1,300})", re.IGNORECASE)
_LINK = re.compile(r"\[[^\]\n]{1,200}\]\((?P<target>[^)\s]{1,500})\)")
_NUMBERED = re.compile(r"(?P<kind>adr|rfc|kep|bep|pep|oep|rfd)s?[-_ ]?(?P<number>\d+)(?!\d)", re.IGNORECASE)
_FOLDER = re.compile(r"(?P<kind>adr|rfc|kep|bep|pep|oep|rfd)s?", re.IGNORECASE)
_LEADING_NUMBER = re.compile(r"(?P<number>\d{1,5})[-_. ]")
# A record's metadata stands at its top.
_HEAD_BLOCKS = 12
_MOST_TEXT = 2_000


def decision_attributes(path: str, body: Body, attributes: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
    """Return the attributes of a decision record with these added or made uniform, where something says them.

    ``status`` (in lower case where it is a usual state), ``superseded_by`` and ``supersedes`` (a link's target, or a name),
    ``authors``, ``approvers``, ``reviewers``, and ``record``, such as ``RFC-128``. What front matter says goes before the text.
    """
    said = dict(attributes)
    lines = dict(_lines(body))
    for name, others in _NAMES.items():
        found = next((value for other in others if (value := _told(said.get(other) or lines.get(other)))), None)
        if found:
            said[name] = found
    _settle_status(said, lines, list(_status_texts(body)))
    if "record" not in said and (record := record_name(path)):
        said["record"] = record
    return said


def record_name(path: str) -> str | None:
    """Return how people call a record: ``rfc-128-deployment.md`` is “RFC-128”, ``keps/sig-node/917-x/README.md`` “KEP-917”."""
    parts = PurePosixPath(path).parts
    for part in reversed(parts[-2:]):
        if named := _NUMBERED.match(part):
            return f"{named['kind'].upper()}-{named['number']}"
    kind = next((found["kind"] for part in reversed(parts[:-1]) if (found := _FOLDER.fullmatch(part))), None)
    number = next((found["number"] for part in reversed(parts[-2:]) if (found := _LEADING_NUMBER.match(part))), None)
    return f"{kind.upper()}-{number}" if kind and number else None


def _settle_status(said: dict[str, AttributeValue], lines: Mapping[str, str], texts: list[str]) -> None:
    status = said.get("status") or lines.get("status")
    written = status if isinstance(status, str) else ""
    for text in (written, *texts):
        if "superseded_by" not in said and (by := _BY.search(text)):
            said["superseded_by"] = _target(by["what"])
            said["status"] = "superseded"
        if "supersedes" not in said and (replaced := _REPLACES.search(text)):
            said["supersedes"] = _target(replaced["what"])
    first = re.match(r"\W*([A-Za-z]+)", written)
    if said.get("status") != "superseded" and first and first[1].lower() in _STATES:
        said["status"] = first[1].lower()


def _lines(body: Body) -> Iterator[tuple[str, str]]:
    """Yield what ``Name: value`` lines near the top say, as MADR and RFC templates have them."""
    for block in body.blocks[:_HEAD_BLOCKS]:
        if block.kind in {BlockKind.PARAGRAPH, BlockKind.LIST}:
            for line in _text(body, block).splitlines():
                if found := _LINE.fullmatch(line.rstrip()):
                    name = found["name"].strip().lower().replace(" ", "_").replace("-", "_")
                    yield name, found["value"].strip().strip("*_")


def _status_texts(body: Body) -> Iterator[str]:
    """Yield what stands under a heading ``Status``, as in Nygard's records."""
    for block in body.blocks:
        if block.kind is not BlockKind.HEADING and block.heading_path and block.heading_path[-1].lower() == "status":
            yield _text(body, block)


def _text(body: Body, block: Block) -> str:
    return body.text[block.start : min(block.end, block.start + _MOST_TEXT)]


def _told(value: AttributeValue | None) -> AttributeValue | None:
    """Return names as a tuple; a single link or name as it is."""
    if value is None:
        return None
    if isinstance(value, str):
        if _LINK.search(value):
            return _target(value)
        names = [name.strip() for name in re.split(r"[,;]", value)]
    else:
        names = [_target(name) if _LINK.search(name) else name.strip() for name in value]
    kept = tuple(name for name in names if name.lower() not in _PLACEHOLDERS)
    return kept[0] if isinstance(value, str) and len(kept) == 1 else kept or None


def _target(text: str) -> str:
    link = _LINK.search(text)
    return link["target"] if link else text.split("\n", maxsplit=1)[0].strip().strip("*_.[]() \"'")
