"""Runs that are kept, compared, and held to what was reached before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from aika.domain.errors import ConfigurationError, NotFoundError
from aika.evaluation.comparison import compare_runs
from aika.evaluation.comparison_report import bars, comparison_as_json, comparison_as_table, history_as_table
from aika.evaluation.gate import (
    baseline_of,
    below_baseline,
    below_floors,
    read_baseline,
    read_floor,
    write_baseline,
)
from aika.evaluation.measures import estimate
from aika.evaluation.records import RunRecords
from aika.evaluation.runs import Configuration, Record, Run, RunKind, SystemOutcome, TopicRow, run_id

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_run(*values: float, measure: str = "nDCG@10", at: datetime = NOON, **settings: str) -> Run:
    record = Record(
        id=run_id(at, "test"),
        kind=RunKind.RETRIEVAL,
        collection="ferries",
        digest="d",
        configuration=Configuration("f", settings),
        started_at=at,
        seconds=1.0,
        n=len(values),
        systems={"hybrid": SystemOutcome({measure: estimate(values)})},
    )
    rows = (
        TopicRow(f"t{place:02}", f"Question {place}?", values={"hybrid": {measure: value}})
        for place, value in enumerate(values)
    )
    return Run(record, tuple(rows))


def printed(table: RenderableType) -> str:
    console = Console(width=100, record=True, file=StringIO())
    console.print(table)
    return console.export_text()


# Records


def test_a_run_is_kept_with_its_topics(tmp_path: Path) -> None:
    records = RunRecords(tmp_path / "runs")
    run = records.add(make_run(1.0, 0.5))

    assert records.load(run.record.id) == run
    assert records.load("last") == run


def test_runs_of_one_second_are_told_apart(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)

    kept = [records.add(make_run(value)).record.id for value in (0.1, 0.2)]

    assert len(set(kept)) == 2
    assert [record.id for record in records.listing()] == kept


def test_only_this_user_reads_what_was_asked(tmp_path: Path) -> None:
    RunRecords(tmp_path).add(make_run(1.0))

    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


def test_a_run_is_named_by_how_far_back_it_is(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)
    first = records.add(make_run(0.1))
    records.add(make_run(0.2, at=NOON + timedelta(hours=1)))

    assert records.load("last-1") == first
    with pytest.raises(NotFoundError, match="2 are recorded"):
        records.load("last-2")


def test_the_history_says_what_changed_and_shows_a_chart() -> None:
    before, after = make_run(0.5, weight="0.5"), make_run(0.9, at=NOON + timedelta(days=1), weight="0.7")

    text = printed(history_as_table([before.record, after.record]))

    assert "▁█  0.500 → 0.900" in text
    assert "changed weight = 0.7" in text
    assert bars([1, 1]) == "▅▅"


# Comparisons


def test_a_comparison_counts_topics_and_names_those_that_changed_most() -> None:
    before, after = make_run(*[0.5] * 30), make_run(*[0.5] * 20, *[0.9] * 9, 0.0)

    found = compare_runs(before, after).measures["nDCG@10"]

    assert (found.wins, found.ties, found.losses) == (9, 20, 1)
    assert found.changes[0].topic == "t29"
    assert found.comparison.difference == pytest.approx(3.1 / 30)


def test_looking_at_many_measures_is_paid_for() -> None:
    def both(first: float, second: float) -> Run:
        one, other = make_run(*[first] * 9, 0.4), make_run(*[second] * 9, 0.5, measure="RR")
        measures = {**one.record.systems["hybrid"].measures, **other.record.systems["hybrid"].measures}
        rows = tuple(
            replace(row, values={"hybrid": {**row.values["hybrid"], **more.values["hybrid"]}})
            for row, more in zip(one.topics, other.topics, strict=True)
        )
        return Run(replace(one.record, systems={"hybrid": SystemOutcome(measures)}), rows)

    compared = compare_runs(both(0.2, 0.3), both(0.6, 0.3))

    assert compared.measures["nDCG@10"].p_corrected == pytest.approx(2 * compared.measures["nDCG@10"].comparison.p)
    assert any("corrected p" in note for note in compared.notes)


def test_a_comparison_says_which_settings_differ_and_what_to_make_of_it() -> None:
    compared = compare_runs(make_run(*[0.2] * 40, weight="0.5"), make_run(*[0.7] * 40, weight="0.7"))

    text = printed(comparison_as_table(compared))

    assert compared.settings == {"weight": ("0.5", "0.7")}
    assert "nDCG@10 is better, and chance alone seldom does that" in text
    assert comparison_as_json(compared)["n"] == 40


def test_runs_without_a_topic_in_common_cannot_be_compared() -> None:
    one = make_run(0.5)
    other = replace(one, topics=(replace(one.topics[0], id="another"),))

    with pytest.raises(ConfigurationError, match="share no topic"):
        compare_runs(one, other)


# The gate


def test_a_floor_that_is_not_reached_is_a_sentence() -> None:
    run = make_run(0.7)

    assert below_floors(run, [read_floor("nDCG@10=0.7")]) == []
    assert below_floors(run, [read_floor("hybrid:nDCG@10=0.8")]) == [
        "nDCG@10 of hybrid is 0.700, below the 0.800 that is asked for"
    ]


@pytest.mark.parametrize("text", ["nDCG@10", "=0.8", "nDCG@10=high"])
def test_a_floor_is_a_measure_and_a_number(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is no floor"):
        read_floor(text)


def test_a_floor_of_what_was_not_measured_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"'R@10' of hybrid was not measured \(measured: nDCG@10\)"):
        below_floors(make_run(1.0), [read_floor("R@10=0.5")])


def test_an_error_may_not_exceed_its_floor() -> None:
    run = make_run(0.2, measure="ECE")

    assert below_floors(run, [read_floor("ECE=0.3")]) == []
    assert below_floors(run, [read_floor("ECE=0.1")]) == ["ECE of hybrid is 0.200, above the 0.100 that is asked for"]


def test_a_baseline_that_was_written_lets_the_same_run_pass(tmp_path: Path) -> None:
    run, path = make_run(1 / 3, 2 / 3), tmp_path / "baseline.json"
    write_baseline(path, baseline_of(run))

    assert below_baseline(run, read_baseline(path), tolerance=0.0, called="it") == []


def test_a_baseline_has_a_line_for_each_topic(tmp_path: Path) -> None:
    write_baseline(tmp_path / "baseline.json", baseline_of(make_run(0.5, 1.0)))

    assert '    "t01": {"nDCG@10": 1.0}\n' in (tmp_path / "baseline.json").read_text()


def test_a_drop_names_the_measure_and_the_topics_that_fell() -> None:
    baseline = baseline_of(make_run(1.0, 1.0, 1.0, 1.0))

    failures = below_baseline(make_run(1.0, 0.5, 1.0, 0.0), baseline, tolerance=0.02, called="baseline.json")

    assert failures == [
        (
            "nDCG@10 of hybrid is 0.625, worse by 0.375 than the 1.000 of baseline.json (0.02 would pass); "
            "2 topics fell, most: t03 (1.00 to 0.00), t01 (1.00 to 0.50)"
        )
    ]


def test_a_drop_within_the_tolerance_passes() -> None:
    assert below_baseline(make_run(0.98), baseline_of(make_run(1.0)), tolerance=0.02, called="it") == []


def test_hard_topics_that_were_added_do_not_fail_the_gate() -> None:
    baseline = baseline_of(make_run(1.0, 1.0))

    assert below_baseline(make_run(1.0, 1.0, 0.0, 0.0), baseline, tolerance=0.0, called="it") == []


def test_a_baseline_of_another_collection_is_refused() -> None:
    baseline = baseline_of(make_run(1.0)).model_copy(update={"collection": "trains"})

    with pytest.raises(ConfigurationError, match="is of retrieval on trains, and this run is of retrieval on ferries"):
        below_baseline(make_run(1.0), baseline, tolerance=0.0, called="it")


def test_a_baseline_that_is_not_there_says_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Write it with --write-baseline"):
        read_baseline(tmp_path / "baseline.json")
