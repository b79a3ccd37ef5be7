"""What is made of decision records, whatever form they have."""

import pytest

from aika.chunkers.sections import SectionChunker
from aika.domain.documents import AttributeValue, Document, Kind, Owner, RawDocument
from aika.domain.identifiers import SourceId
from aika.domain.sources import Source
from aika.ingestion.decisions import record_name
from aika.ingestion.parsing import ChunkerSet, Intake, ParserSet
from aika.parsers.markdown import MarkdownParser
from aika.parsers.plaintext import PlainTextParser

INTAKE = Intake(ParserSet([MarkdownParser()], PlainTextParser()), ChunkerSet(SectionChunker(), {}))


def taken(
    path: str,
    text: str,
    *,
    kind: Kind | None = None,
    owner: Owner | None = None,
    attributes: dict[str, AttributeValue] | None = None,
    whole: Owner | None = None,
    authors: tuple[str, ...] = (),
) -> Document:
    raw = RawDocument(path, text.encode(), path, kind=kind, owner=owner, authors=authors, attributes=attributes or {})
    entry, _ = INTAKE.take(Source(SourceId("s"), "filesystem", owner=whole), raw, version="1")
    return entry.document


def said(path: str, text: str) -> dict[str, AttributeValue]:
    document = taken(path, text)
    assert document.kind is Kind.DECISION
    return dict(document.attributes)


class TestForms:
    def test_nygards_status_section(self) -> None:
        text = (
            "# 2. Use queues\n\n## Status\n\nSuperseded by [3. Use streams](0003-use-streams.md)\n\n"
            "Supersedes [1. Poll](0001-poll.md)\n\n## Context\n\nBecause.\n"
        )

        found = said("docs/adr/0002-use-queues.md", text)

        assert found["status"] == "superseded"
        assert found["superseded_by"] == "0003-use-streams.md"
        assert found["supersedes"] == "0001-poll.md"
        assert found["record"] == "ADR-0002"

    def test_madrs_first_lines(self) -> None:
        text = "# Use Postgres\n\n* Status: accepted\n* Deciders: Ann, Ben\n* Date: 2024-05-06\n\n## Decision Outcome\n\nYes.\n"

        found = said("docs/decisions/0007-postgres.md", text)

        assert (found["status"], found["approvers"]) == ("accepted", ("Ann", "Ben"))

    def test_madrs_front_matter(self) -> None:
        text = '---\nstatus: "superseded by [ADR-0012](0012-next.md)"\ndecision-makers: [ann, ben]\n---\n# X\n\nText.\n'

        found = said("docs/adr/0011-x.md", text)

        assert (found["status"], found["superseded_by"]) == ("superseded", "0012-next.md")
        assert found["approvers"] == ("ann", "ben")

    def test_an_rfcs_front_matter(self) -> None:
        text = "---\nstatus: Accepted\nstatus_last_reviewed: 2024-03-04\nsuperseded-by: RFC 140\nauthor: Ann\n---\n# X\n\nText.\n"

        document = taken("rfcs/rfc-128-deploy.md", text)

        assert document.attributes["status"] == "accepted"
        assert document.attributes["status_last_reviewed"] == "2024-03-04"
        assert document.attributes["superseded_by"] == "RFC 140"
        assert document.attributes["record"] == "RFC-128"
        assert document.authors == ("Ann",)

    def test_a_proposals_owners_and_authors(self) -> None:
        text = "---\nstatus: implementable\nauthors: ['@ann']\nowners: ['@acme/team']\nreplaces: TBD\n---\n# BEP\n\nText.\n"

        document = taken("beps/0001-notifications/README.md", text)

        assert (document.kind, document.attributes["record"]) == (Kind.DECISION, "BEP-0001")
        assert document.owner == Owner("@acme/team", None, "front matter")
        assert "supersedes" not in document.attributes

    def test_a_state_that_is_nobodys_usual_one_is_kept_as_written(self) -> None:
        assert said("rfcs/rfc-1-x.md", "---\nstatus: IN DEV\n---\n# X\n\nText.\n")["status"] == "IN DEV"

    def test_a_sentence_about_replacing_elsewhere_is_no_status(self) -> None:
        text = "---\nstatus: accepted\n---\n# X\n\nThe old system was replaced by the new one.\n"

        assert "superseded_by" not in said("docs/adr/0001-x.md", text)

    @pytest.mark.parametrize("path", ["docs/adr/adr000-template.md", "rfcs/NNNN-template/README.md", "adr/template.md"])
    def test_a_template_is_no_decision(self, path: str) -> None:
        assert taken(path, "---\nstatus: provisional\n---\n# Title\n\nText.\n").kind is Kind.PAGE

    def test_pages_that_are_no_decisions_stay_as_they_are(self) -> None:
        document = taken("guide.md", "---\nauthor: Ann\n---\n# Guide\n\n* Deciders: Ben\n")

        assert "approvers" not in document.attributes


