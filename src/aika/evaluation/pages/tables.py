"""The tables of a report: measures, slices, thresholds, what changed between two runs."""

from xml.etree.ElementTree import Element

from aika.evaluation.calibration import Calibration
from aika.evaluation.comparison import RunComparison
from aika.evaluation.confidence_runs import SIGNAL, TOGETHER
from aika.evaluation.measures import Estimate, estimate
from aika.evaluation.pages.elements import el
from aika.evaluation.pages.plots import interval_bar
from aika.evaluation.runs import Record, Run
from aika.evaluation.slices import sliced

_SIGNIFICANT = 0.05
_SLICE_MEASURES = (
    "nDCG@10",
    "R@100",
    "nugget recall",
    "correct",
    "sentence support",
    "answered",
    "abstained",
    "confidence",
)


def measures_table(record: Record) -> Element:
    """Return every measure of every system, with its interval drawn where it is a share."""
    table = _table("measure", ("draw", "0 to 1"), ("n", "value"), ("n", "95 % interval"))
    systems = {name: outcome for name, outcome in record.systems.items() if not name.startswith(SIGNAL)}
    for name, outcome in systems.items():
        if len(systems) > 1:
            said = "" if outcome.latency is None else f" · {outcome.latency.p50:.0f} ms (p95 {outcome.latency.p95:.0f})"
            table.append(el("tr", el("td", name, el("span", said, class_="dim"), colspan="4"), class_="group"))
        tone = "" if name == record.system else "tone1"
        for measure, value in outcome.measures.items():
            share = value.low >= 0 and value.high <= 1
            drawn = interval_bar(value, tone=tone) if share else None
            table.append(el("tr", el("td", measure), el("td", drawn, class_="draw"), _number(value), _interval(value)))
    return _scrolling(table)


def differences_table(run: Run, measure: str) -> Element | None:
    """Return how far each system is from the one that the run is about, topic by topic; ``None`` where there is one only."""
    main, others = run.record.system, [name for name in run.record.systems if name != run.record.system]
    if not others:
        return None
    mine = run.values(measure)
    table = _table("system", ("n", measure), ("n", f"{main} is above it by"), ("n", "ms"))
    for name in others:
        theirs = run.values(measure, system=name)
        both = sorted(mine.keys() & theirs.keys())
        if not both:
            continue
        difference = estimate([mine[topic] - theirs[topic] for topic in both])
        own = estimate([theirs[topic] for topic in both])
        sure = "good" if difference.low > 0 else "bad" if difference.high < 0 else "dim"
        said = f"{difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"
        outcome = run.record.systems[name]
        took = "" if outcome.latency is None else f"{outcome.latency.p50:.0f}"
        table.append(
            el("tr", el("td", name), _number(own), el("td", said, class_=f"n {sure}"), el("td", took, class_="n"))
        )
    return _scrolling(table)


def slices_table(run: Run) -> Element | None:
    """Return the slices of topics with their means; ``None`` where no slice has topics enough."""
    system = run.record.system
    known = {name for row in run.topics for name in row.values.get(system, {})}
    shown = [name for name in _SLICE_MEASURES if name in known][:5]
    table = _table("slice", ("n", "topics"), *(("n", name) for name in shown))
    empty = True
    for dimension, name, rows in sliced(run.topics):
        cells = []
        for measure in shown:
            values = [row.values[system][measure] for row in rows if measure in row.values.get(system, {})]
            cells.append(_number(estimate(values), with_interval=True) if values else el("td", "", class_="n"))
        label = el("td", el("span", f"{dimension} ", class_="dim"), name, class_="wide")
        table.append(el("tr", label, el("td", str(len(rows)), class_="n"), cells))
        empty = False
    return None if empty else _scrolling(table)


def thresholds_table(found: Calibration) -> Element:
    """Return what answering from a confidence on comes to."""
    table = _table(("n", "from"), ("n", "answered"), ("n", "95 % interval"), ("n", "right"), ("n", "95 % interval"))
    for each in found.thresholds:
        right = ("", "") if each.right is None else (f"{each.right:.1%}", _between(each.right_between))
        cells = (f"{each.threshold:.2f}", f"{each.answered:.1%}", _between(each.answered_between), *right)
        kinds = ("n", "n", "n dim", "n", "n dim")
        table.append(el("tr", [el("td", text, class_=kind) for text, kind in zip(cells, kinds, strict=True)]))
    return _scrolling(table)


