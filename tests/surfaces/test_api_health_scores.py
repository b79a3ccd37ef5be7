"""``/v1/health/scores``, ``/v1/health/gaps`` and ``/v1/digests``: who is told how healthy which documents are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from served_application import connected
from typer.testing import CliRunner

from aika.application.aika import Aika
from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Document, Owner
from aika.domain.findings import BrokenQuestion, Cause, Exhibit, Finding, FindingKind
from aika.surfaces.cli.main import app
from aika.testing.contracts.findings import NOON, make_finding

PAYMENTS = Owner("team-payments", "#payments")


@asynccontextmanager
async def as_principals(aika: Aika, *principals: str, admin: bool = False) -> AsyncIterator[httpx.AsyncClient]:
    _, secret = await aika.create_key("a key", principals=principals, sources=None, admin=admin)
    async with connected(aika, secret) as http:
        yield http


async def document(aika: Aika, key: str) -> Document:
    found = await aika.database.catalogue.documents(scope=UNRESTRICTED)
    return next(one for one in found if one.key == key)


async def planted(aika: Aika, key: str, name: str = "a") -> Finding:
    about = await document(aika, key)
    return await aika.database.findings.add(
        replace(
            make_finding(name),
            kind=FindingKind.OUTDATED,
            source=about.source,
            document=about.id,
            owner=PAYMENTS,
            exhibits=(Exhibit(about, "It says so."),),
        )
    )


async def missing(aika: Aika, question: str, *, name: str = "gap", asker: str = "one") -> Finding:
    asked = BrokenQuestion(question, NOON, Cause.UNANSWERED, asker, UNRESTRICTED)
    gap = replace(make_finding(name, questions=[asked]), kind=FindingKind.NO_DOCUMENT, source=None, document=None)
    return await aika.database.findings.add(replace(gap, owner=PAYMENTS, exhibits=()))


async def scores(http: httpx.AsyncClient, by: str) -> dict[str, Any]:
    reply = await http.get(f"/v1/health/scores?by={by}")
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


async def test_scores_are_of_what_the_caller_may_read(aika: Aika) -> None:
    await planted(aika, "plan.md")
    await planted(aika, "owners.md", "b")

    async with as_principals(aika, "user:ada@example.org") as anybody, as_principals(aika, "group:board") as board:
        read, overseen = await scores(anybody, "document"), await scores(board, "document")
        owners = (await scores(anybody, "owner"))["scores"]

    assert read["total"] == 4
    assert (read["scores"][0]["document"]["key"], read["scores"][0]["score"]) == ("owners.md", 75)
    assert {one["document"]["key"] for one in overseen["scores"]} - {
        one["document"]["key"] for one in read["scores"]
    } == {"plan.md"}
    assert (owners[0]["name"], owners[0]["score"]) == ("team-payments", 75)
    assert [part["name"] for part in owners[0]["parts"]] == ["outdated"]


async def test_history_is_for_those_who_oversee_everything(aika: Aika) -> None:
    await aika.digests.scores.keep()

    async with as_principals(aika, "group:board") as board, as_principals(aika, "everyone", admin=True) as admin:
        hidden, shown = await scores(board, "source"), await scores(admin, "source")

    assert hidden["history"] == []
    assert {day["name"] for day in shown["history"]} == {"board", "handbook"}


async def test_gaps_are_for_those_who_could_fill_them(aika: Aika) -> None:
    await missing(aika, "How do I reset my VPN password?")
    await missing(aika, "Reset the VPN password?", name="other", asker="two")

    async with (
        as_principals(aika, "user:ada@example.org") as anybody,
        as_principals(aika, "group:team-payments") as own,
    ):
        hidden = (await anybody.get("/v1/health/gaps")).json()["gaps"]
        [gap] = (await own.get("/v1/health/gaps")).json()["gaps"]

    assert hidden == []
    assert (gap["people"], len(gap["questions"]), len(gap["findings"])) == (2, 2, 2)


async def test_digests_are_for_administrators_and_say_why_they_cannot_be_sent(aika: Aika) -> None:
    await planted(aika, "owners.md")

    async with as_principals(aika, "group:team-payments") as owner:
        refused = [await owner.get("/v1/digests"), await owner.post("/v1/digests/send?owner=team-payments")]
    async with as_principals(aika, "everyone", admin=True) as admin:
        [digest] = (await admin.get("/v1/digests")).json()["digests"]
        sent = await admin.post("/v1/digests/send", params={"owner": "team-payments"})
        unknown = await admin.get("/v1/digests", params={"owner": "nobody"})

    assert [reply.status_code for reply in refused] == [403, 403]
    assert "set up [digests.slack]" in digest["problem"]
    assert sent.status_code == 422
    assert unknown.status_code == 404


def test_the_command_line_shows_everything_and_refuses_to_send_by_accident(
    settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "aika.toml").write_text("", encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "200")

    shown = CliRunner().invoke(app, ["digest", "preview", "--dir", str(tmp_path)])
    worst = CliRunner().invoke(app, ["health", "scores", "--dir", str(tmp_path)])
    none_missing = CliRunner().invoke(app, ["health", "gaps", "--dir", str(tmp_path)])
    refused = CliRunner().invoke(app, ["digest", "send", "--owner", "team-payments", "--dir", str(tmp_path)])

    assert "Nobody has open findings." in shown.output
    assert "[digests.smtp]" in shown.output
    assert "made of" in worst.output
    assert "Nothing is missing" in none_missing.output
    assert "--now" in str(refused.exception)
