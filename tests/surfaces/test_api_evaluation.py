"""Runs of evaluations over HTTP: for operators, from what was recorded, and started there."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from served_application import connected

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.evaluation.measures import estimate
from aika.evaluation.runs import Configuration, Found, Record, Run, RunKind, SystemOutcome, TopicRow, run_id
from aika.settings import load_settings

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
MEASURE = "nDCG@10"


def make_run(*values: float, hours: int = 0, **settings: str) -> Run:
    at = NOON + timedelta(hours=hours)
    record = Record(
        id=run_id(at, "test"),
        kind=RunKind.RETRIEVAL,
        collection="ferries",
        digest="d",
        configuration=Configuration("f", settings, revision="abc"),
        started_at=at,
        seconds=1.0,
        n=len(values),
        systems={"full": SystemOutcome({MEASURE: estimate(values)})},
    )
    found = {
        "full": (
            Found("b.md", grade=2, ranks={"full": 1, "lexical": 30}),
            Found("a.md", ranks={"full": 2, "lexical": 1}),
        ),
        "lexical": (Found("a.md", ranks={"full": 2, "lexical": 1}),),
    }
    rows = (
        TopicRow(f"t/{place}", f"Question {place}?", values={"full": {MEASURE: value}}, rankings=found)
        for place, value in enumerate(values)
    )
    return Run(record, tuple(rows))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def aika(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Aika]:
    folder = tmp_path_factory.mktemp("company")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    collection = folder / "evaluation" / "ferries"
    collection.mkdir(parents=True)
    documents = {"refunds": "Customers may claim a refund within 30 days.", "cache": "Error CACHE-104 means full."}
    corpus = [json.dumps({"_id": name, "title": name, "text": text}) for name, text in documents.items()]
    (collection / "corpus.jsonl").write_text("\n".join(corpus))
    (collection / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "What does CACHE-104 mean?"}))
    (collection / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tcache\t1\n")
    async with open_aika(load_settings(folder)) as opened:
        for run in (make_run(0.5, 0.5, 1.0, hours=0, a="1"), make_run(1.0, 0.25, 1.0, hours=1, a="2")):
            opened.evaluation.records.add(run)
        yield opened


async def get(aika: Aika, path: str, status: int = 200, **headers: str) -> dict[str, object]:
    async with connected(aika) as http:
        reply = await http.get(path, headers=headers)
    assert reply.status_code == status, reply.text
    found: dict[str, object] = reply.json()
    return found


async def runs(aika: Aika) -> list[str]:
    listed = await get(aika, "/v1/evaluation/runs?collection=ferries&kind=retrieval")
    return [run["id"] for run in listed["runs"] if run["revision"] == "abc"]  # type: ignore[attr-defined]  # JSON


async def test_runs_are_listed_the_newest_first(aika: Aika) -> None:
    newest, oldest = await runs(aika)

    assert newest > oldest
    assert (await get(aika, "/v1/evaluation/runs?collection=other"))["runs"] == []


async def test_a_run_has_its_topics_and_what_it_was_made_with(aika: Aika) -> None:
    found = await get(aika, f"/v1/evaluation/runs/{(await runs(aika))[0]}")

    assert found["settings"] == {"a": "2"}
    assert [row["values"]["full"][MEASURE] for row in found["rows"]] == [1.0, 0.25, 1.0]  # type: ignore[attr-defined]  # JSON


async def test_two_runs_are_compared_topic_by_topic(aika: Aika) -> None:
    after, before = await runs(aika)
    found = await get(aika, f"/v1/evaluation/compare?a={before}&b={after}")

    (measure,) = found["measures"]  # type: ignore[misc]  # JSON
    assert (measure["wins"], measure["ties"], measure["losses"]) == (1, 1, 1)
    assert [change["id"] for change in found["changes"]] == ["t/1", "t/2", "t/0"]  # type: ignore[attr-defined]  # JSON
    assert found["settings"] == [{"name": "a", "before": "1", "after": "2"}]


async def test_a_topic_tells_where_each_stage_has_each_document(aika: Aika) -> None:
    found = await get(aika, f"/v1/evaluation/runs/{(await runs(aika))[0]}/topics/t/1")

    assert found["stages"] == [
        {"name": "lexical", "ranks": {"b.md": 30, "a.md": 1}},
        {"name": "full", "ranks": {"b.md": 1, "a.md": 2}},
    ]
    assert [(one["id"], one["grade"]) for one in found["documents"]] == [("b.md", 2), ("a.md", None)]  # type: ignore[attr-defined]  # JSON
    assert (found["previous"], found["next"]) == ("t/0", "t/2")


@pytest.mark.parametrize("path", ["runs/nothing", "runs/last/topics/nothing", "compare?a=x&b=y"])
async def test_what_was_not_recorded_is_not_found(aika: Aika, path: str) -> None:
    await get(aika, f"/v1/evaluation/{path}", 404)


async def test_a_run_that_is_started_is_measured_and_recorded(aika: Aika) -> None:
    order = {"collection": "ferries", "changes": ["retrieval.dense_weight=0.7"]}
    async with connected(aika) as http:
        started = await http.post("/v1/evaluation/runs", json=order)
        await aika.jobs.wait(aika.evaluation.started()[0].job)
        (done,) = (await http.get("/v1/evaluation/started")).json()["started"]

    assert (started.status_code, started.json()["state"]) == (202, "running")
    assert (done["state"], done["problem"]) == ("done", None)
    run = await get(aika, f"/v1/evaluation/runs/{done['run']}")
    assert run["settings"]["retrieval.dense_weight"] == "0.7"  # type: ignore[index]  # JSON
    assert run["topics"] == 1


@pytest.mark.parametrize(
    "order",
    [
        {"collection": "../secrets"},
        {"collection": "ferries", "changes": ["data_dir=/elsewhere"]},
        {"collection": "ferries", "changes": ["retrieval.dense_weight=much"]},
    ],
)
async def test_only_collections_of_the_folder_are_measured_and_only_what_bears_on_quality_is_changed(
    aika: Aika, order: dict[str, object]
) -> None:
    async with connected(aika) as http:
        assert (await http.post("/v1/evaluation/runs", json=order)).status_code == 422


async def test_runs_are_for_operators(aika: Aika) -> None:
    await get(aika, "/v1/evaluation/runs", 403, **{"Aika-User": "ann@example.org"})
