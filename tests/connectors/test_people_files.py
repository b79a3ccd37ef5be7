"""People and teams in files: what columns mean, trees of who reports to whom, and accounts that become people."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from synced_source import SyncedSource, synced_source

from aika.connectors.people.connector import PeopleConnector, PeopleOptions
from aika.domain.documents import Kind
from aika.domain.errors import ConfigurationError
from aika.domain.sources import Event, Failed, Members, SyncPhase
from aika.registry import Surroundings, check_options
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.connector import ConnectorContract, found, versions

TABLE = """\
Name,E-Mail,Job Title,Team,Reports to,GitHub,Slack,Office,Salary
Ann Lee,Ann@acme.example,Tech Lead,Payments,ben@acme.example,ann-lee,@ann,Berlin,1
Ben Ray,ben@acme.example,Director,Bank,,,,Remote,2
Cid Doe,cid@acme.example,Engineer,Payments; On call,Ann Lee,,,,3
"""
TEAMS = """\
team,slack,lead,parent,pagerduty,purpose
Payments,ask-payments,ann@acme.example,Bank,https://oncall.example/pay,Moves money.
"""


def connector(folder: Path, **options: object) -> AbstractAsyncContextManager[PeopleConnector]:
    chosen = PeopleOptions.model_validate({"path": folder, **options})
    return PeopleConnector.open(chosen, Surroundings(folder, folder, TechnicalAnalyzer()))


async def events_of(folder: Path, **options: object) -> list[Event]:
    async with connector(folder, **options) as opened:
        return [event async for event in opened.read(None)]


async def text_of(folder: Path, key: str, **options: object) -> str:
    return (await found(await events_of(folder, **options), key).load()).content.decode()


def groups(events: list[Event]) -> dict[str, frozenset[str]]:
    return {event.group: frozenset(event.members) for event in events if isinstance(event, Members)}


def failures(events: list[Event]) -> dict[str, str]:
    return {event.key: event.reason for event in events if isinstance(event, Failed)}


class PeopleFolder:
    """A folder with a file a person that a test can change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Path] = {}

    async def add(self, name: str, text: str) -> str:
        key = f"person:{name}"
        self._files[key] = self._folder / f"{len(self._files)}.json"
        await self.change(key, text)
        return key

    async def change(self, key: str, text: str) -> None:
        self._write(key, name=f"Person {key}", role=text)

    async def remove(self, key: str) -> None:
        self._files[key].unlink()

    async def spoil(self, key: str) -> None:
        self._write(key, name="")

    def connect(self) -> AbstractAsyncContextManager[PeopleConnector]:
        return connector(self._folder)

    def _write(self, key: str, **values: str) -> None:
        self._files[key].write_text(
            json.dumps({"id": key.removeprefix("person:"), **values}, ensure_ascii=False), "utf-8"
        )


class TestPeopleFilesKeepTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, tmp_path: Path) -> PeopleFolder:
        return PeopleFolder(tmp_path)


