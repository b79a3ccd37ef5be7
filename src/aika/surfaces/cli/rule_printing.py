"""How ranking rules, and what they change, look in a terminal."""

import re
from collections import Counter
from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from aika.application.rule_trial import SHOWN, Change, Moved
from aika.client.rule_models import RulesReply, RuleView
from aika.surfaces.cli.rule_trying import Trial

_RULE = re.compile(r"(?<!not )(?:demoted|boosted) by '(?P<name>.+?)' \(")


def print_rules(console: Console, reply: RulesReply) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("rule", "of", "selects", "does", "declared in"):
        table.add_column(column)
    for rule in reply.rules:
        table.add_row(rule.name, rule.level, rule.selects, _does(rule), rule.declared_in)
    console.print(table if reply.rules else "No ranking rules are in force.")
    for error in reply.errors:
        console.print(Text(f"wrong: {error}", style="red"))
    for doubt in reply.doubts:
        console.print(Text(f"doubtful: {doubt}", style="yellow"))


def print_trial(console: Console, trial: Trial) -> None:
    for change in trial.changes:
        _print_change(console, change)
    counts = Counter(name for change in trial.changes for name in _rules_in(change))
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        console.print(Text(f"“{name}” had a part in {count} of the changes"))
    console.print(Text(summary(trial), style="bold"))


def summary(trial: Trial) -> str:
    """Return the outcome in a line: ``12 of 169 questions change, 3 first citations; nDCG@10 .812 before, .815 after``."""
    cited = sum(change.cites_another for change in trial.changes)
    said = f"{len(trial.changes)} of {trial.questions} questions change, {cited} first citations"
    if not trial.judged:
        return said
    return f"{said}; nDCG@10 {trial.ndcg_before:.4f} before, {trial.ndcg_after:.4f} after (n={trial.judged})"


def _print_change(console: Console, change: Change) -> None:
    console.print(Text(change.question, style="bold"))
    if change.cites_another:
        before, after = change.citation_before or "no answer", change.citation_after or "no answer"
        console.print(Padding(Text(f"first citation: {before} → {after}", style="cyan"), (0, 2)))
    else:
        console.print(Padding(Text(f"first citation stays: {change.citation_before or 'no answer'}"), (0, 2)))
    for move in change.moved:
        entered, left = move in change.entered, move in change.left
        where = f"into the first {SHOWN}: " if entered else f"out of the first {SHOWN}: " if left else ""
        console.print(Padding(Text(where) + _moved(move), (0, 4)))


def _moved(move: Moved) -> Text:
    ranks = f"{move.rank_before or '–'} → {move.rank_after or '–'}"
    scores = f"{_score(move.score_before)} → {_score(move.score_after)}"
    why = f"  {'; '.join(move.reasons)}" if move.reasons else ""
    return Text(f"{ranks}  {move.title}  ({scores})") + Text(why, style="dim")


def _score(score: float | None) -> str:
    return "–" if score is None else f"{score:.3f}"


def _does(rule: RuleView) -> str:
    parts = [f"×{rule.factor:g}"] if rule.factor != 1 else []
    if rule.half_life_days is not None:
        parts.append(f"decays to ×{rule.floor:g}, half of it in {rule.half_life_days:g} days")
    return ", ".join(parts) or "nothing"


def _rules_in(change: Change) -> Iterator[str]:
    """Yield each rule that had a part in a change, once."""
    reasons = (reason for move in change.moved for reason in move.reasons)
    yield from dict.fromkeys(found["name"] for reason in reasons for found in _RULE.finditer(reason))
