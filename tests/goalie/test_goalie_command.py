"""``aika goalie``: a team sees what its file comes to, and what is wrong, before anything is said in Slack."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from aika.application.goalie_files import read_goalie_file
from aika.application.wiring import open_aika
from aika.client import AsyncAikaClient
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import SourceId
from aika.settings import load_settings
from aika.surfaces.api.app import create_app
from aika.surfaces.cli.goalie_checking import check_rivals, look
from aika.surfaces.cli.main import app
from aika.surfaces.slack.checking import Checked

runner = CliRunner()
ROOT = Path(__file__).parents[2]
LEAST = """\
channel: "#payments-help"
log_channel: "#payments-log"
humans: [ada@example.org]
"""
SOURCES = {
    "handbook": {"connector": "filesystem", "readers": ["everyone"], "options": {"path": "docs"}},
    "answers": {"connector": "push", "readers": ["everyone"]},
    "later": {"connector": "filesystem", "readers": ["everyone"], "options": {"path": "later"}},
}


def run(*arguments: str | Path) -> tuple[int, str]:
    result = runner.invoke(app, ["goalie", *map(str, arguments)], env={"COLUMNS": "200"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[AsyncAikaClient]:
    """A company with a document that was read, two assistants, and no workspace of Slack."""
    base = tmp_path_factory.mktemp("company")
    for folder in ("docs", "later", "assistants", ".aika"):
        (base / folder).mkdir()
    (base / ".aika" / "models").symlink_to(embedder_graphs)
    page = "---\ntags: [payments]\n---\n# Refunds\n\nWithin 30 days.\n"
    (base / "docs" / "refunds.md").write_text(page, encoding="utf-8")
    for name, tag in (("Payments", "payments"), ("Empty", "nothing")):
        text = f"name: {name}\nknowledge: {{tags: [{tag}]}}\n"
        (base / "assistants" / f"{name.lower()}.yaml").write_text(text, encoding="utf-8")
    async with open_aika(load_settings(base, sources=SOURCES, confidence={"reader": False})) as aika:
        await aika.sync(SourceId("handbook"))
        transport = httpx.ASGITransport(create_app(aika))
        async with AsyncAikaClient("http://aika", transport=transport) as opened:
            yield opened


def written(folder: Path, text: str, name: str = "payments-help") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


class TestCheck:
    def test_a_file_is_told_in_sentences(self, tmp_path: Path) -> None:
        text = f'{LEAST}hours: {{timezone: UTC, days: mon-fri, from: "09:00", to: "17:00"}}\nreach: Write to us.\n'

        code, output = run("check", written(tmp_path, text), "--offline")

        assert code == 0
        assert "It reads #payments-help and writes nothing there." in output
        assert "It speaks Monday to Friday, from 09:00 to 17:00, in the time zone UTC." in output
        assert "From 0.4 to 0.7: it shows a draft to ada@example.org, directly" in output
        assert "From 0.7 on: it answers in the thread, and says “Write to us.”" in output
        assert "Nothing is wrong." in output

    def test_what_is_allowed_and_may_not_be_meant_is_noted(self, tmp_path: Path) -> None:
        _, output = run("check", written(tmp_path, f"{LEAST}thresholds: {{medium: 0.6, high: 0.6}}\n"), "--offline")

        assert "note: medium and high are both 0.6: no confidence is medium" in output

    def test_a_wrong_file_is_an_error_that_says_where(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"line 4: mod: is no known key\. Do you mean mode"):
            run("check", written(tmp_path, f"{LEAST}mod: live\n"), "--offline")

    def test_the_example_is_right(self) -> None:
        code, output = run("check", ROOT / "examples" / "goalies" / "ask-platform.yaml", "--offline")

        assert (code, "Nothing is wrong." in output) == (0, True)


@pytest.mark.asyncio(loop_scope="module")
class TestCheckAgainstDocuments:
    @pytest.mark.parametrize(
        ("knowledge", "told"),
        [
            ("{assistant: payments}", "the assistant Payments knows 1 documents that you may read"),
            ("{filter: {tags: [payments]}}", "the filter selects 1 documents that you may read"),
            ("{sources: handbook}", "the filter selects 1 documents that you may read"),
        ],
    )
    async def test_what_it_may_know_is_counted(
        self, client: AsyncAikaClient, tmp_path: Path, knowledge: str, told: str
    ) -> None:
        goalie = read_goalie_file(written(tmp_path, f"{LEAST}knowledge: {knowledge}\n"))

        assert await look(client, goalie) == [Checked(True, told)]

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("knowledge: {assistant: Paymints}", "there is no assistant Paymints that you can use"),
            ("knowledge: {assistant: Empty}", "the assistant Empty knows no documents that you may read"),
            ("knowledge: {filter: {tags: [nothing]}}", "the filter selects no documents that you may read"),
            ("knowledge: {assistant: Payments, sources: [handbok]}", "there is no source handbok"),
            ("knowledge: {assistant: Payments, sources: [later]}", "the source later has no documents yet"),
            ("keep_in: nowhere", "there is no source nowhere to keep accepted answers in"),
            (
                "keep_in: handbook",
                "the source handbook cannot keep accepted answers: its connector is filesystem, not push",
            ),
        ],
    )
    async def test_what_is_missing_is_told_with_what_to_do(
        self, client: AsyncAikaClient, tmp_path: Path, line: str, told: str
    ) -> None:
        goalie = read_goalie_file(written(tmp_path, f"{LEAST}{line}\n"))

        wrong = [checked for checked in await look(client, goalie) if not checked.good]

        assert [checked.text for checked in wrong] == [told]
        assert wrong[0].remedy

    async def test_a_source_that_keeps_answers_is_found(self, client: AsyncAikaClient, tmp_path: Path) -> None:
        goalie = read_goalie_file(written(tmp_path, f"{LEAST}keep_in: answers\n"))

        assert Checked(True, "accepted answers can be kept in answers") in await look(client, goalie)

    async def test_nothing_of_it_stays(self, client: AsyncAikaClient, tmp_path: Path) -> None:
        goalie = read_goalie_file(written(tmp_path, f"{LEAST}knowledge: {{filter: {{tags: [payments]}}}}\n"))

        await look(client, goalie)

        assert {one.name for one in await client.assistants(manageable=True)} == {"Payments", "Empty"}


class TestRivals:
    def test_another_file_for_the_same_channel_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "goalies").mkdir()
        written(tmp_path / "goalies", LEAST, "other")

        (told,) = check_rivals(load_settings(tmp_path), read_goalie_file(written(tmp_path, LEAST)))

        assert not told.good
        assert "other.yaml is the goalie of #payments-help already" in told.text

    def test_a_file_is_no_rival_of_itself(self, tmp_path: Path) -> None:
        (tmp_path / "goalies").mkdir()
        own = written(tmp_path / "goalies", LEAST)

        assert list(check_rivals(load_settings(tmp_path), read_goalie_file(own))) == []


class TestOthers:
    def test_the_list_shows_what_each_does_and_which_files_are_wrong(self, tmp_path: Path) -> None:
        (tmp_path / "goalies").mkdir()
        written(tmp_path / "goalies", LEAST)
        written(tmp_path / "goalies", "channel:\n", "broken")

        code, output = run("list", "--dir", tmp_path)

        assert code == 1
        assert "#payments-help" in output
        assert "broken.yaml, line 1: channel: is empty" in output

    def test_without_goalies_the_list_says_how_to_begin(self, tmp_path: Path) -> None:
        code, output = run("list", "--dir", tmp_path)

        assert (code, output.strip()) == (0, "There are no goalies. Write one: goalies/NAME.yaml")

    def test_the_schema_is_one_for_editors(self) -> None:
        _, output = run("schema")

        schema = json.loads(output)

        assert schema["$schema"].endswith("2020-12/schema")
        assert schema["required"] == ["channel"]