class TestTables:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "people.csv").write_text(TABLE)
        (tmp_path / "teams.csv").write_text(TEAMS)
        return tmp_path

    async def test_each_person_and_each_team_is_a_document(self, folder: Path) -> None:
        events = await events_of(folder)

        assert set(versions(events)) == {
            "person:ann@acme.example",
            "person:ben@acme.example",
            "person:cid@acme.example",
            "team:payments",
            "team:bank",
            "team:on-call",
        }
        assert {(await found(events, key).load()).kind for key in versions(events)} == {Kind.PERSON}

    async def test_a_person_is_told_in_sentences_and_in_facts(self, folder: Path) -> None:
        text = await text_of(folder, "person:ann@acme.example")

        assert "Ann Lee is Tech Lead. Ann Lee is in the team Payments. Ann Lee is based in Berlin." in text
        assert "Ann Lee reports to Ben Ray. Ann Lee is the manager of Cid Doe." in text
        facts = {
            "- Role: Tech Lead",
            "- Belongs to: Payments",
            "- Manager: Ben Ray",
            "- Slack: @ann",
            "- GitHub: ann-lee",
        }
        assert facts <= set(text.splitlines())

    async def test_a_team_is_told_with_lead_channel_and_roles(self, folder: Path) -> None:
        text = await text_of(folder, "team:payments")

        assert "Payments is a team in Bank. Moves money. Payments is led by Ann Lee." in text
        assert "How to reach Payments: in Slack #ask-payments, on call https://oncall.example/pay." in text
        facts = {"- Lead: Ann Lee", "- Members: Ann Lee, Cid Doe", "- Tech Lead: Ann Lee"}
        assert facts <= set(text.splitlines())

    async def test_the_same_is_in_the_attributes(self, folder: Path) -> None:
        events = await events_of(folder)

        person = (await found(events, "person:ann@acme.example").load()).attributes
        team = (await found(events, "team:payments").load()).attributes

        assert (person["email"], person["manager"], person["member_of"]) == (
            "ann@acme.example",
            "Ben Ray",
            ("Payments",),
        )
        assert (team["members"], team["slack"], team["lead"]) == (("Ann Lee", "Cid Doe"), "#ask-payments", ("Ann Lee",))

    async def test_columns_that_nobody_asked_for_are_not_shown(self, folder: Path) -> None:
        hidden = await text_of(folder, "person:ann@acme.example")
        shown = await text_of(folder, "person:ann@acme.example", show=["salary"])

        assert "Salary" not in hidden
        assert "- Salary: 1" in shown

    async def test_teams_are_groups_with_the_teams_below_them(self, folder: Path) -> None:
        known = groups(await events_of(folder))

        assert known["group:payments"] == {"user:ann@acme.example", "user:cid@acme.example"}
        assert known["group:bank"] == {"user:ben@acme.example", "group:payments"}

    async def test_teams_below_can_be_left_out(self, folder: Path) -> None:
        assert groups(await events_of(folder, child_groups=False))["group:bank"] == {"user:ben@acme.example"}

    async def test_links_open_the_persons_page(self, folder: Path) -> None:
        events = await events_of(folder, link_template="https://people.example/{email}")

        raw = await found(events, "person:ann@acme.example").load()
        assert raw.url == "https://people.example/ann@acme.example"

    async def test_columns_can_be_named(self, tmp_path: Path) -> None:
        (tmp_path / "leute.csv").write_bytes("Vollname;Funktion\nJürgen Groß;Leiter\n".encode("cp1252"))

        text = await text_of(tmp_path, "person:jürgen-groß", fields={"name": "Vollname", "role": "Funktion"})

        assert "Jürgen Groß is Leiter." in text

    def test_an_unknown_field_is_an_error_that_names_the_known_ones(self) -> None:
        with pytest.raises(ConfigurationError, match="no such field: rolle"):
            check_options("connectors", "people", {"path": ".", "fields": {"rolle": "Funktion"}})

    async def test_who_left_is_in_no_team_and_has_no_page(self, tmp_path: Path) -> None:
        table = (
            "name,email,team,status\nAnn Lee,ann@acme.example,Payments,Terminated\nBo,bo@acme.example,Payments,Active\n"
        )
        (tmp_path / "people.csv").write_text(table)

        events = await events_of(tmp_path)

        assert set(versions(events)) == {"person:bo@acme.example", "team:payments"}
        assert groups(events)["group:payments"] == {"user:bo@acme.example"}
        assert "no longer active" in await text_of(tmp_path, "person:ann@acme.example", inactive="show")


class TestAccounts:
    async def test_an_account_is_a_group_of_the_person_it_belongs_to(self, tmp_path: Path) -> None:
        table = "email,github,slack_id,slack_team,accounts\nann@acme.example,@Ann-Lee,U1A,T1,backstage:ann; gitlab:7\n"
        (tmp_path / "identities.csv").write_text(table)

        known = groups(await events_of(tmp_path))

        accounts = ("github:ann-lee", "slack:T1:U1A", "backstage:ann", "gitlab:7")
        assert known == {account: {"user:ann@acme.example"} for account in accounts}

    async def test_a_row_cannot_make_its_person_another_person_or_team(self, tmp_path: Path) -> None:
        (tmp_path / "people.csv").write_text("email,accounts\nann@acme.example,user:boss@acme.example; group:board\n")

        assert groups(await events_of(tmp_path)) == {}

    async def test_a_slack_column_with_an_id_is_an_account_and_no_name(self, tmp_path: Path) -> None:
        (tmp_path / "people.csv").write_text("name,email,slack\nAnn,ann@acme.example,T1:U1A\n")

        events = await events_of(tmp_path)

        assert groups(events) == {"slack:T1:U1A": {"user:ann@acme.example"}}
        assert "slack" not in (await found(events, "person:ann@acme.example").load()).attributes

    async def test_a_member_without_an_address_is_known_by_account(self, tmp_path: Path) -> None:
        (tmp_path / "people.csv").write_text("name,team,github\nAnn,Payments,ann\n")

        assert groups(await events_of(tmp_path)) == {"group:payments": {"github:ann"}}


