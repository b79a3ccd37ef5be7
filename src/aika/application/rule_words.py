"""Ranking rules in words, for people."""

from collections.abc import Collection, Iterator

from aika.domain.rules import RankingRule
from aika.domain.selection import Selection


def selected_by(rule: RankingRule) -> str:
    """Return which documents a rule is for: ``decisions of wiki, superseded or replaced``."""
    parts = list(_selected(rule.applies_to))
    if rule.endorsed:
        parts.append("endorsed by somebody")
    if rule.min_helpful is not None:
        parts.append(f"found helpful by {rule.min_helpful} more people than not")
    return ", ".join(parts) or "everything"


def _selected(selection: Selection) -> Iterator[str]:
    for name, values in (
        ("source", selection.sources),
        ("kind", selection.kinds),
        ("owner", selection.owners),
        ("tag", selection.tags),
        ("path", selection.paths),
        ("status", selection.statuses),
        ("audience", selection.audiences),
    ):
        if values is not None:
            yield f"{name} {_either(values)}"
    for other in selection.excluding:
        yield f"but not {' and '.join(_selected(other)) or 'everything'}"


def _either(values: Collection[str]) -> str:
    return " or ".join(sorted(values)) or "(none)"
