"""The report of a run: one HTML file with everything in it, that no script of anybody can run in."""

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from xml.etree.ElementTree import Element

from aika.evaluation.comparison import RunComparison
from aika.evaluation.measures import Estimate
from aika.evaluation.pages.elements import document, el
from aika.evaluation.pages.figures import confidence_of, figures, main_measure
from aika.evaluation.pages.tables import (
    comparison_section,
    differences_table,
    measures_table,
    signals_table,
    slices_table,
    thresholds_table,
)
from aika.evaluation.pages.topics import topics_section
from aika.evaluation.runs import Record, Run, RunKind
from aika.files import replace_file

_TITLES = {RunKind.RETRIEVAL: "Retrieval", RunKind.ANSWERS: "Answers", RunKind.CONFIDENCE: "Confidence"}
_TILES = (
    "nDCG@10",
    "R@10",
    "R@100",
    "RR",
    "nugget recall",
    "correct",
    "sentence support",
    "cited relevant",
    "abstention F1",
    "auroc",
    "ece",
    "brier",
    "coverage_at_95",
)
_MOST_TILES = 4


def write_report(
    run: Run, place: Path, *, history: Sequence[Record] = (), compared: RunComparison | None = None
) -> Path:
    """Write a run's report to a file and return its place. It holds questions, titles and quotes: only this user can read it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_file(place, report_page(run, history=history, compared=compared).encode("utf-8"))
    return place


def report_page(run: Run, *, history: Sequence[Record] = (), compared: RunComparison | None = None) -> str:
    """Return a run's report. ``history`` are earlier runs; ``compared`` is the comparison of one of them with this run."""
    record = run.record
    measure = main_measure(record)
    sections = [_section("measures", "Measures", measures_table(record))]
    differences = differences_table(run, measure) if record.kind is RunKind.RETRIEVAL else None
    if differences is not None:
        sections.append(_section("ablation", "What each ranking adds", differences))
    if compared is not None:
        sections.append(_section("comparison", "Before and after", *comparison_section(compared)))
    confident = confidence_of(run)
    if confident is not None:
        about = f"Answering from a confidence on: how many questions, and how many of them {confident[1]}."
        sections.append(
            _section("thresholds", "Thresholds", el("p", about, class_="dim"), thresholds_table(confident[0]))
        )
    signals = signals_table(record)
    if signals is not None:
        told = (
            "How well each signal tells right from wrong by itself, over the questions that have it, and all do there."
        )
        sections.append(_section("signals", "Each signal alone", el("p", told, class_="dim"), signals))
    slices = slices_table(run)
    if slices is not None:
        sections.append(_section("slices", "Slices", slices))
    sections.append(_section("topics", "Questions, the worst first", *topics_section(run, measure)))
    plots = el("section", el("h2", "At a glance"), el("div", figures(run, history), class_="plots"), id="plots")
    return document(_page(record, [_tiles(record), plots, *sections], sections))


def _page(record: Record, parts: Sequence[Element], sections: Sequence[Element]) -> Element:
    title = f"{_TITLES[record.kind]} on {record.collection}"
    css = (files("aika.evaluation.pages") / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        el("style", css),
    )
    links = [el("a", section.findtext("h2") or "", href=f"#{section.get('id')}") for section in sections]
    header = el(
        "header",
        el("h1", title),
        el("p", f"{record.n} topics · {record.started_at:%d %B %Y, %H:%M} · run {record.id}", class_="dim"),
        [el("p", note, class_="dim") for note in record.notes],
        el("nav", links, aria_label="Sections"),
    )
    return el("html", head, el("body", header, el("main", list(parts)), _footer(record)), lang="en")


def _section(id: str, title: str, *parts: Element) -> Element:
    return el("section", el("h2", title), list(parts), id=id)


def _tiles(record: Record) -> Element:
    outcome = record.systems[record.system]
    shown = [(name, outcome.measures[name]) for name in _TILES if name in outcome.measures][:_MOST_TILES]
    tiles = [_tile(name, value) for name, value in shown]
    if outcome.latency is not None:
        took = f"{outcome.latency.p50:.0f} ms"
        tiles.append(
            el(
                "div",
                el("span", "median latency"),
                el("b", took),
                el("span", f"p95 {outcome.latency.p95:.0f} ms"),
                class_="tile",
            )
        )
    return el("div", tiles, class_="tiles")


def _tile(name: str, value: Estimate) -> Element:
    interval = f"{value.low:.3f} to {value.high:.3f}"
    return el("div", el("span", name), el("b", f"{value.value:.3f}"), el("span", interval), class_="tile")


def _footer(record: Record) -> Element:
    versions = ", ".join(f"{name} {version}" for name, version in record.configuration.versions.items())
    settings = [el("li", f"{name} = {value}") for name, value in record.configuration.settings.items()]
    facts = ", ".join(f"{name} {value:g}" for name, value in record.facts.items())
    return el(
        "footer",
        el(
            "p",
            "Intervals are 95 % percentiles of the bootstrap over topics. docs/explanation/measures.md defines every measure.",
        ),
        el("p", f"Configuration {record.configuration.fingerprint}. {versions}. {facts}"),
        el("details", el("summary", "Settings"), el("ul", settings)) if settings else None,
    )
