"""The right facts for a question: names in any spelling, conflicts, owners' channels, successors, and nobody else's."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from recorded_company import PROPOSAL, company, entry, finding_in

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Owner
from aika.domain.identifiers import PrincipalId
from aika.facts.finding import FactFinder, Finding
from aika.protocols import Entry

ALICE = PrincipalId("user:alice@example.org")


@pytest.fixture
async def finder(tmp_path: Path) -> AsyncIterator[FactFinder]:
    async with finding_in(company(), tmp_path) as (finder, _):
        yield finder


async def values(finder: FactFinder, question: str) -> list[tuple[str, ...]]:
    finding = await finder.find(question, scope=UNRESTRICTED)
    return [] if finding is None else [found.values for found in finding.answers]


async def found_in(entries: list[Entry], folder: Path, question: str) -> Finding | None:
    async with finding_in(entries, folder) as (finder, _):
        return await finder.find(question, scope=UNRESTRICTED)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who owns ferry-timetable?", ("#harbour",)),
        ("who owns the Ferry Timetable service", ("#harbour",)),
        ("Who owns the FerryTimetable repository?", ("#harbour",)),
        ("Which team owns ticket-printer?", ("Boarding",)),
        ("Where do alerts for ferry_timetable go?", ("#harbour-alerts",)),
        ("Who owns Lampyris?", ("Lamps",)),
        ("Who chairs the Night Watch?", ("Ada Byron", "Lin Zhao")),
        ("Who chairs Crew Night Watch?", ("Ada Byron", "Lin Zhao")),
        ("Who are the tech leads of crew-night-watch?", ("Oskar Blom",)),
        ("Who leads the Night Watch?", ("Oskar Blom",)),
        ("Who are the emeritus leads of the Night Watch?", ("Gone Person",)),
        ("What is the Slack channel of the Night Watch?", ("#night-watch",)),
        ("What is the mailing list of Night Watch?", ("https://lists.example/night-watch",)),
        ("Which crew owns the beacon subproject?", ("Night Watch (crew-night-watch)",)),
        ("What is the status of RFC 7?", ("accepted",)),
        ('What is the status of the RFC "Sail at dusk"?', ("accepted",)),
        ("Who are the authors of RFC-007 (Sail at dusk)?", ("@ada", "@lin")),
        ("Who approved Sail at Dusk?", ("@oskar",)),
        ('Which Slack channel owns the page "Sail at dusk"?', ("#harbour",)),
    ],
)
async def test_a_question_finds_exactly_its_fact(finder: FactFinder, question: str, answer: tuple[str, ...]) -> None:
    assert await values(finder, question) == [answer]


@pytest.mark.parametrize(
    "question",
    [
        "Who owns the submarine?",
        "Who owns ferry?",
        "Who owns the timetable of ferry-timetable?",
        "Who owns changes to ferry-timetable?",
        "Who owns ferry-timetable and quay-lights?",
        "Who owned ferry-timetable in 1998?",
        "Who chairs Acme Night Watch?",
        "Who is the treasurer of the Night Watch?",
        "Where do alerts for ticket-printer go?",
        "What is the status of RFC 8 (Sail at dusk)?",
        'Who owns the page "Sail"?',
        "What does ferry-timetable depend on?",
    ],
)
async def test_what_is_not_recorded_is_left_to_the_search(finder: FactFinder, question: str) -> None:
    assert await values(finder, question) == []


async def test_a_channel_is_found_through_the_owners_own_record(finder: FactFinder) -> None:
    finding = await finder.find("Which Slack channel should I contact about ticket-printer?", scope=UNRESTRICTED)

    assert finding is not None
    assert finding.answers[0].values == ("#boarding-help",)
    assert finding.through is not None
    assert finding.through.values == ("Boarding",)


async def test_an_owner_comes_with_how_to_reach_them(finder: FactFinder) -> None:
    finding = await finder.find("Who owns ticket-printer?", scope=UNRESTRICTED)

    assert finding is not None
    assert finding.contact is not None
    assert finding.contact.values == ("#boarding-help",)


async def test_what_was_replaced_is_answered_by_its_successor(tmp_path: Path) -> None:
    moved = entry("old.yaml", "name: old-lights\nmoved_to: quay-lights\n")

    finding = await found_in([*company(), moved], tmp_path, "Who owns old-lights?")

    assert finding is not None
    assert finding.answers[0].values == ("Lamps",)
    assert finding.through is not None


async def test_things_of_one_name_are_all_shown_with_little_certainty(tmp_path: Path) -> None:
    pages = [
        entry(f"{place}/deploying.md", f"---\nowner: {owner}\ntitle: Deploying\n---\n# Deploying\n\nText.\n")
        for place, owner in (("pier", "Harbour"), ("dock", "Lamps"))
    ]

    finding = await found_in(pages, tmp_path, 'Who owns the page "Deploying"?')

    assert finding is not None
    assert sorted(found.values for found in finding.answers) == [("Harbour",), ("Lamps",)]
    assert finding.certainty <= 0.5


async def test_of_two_records_of_one_thing_the_newer_answers_and_the_other_is_told(tmp_path: Path) -> None:
    old = entry("a.yaml", "- {name: beacon, owner: Harbour}\n", modified=datetime(2020, 1, 1, tzinfo=UTC))
    new = entry("b.yaml", "- {name: beacon, owner: Lamps}\n", modified=datetime(2026, 1, 1, tzinfo=UTC))

    finding = await found_in([old, new], tmp_path, "Who owns beacon?")

    assert finding is not None
    assert [found.values for found in finding.answers] == [("Lamps",)]
    assert [found.values for found in finding.others] == [("Harbour",)]


async def test_an_outdated_record_gives_way_to_an_older_one_that_stands(tmp_path: Path) -> None:
    gone = entry("b.md", "---\ntitle: Beacon\nowner: Lamps\nstatus: deprecated\n---\n# Beacon\n\nText.\n")
    stands = entry(
        "beacon.md",
        "---\ntitle: Beacon\nowner: Harbour\n---\n# Beacon\n\nText.\n",
        modified=datetime(2020, 1, 1, tzinfo=UTC),
    )

    finding = await found_in([gone, stands], tmp_path, "Who owns Beacon?")

    assert finding is not None
    assert finding.answers[0].values == ("Harbour",)


async def test_a_record_comes_before_a_page_of_the_same_name_unless_the_page_is_asked_for(tmp_path: Path) -> None:
    page = entry("doc.md", "---\ntitle: Quay lights\nowner: Writers\n---\n# Quay lights\n\nText.\n")
    async with finding_in([*company(), page], tmp_path) as (finder, _):
        assert await values(finder, "Who owns quay-lights?") == [("Lamps",)]
        assert await values(finder, "Who owns the quay-lights repository?") == [("Lamps",)]
        assert await values(finder, "Who owns the page Quay lights?") == [("Writers",)]


async def test_the_owner_of_a_page_is_not_the_owner_of_what_it_is_about(tmp_path: Path) -> None:
    page = entry("lights.md", "# Quay lights\n\nText.\n", title="Quay lights", owner=Owner("Writers", "#writers"))
    async with finding_in([page], tmp_path) as (finder, _):
        assert await values(finder, "Who owns the page Quay lights?") == [("Writers",)]
        assert await values(finder, "Who owns quay lights?") == []
        assert await values(finder, "Which Slack channel should I contact about quay lights?") == []


async def test_who_changed_a_page_last_is_not_called_its_owner(tmp_path: Path) -> None:
    page = entry(
        "lights.md", "# Quay lights\n\nText.\n", title="Quay lights", owner=Owner("Ada", found_in="last author")
    )
    async with finding_in([page], tmp_path) as (finder, _):
        assert await values(finder, "Who owns the page Quay lights?") == []


async def test_a_word_before_the_name_must_be_known_to_the_document(tmp_path: Path) -> None:
    told = entry("groups.md", "# Crews of Sundhaven\n\n| Group | Lead |\n|---|---|\n| Night Watch | Ada Byron |\n")
    async with finding_in([told], tmp_path) as (finder, _):
        assert await values(finder, "Who leads Sundhaven Night Watch?") == [("Ada Byron",)]
        assert await values(finder, "Who leads Acme Night Watch?") == []


async def test_what_the_asker_may_not_read_is_not_found_and_not_hinted_at(tmp_path: Path) -> None:
    hidden = entry("secret.yaml", "- {name: beacon, owner: Spies}\n", readers=(ALICE,))
    contact = entry("spies.yaml", "teams:\n  Spies: {slack: spies}\n", readers=(ALICE,))
    public = entry("public.yaml", "- {name: buoy, owner: Spies}\n")
    async with finding_in([hidden, contact, public], tmp_path) as (finder, _):
        assert await finder.find("Who owns beacon?", scope=Scope.of([])) is None
        allowed = await finder.find("Who owns beacon?", scope=Scope.of([ALICE]))
        assert allowed is not None
        assert allowed.contact is not None
        owned = await finder.find("Who owns buoy?", scope=Scope.of([]))
        assert owned is not None
        assert owned.contact is None
        assert await finder.find("Which Slack channel should I contact about buoy?", scope=Scope.of([])) is None


async def test_a_removed_document_answers_nothing(tmp_path: Path) -> None:
    proposal = entry("rfcs/rfc-007-sail-at-dusk.md", PROPOSAL)
    async with finding_in([proposal], tmp_path) as (finder, database):
        await database.catalogue.remove([proposal.document.id])

        assert await values(finder, "What is the status of RFC 7?") == []
