"""What personal search found is in the person's answer, and nowhere else: no file, no log, no trace, nobody else's answer.

A word that is nowhere else is planted in a private channel, asked for in every way there is, and then looked for.
"""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aika_in_slack import all_done, answer, shown
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from personal_parts import APP, PUBLIC_URL, SECRET_CHANNEL, agreed, principal, workspace_settings
from slack_world.world import World, slack_world

from aika.application import wiring
from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.answers import Feedback, Rating
from aika.domain.errors import NotFoundError
from aika.domain.findings import Cause, Complaint
from aika.domain.queries import Query
from aika.forms.slack import SlackSettings
from aika.settings import load_settings
from aika.surfaces.api.app import create_app
from aika.surfaces.slack.app import SlackApp, open_slack_app
from aika.surfaces.slack.home import CONNECT, STOP
from aika.surfaces.slack.personal import MARK
from aika.telemetry.logging import set_up_logging
from aika.telemetry.setup import Telemetry

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "zqmarmaladeqz"
SAID = f"The lighthouse launch party has the password {SECRET} and starts at nine."
QUESTION = "What is the password of the lighthouse launch party?"
FOLLOW_UP = "And when does it start?"
PAGE = "# Lighthouse\n\nThe lighthouse was painted in spring. Ask the harbour office for the key of the lighthouse.\n"


@dataclass(slots=True)
class Watched:
    """A company that tells everything it may tell, and all that it told."""

    aika: Aika
    app: SlackApp
    world: World
    folder: Path
    logged: io.StringIO
    exported: InMemorySpanExporter
    codes: list[str] = field(default_factory=list)
    """With which Slack sent browsers back."""

    async def ask(self, name: str, text: str, *, thread: str | None = None) -> tuple[str, str]:
        """Ask in a direct message; return the thread and aika's answer as it is seen."""
        ts = await self.world.say_to_app(name, text, thread=thread)
        await all_done(self.world, self.aika)
        said = await answer(self.world, await self.world.direct(name), thread or ts)
        return thread or ts, shown(said)

    async def connect(self, name: str) -> None:
        """Connect in the Home tab, as a person does."""
        await self.world.open_home(name)
        home = await self.world.wait_for(lambda: self.world.home(name))
        back = agreed(self.world, _element(home, CONNECT)["url"], name)
        server = create_app(self.aika)
        self.aika.telemetry.instrument_app(server)
        server.router.routes.extend(self.app.routes)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url=PUBLIC_URL) as browser:
            page = await browser.get("/slack/oauth/callback", params=back)
        assert page.status_code == 200, page.text
        self.codes.append(back["code"])

    def everywhere(self) -> dict[str, str]:
        """Return all that is on the disk, all that was logged, and all that was exported, by where it is."""
        kept = {
            str(path.relative_to(self.folder)): path.read_bytes().decode("latin1")
            for path in self.folder.rglob("*")
            if path.is_file() and "models" not in path.parts
        }
        spans = "\n".join(span.to_json() for span in self.exported.get_finished_spans())
        return {**kept, "log": self.logged.getvalue(), "spans": spans}

    def places_of(self, word: str) -> list[str]:
        return [place for place, content in self.everywhere().items() if word in content]


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """Log all there is, with content, as an operator can."""
    logged, root = io.StringIO(), logging.getLogger()
    before, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("aika", "uvicorn", "uvicorn.access")}
    set_up_logging(level="debug", style="json", capture_content=True, stream=logged)
    try:
        yield logged
    finally:
        for handler in [one for one in root.handlers if one not in before]:
            root.removeHandler(handler)
        root.setLevel(level)
        for name, was in levels.items():
            logging.getLogger(name).setLevel(was)
        logging.captureWarnings(False)


@dataclass(frozen=True, slots=True)
class Telling:
    """A company that exports all that it may export."""

    aika: Aika
    folder: Path
    exported: InMemorySpanExporter


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def telling(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Telling]:
    folder, exported = tmp_path_factory.mktemp("telling"), InMemorySpanExporter()
    (folder / "docs").mkdir()
    (folder / "docs" / "lighthouse.md").write_text(PAGE, encoding="utf-8")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    source = {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]}
    settings = load_settings(folder, sources={"docs": source}, telemetry={"capture_content": True})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wiring, "Telemetry", _exporting_to(exported))
        async with open_aika(settings) as aika:
            for name in aika.sources:
                await aika.sync(name)
            await aika.generations.catch_up()
            yield Telling(aika, folder, exported)


@pytest_asyncio.fixture(loop_scope="session")
async def watched(telling: Telling) -> AsyncIterator[Watched]:
    with everything_logged() as logged:
        async with slack_world(["ann", "ben"], ["support", SECRET_CHANNEL], storage="memory", app=APP) as world:
            async with open_slack_app(telling.aika, slack_settings(world, personal_search=True)) as app:
                await world.wait_connected()
                await world.say("ann", "secret-project", SAID)
                yield Watched(telling.aika, app, world, telling.folder, logged, telling.exported)


def slack_settings(world: World, *, personal_search: bool) -> SlackSettings:
    return SlackSettings(
        workspaces={"acme": workspace_settings(world)},
        api_url=world.api_url,
        personal_search=personal_search,
        public_url=PUBLIC_URL if personal_search else None,
        questions_per_minute=1_000,
    )