class TestTrees:
    async def test_people_inside_people_report_to_them(self, tmp_path: Path) -> None:
        engineers = [{"id": "3", "name": "Cid Doe", "role": "Engineer"}]
        tree = [{"id": "1", "name": "Ann Lee", "leads": [{"id": "2", "name": "Ben Ray", "engineers": engineers}]}]
        (tmp_path / "org.json").write_text(json.dumps(tree))

        text = await text_of(tmp_path, "person:2")

        assert "Ben Ray reports to Ann Lee. Ben Ray is the manager of Cid Doe." in text

    async def test_files_about_the_same_people_are_put_together(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text(json.dumps({"e1": {"name": "Ann Lee", "location": "Berlin"}}))
        (tmp_path / "b.json").write_text(json.dumps([{"employee_id": "e1", "name": "Ann Lee", "title": "Tech Lead"}]))

        events = await events_of(tmp_path)

        assert list(versions(events)) == ["person:e1"]
        assert "Ann Lee is Tech Lead. Ann Lee is based in Berlin." in await text_of(tmp_path, "person:e1")

    async def test_teams_with_their_members_in_them(self, tmp_path: Path) -> None:
        members = [{"name": "Ann Lee", "email": "ann@acme.example"}, {"name": "Ben Ray", "email": "ben@acme.example"}]
        teams = [{"name": "Payments", "slack": "#pay", "members": members}, {"name": "Empty", "slack": "#empty"}]
        (tmp_path / "company.json").write_text(json.dumps({"teams": teams}))

        events = await events_of(tmp_path)

        assert set(versions(events)) >= {"team:payments", "team:empty", "person:ann@acme.example"}
        assert groups(events)["group:payments"] == {"user:ann@acme.example", "user:ben@acme.example"}

    async def test_two_people_of_one_name_are_told_apart(self, tmp_path: Path) -> None:
        people = [
            {"id": "1", "name": "Ann Lee"},
            {"id": "2", "name": "Ann Lee"},
            {"id": "3", "name": "Cid", "manager": "2"},
            {"id": "4", "name": "Eve", "manager": "Ann Lee"},
        ]
        (tmp_path / "people.json").write_text(json.dumps(people))

        assert "- Manager: Ann Lee (2)" in await text_of(tmp_path, "person:3")
        assert "- Manager: Ann Lee\n" in await text_of(tmp_path, "person:4")


class TestFailures:
    async def test_a_row_without_a_name_is_one_failure(self, tmp_path: Path) -> None:
        (tmp_path / "people.csv").write_text("name,email,role\n,,Engineer\nAnn,,Engineer\n")

        events = await events_of(tmp_path)

        assert list(versions(events)) == ["person:ann"]
        assert list(failures(events)) == ["people.csv#1"]

    @pytest.mark.parametrize("text", ["{", "[" * 100_000, ""])
    async def test_a_broken_file_is_one_failure(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "people.json").write_text(text)
        (tmp_path / "more.csv").write_text("name\nAnn\n")

        events = await events_of(tmp_path)

        assert list(versions(events)) == ["person:ann"]
        assert list(failures(events)) == ["people.json"]

    @pytest.fixture
    async def source(self, tmp_path: Path) -> AsyncIterator[SyncedSource]:
        (tmp_path / "org").mkdir()
        options = {"path": str(tmp_path / "org")}
        async with synced_source(tmp_path, "people", options, readers=frozenset({"everyone"})) as source:
            yield source

    async def test_a_file_that_breaks_keeps_its_people(self, tmp_path: Path, source: SyncedSource) -> None:
        (tmp_path / "org" / "a.json").write_text(json.dumps([{"name": "Ann Lee"}, {"name": "Ben Ray"}]))
        (tmp_path / "org" / "b.csv").write_text("name\nCid Doe\n")
        await source.sync()

        (tmp_path / "org" / "a.json").write_text("{")
        report = await source.sync()

        assert (report.phase, report.removed) == (SyncPhase.SUCCEEDED, 0)
        assert await source.find("Ann Lee") == ["person:ann-lee"]

    async def test_nothing_to_do_is_seen(self, tmp_path: Path, source: SyncedSource) -> None:
        (tmp_path / "org" / "people.csv").write_text(TABLE)
        await source.sync()

        report = await source.sync()

        assert (report.unchanged, report.added, report.changed, report.removed) == (6, 0, 0, 0)
