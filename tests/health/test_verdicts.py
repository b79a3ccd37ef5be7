"""Why an answer was bad, over the pages of an invented company."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from prepared_database import database_in
from verdict_company import ANALYZER, YEARS_AGO, Company, abstention

from aika.domain.access import Scope
from aika.domain.answers import Origin
from aika.domain.documents import Owner
from aika.domain.findings import FindingKind
from aika.domain.identifiers import PrincipalId
from aika.registry import Surroundings, open_component
from aika.stores.database.database import Database

RETENTION = "Deleted files are kept in the vault for 30 days before they are erased."
OLD_RETENTION = "Deleted files are kept in the vault for 14 days before they are erased."
HOW_LONG = "How many days are deleted files kept in the vault?"


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    surroundings = Surroundings(tmp_path, tmp_path, ANALYZER)
    async with (
        Database.open(database_in(tmp_path)) as database,
        open_component("indexes", "memory", {}, surroundings) as shelf,
        shelf.open("test", dimensions=64) as index,
    ):
        found = Company(database, index)
        await found.write("ferry.md", "The night ferry leaves for Turku at 21:30 from pier four.", title="Night ferry")
        await found.write("crane.md", "The harbour crane is inspected on Mondays by the night shift.", title="Crane")
        yield found


# Unsupported


@pytest.mark.parametrize(
    ("said", "instead"),
    [("30 days", "90 days"), ("are kept", "are not kept"), ("vault", "freezer"), ("erased.", "erased. Ask Hugo Lind.")],
)
async def test_words_that_no_cited_source_has_are_unsupported(company: Company, said: str, instead: str) -> None:
    await company.write("vault.md", RETENTION, title="Vault")
    answer = await company.answer(HOW_LONG, "vault.md")

    verdict = await company.judge(replace(answer, text=answer.text.replace(said, instead)))

    assert verdict is not None
    assert verdict.kind is FindingKind.UNSUPPORTED
    assert verdict.suggestion is None
    assert verdict.document is not None
    assert verdict.document.key == "vault.md"


async def test_what_a_model_wrote_in_its_own_words_is_supported_by_what_it_cites(company: Company) -> None:
    await company.write("vault.md", RETENTION, title="Vault")
    answer = await company.answer(HOW_LONG, "vault.md")
    written = replace(answer, text="The vault keeps deleted files for 30 days. [1]", origin=Origin.GENERATED)

    verdict = await company.judge(written)

    assert verdict is None or verdict.kind is not FindingKind.UNSUPPORTED


async def test_what_a_record_has_is_supported_by_it(company: Company) -> None:
    document = await company.write("vault.md", RETENTION, title="Vault")
    owned = replace(document, owner=Owner("Harbour team", "#harbour", found_in="CODEOWNERS"))
    answer = await company.answer(HOW_LONG, "vault.md")
    citations = tuple(replace(citation, document=owned) for citation in answer.citations)
    text = "**Vault** is owned by **{owner}**, according to CODEOWNERS. Contact: `#harbour`. [1]"

    true, false = [
        await company.judge(replace(answer, text=text.format(owner=owner), citations=citations))
        for owner in ("Harbour team", "Ferry crew")
    ]

    assert true is None or true.kind is not FindingKind.UNSUPPORTED
    assert false is not None
    assert false.kind is FindingKind.UNSUPPORTED


# Outdated


async def test_the_older_of_two_pages_that_disagree_is_outdated(company: Company) -> None:
    await company.write("vault.md", OLD_RETENTION, title="Vault", changed=YEARS_AGO)
    await company.write("storage.md", RETENTION, title="Vault and storage")

    verdict = await company.judge(await company.answer(HOW_LONG, "vault.md"))

    assert verdict is not None
    assert verdict.kind is FindingKind.OUTDATED
    assert [exhibit.document.key for exhibit in verdict.exhibits] == ["vault.md", "storage.md"]
    assert "14 days" in verdict.reason
    assert "30 days" in verdict.reason


async def test_the_edit_that_mends_an_outdated_sentence_replaces_its_value_alone(company: Company) -> None:
    await company.write("vault.md", OLD_RETENTION, title="Vault", changed=YEARS_AGO)
    await company.write("storage.md", RETENTION, title="Vault and storage")

    verdict = await company.judge(await company.answer(HOW_LONG, "vault.md"))

    assert verdict is not None
    assert verdict.suggestion is not None
    assert (verdict.suggestion.before, verdict.suggestion.after) == (OLD_RETENTION, RETENTION)


async def test_a_cited_page_that_says_it_was_superseded_is_outdated(company: Company) -> None:
    attributes = {"status": "superseded", "superseded_by": "RFC 12"}
    await company.write("rfc-003.md", OLD_RETENTION, title="Vault", attributes=attributes)

    verdict = await company.judge(await company.answer(HOW_LONG, "rfc-003.md"))

    assert verdict is not None
    assert verdict.kind is FindingKind.OUTDATED
    assert "RFC 12" in verdict.reason


async def test_a_page_that_a_person_contradicts_and_no_other_page_corrects_is_outdated(company: Company) -> None:
    document = await company.write("vault.md", OLD_RETENTION, title="Vault")

    verdict = await company.judge(await company.answer(HOW_LONG, "vault.md"), reply=RETENTION)

    assert verdict is not None
    assert verdict.kind is FindingKind.OUTDATED
    assert verdict.document == document
    assert verdict.suggestion is not None
    assert verdict.suggestion.after == RETENTION


async def test_the_same_wrong_value_of_a_page_is_the_same_subject_whatever_was_asked(company: Company) -> None:
    await company.write("vault.md", OLD_RETENTION, title="Vault", changed=YEARS_AGO)
    await company.write("storage.md", RETENTION, title="Vault and storage")

    asked = [HOW_LONG, "When are deleted files in the vault erased?"]
    verdicts = [await company.judge(await company.answer(question, "vault.md")) for question in asked]

    assert [verdict.subject for verdict in verdicts if verdict] == ["14 days", "14 days"]


# Conflicting


async def test_two_pages_of_one_age_that_disagree_conflict(company: Company) -> None:
    await company.write("vault.md", OLD_RETENTION, title="Vault")
    await company.write("storage.md", RETENTION, title="Vault and storage")

    verdict = await company.judge(await company.answer(HOW_LONG, "vault.md"))

    assert verdict is not None
    assert verdict.kind is FindingKind.CONFLICTING
    assert [exhibit.document.key for exhibit in verdict.exhibits] == ["vault.md", "storage.md"]


async def test_pages_about_different_things_do_not_conflict(company: Company) -> None:
    await company.write("vault.md", RETENTION, title="Vault")
    await company.write("cellar.md", "Rejected files are kept in the cellar for 7 days.", title="Cellar")

    verdict = await company.judge(await company.answer(HOW_LONG, "vault.md"))

    assert verdict is None or verdict.kind is not FindingKind.CONFLICTING


# Not retrieved


async def test_a_page_that_says_what_a_person_answered_and_was_ranked_out_was_not_retrieved(company: Company) -> None:
    company.demoted = ["vault.md"]
    await company.write("vault.md", RETENTION, title="Vault")
    for number in range(8):
        await company.write(f"{number}.md", f"Who knows how many days files are kept? Note {number}.", title="Notes")

    verdict = await company.judge(abstention(HOW_LONG), reply="It's 30 days.")

    assert verdict is not None
    assert verdict.kind is FindingKind.NOT_RETRIEVED
    assert verdict.document is not None
    assert verdict.document.key == "vault.md"
    assert verdict.rank is not None
    assert verdict.rank > 6
    assert f"rank {verdict.rank}" in verdict.reason


async def test_a_page_that_answers_is_found_without_a_reply_too(company: Company) -> None:
    company.demoted = ["vault.md"]
    await company.write("vault.md", RETENTION, title="Vault")
    await company.write(
        "notes.md", "Does anybody know how many days deleted files are kept in the vault?", title="Notes"
    )

    verdict = await company.judge(await company.answer(HOW_LONG, "notes.md"))

    assert verdict is not None
    assert verdict.kind is FindingKind.NOT_RETRIEVED
    assert verdict.exhibits[0].quote == RETENTION
    assert verdict.suggestion is not None
    assert HOW_LONG in verdict.suggestion.after


# No document


async def test_what_nobody_wrote_down_is_no_document(company: Company) -> None:
    verdict = await company.judge(abstention(HOW_LONG))

    assert verdict is not None
    assert verdict.kind is FindingKind.NO_DOCUMENT
    assert verdict.document is None


async def test_what_a_person_answered_and_nobody_wrote_down_is_suggested_as_a_section(company: Company) -> None:
    verdict = await company.judge(abstention(HOW_LONG), reply="They stay there for 30 days.")

    assert verdict is not None
    assert verdict.kind is FindingKind.NO_DOCUMENT
    assert verdict.suggestion is not None
    assert verdict.suggestion.after == f"## {HOW_LONG}\n\nThey stay there for 30 days.\n"


async def test_questions_that_differ_in_grammar_alone_are_one_topic(company: Company) -> None:
    one = await company.judge(abstention("How are the cranes greased?"))
    other = await company.judge(abstention("How is the crane greased?"))

    assert one is not None
    assert other is not None
    assert one.subject == other.subject


# What nobody may learn from a verdict


async def test_a_page_that_the_asker_may_not_read_changes_no_verdict(company: Company) -> None:
    await company.write("secret.md", RETENTION, title="Vault", readers=["user:ada"])

    verdict = await company.judge(
        abstention(HOW_LONG), reply="It's 30 days.", scope=Scope.of([PrincipalId("user:ben")])
    )

    assert verdict is not None
    assert verdict.kind is FindingKind.NO_DOCUMENT
    assert verdict.exhibits == ()


async def test_an_owner_is_not_told_what_a_page_says_that_its_readers_may_not_read(company: Company) -> None:
    await company.write("vault.md", OLD_RETENTION, title="Vault", changed=YEARS_AGO)
    await company.write("board.md", RETENTION, title="Vault (board)", readers=["user:ada"])
    scope = Scope.of([PrincipalId("user:ada")])

    verdict = await company.judge(await company.answer(HOW_LONG, "vault.md"), scope=scope)

    assert verdict is not None
    assert verdict.kind is FindingKind.OUTDATED
    assert "30" not in verdict.reason
    assert "board" not in verdict.reason
    assert verdict.suggestion is None


async def test_the_same_complaint_gets_the_same_verdict(company: Company) -> None:
    await company.write("vault.md", OLD_RETENTION, title="Vault")
    await company.write("storage.md", RETENTION, title="Vault and storage")
    answer = await company.answer(HOW_LONG, "vault.md")

    verdicts = [await company.judge(answer), await company.judge(answer)]

    assert verdicts[0] == verdicts[1]


async def test_nothing_speaks_against_an_answer_whose_source_says_what_the_person_says(company: Company) -> None:
    await company.write("vault.md", RETENTION, title="Vault")

    assert await company.judge(await company.answer(HOW_LONG, "vault.md"), reply=RETENTION) is None
