"""What every directory of groups must do."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aika.domain.identifiers import PrincipalId, SourceId
from aika.protocols import Directory

SLACK, GITHUB = SourceId("slack"), SourceId("github")

ALICE, BOB = PrincipalId("user:alice@example.org"), PrincipalId("user:bob@example.org")
TEAM, GUILD, CHANNEL = PrincipalId("group:team"), PrincipalId("group:guild"), PrincipalId("slack:T1:C1")
ACCOUNT = PrincipalId("slack:T1:U1")

# The directory is written anew for each example.
many_directories = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


class DirectoryContract:
    """Inherit from it and provide the fixture ``directory``: a new, empty one for each test."""

    async def test_a_member_has_its_group(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {ALICE}})

        assert await directory.expand([ALICE]) == {ALICE, TEAM}
        assert await directory.expand([BOB]) == {BOB}

    async def test_nobody_expands_to_nobody(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {ALICE}})

        assert await directory.expand([]) == frozenset()

    async def test_each_of_several_has_only_its_own_groups(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {ALICE}, GUILD: {BOB, TEAM}})

        assert await directory.expand_each([ALICE, BOB]) == {ALICE: {ALICE, TEAM, GUILD}, BOB: {BOB, GUILD}}
        assert await directory.expand_each([]) == {}

    async def test_groups_within_groups_count_however_deep(self, directory: Directory) -> None:
        await directory.record(SLACK, {ACCOUNT: {ALICE}, TEAM: {ACCOUNT}, GUILD: {TEAM}, CHANNEL: {GUILD}})

        assert await directory.expand([ALICE]) == {ALICE, ACCOUNT, TEAM, GUILD, CHANNEL}
        assert await directory.people(CHANNEL) == {ALICE}

    async def test_a_group_does_not_have_what_its_members_have(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {ALICE}, GUILD: {ALICE, BOB}})

        assert await directory.expand([TEAM]) == {TEAM}
        assert await directory.expand([BOB]) == {BOB, GUILD}

    async def test_groups_in_a_circle_have_one_another_and_end(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {GUILD, ALICE}, GUILD: {CHANNEL}, CHANNEL: {TEAM, CHANNEL}})

        assert await directory.expand([ALICE]) == {ALICE, TEAM, GUILD, CHANNEL}
        assert await directory.people(GUILD) == {ALICE}

    async def test_what_two_sources_say_of_a_group_adds_up(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {ALICE}})
        await directory.record(GITHUB, {TEAM: {BOB, ALICE}})

        assert await directory.people(TEAM) == {ALICE, BOB}

    async def test_a_source_changes_only_what_it_said_itself(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {ALICE}})
        await directory.record(GITHUB, {TEAM: {ALICE, BOB}})

        await directory.record(GITHUB, {TEAM: {BOB}})
        assert await directory.people(TEAM) == {ALICE, BOB}

        await directory.record(SLACK, {TEAM: set()})
        assert await directory.people(TEAM) == {BOB}

    async def test_who_joins_groups_is_in_no_other_of_that_source(self, directory: Directory) -> None:
        await directory.record(GITHUB, {CHANNEL: {ALICE}})
        await directory.join(SLACK, ALICE, {TEAM, GUILD})
        await directory.join(SLACK, BOB, {TEAM})

        await directory.join(SLACK, ALICE, {GUILD})

        assert await directory.expand([ALICE]) == {ALICE, GUILD, CHANNEL}
        assert await directory.people(TEAM) == {BOB}

    async def test_who_joins_none_leaves_all(self, directory: Directory) -> None:
        await directory.join(SLACK, ALICE, {TEAM})

        await directory.join(SLACK, ALICE, set())

        assert await directory.expand([ALICE]) == {ALICE}

    async def test_members_recorded_again_are_the_only_ones(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {ALICE}, GUILD: {ALICE}})

        await directory.record(SLACK, {TEAM: {BOB}})

        assert await directory.expand([ALICE]) == {ALICE, GUILD}
        assert await directory.expand([BOB]) == {BOB, TEAM}

    async def test_a_group_without_members_is_forgotten(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {ALICE}})

        await directory.record(SLACK, {TEAM: set()})

        assert await directory.expand([ALICE]) == {ALICE}
        assert await directory.people(TEAM) == frozenset()

    async def test_keeping_only_some_forgets_the_others_of_that_source(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {ALICE}, GUILD: {ALICE}})
        await directory.record(GITHUB, {CHANNEL: {ALICE}})

        await directory.keep_only(SLACK, {GUILD, PrincipalId("group:never seen")})

        assert await directory.expand([ALICE]) == {ALICE, GUILD, CHANNEL}

    async def test_forgetting_a_source_forgets_its_groups_alone(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {ALICE}})
        await directory.record(GITHUB, {TEAM: {BOB}, GUILD: {ALICE}})

        await directory.forget(SLACK)
        await directory.forget(SourceId("never"))

        assert await directory.expand([ALICE]) == {ALICE, GUILD}
        assert await directory.people(TEAM) == {BOB}

    async def test_the_members_of_a_person_or_of_nothing_are_nobody(self, directory: Directory) -> None:
        await directory.record(SLACK, {TEAM: {ALICE}})

        assert await directory.people(ALICE) == frozenset()
        assert await directory.people(PrincipalId("group:never")) == frozenset()

    async def test_names_are_compared_exactly(self, directory: Directory) -> None:
        odd = PrincipalId("group:Größe 'x' % 💡")
        await directory.record(SLACK, {odd: {ALICE}, PrincipalId("group:a"): {BOB}})

        assert await directory.expand([ALICE]) == {ALICE, odd}
        assert await directory.expand([PrincipalId("USER:ALICE@example.org")]) == {"USER:ALICE@example.org"}
        assert await directory.people(PrincipalId("group:A")) == frozenset()

    async def test_a_group_may_have_thousands_of_members_and_a_person_thousands_of_groups(
        self, directory: Directory
    ) -> None:
        people = {PrincipalId(f"user:{number}@example.org") for number in range(3_000)}
        groups = {PrincipalId(f"group:{number}"): {ALICE} for number in range(1_500)}

        await directory.record(SLACK, {TEAM: people, **groups})
        await directory.keep_only(SLACK, [TEAM, *groups])

        assert await directory.people(TEAM) == people
        assert await directory.expand([ALICE]) == {ALICE, *groups}
        assert await directory.expand(people) == {*people, TEAM}
        assert (await directory.expand_each(people))[PrincipalId("user:7@example.org")] == {
            "user:7@example.org",
            TEAM,
        }

    async def test_a_chain_tells_how_someone_is_in_a_group(self, directory: Directory) -> None:
        await directory.record(SLACK, {ACCOUNT: {ALICE}, TEAM: {ACCOUNT}, GUILD: {TEAM}})
        await directory.record(GITHUB, {GUILD: {CHANNEL}, CHANNEL: {GUILD}})

        assert await directory.chain(ALICE, GUILD) == [ALICE, ACCOUNT, TEAM, GUILD]
        assert await directory.chain(ALICE, ALICE) == [ALICE]
        assert await directory.chain(BOB, GUILD) == []
        assert await directory.chain(GUILD, ALICE) == []

    @given(st.data())
    @many_directories
    async def test_it_agrees_with_following_every_membership_by_hand(
        self, directory: Directory, data: st.DataObject
    ) -> None:
        names = [PrincipalId(name) for name in ("user:a", "user:b", "group:c", "group:d", "group:e")]
        edges = data.draw(st.sets(st.tuples(st.sampled_from(names[2:]), st.sampled_from(names)), max_size=9))
        await directory.record(
            SLACK, {group: {member for other, member in edges if other == group} for group in names[2:]}
        )

        for name in names:
            above = _closure(name, {(member, group) for group, member in edges})
            below = _closure(name, edges)
            groups = {group for group, _ in edges}
            assert await directory.expand([name]) == above
            assert (await directory.expand_each(names))[name] == above
            assert await directory.people(name) == below - groups - {name}
            for group in names:
                chain = await directory.chain(name, group)
                assert bool(chain) == (group in above)
                assert all(pair in edges for pair in zip(chain[1:], chain[:-1], strict=True))

    @pytest.mark.parametrize("members", [{ALICE}, {TEAM}, {ALICE, GUILD}])
    async def test_recording_the_same_again_changes_nothing(
        self, directory: Directory, members: set[PrincipalId]
    ) -> None:
        await directory.record(SLACK, {TEAM: members})
        before = await directory.expand([ALICE, TEAM, GUILD])

        await directory.record(SLACK, {TEAM: members})

        assert await directory.expand([ALICE, TEAM, GUILD]) == before


def _closure(start: PrincipalId, edges: set[tuple[PrincipalId, PrincipalId]]) -> set[PrincipalId]:
    reached = {start}
    while new := {end for begin, end in edges if begin in reached} - reached:
        reached |= new
    return reached