def signals_table(record: Record) -> Element | None:
    """Return each input of the confidence alone, beside all of them; ``None`` where none is known."""
    alone = {name.removeprefix(SIGNAL): found for name, found in record.systems.items() if name.startswith(SIGNAL)}
    if not alone:
        return None
    table = _table("signal", ("draw", "0 to 1"), ("n", "AUROC"), ("n", "95 % interval"), ("n", "all together"))
    for name, found in alone.items():
        value, together = found.measures["auroc"], found.measures[TOGETHER]
        tone = "good" if together.value >= value.value else "bad"
        drawn = el("td", interval_bar(value, tone="tone1"), class_="draw")
        same = el("td", f"{together.value:.3f}", class_=f"n {tone}")
        table.append(el("tr", el("td", name), drawn, _number(value), _interval(value), same))
    return _scrolling(table)


def comparison_section(compared: RunComparison) -> list[Element]:
    """Return the measures of both runs, the settings that differ, and the topics that changed most."""
    table = _table(
        "measure", ("n", "before"), ("n", "after"), ("n", "difference"), ("n", "p, corrected"), ("n", "won, lost")
    )
    for name, one in compared.measures.items():
        sure = one.p_corrected < _SIGNIFICANT
        tone = "dim" if not sure else "good" if one.comparison.difference > 0 else "bad"
        said = f"{one.comparison.difference:+.3f} ({one.comparison.low:+.3f} to {one.comparison.high:+.3f})"
        cells = (f"{one.before:.3f}", f"{one.after:.3f}", said, f"{one.p_corrected:.3f}", f"{one.wins}, {one.losses}")
        numbers = [el("td", text, class_=f"n {tone}" if text == said else "n") for text in cells]
        table.append(el("tr", el("td", name), numbers))
    parts = [el("p", f"Against run {compared.before.id}, over {compared.n} topics.", class_="dim"), _scrolling(table)]
    parts += [el("p", note, class_="dim") for note in compared.notes]
    if compared.settings:
        changed = _table("setting", "before", "after")
        for name, (before, after) in compared.settings.items():
            changed.append(el("tr", el("td", name), el("td", before or "unset"), el("td", after or "unset")))
        parts += [el("h3", "Settings that differ"), _scrolling(changed)]
    first = next(iter(compared.measures), None)
    if first is not None and compared.measures[first].changes:
        moved = _table("question", ("n", "before"), ("n", "after"))
        for change in compared.measures[first].changes:
            tone = "good" if change.difference > 0 else "bad"
            numbers = [
                el("td", f"{change.before:.2f}", class_="n"),
                el("td", f"{change.after:.2f}", class_=f"n {tone}"),
            ]
            moved.append(el("tr", el("td", change.text, class_="wide"), numbers))
        parts += [el("h3", f"What changed most by {first}"), _scrolling(moved)]
    return parts


def _between(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.1%} to {interval[1]:.1%}"


def _table(*columns: str | tuple[str, str]) -> Element:
    heads = [column if isinstance(column, tuple) else ("", column) for column in columns]
    row = el("tr", [el("th", text, class_=kind or None, scope="col") for kind, text in heads])
    return el("table", row)


def _scrolling(table: Element) -> Element:
    # A wide table scrolls by itself, also by keyboard; the page never does sideways.
    return el("div", table, class_="scroll", tabindex="0", role="region", aria_label="table")


def _number(value: Estimate, *, with_interval: bool = False) -> Element:
    said = f"{value.low:.3f} to {value.high:.3f}" if with_interval else None
    return el("td", f"{value.value:.3f}" if abs(value.value) < 10 else f"{value.value:.0f}", class_="n", title=said)


def _interval(value: Estimate) -> Element:
    return el("td", f"{value.low:.3f} to {value.high:.3f}", class_="n dim")