async def test_the_person_gets_the_answer_and_it_is_marked_as_theirs(watched: Watched) -> None:
    await watched.connect("ann")

    _, said = await watched.ask("ann", QUESTION)

    assert SECRET in said
    assert MARK in said
    assert "aika_feedback" not in said


async def test_nothing_of_it_is_left_anywhere(watched: Watched) -> None:
    await watched.connect("ann")
    thread, said = await watched.ask("ann", QUESTION)
    assert SECRET in said

    await watched.ask("ann", FOLLOW_UP, thread=thread)
    await watched.ask("ann", "What about the lighthouse launch party?")
    await watched.aika.health.look()

    # The test can find what it looks for: what is public is in all the places where a secret could be.
    await watched.ask("ben", "Who has the key of the lighthouse?")
    assert "spans" in watched.places_of("harbour office")
    assert any(place.startswith(".aika/aika.db") for place in watched.places_of("harbour office"))
    assert watched.places_of(SECRET) == []
    users = [token for token in watched.world.workspace.tokens.values() if token.kind == "user"]
    assert [watched.places_of(secret) for secret in (*watched.codes, *(token.value for token in users))] == [[], []]


async def test_nobody_else_is_answered_from_it(watched: Watched) -> None:
    await watched.connect("ann")
    await watched.connect("ben")
    await watched.ask("ann", QUESTION)

    _, bens = await watched.ask("ben", QUESTION)
    ts = await watched.world.say("ann", "support", f"{watched.world.mention()} {QUESTION}")
    await all_done(watched.world, watched.aika)
    public = await answer(watched.world, watched.world.channel("support"), ts)
    await watched.world.command("ann", "support", "/aika", QUESTION)
    await all_done(watched.world, watched.aika)
    whispered = await watched.world.wait_for(lambda: watched.world.ephemeral("ann"))
    through_the_api = await watched.aika.search(Query(QUESTION, Scope.of({principal("ann")})), k=6)

    assert SECRET not in bens
    assert SECRET not in shown(public)
    assert SECRET not in str(whispered)
    assert SECRET not in str(through_the_api)


async def test_a_follow_up_is_understood_and_is_as_private(watched: Watched) -> None:
    await watched.connect("ann")
    thread, _ = await watched.ask("ann", QUESTION)

    _, said = await watched.ask("ann", FOLLOW_UP, thread=thread)

    assert "nine" in said
    assert not {"log", "spans"} & set(watched.places_of(FOLLOW_UP))


async def test_a_private_answer_cannot_be_rated_complained_of_or_shared(watched: Watched) -> None:
    await watched.connect("ann")
    await watched.ask("ann", QUESTION)
    turn = [turn for passing in watched.aika.conversing.passing._known.values() for turn in passing.turns][-1]

    feedback = Feedback(turn.outcome.id, Rating.HELPFUL)
    with pytest.raises(NotFoundError):
        await watched.aika.database.conversations.give_feedback(feedback, owner=principal("ann"))
    with pytest.raises(ValueError, match="private"):
        await watched.aika.complain(Complaint(QUESTION, turn.outcome, Cause.RATED_DOWN, UNRESTRICTED))


async def test_an_answer_without_own_messages_is_kept_as_always(watched: Watched) -> None:
    await watched.connect("ann")

    await watched.ask("ann", "When was the lighthouse painted?")

    assert any("aika.db" in place for place in watched.places_of("When was the lighthouse painted?"))


async def test_when_the_person_stops_nothing_is_found_or_remembered_any_more(watched: Watched) -> None:
    await watched.connect("ann")
    thread, _ = await watched.ask("ann", QUESTION)
    await watched.world.open_home("ann")
    home = await watched.world.wait_for(lambda: _with(watched.world.home("ann"), STOP))

    await watched.world.click_in_view("ann", home, STOP)
    await all_done(watched.world, watched.aika)
    _, said = await watched.ask("ann", QUESTION, thread=thread)

    assert SECRET not in said
    assert not watched.aika.conversing.passing._known
    users = [token for token in watched.world.workspace.tokens.values() if token.kind == "user"]
    assert [token.state for token in users] == ["revoked"]


async def test_when_the_operator_turns_it_off_all_tokens_are_ended(watched: Watched) -> None:
    await watched.connect("ann")

    off = slack_settings(watched.world, personal_search=False)
    async with open_slack_app(watched.aika, off):
        pass

    assert await watched.aika.database.consents.of_team(watched.world.workspace.id) == []
    users = [token for token in watched.world.workspace.tokens.values() if token.kind == "user"]
    assert [token.state for token in users] == ["revoked"]


def _exporting_to(exported: InMemorySpanExporter) -> type[Telemetry]:
    """Return telemetry that exports spans, with content, to where the test can see them."""

    class Exporting(Telemetry):
        @classmethod
        @asynccontextmanager
        async def open(cls, **how: Any) -> AsyncIterator[Telemetry]:
            async with Telemetry.open(**how, span_exporters=[exported]) as telemetry:
                yield telemetry

    return Exporting


def _with(view: Any, action: str) -> Any:
    return view if view is not None and _elements(view, action) else None


def _element(view: Any, action: str) -> dict[str, Any]:
    (found,) = _elements(view, action)
    return found


def _elements(view: Any, action: str) -> list[dict[str, Any]]:
    return [one for block in view["blocks"] for one in block.get("elements", []) if one.get("action_id") == action]
