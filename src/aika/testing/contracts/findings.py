"""What every store of findings must do."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aika.domain.access import Scope
from aika.domain.documents import Kind, Owner
from aika.domain.errors import ConflictError, NotFoundError
from aika.domain.findings import (
    BrokenQuestion,
    Cause,
    Exhibit,
    Finding,
    FindingKind,
    FindingState,
    SuggestedEdit,
)
from aika.domain.identifiers import AssistantId, FindingId, PrincipalId, SourceId, document_id
from aika.domain.selection import Selection
from aika.protocols import Findings
from aika.testing.makers import make_document

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
EVERYONE = Scope.of([])


def make_question(text: str = "Where?", *, asker: str = "one", after: int = 0) -> BrokenQuestion:
    return BrokenQuestion(text, NOON + timedelta(minutes=after), Cause.UNANSWERED, asker, EVERYONE)


def make_finding(
    name: str = "a", *, questions: Collection[BrokenQuestion] = (), document: str = "guide.md", after: int = 0
) -> Finding:
    """Return a finding whose id and key are its name."""
    about = make_document(document)
    return Finding(
        id=FindingId(name),
        key=name,
        kind=FindingKind.OUTDATED,
        state=FindingState.OPEN,
        title=f"title {name}",
        reason="It is old.",
        source=about.source,
        document=about.id,
        owner=None,
        exhibits=(Exhibit(about, "thirty days", 3, 14, "says 30 days"),),
        questions=tuple(questions),
        suggestion=None,
        created_at=NOON + timedelta(minutes=after),
        changed_at=NOON + timedelta(minutes=after),
        content_seen="hash 1",
    )


def make_full_finding() -> Finding:
    """Return a finding in which every field says something."""
    about = make_document("größe.md", source="wiki", readers=["group:board"], attributes={"tags": ("a", "b")})
    scope = Scope(
        audience=(frozenset({PrincipalId("user:ä")}), frozenset({PrincipalId("everyone")})),
        sources=frozenset(),
        kinds=frozenset({Kind.PAGE}),
        selections=(Selection(owners=frozenset({"x"}), excluding=(Selection(paths=frozenset({"a/**"})),)),),
    )
    question = BrokenQuestion(
        text="Why \0 \ud800?",
        asked_at=NOON,
        cause=Cause.CONTRADICTED,
        asker="one",
        scope=scope,
        expected="Because.",
        refused="Never.",
        passes=True,
        assistant=AssistantId("helper"),
        said="And why?",
    )
    return Finding(
        id=FindingId("full"),
        key="kéy",
        kind=FindingKind.CONFLICTING,
        state=FindingState.ACCEPTED,
        title="Größe",
        reason="They disagree.",
        source=SourceId("wiki"),
        document=about.id,
        owner=Owner("Payments", "#payments", "CODEOWNERS"),
        exhibits=(Exhibit(about, "thirty", 0, 6, "says 30"), Exhibit(make_document(), "")),
        questions=(question,),
        suggestion=SuggestedEdit(about.id, "thirty", "forty", "As the other says."),
        created_at=NOON,
        changed_at=NOON + timedelta(days=1),
        content_seen="hash",
        sequence_seen=7,
        assignee="user:ada@example.org",
        note="soon",
        version=3,
    )


class FindingsContract:
    """Inherit from it and provide the fixture ``findings``: a new, empty store for each test."""

    async def test_a_finding_comes_back_as_it_was_recorded(self, findings: Findings) -> None:
        finding = make_full_finding()

        added = await findings.add(finding)

        assert added == finding
        assert await findings.get(finding.id) == finding
        assert await findings.get(FindingId("other")) is None

    async def test_a_gap_needs_no_document(self, findings: Findings) -> None:
        gap = replace(make_finding(), kind=FindingKind.NO_DOCUMENT, document=None, source=None, exhibits=())

        await findings.add(gap)

        assert await findings.listing() == [gap]
        assert await findings.listing(documents=[document_id(SourceId("handbook"), "guide.md")]) == []

    async def test_equal_keys_are_one_finding_with_the_questions_of_both(self, findings: Findings) -> None:
        first = await findings.add(make_finding("a", questions=[make_question("Where?")]))

        second = await findings.add(
            replace(make_finding("b", questions=[make_question("Since when?", asker="two", after=1)]), key="a")
        )

        assert second.id == first.id
        assert [question.text for question in second.questions] == ["Where?", "Since when?"]
        assert second.people == 2
        assert await findings.listing() == [second]

    async def test_a_person_who_asks_again_is_counted_once(self, findings: Findings) -> None:
        await findings.add(make_finding(questions=[make_question("Where?")]))

        again = await findings.add(make_finding(questions=[make_question(" where? ", after=5)]))

        assert [question.asked_at for question in again.questions] == [NOON + timedelta(minutes=5)]
        assert again.people == 1

    async def test_what_nobody_asked_costs_nobody(self, findings: Findings) -> None:
        finding = await findings.add(make_finding(questions=[make_question(asker="")]))

        assert finding.people == 0

    async def test_a_new_question_does_not_stand_in_the_way_of_a_change(self, findings: Findings) -> None:
        read = await findings.add(make_finding())
        await findings.add(make_finding(questions=[make_question()]))

        changed = await findings.change(replace(read, state=FindingState.ACCEPTED))

        assert (changed.state, changed.people) == (FindingState.ACCEPTED, 1)

    async def test_a_dismissed_finding_stays_dismissed(self, findings: Findings) -> None:
        finding = await findings.add(make_finding())
        await findings.change(replace(finding, state=FindingState.DISMISSED, note="It is right."))

        again = await findings.add(make_finding(questions=[make_question()]))

        assert (again.state, again.note) == (FindingState.DISMISSED, "It is right.")

    async def test_a_resolved_finding_opens_again_as_it_is_found_then(self, findings: Findings) -> None:
        finding = await findings.add(make_finding())
        resolved = await findings.change(replace(finding, state=FindingState.RESOLVED, note="It changed."))

        again = await findings.add(replace(make_finding(after=9), reason="It is older still.", content_seen="hash 2"))

        assert (again.state, again.reason, again.note) == (FindingState.OPEN, "It is older still.", "")
        assert (again.content_seen, again.created_at) == ("hash 2", NOON)
        assert again.version > resolved.version

    async def test_those_that_cost_the_most_people_come_first_then_the_newest(self, findings: Findings) -> None:
        await findings.add(make_finding("old"))
        await findings.add(make_finding("new", after=2))
        asked = [make_question("1", asker="x"), make_question("2", asker="x"), make_question("3", asker="x")]
        await findings.add(make_finding("one person", questions=asked, after=1))
        await findings.add(
            make_finding("two people", questions=[make_question(asker="x"), make_question(asker="y")], after=1)
        )

        assert [one.key for one in await findings.listing()] == ["two people", "one person", "new", "old"]
        assert [one.key for one in await findings.listing(limit=2)] == ["two people", "one person"]
        assert [one.key for one in await findings.listing(limit=2, offset=1)] == ["one person", "new"]

    async def test_they_are_found_by_what_they_are(self, findings: Findings) -> None:
        await findings.add(make_finding("a"))
        await findings.add(replace(make_finding("b", document="other.md"), kind=FindingKind.CONFLICTING))
        await findings.add(replace(make_finding("c", document="third.md"), state=FindingState.ACCEPTED))
        await findings.add(replace(make_finding("d"), source=SourceId("wiki"), document=None))
        here = document_id(SourceId("handbook"), "other.md")

        async def keys(**wanted: object) -> set[str]:
            return {one.key for one in await findings.listing(**wanted)}  # type: ignore[arg-type]  # each is right

        assert await keys(states=[FindingState.ACCEPTED]) == {"c"}
        assert await keys(states=[]) == set()
        assert await keys(kinds=[FindingKind.CONFLICTING, FindingKind.UNSUPPORTED]) == {"b"}
        assert await keys(documents=[here]) == {"b"}
        assert await keys(documents=[]) == set()
        assert await keys(source=SourceId("wiki")) == {"d"}

    async def test_a_change_keeps_everything_and_says_which_questions_pass(self, findings: Findings) -> None:
        read = await findings.add(make_finding(questions=[make_question("1"), make_question("2", after=1)]))
        passing = (replace(read.questions[0], passes=True), read.questions[1])
        later = NOON + timedelta(days=3)

        changed = await findings.change(
            replace(read, assignee="team-a", questions=passing, content_seen="hash 2", changed_at=later)
        )

        assert changed == replace(
            read,
            assignee="team-a",
            questions=passing,
            content_seen="hash 2",
            changed_at=later,
            version=read.version + 1,
        )
        assert await findings.get(read.id) == changed

    async def test_of_two_changes_to_one_version_the_second_is_refused(self, findings: Findings) -> None:
        read = await findings.add(make_finding())
        await findings.change(replace(read, assignee="hers"))

        with pytest.raises(ConflictError, match="changed meanwhile"):
            await findings.change(replace(read, assignee="his"))

        kept = await findings.get(read.id)
        assert kept is not None
        assert kept.assignee == "hers"

    async def test_what_is_not_there_is_not_changed(self, findings: Findings) -> None:
        with pytest.raises(NotFoundError):
            await findings.change(make_finding())
