"""A small invented company whose files record who owns what, and what finds facts in them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from prepared_database import database_in

from aika.chunkers.sections import SectionChunker
from aika.domain.access import EVERYONE
from aika.domain.documents import AttributeValue, Owner, RawDocument
from aika.domain.facts import Fact, Profile, Relation
from aika.domain.identifiers import PrincipalId, SourceId
from aika.domain.sources import Source
from aika.facts.finding import FactFinder
from aika.ingestion.parsing import ChunkerSet, Intake, ParserSet
from aika.parsers.markdown import MarkdownParser
from aika.parsers.plaintext import PlainTextParser
from aika.parsers.structured_data import StructuredDataParser
from aika.protocols import Entry
from aika.stores.database.database import Database

INTAKE = Intake(
    ParserSet([MarkdownParser(), StructuredDataParser()], fallback=PlainTextParser()), ChunkerSet(SectionChunker(), {})
)

SERVICES = """\
- repo_name: ferry-timetable
  team: "#harbour"
  alerts_team: "#harbour-alerts"
- repo_name: ticket_printer
  team: Boarding
- repo_name: quay-lights
  team: Lamps
  description: Switches the lights (formerly Lampyris and night-lights)
"""
GROUPS = """\
crews:
  - dir: crew-night-watch
    name: Night Watch
    leadership:
      chairs:
        - {github: ada, name: Ada Byron, email: ada@example.org}
        - {github: lin, name: Lin Zhao, email: lin@example.org}
      tech_leads:
        - github: oskar
          name: Oskar Blom
      emeritus_leads:
        - github: gone
          name: Gone Person
    contact:
      slack: night-watch
      mailing_list: https://lists.example/night-watch
    subprojects:
      - name: beacon
        owners:
          - https://git.example/beacon/OWNERS
"""
TEAMS = """\
teams:
  boarding:
    display_name: Boarding
    slack: "#boarding-help"
  lamps:
    display_name: Lamps
    email: lamps@example.org
"""
PROPOSAL = """\
---
title: Sail at dusk
status: accepted
authors:
  - "@ada"
  - "@lin"
approvers: ["@oskar"]
owner_slack: "#harbour"
---

# Sail at dusk

We sail at dusk.
"""


def entry(
    key: str,
    text: str,
    *,
    title: str | None = None,
    attributes: Mapping[str, AttributeValue] | None = None,
    owner: Owner | None = None,
    readers: Sequence[str] = (EVERYONE,),
    modified: datetime = datetime(2026, 1, 1, tzinfo=UTC),
) -> Entry:
    raw = RawDocument(
        key=key,
        content=text.encode(),
        path=key,
        title=title,
        url=f"https://files.example/{key}",
        readers=frozenset(map(PrincipalId, readers)),
        owner=owner,
        modified_at=modified,
        attributes=attributes or {},
    )
    return INTAKE.take(Source(SourceId("files"), "filesystem"), raw, version="1")[0]


def company() -> list[Entry]:
    return [
        entry("services.yml", SERVICES),
        entry("groups.yaml", GROUPS),
        entry("teams.yaml", TEAMS),
        entry("rfcs/rfc-007-sail-at-dusk.md", PROPOSAL),
    ]


def profile(recorded: Entry, name: str) -> Profile:
    return next(found for found in recorded.profiles if name in found.names)


def fact(recorded: Entry, name: str, relation: Relation, label: str = "") -> Fact:
    return next(
        found for found in profile(recorded, name).facts if found.relation is relation and found.label.endswith(label)
    )


def quoted(recorded: Entry, found: Fact) -> str:
    """The text of the span, which must lie in the chunk that the fact names."""
    chunk = recorded.chunks[found.chunk]
    assert chunk.start <= found.start < found.end <= chunk.end
    return recorded.body.text[found.start : found.end]


@asynccontextmanager
async def finding_in(entries: Sequence[Entry], folder: Path) -> AsyncIterator[tuple[FactFinder, Database]]:
    async with Database.open(database_in(folder)) as database:
        await database.catalogue.record(entries)
        yield FactFinder(database.facts, database.catalogue), database
