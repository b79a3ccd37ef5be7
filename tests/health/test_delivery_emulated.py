"""A digest in an emulated Slack, and the whole loop: a question fails, its owner is told once, mends the page, and it passes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from digest_material import KeepingCourier, make_digest
from emulated.emulators import StartEmulator
from mail_server import mail_server

from aika.application.aika import Aika
from aika.application.digest_wiring import preferences_of
from aika.application.wiring import open_aika
from aika.assistants.conversing import Question
from aika.delivery.slack import SlackOptions, open_slack
from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer
from aika.domain.digests import Every, Medium, Recipient
from aika.domain.errors import ConfigurationError, PermanentError
from aika.domain.identifiers import PrincipalId, SourceId
from aika.forms.digests import DigestSettings
from aika.settings import Settings, load_settings

TOKEN = "xoxb-digest"
SEED = {
    "slack": {
        "team": {"name": "Acme", "domain": "acme"},
        "users": [{"name": "ann", "real_name": "Ann Lee", "email": "ann@example.org"}],
        "channels": [{"name": "payments", "topic": "Refunds"}],
        "tokens": [
            {
                "token": TOKEN,
                "user": "ann",
                "scopes": ["chat:write", "channels:history", "channels:read", "groups:read"],
            }
        ],
    }
}
ADA = PrincipalId("user:ada@example.org")
BRAKE = "How do I reset the crane's emergency brake?"
CRANE = "---\nowner: harbour-team\ncontact: crane@example.org\n---\n# Harbour crane\n\nThe harbour crane lifts twelve tonnes.\n"


async def test_a_digest_is_in_the_channel(start_emulator: StartEmulator) -> None:
    slack = start_emulator("slack", SEED)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=f"{slack.url}/api", headers=headers) as http:
        listed = (await http.post("/conversations.list")).json()
        [channel] = [one["id"] for one in listed["channels"] if one["name"] == "payments"]
        async with open_slack(SlackOptions(token=TOKEN, api_url=f"{slack.url}/api")) as courier:
            await courier.deliver(make_digest(to=Recipient(Medium.SLACK, channel)))

        history = (await http.post("/conversations.history", data={"channel": channel})).json()

    assert [message["text"] for message in history["messages"]] == ["aika: 1 new finding for payments team"]


async def test_a_channel_that_the_emulated_slack_does_not_know_is_named(start_emulator: StartEmulator) -> None:
    slack = start_emulator("slack", SEED)

    async with open_slack(SlackOptions(token=TOKEN, api_url=f"{slack.url}/api")) as courier:
        with pytest.raises(PermanentError, match="channel_not_found"):
            await courier.deliver(make_digest(to=Recipient(Medium.SLACK, "#nowhere")))


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Aika]:
    async with open_aika(settings) as aika:
        await aika.sync(SourceId("handbook"))
        await aika.generations.catch_up()
        yield aika


def settings_in(folder: Path, graphs: Path, port: int) -> Settings:
    docs, data = folder / "docs", folder / ".aika"
    docs.mkdir()
    data.mkdir()
    (data / "models").symlink_to(graphs)
    (docs / "crane.md").write_text(CRANE, encoding="utf-8")
    smtp = {"host": "127.0.0.1", "port": port, "sender": "aika@example.org", "security": "none"}
    owners = {"harbour-team": {"to": "crane@example.org"}}
    handbook = {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]}
    return load_settings(folder, sources={"handbook": handbook}, digests={"smtp": smtp, "owners": owners})


async def asked(aika: Aika, text: str) -> Answer | Abstention:
    question = Question(text, Scope.of([ADA]), ADA)
    events = [event async for event in aika.conversing.ask(await aika.conversing.begin(question), question)]
    outcome = events[-1]
    assert isinstance(outcome, Answer | Abstention)
    return outcome


async def test_an_unanswered_question_is_told_to_its_owner_once_and_closes_when_it_is_answered(
    tmp_path: Path, embedder_graphs: Path
) -> None:
    async with mail_server() as server:
        settings = settings_in(tmp_path, embedder_graphs, server.port)
        async with running(settings) as aika:
            assert isinstance(await asked(aika, BRAKE), Abstention)
            await aika.health.look()
            clock = aika.digests.sender.clock = _In(aika.clock.now(), timedelta(weeks=1))
            await aika.digests.look()
            clock.ahead *= 2
            await aika.digests.look()

        (tmp_path / "docs" / "crane.md").write_text(
            f"{CRANE}\n## Emergency brake\n\nTo reset the crane's emergency brake, turn the red key to the left.\n",
            encoding="utf-8",
        )
        async with running(settings) as aika:
            await aika.health.look()
            aika.digests.sender.clock = _In(aika.clock.now(), timedelta(weeks=4))
            await aika.digests.look()
            assert isinstance(await asked(aika, BRAKE), Answer)
            assert await aika.digests.sender.preview() == []

    [message] = server.received
    assert message["To"] == "crane@example.org"
    body = message.get_body(("plain",))
    assert body is not None
    assert BRAKE in str(body.get_content())


class _In:
    """A clock that is ahead."""

    def __init__(self, start: datetime, ahead: timedelta) -> None:
        self.start = start
        self.ahead = ahead

    def now(self) -> datetime:
        return self.start + self.ahead


class TestSettings:
    def test_preferences_are_read(self) -> None:
        settings = DigestSettings.model_validate(
            {
                "every": "monthly",
                "timezone": "Europe/Helsinki",
                "smtp": {"host": "mail.example.org", "sender": "aika@example.org"},
                "owners": {"payments team": {"every": "daily", "to": "ada@example.com"}},
            }
        )

        preferences = preferences_of(settings)

        assert (preferences.how_often("payments team"), preferences.how_often("others")) == (Every.DAILY, Every.MONTHLY)
        assert preferences.recipient("payments team", []) == Recipient(Medium.MAIL, "ada@example.com")
        assert list(preferences.mail_domains) == ["example.org"]
        assert list(preferences.media) == [KeepingCourier(Medium.MAIL).medium]

    @pytest.mark.parametrize(
        ("wrong", "named"),
        [
            ({"owners": {"payments team": {"to": "somewhere"}}}, 'digests.owners."payments team".to'),
            ({"timezone": "Mars/Olympus"}, "digests.timezone"),
        ],
    )
    def test_what_makes_no_sense_is_named(self, wrong: dict[str, object], named: str) -> None:
        with pytest.raises(ConfigurationError, match=named):
            preferences_of(DigestSettings.model_validate(wrong))