class TestNames:
    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("rfcs/rfc-128-deployment.md", "RFC-128"),
            ("docs/architecture-decisions/adr007-use-msw.md", "ADR-007"),
            ("keps/sig-node/753-sidecars/README.md", "KEP-753"),
            ("docs/adr/0012-x.md", "ADR-0012"),
            ("docs/ADRs/0012-x.md", "ADR-0012"),
            ("RFC_0042.md", "RFC-0042"),
            ("docs/decisions/0004-x.md", None),
            ("docs/adr/index.md", None),
            ("adrenaline/1-x.md", None),
        ],
    )
    def test_a_record_is_called_as_people_call_it(self, path: str, name: str | None) -> None:
        assert record_name(path) == name


class TestOwners:
    PAGE = "---\nowner: docs-team\n---\n# X\n\nText.\n"
    CHANNEL = '---\nowner_slack: "#help"\n---\n# X\n\nText.\n'
    FOLDER = Owner("@acme/all", None, "CODEOWNERS")

    def test_a_pages_own_words_come_before_what_is_said_of_its_folder(self) -> None:
        assert taken("a.md", self.PAGE, owner=self.FOLDER).owner == Owner("docs-team", None, "front matter")

    def test_a_page_that_names_only_a_channel_adds_it_to_the_folders_owner(self) -> None:
        assert taken("a.md", self.CHANNEL, owner=self.FOLDER).owner == Owner("@acme/all", "#help", "CODEOWNERS")

    def test_what_a_source_says_of_the_document_itself_comes_first(self) -> None:
        itself = Owner("Ann", "ann@example.org", "page")

        assert taken("a.md", self.PAGE, owner=itself).owner == itself

    def test_the_sources_owner_comes_before_a_guess(self) -> None:
        guess, whole = Owner("Ann", None, "last author"), Owner("docs-team")

        assert taken("a.md", "# X\n\nText.\n", owner=guess, whole=whole).owner == whole
        assert taken("a.md", "# X\n\nText.\n", owner=guess).owner == guess

    def test_who_approves_changes_of_the_file_did_not_approve_the_decision(self) -> None:
        owners = Owner("leads", None, "OWNERS")
        text = "---\nstatus: accepted\n---\n# X\n\nText.\n"

        found = taken("docs/adr/0001-x.md", text, owner=owners, attributes={"approvers": ("ann",)}).attributes

        assert "approvers" not in found
        assert found["change_approvers"] == ("ann",)

    def test_approvers_that_a_page_names_come_before_those_of_its_folder(self) -> None:
        text = "---\napprovers: [ben]\n---\n# X\n\nText.\n"
        owners = Owner("leads", None, "OWNERS")

        found = taken("a.md", text, owner=owners, attributes={"approvers": ("ann",), "reviewers": ("cy",)}).attributes

        assert (found["approvers"], found["reviewers"]) == (("ben",), ("cy",))

    def test_the_authors_of_a_decision_are_those_it_names(self) -> None:
        text = "---\nstatus: accepted\nauthors: [ben]\n---\n# X\n\nText.\n"

        assert taken("docs/adr/0001-x.md", text, authors=("Ann",)).authors == ("ben",)
        assert taken("docs/x.md", "# X\n\nText.\n", authors=("Ann",)).authors == ("Ann",)

    def test_a_proposals_own_metadata_names_who_approved_it(self) -> None:
        found = taken("keps/a/1-x/README.md", "# X\n\nText.\n", kind=Kind.DECISION, attributes={"approvers": ("@di",)})

        assert found.attributes["approvers"] == ("@di",)
