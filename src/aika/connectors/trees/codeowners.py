"""CODEOWNERS files, by the rules of GitHub and, where a file has sections, of GitLab.

GitHub, “About code owners”: the first of the known places counts; the last rule that matches a path decides; a rule without
owners takes them away; a line with a mistake is skipped. Negation and character ranges do not exist. GitLab, “Code Owners
syntax”: in each section the last rule decides, and the sections add up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from aika.connectors.trees.files import Tree, folders_above, joined, text_of

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")

_TOKEN = re.compile(r"(?:\\.|[^\s\\])+")
_OWNER = re.compile(r"@@?[\w.-]+(?:/[\w.-]+)*|[^\s@]+@[^\s@]+\.[^\s@]+")
_SECTION = re.compile(r"\^?\[(?P<name>[^\]\n]+)\](?:\[\d+\])?(?P<owners>(?:\s+\S+)*)\s*")
_GITLAB_ONLY = ".gitlab/"
_SPECIAL = re.compile(r"[*?\\]")
_MOST_DOUBLE_STARS = 3
"""More would only take time: two say “anywhere” twice."""


@dataclass(frozen=True, slots=True)
class Rule:
    pattern: re.Pattern[str]
    prefix: str
    """The folders, or the file, that every path it matches begins with; empty where that may be any."""
    owners: tuple[str, ...]
    """Empty where the rule takes owners away."""
    excludes: bool = False
    """GitLab's ``!``: the section says nothing of these paths, whatever else it says."""


@dataclass(slots=True)
class _Section:
    defaults: tuple[str, ...] = ()
    rules: list[Rule] = field(default_factory=list)
    by_prefix: dict[str, list[int]] = field(default_factory=dict)
    """Numbers of rules. Of a thousand rules, a path is compared with the few whose prefix it has."""

    def add(self, rule: Rule) -> None:
        self.by_prefix.setdefault(rule.prefix, []).append(len(self.rules))
        self.rules.append(rule)

    def owners_of(self, path: str) -> tuple[str, ...]:
        numbers = sorted(
            (number for prefix in _prefixes(path) for number in self.by_prefix.get(prefix, ())), reverse=True
        )
        matching = [rule for number in numbers if (rule := self.rules[number]).pattern.fullmatch(path)]
        if not matching or any(rule.excludes for rule in matching):
            return ()
        return matching[0].owners


@dataclass(frozen=True, slots=True)
class Codeowners:
    """The rules of one file."""

    sections: tuple[_Section, ...]

    @classmethod
    def parse(cls, text: str, *, gitlab: bool = False) -> "Codeowners":
        """Read the rules. A file with sections is GitLab's, wherever it stands."""
        lines = [line for raw in text.splitlines() if (line := _without_comment(raw))]
        gitlab = gitlab or any(_section_of(line) for line in lines)
        sections: dict[str, _Section] = {"": _Section()}
        current = sections[""]
        for line in lines:
            header = _section_of(line) if gitlab else None
            if header is not None:
                # GitLab joins sections of one name, whatever its case.
                current = sections.setdefault(header[0], _Section(defaults=header[1]))
            elif (rule := _rule(line, current.defaults, gitlab=gitlab)) is not None:
                current.add(rule)
        return cls(tuple(section for section in sections.values() if section.rules))

    def owners_of(self, path: str) -> tuple[str, ...]:
        """Return who owns a path, relative to the repository's root, in the file's order."""
        found = (owner for section in self.sections for owner in section.owners_of(path))
        return tuple(dict.fromkeys(found))


def codeowners_in(tree: Tree, root: str) -> Codeowners | None:
    """Return the rules of the repository whose root is this folder."""
    for place in PLACES:
        text = text_of(tree, joined(root, place))
        if text is not None:
            return Codeowners.parse(text, gitlab=place.startswith(_GITLAB_ONLY))
    return None


def _without_comment(line: str) -> str:
    # A number sign within a word belongs to it; GitLab lets a pattern begin with an escaped one.
    return re.sub(r"(?:^|(?<=\s))#.*", "", line).strip()


def _section_of(line: str) -> tuple[str, tuple[str, ...]] | None:
    header = _SECTION.fullmatch(line)
    if header is None:
        return None
    owners = tuple(header["owners"].split())
    return (header["name"].strip().lower(), owners) if all(map(_OWNER.fullmatch, owners)) else None


def _rule(line: str, defaults: tuple[str, ...], *, gitlab: bool) -> Rule | None:
    pattern, *owners = _TOKEN.findall(line)
    if pattern.count("**") > _MOST_DOUBLE_STARS:
        return None
    if gitlab:
        named = tuple(owner for owner in owners if _OWNER.fullmatch(owner))
        excludes = pattern.startswith("!")
        bare = pattern.removeprefix("!")
        return Rule(_expression(bare, gitlab=True), _prefix(bare, gitlab=True), named or defaults, excludes=excludes)
    if pattern.startswith("!") or not all(map(_OWNER.fullmatch, owners)):
        return None
    return Rule(_expression(pattern, gitlab=False), _prefix(pattern, gitlab=False), tuple(owners))


def _prefixes(path: str) -> Iterator[str]:
    yield path
    yield from folders_above(path)


def _prefix(pattern: str, *, gitlab: bool) -> str:
    if not _is_anchored(pattern, gitlab=gitlab):
        return ""
    return "/".join(takewhile(lambda segment: not _SPECIAL.search(segment), pattern.strip("/").split("/")))


def _is_anchored(pattern: str, *, gitlab: bool) -> bool:
    return pattern.startswith("/") or (not gitlab and "/" in pattern.rstrip("/"))


def _expression(pattern: str, *, gitlab: bool) -> re.Pattern[str]:
    """Translate a pattern. On GitHub a name means the folder's contents too; on GitLab only with a ``/`` at its end."""
    anchored = _is_anchored(pattern, gitlab=gitlab)
    is_folder = pattern.endswith("/")
    segments = pattern.strip("/").split("/")
    parts = ["" if anchored else "(?:.*/)?"]
    for position, segment in enumerate(segments):
        last = position == len(segments) - 1
        if segment == "**":
            parts.append(".+" if last else "(?:[^/]+/)*")
        else:
            parts.append(_segment(segment) + ("" if last else "/"))
    if is_folder:
        parts.append("/.+")
    elif not gitlab and segments[-1] != "**" and not (anchored and segments[-1] == "*"):
        parts.append("(?:/.+)?")
    return re.compile("".join(parts))


def _segment(segment: str) -> str:
    """Translate a part between slashes. What follows a star is taken where it is met first: trying on would find no more."""
    first, *others = re.split(r"(?<!\\)\*+", segment)
    if not others:
        return _plain(first)
    *middle, last = others
    return _plain(first) + "".join(f"(?>[^/]*?{_plain(part)})" for part in middle) + f"[^/]*{_plain(last)}"


def _plain(part: str) -> str:
    pieces = re.findall(r"\\.|.", part)
    return "".join("[^/]" if piece == "?" else re.escape(piece[-1]) for piece in pieces)
