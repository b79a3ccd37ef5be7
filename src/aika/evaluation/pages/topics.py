"""The drill-down of a report: one question with what was found, told and cited."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from aika.evaluation.pages.elements import el, link
from aika.evaluation.runs import Found, Run, Told, TopicRow
from aika.evaluation.support import SUPPORTED

MOST = 400
"""Topics that a page shows, the worst first: more would make it too large to open."""
_SHOWN_TEXT = 4_000


def topics_section(run: Run, measure: str) -> list[Element]:
    """Return the topics as details to open, the worst first."""
    system = run.record.system

    def order(row: TopicRow) -> tuple[float, str]:
        value = row.values.get(system, {}).get(measure)
        # An answer that should not have been given is as bad as a bad one.
        wrong = row.values.get(system, {}).get("abstained")
        return (value if value is not None else wrong if wrong is not None else 2.0, row.id)

    rows = sorted(run.topics, key=order)
    shown = [_topic(row, system, measure, [*run.record.systems]) for row in rows[:MOST]]
    if len(rows) > MOST:
        shown.append(el("p", f"{len(rows) - MOST} better ones are not shown.", class_="dim"))
    return shown


def _topic(row: TopicRow, system: str, measure: str, systems: Sequence[str]) -> Element:
    values = row.values.get(system, {})
    told = row.told.get(system)
    if measure in values:
        said = f"{measure} {values[measure]:.2f}"
    else:
        said = "" if told is None else "abstained" if told.abstained else "answered"
    body = el("div", _chips(row))
    if row.expected:
        body.append(el("p", el("b", "Expected"), el("ul", [el("li", text) for text in row.expected])))
    if told is not None:
        body.extend(_told(told))
    for name in systems:
        found = row.rankings.get(name, ())
        if found:
            title = "Citations" if told is not None else name
            body.append(el("h3", title))
            body.append(_ranking(found, cited=told is not None))
    if row.missed:
        body.append(el("p", el("b", "Relevant and not found: "), ", ".join(row.missed), class_="bad"))
    numbers = ", ".join(f"{name} {value:.2f}" for name, value in values.items())
    took = row.milliseconds.get(system)
    body.append(el("p", numbers + (f", {took:.0f} ms" if took is not None else ""), class_="dim"))
    summary = el("summary", el("span", row.text, class_="q"), el("span", said, class_="v"))
    return el("details", summary, body, class_="topic", id=f"topic-{row.id}")


def _chips(row: TopicRow) -> Element:
    names = [f"{dimension}: {name}" for dimension, slices in row.slices.items() for name in slices]
    return el("p", el("span", row.id), [el("span", name) for name in names], class_="chips")


def _told(told: Told) -> list[Element]:
    said = "Abstention" if told.abstained else "Answer"
    confidence = "" if told.confidence is None else f", confidence {told.confidence:.2f}"
    text = told.text if len(told.text) <= _SHOWN_TEXT else f"{told.text[:_SHOWN_TEXT]} …"
    parts = [el("p", el("b", said), confidence), el("blockquote", text)]
    if told.remarks:
        parts.append(el("ul", [el("li", remark, class_="bad") for remark in told.remarks]))
    return parts


def _ranking(found: Sequence[Found], *, cited: bool) -> Element:
    heads = ("", "document", "why", "judged", *(("support",) if cited else ()))
    table = el("table", el("tr", [el("th", head, scope="col") for head in heads]))
    for number, each in enumerate(found, start=1):
        name = link(each.title or each.document, each.url)
        where = el("div", each.document, class_="quote") if each.title else None
        quote = el("div", f"“{each.quote}”", class_="quote") if each.quote else None
        cells = [
            el("td", str(number), class_="n dim"),
            el("td", name, where, quote, class_="wide"),
            el("td", each.reason, class_="dim wide"),
            _grade(each.grade),
        ]
        if cited:
            cells.append(_support(each.support))
        table.append(el("tr", cells))
    return el("div", table, class_="scroll", tabindex="0", role="region", aria_label="ranking")


def _grade(grade: int | None) -> Element:
    if grade is None:
        return el("td", "not judged", class_="dim")
    return el("td", f"relevant ({grade})" if grade > 0 else "not relevant", class_="good" if grade > 0 else "bad")


def _support(support: float | None) -> Element:
    if support is None:
        return el("td", "", class_="n")
    return el("td", f"{support:.2f}", class_="n good" if support >= SUPPORTED else "n bad")
