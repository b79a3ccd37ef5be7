"""The loop to the owners of documents, on a real instance: a question fails, its owner mends the document, and it passes."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mail_server import mail_server

from aika.application.aika import Aika
from aika.application.health import Wanted
from aika.application.wiring import open_aika
from aika.assistants.conversing import Question
from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer, Feedback, Rating
from aika.domain.findings import Finding, FindingKind, FindingState
from aika.domain.identifiers import PrincipalId, SourceId
from aika.health.findings_access import Viewer
from aika.settings import Settings, load_settings

ADA, BEN = PrincipalId("user:ada@example.org"), PrincipalId("user:ben@example.org")
EVERYTHING = Wanted()
ADMIN = Viewer(Scope.of([]), (frozenset({PrincipalId("local")}),), admin=True)
OWNER = Viewer(Scope.of([]), (frozenset({PrincipalId("group:harbour-team")}),))
ANYBODY = Viewer(Scope.of([]), (frozenset({ADA}),))
DOCUMENTS = {
    "crane.md": "---\nowner: harbour-team\n---\n# Harbour crane\n\nThe harbour crane lifts twelve tonnes. It is inspected on "
    "Mondays by the night shift.\n",
    "ferry.md": "---\nowner: ferry-team\n---\n# Night ferry\n\nThe night ferry leaves for Turku at 21:30 from pier four.\n",
}
FERRY = "When does the night ferry leave for Turku?"
LATER = "No. The night ferry leaves for Turku at 22:15 now."
BRAKE = "How do I reset the crane's emergency brake?"


@pytest.fixture
def folder(tmp_path: Path, embedder_graphs: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(embedder_graphs)
    for name, text in DOCUMENTS.items():
        write(tmp_path, name, text)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / "docs" / name).write_text(text, encoding="utf-8")


def configured(folder: Path, *, mail_port: int | None = None) -> Settings:
    handbook = {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]}
    smtp = {"host": "127.0.0.1", "port": mail_port, "sender": "aika@example.org", "security": "none"}
    owners = {"ferry-team": {"to": "ferry@example.org"}}
    digests = {} if mail_port is None else {"smtp": smtp, "owners": owners}
    # The reader takes seconds to open, and these answers are clear without it.
    return load_settings(folder, sources={"handbook": handbook}, digests=digests, confidence={"reader": False})


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Aika]:
    """The application with the folder synced as it is now."""
    async with open_aika(settings) as aika:
        await synced(aika)
        yield aika


async def synced(aika: Aika) -> None:
    await aika.sync(SourceId("handbook"))
    await aika.generations.catch_up()


async def asked(aika: Aika, text: str, *, who: PrincipalId = ADA) -> Answer | Abstention:
    question = Question(text, Scope.of([who]), who)
    events = [event async for event in aika.conversing.ask(await aika.conversing.begin(question), question)]
    outcome = events[-1]
    assert isinstance(outcome, Answer | Abstention)
    return outcome


async def rated_down(aika: Aika, outcome: Answer | Abstention, *, reply: str = "", who: PrincipalId = ADA) -> None:
    said = Feedback(outcome.id, Rating.NOT_HELPFUL, reply=reply)
    await aika.database.conversations.give_feedback(said, owner=who)


async def seen(aika: Aika, viewer: Viewer = ADMIN) -> list[Finding]:
    return await aika.health.listing(viewer, EVERYTHING, limit=50)


async def test_a_gap_reaches_the_owner_of_the_nearest_document_and_closes_when_it_is_filled(folder: Path) -> None:
    async with running(configured(folder)) as aika:
        assert isinstance(await asked(aika, BRAKE), Abstention)
        assert isinstance(await asked(aika, BRAKE, who=BEN), Abstention)
        await aika.health.look()
        [gap] = await seen(aika, OWNER)
        assert (gap.kind, gap.state, gap.people) == (FindingKind.NO_DOCUMENT, FindingState.OPEN, 2)
        assert await seen(aika, ANYBODY) == []

    filled = "\n## Emergency brake\n\nTo reset the crane's emergency brake, turn the red key to the left.\n"
    write(folder, "crane.md", DOCUMENTS["crane.md"] + filled)
    async with running(configured(folder)) as aika:
        await aika.health.look()
        [gap] = await seen(aika, OWNER)
        assert (gap.state, gap.note) == (FindingState.RESOLVED, "“Harbour crane” answers it now.")
        assert isinstance(await asked(aika, BRAKE), Answer)


async def test_a_wrong_document_is_told_once_and_closed_by_its_next_sync(folder: Path) -> None:
    async with mail_server() as mail:
        async with running(configured(folder, mail_port=mail.port)) as aika:
            for who in (ADA, BEN):
                await rated_down(aika, await asked(aika, FERRY, who=who), reply=LATER, who=who)
                await aika.health.look()
            [finding] = await seen(aika)
            assert (finding.state, finding.people) == (FindingState.OPEN, 2)
            await aika.digests.sender.send_now("ferry-team")
            await aika.digests.sender.send_now("ferry-team")
            [message] = mail.received
            assert (message["To"], message["Subject"]) == ("ferry@example.org", "aika: 1 new finding for ferry-team")

        write(folder, "ferry.md", DOCUMENTS["ferry.md"].replace("21:30", "22:15"))
        async with running(configured(folder, mail_port=mail.port)) as aika:
            _, moved = await aika.health.look()
            [resolved] = await seen(aika)
            answer = await asked(aika, FERRY)

    assert [one.id for one in moved] == [finding.id] == [resolved.id]
    assert resolved.state is FindingState.RESOLVED
    assert resolved.note.startswith("“Night ferry” changed on ")
    assert all(question.passes for question in resolved.questions)
    assert isinstance(answer, Answer)
    assert "22:15" in answer.text


async def test_a_change_that_mends_nothing_closes_nothing(folder: Path) -> None:
    async with running(configured(folder)) as aika:
        await rated_down(aika, await asked(aika, FERRY), reply=LATER)
        await aika.health.look()
        write(folder, "ferry.md", DOCUMENTS["ferry.md"] + "\nBicycles travel for free.\n")
        await synced(aika)

        assert await aika.health.look() == (0, [])
        [finding] = await seen(aika)
        assert finding.state is FindingState.OPEN
        assert await aika.database.finding_changes.due(through=1_000) == [], (
            "it is not asked again until the next change"
        )


async def test_a_finding_on_a_deleted_document_is_resolved(folder: Path) -> None:
    async with running(configured(folder)) as aika:
        await rated_down(aika, await asked(aika, FERRY), reply=LATER)
        await aika.health.look()
        (folder / "docs" / "ferry.md").unlink()
        await synced(aika)
        await aika.health.look()

        [finding] = await aika.database.findings.listing()
        assert (finding.state, finding.note) == (FindingState.RESOLVED, "The document was deleted.")
        assert await seen(aika) == [], "nobody may read what is gone"


async def test_what_was_being_examined_when_aika_was_killed_is_examined_by_the_next(folder: Path) -> None:
    async with running(configured(folder)):
        pass
    script = Path(__file__).with_name("killed_while_examining.py")
    killed = await asyncio.create_subprocess_exec(sys.executable, str(script), str(folder))
    assert await asyncio.wait_for(killed.wait(), timeout=200) == -signal.SIGKILL

    async with running(configured(folder)) as aika:
        await aika.health.look()
        [gap] = await seen(aika)
        assert await aika.database.complaints.count() == 0
        assert [question.text for question in gap.questions] == [BRAKE]
