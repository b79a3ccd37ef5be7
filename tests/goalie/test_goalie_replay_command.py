"""``aika goalie replay``: its output, over a small made-up export."""

import json
from pathlib import Path

import pytest
from goalie.past_makers import BEGIN
from typer.testing import CliRunner

from aika.application.channel_history import exported_channels
from aika.domain.errors import ConfigurationError
from aika.domain.goalies import AuthorKind
from aika.surfaces.cli.main import app

GOALIE = """
channel: payments-help
mode: shadow
log_channel: payments-log
humans: [bob@acme.example]
"""
QUESTION = "How do I restart the payment worker on pay-7?"
RESTART = "Run `systemctl restart payworker` on pay-7 and look at /var/log/payworker.log."


def said(minute: float, user: str, text: str, **more: str) -> dict[str, str]:
    return {"type": "message", "ts": f"{BEGIN.timestamp() + minute * 60:.6f}", "user": user, "text": text, **more}


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two threads, two days, and what a bot says, and a second channel in which nothing is threaded."""
    folder = tmp_path_factory.mktemp("export")
    users = [
        {"id": f"U{name.upper()}", "team_id": "T1", "name": name, "profile": {"real_name": name.title()}}
        for name in ("ann", "bob", "cleo")
    ]
    root = said(0, "UANN", QUESTION)
    day = [
        root,
        said(5, "UBOB", f"<@UANN> {RESTART}", thread_ts=root["ts"]),
        said(6, "UANN", "Thanks, that worked!", thread_ts=root["ts"]),
        said(7, "UBOT", "The nightly build is done.", bot_id="B1", subtype="bot_message"),
        said(60, "UCLEO", "The office is closed on Friday."),
    ]
    before = said(-1440, "UCLEO", "Where is the log of the payment worker?")
    earlier = [
        before,
        said(-1439, "UBOB", "It is in /var/log/payworker.log on pay-7.", thread_ts=before["ts"]),
        said(-1438, "UCLEO", "great, thank you", thread_ts=before["ts"]),
    ]
    loose = [said(0, "UANN", "anybody knows where the log is?"), said(1, "UBOB", "ann: in /var/log/payworker.log")]
    _write(folder / "users.json", users)
    _write(folder / "channels.json", [{"id": "C1", "name": "payments-help"}, {"id": "C2", "name": "loose"}])
    _write(folder / "payments-help" / "2026-03-01.json", earlier)
    _write(folder / "payments-help" / "2026-03-02.json", day)
    _write(folder / "loose" / "2026-03-02.json", loose)
    return folder


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> Path:
    """A folder with a goalie's file and documents that answer its question."""
    folder = tmp_path_factory.mktemp("company")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    (folder / "aika.toml").write_text("")
    (folder / "payments.yaml").write_text(GOALIE)
    (folder / "docs").mkdir()
    (folder / "docs" / "payworker.md").write_text(f"# Restarting the payment worker\n\n{RESTART}\n")
    return folder


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def run(company: Path, export: Path, *more: str) -> str:
    arguments = [
        "goalie",
        "replay",
        str(company / "payments.yaml"),
        "--export",
        str(export),
        "--dir",
        str(company),
        *more,
    ]
    found = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.stdout


@pytest.fixture(scope="module")
def numbers(company: Path, export: Path) -> str:
    """What ``--json`` prints of a replay with documents, which also wrote a report."""
    report = company / "report.html"
    return run(company, export, "--knowledge", str(company / "docs"), "--json", "--report", str(report))


class TestReplayCommand:
    def test_the_past_is_asked_of_a_folder_of_documents(self, numbers: str) -> None:
        found = json.loads(numbers)

        assert found["questions_people_answered"] >= 2
        assert found["with_answer"] >= 1
        assert found["thresholds"]["0.25"]["agreement"]["count"] >= 1

    def test_neither_json_nor_report_hold_what_people_wrote(self, company: Path, numbers: str) -> None:
        written = (company / "report.html").read_text()

        assert "Thresholds" in written
        for text in (numbers, written):
            assert "payworker" not in text
            assert "restart" not in text

    @pytest.mark.usefixtures("numbers")
    def test_nothing_but_the_replays_own_record_is_written(self, company: Path) -> None:
        kept = {path.name for path in (company / ".aika").iterdir()} - {"models", "evaluation"}

        assert kept == {"goalie"}
        assert [path.suffix for path in (company / ".aika" / "goalie" / "replays").iterdir()] == [".jsonl"]

    def test_the_older_half_of_the_channel_can_be_the_knowledge_and_its_size_is_told(
        self, company: Path, export: Path
    ) -> None:
        found = run(company, export, "--knowledge", "older")

        assert "No threshold is recommended" in found
        assert "too little history" in found


class TestExport:
    def test_people_bots_and_threads_are_told_apart(self, export: Path) -> None:
        (channel,) = exported_channels(export, only="#payments-help")

        asked, answer = channel.messages[3:5]
        assert answer.root == asked.id
        assert asked.id in channel.threads
        assert {message.kind for message in channel.messages} == {AuthorKind.PERSON, AuthorKind.BOT}

    def test_who_is_spoken_to_is_known_and_no_part_of_the_text(self, export: Path) -> None:
        (threaded,) = exported_channels(export, only="payments-help")
        (loose,) = exported_channels(export, only="loose")

        assert threaded.messages[4].text == RESTART
        assert threaded.messages[4].mentions == {"UANN"}
        assert loose.messages[1].text == "in /var/log/payworker.log"

    def test_messages_outside_of_threads_are_put_together(self, export: Path) -> None:
        (channel,) = exported_channels(export, only="loose")

        asked, answer = channel.messages
        assert answer.root == asked.id
        assert channel.threads == frozenset()

    def test_a_channel_that_is_not_there_is_named_with_those_that_are(self, export: Path) -> None:
        with pytest.raises(ConfigurationError, match="payments-help"):
            exported_channels(export, only="payments")
