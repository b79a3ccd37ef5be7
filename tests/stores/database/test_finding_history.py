"""What became of findings stays known, on both engines."""

from dataclasses import replace

import pytest

from aika.domain.errors import ConflictError
from aika.domain.findings import FindingState, Happening
from aika.stores.database.database import Database
from aika.testing.contracts.findings import NOON, make_finding, make_question

ADA = "user:ada@example.org"


async def test_every_step_is_kept_with_who_took_it(database: Database) -> None:
    finding = await database.findings.add(make_finding())
    finding = await database.findings.change(replace(finding, state=FindingState.ACCEPTED, assignee="ben"), by=ADA)
    finding = await database.findings.change(replace(finding, assignee="cy"), by=ADA)
    await database.findings.change(replace(finding, state=FindingState.RESOLVED, note="Rewritten."))

    history = (await database.finding_history.of([finding.id]))[finding.id]

    assert [(event.what, event.by, event.assignee, event.note) for event in history] == [
        (Happening.FOUND, "", "", ""),
        (Happening.ACCEPTED, ADA, "ben", ""),
        (Happening.ASSIGNED, ADA, "cy", ""),
        (Happening.RESOLVED, "", "cy", "Rewritten."),
    ]


async def test_a_question_that_fails_again_opens_it_again(database: Database) -> None:
    finding = await database.findings.add(make_finding())
    await database.findings.change(replace(finding, state=FindingState.RESOLVED))
    await database.findings.add(replace(make_finding(after=60), questions=(make_question(),)))

    history = (await database.finding_history.of([finding.id]))[finding.id]

    assert [event.what for event in history] == [Happening.FOUND, Happening.RESOLVED, Happening.REOPENED]
    assert (history[0].at, history[-1].at > NOON) == (NOON, True)


async def test_what_did_not_count_is_no_step(database: Database) -> None:
    finding = await database.findings.add(make_finding())
    await database.findings.add(replace(make_finding(), questions=(make_question(),)))
    changed = await database.findings.change(replace(finding, content_seen="hash 2"))
    with pytest.raises(ConflictError):
        await database.findings.change(replace(finding, state=FindingState.DISMISSED), by=ADA)

    history = await database.finding_history.of([changed.id])

    assert [event.what for event in history[changed.id]] == [Happening.FOUND]


async def test_what_is_not_there_has_no_history(database: Database) -> None:
    assert await database.finding_history.of([make_finding("nothing").id]) == {}
