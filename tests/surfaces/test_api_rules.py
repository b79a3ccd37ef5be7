"""Ranking rules over HTTP, and through the command line."""

from pathlib import Path

import httpx
import pytest
from served_application import connected
from typer.testing import CliRunner

from aika.application.aika import Aika
from aika.client import AsyncAikaClient, SearchRequest
from aika.client.rule_models import RuleTestRequest
from aika.forms.rules import RulesFile
from aika.surfaces.cli.main import app

REFUNDS_SINK = {"name": "refunds sink", "applies_to": {"paths": ["refunds.md"]}, "factor": 0.1}
QUESTION = "Who approves refunds and payments above 500?"


def declare(folder: Path, name: str = "team.yaml") -> Path:
    path = folder / "rules" / name
    path.parent.mkdir(exist_ok=True)
    text = "rules:\n  - {name: refunds sink, applies_to: {paths: [refunds.md]}, factor: 0.1}\n"
    path.write_text(text, encoding="utf-8")
    return path


async def test_the_rules_in_force_are_listed_in_words(client: AsyncAikaClient, aika: Aika) -> None:
    declare(aika.settings.base_dir)
    aika.declarations.reload()

    rules = (await client.rules()).rules

    assert (rules[-1].name, rules[-1].selects, rules[-1].factor) == ("refunds sink", "path refunds.md", 0.1)
    assert (rules[-1].level, rules[-1].declared_in) == ("company", "rules/team.yaml")
    assert {rule.declared_in for rule in rules[:-1]} == {"aika"}


async def test_only_administrators_see_and_try_rules(aika: Aika) -> None:
    _, secret = await aika.create_key("reader", principals=["everyone"], sources=None)

    async with connected(aika, secret) as http:
        listed = await http.get("/v1/rules")
        tried = await http.post("/v1/rules/test", json={"questions": ["refunds"]})

    assert (listed.status_code, tried.status_code) == (403, 403)


async def test_a_changed_rule_counts_from_the_next_question_and_is_explained(
    client: AsyncAikaClient, aika: Aika
) -> None:
    request = SearchRequest(query=QUESTION, explain=True)
    before = await client.search(request)
    declare(aika.settings.base_dir)
    aika.declarations.reload()

    after = await client.search(request)

    assert before.hits[0].document.key == "refunds.md"
    assert after.hits[0].document.key != "refunds.md"
    sunk = next(hit for hit in after.hits if hit.document.key == "refunds.md")
    assert sunk.explanation is not None
    reasons = [move.reason for move in sunk.explanation.moves if move.stage == "rules"]
    assert reasons == ["demoted by 'refunds sink' (×0.1)"]


async def test_proposed_rules_say_what_they_would_change(client: AsyncAikaClient) -> None:
    request = RuleTestRequest(questions=[QUESTION], rules=[REFUNDS_SINK])

    reply = await client.try_rules(request)

    assert (reply.questions, [change.question for change in reply.changes]) == (1, [QUESTION])
    sunk = [move for move in reply.changes[0].moved if move.key == "refunds.md"]
    assert all((move.rank_before or 99) < (move.rank_after or 99) for move in sunk)
    assert {reason for move in sunk for reason in move.reasons} == {"demoted by 'refunds sink' (×0.1)"}


async def test_rules_in_force_are_compared_with_none(client: AsyncAikaClient, aika: Aika) -> None:
    declare(aika.settings.base_dir)
    aika.declarations.reload()

    reply = await client.try_rules(RuleTestRequest(questions=[QUESTION]))

    assert len(reply.changes) == 1


async def test_a_trial_uses_nothing_that_the_caller_may_not_read(http: httpx.AsyncClient) -> None:
    rise = {"name": "plans rise", "applies_to": {"sources": ["board"]}, "factor": 10}
    body = {"questions": ["Where does Project Nightjar move the head office?"], "rules": [rise]}

    reply = await http.post("/v1/rules/test", json=body)

    assert reply.json() == {"questions": 1, "changes": []}


@pytest.mark.parametrize("rules", [[{"name": "a", "factr": 2}], [{"factor": 2}], [REFUNDS_SINK, REFUNDS_SINK]])
async def test_wrong_rules_are_refused_with_the_reason(http: httpx.AsyncClient, rules: list[object]) -> None:
    reply = await http.post("/v1/rules/test", json={"questions": ["refunds"], "rules": rules})

    assert (reply.status_code, "the proposed rules" in reply.json()["detail"]) == (422, True)


async def test_an_editor_can_check_a_file_of_rules(http: httpx.AsyncClient) -> None:
    schema = (await http.get("/schemas/rules.json")).json()

    assert schema["properties"].keys() == RulesFile.model_fields.keys()
    assert schema["$defs"]["DecayForm"]["properties"]["half_life"]["type"] == "string"


def test_files_are_checked_without_a_server(tmp_path: Path) -> None:
    declare(tmp_path)
    declare(tmp_path, "other.yaml").write_text("rules: [{name: a, factr: 2}]", encoding="utf-8")

    checked = CliRunner().invoke(app, ["rules", "check", "--dir", str(tmp_path)])

    assert checked.exit_code == 1
    assert "other.yaml: rules.0.factr: is not a known setting" in checked.output
    assert "1 rules, 1 wrong files" in checked.output
