"""A run as one HTML page, that nothing in it can take over."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import html

from aika.evaluation.comparison import compare_runs
from aika.evaluation.measures import estimate
from aika.evaluation.pages.elements import document, el, link
from aika.evaluation.pages.page import report_page, write_report
from aika.evaluation.runs import Configuration, Found, Latency, Record, Run, RunKind, SystemOutcome, Told, TopicRow

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
HOSTILE = '</blockquote><script>alert("x")</script><img src=x onerror=alert(1)> <style>*{display:none}</style>\x00'


def run_of(
    kind: RunKind, values: Mapping[str, Mapping[str, float]], *, id: str = "20260504-093000-aaaa", text: str = "Q?"
) -> Run:
    """Return a run whose topics have these values."""
    rows = tuple(
        TopicRow(
            topic,
            f"{text} {topic}",
            slices={"kind": ("page",)},
            values={"main": measured},
            rankings={
                "main": (Found("guide.md", "Guide", "https://docs.example/guide", 1, "lexical 1", "At 7.", 0.9),)
            },
            told={"main": Told("At seven.", confidence=measured.get("confidence"))},
            expected=("at seven",),
        )
        for topic, measured in values.items()
    )
    names = dict.fromkeys(name for measured in values.values() for name in measured)
    measures = {name: estimate([each[name] for each in values.values() if name in each]) for name in names}
    outcome = SystemOutcome(measures, Latency(12, 40))
    record = Record(id, kind, "ferries", "d", Configuration("f"), NOW, 3.0, len(rows), {"main": outcome})
    return Run(record, rows)


ANSWERS = run_of(
    RunKind.ANSWERS,
    {
        f"t{number}": {"nugget recall": number / 10, "confidence": number / 10, "answerable": float(number > 3)}
        for number in range(10)
    },
)


def hostile_run() -> Run:
    found = Found(HOSTILE, HOSTILE, "javascript:alert(1)", 1, HOSTILE, HOSTILE, 0.4)
    row = TopicRow(
        HOSTILE,
        HOSTILE,
        slices={HOSTILE: (HOSTILE,)},
        values={"main": {"nugget recall": 0.5}},
        rankings={"main": (found,)},
        missed=(HOSTILE,),
        told={"main": Told(HOSTILE, remarks=(HOSTILE,))},
        expected=(HOSTILE,),
    )
    record = replace(ANSWERS.record, collection=HOSTILE, notes=(HOSTILE,))
    return Run(record, (row,))


def test_text_of_documents_stays_text() -> None:
    page = html.fromstring(report_page(hostile_run()))

    assert page.xpath("//script | //img | //iframe | //link | //object") == []
    assert len(page.xpath("//style")) == 1
    assert HOSTILE.strip("\x00") in page.xpath("string(//blockquote)")


def test_no_element_has_a_handler_and_no_link_runs_anything() -> None:
    page = html.fromstring(report_page(hostile_run()))

    attributes = [(name, value) for element in page.iter() for name, value in element.attrib.items()]
    assert [name for name, _ in attributes if name.startswith("on") or name == "style"] == []
    assert [value for name, value in attributes if name == "href" and not value.startswith("#")] == []


def test_the_page_forbids_scripts_and_everything_from_elsewhere() -> None:
    page = report_page(ANSWERS)

    (policy,) = html.fromstring(page).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert re.findall(r"(?:src|href)=\"http(?!s://docs\.example)[^\"]*", page) == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://a.example/\"onclick='x'", None])
def test_only_addresses_of_the_web_become_links(url: str | None) -> None:
    assert link("Guide", url).tag == "span"


def test_characters_that_no_page_may_hold_are_dropped() -> None:
    assert document(el("p", "a\x00b\x1b\ud800c")).strip().endswith("<p>abc</p>")


def test_answers_are_shown_with_reliability_risk_and_every_question() -> None:
    page = html.fromstring(report_page(ANSWERS))

    titles = page.xpath("//figcaption/b/text()")
    assert {"nugget recall by topic", "Reliability", "Risk and coverage"} <= set(titles)
    assert len(page.xpath("//details[contains(@class, 'topic')]")) == 10


def test_the_worst_question_comes_first() -> None:
    page = html.fromstring(report_page(ANSWERS))

    assert page.xpath("//details[contains(@class, 'topic')]/@id")[0] == "topic-t0"


def test_every_plot_says_in_words_what_it_shows() -> None:
    page = html.fromstring(report_page(ANSWERS))

    plots = page.xpath("//*[@role='img']")
    assert len(plots) >= 3
    assert all(plot.xpath("string(./*[local-name()='title'])") for plot in plots)


def test_retrieval_is_shown_with_precision_and_recall() -> None:
    values = {f"t{number}": {"nDCG@10": 0.5, "R@10": 1.0} for number in range(6)}

    page = html.fromstring(report_page(run_of(RunKind.RETRIEVAL, values)))

    assert "Precision and recall" in page.xpath("//figcaption/b/text()")


def test_earlier_runs_are_a_chart_and_a_comparison() -> None:
    before = run_of(
        RunKind.ANSWERS,
        {f"t{number}": {"nugget recall": 0.2} for number in range(10)},
        id="20260503-093000-bbbb",
    )
    earlier = replace(before.record, started_at=NOW - timedelta(days=1))

    page = html.fromstring(report_page(ANSWERS, history=[earlier], compared=compare_runs(before, ANSWERS)))

    assert "nugget recall over time" in page.xpath("//figcaption/b/text()")
    assert "Before and after" in page.xpath("//h2/text()")


def test_the_file_is_for_its_user_alone(tmp_path: Path) -> None:
    place = write_report(ANSWERS, tmp_path / "reports" / "run.html")

    assert place.stat().st_mode & 0o077 == 0
