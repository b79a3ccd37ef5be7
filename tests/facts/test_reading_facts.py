"""What documents record of things, wherever they write it, with the span that says so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_company import GROUPS, PROPOSAL, SERVICES, TEAMS, entry, fact, profile, quoted

from aika.domain.documents import Owner
from aika.domain.facts import Relation, name_key
from aika.facts.labels import relation_of
from aika.facts.naming import path_names, title_names


class TestRecords:
    def test_a_list_of_records_tells_of_each(self) -> None:
        services = entry("services.yml", SERVICES)

        assert fact(services, "ferry-timetable", Relation.OWNER).values == ("#harbour",)
        assert fact(services, "ferry-timetable", Relation.ALERTS).values == ("#harbour-alerts",)
        assert fact(services, "ticket_printer", Relation.OWNER).values == ("Boarding",)

    def test_the_span_is_the_line_that_says_so(self) -> None:
        services = entry("services.yml", SERVICES)

        assert quoted(services, fact(services, "ticket_printer", Relation.OWNER)) == "team: Boarding"

    def test_people_in_a_nested_group_hold_roles_of_what_encloses_it(self) -> None:
        groups = entry("groups.yaml", GROUPS)

        assert fact(groups, "Night Watch", Relation.ROLE, "chairs").values == ("Ada Byron", "Lin Zhao")
        assert fact(groups, "Night Watch", Relation.ROLE, "tech_leads").values == ("Oskar Blom",)

    def test_a_channel_without_its_sign_gets_it(self) -> None:
        groups = entry("groups.yaml", GROUPS)

        assert fact(groups, "Night Watch", Relation.CONTACT, "slack").values == ("#night-watch",)

    def test_what_a_record_lists_belongs_to_it(self) -> None:
        groups = entry("groups.yaml", GROUPS)

        assert fact(groups, "beacon", Relation.PART_OF).values == ("Night Watch (crew-night-watch)",)

    def test_a_group_is_known_by_its_sort_and_its_folder_too(self) -> None:
        keys = profile(entry("groups.yaml", GROUPS), "Night Watch").keys

        assert {name_key("Night Watch"), name_key("crew Night Watch"), name_key("crew-night-watch")} <= keys

    def test_names_may_be_the_keys(self) -> None:
        teams = entry("teams.yaml", TEAMS)

        assert fact(teams, "boarding", Relation.CONTACT).values == ("#boarding-help",)

    def test_json_tells_the_same_as_yaml(self) -> None:
        recorded = entry(
            "services.json", '[{"name": "beacon", "owner": "Lamps"}, {"name": "buoy", "owner": "Boarding"}]'
        )

        assert fact(recorded, "buoy", Relation.OWNER).values == ("Boarding",)

    def test_a_file_of_owners_speaks_of_its_folder(self) -> None:
        recorded = entry("piers/north/OWNERS", "approvers:\n  - ada\n  - lin\n")

        assert fact(recorded, "north", Relation.APPROVER).values == ("ada", "lin")

    def test_former_names_in_a_description_are_names(self) -> None:
        keys = profile(entry("services.yml", SERVICES), "quay-lights").keys

        assert {name_key("Lampyris"), name_key("night-lights")} <= keys

    @pytest.mark.parametrize("nothing", ["null", "''", "[]", "~", "n/a"])
    def test_an_empty_value_is_no_fact(self, nothing: str) -> None:
        recorded = entry("one.yaml", f"name: beacon\nowner: {nothing}\n")

        assert recorded.profiles == ()

    @pytest.mark.parametrize("broken", ["a: b: c\n- x", "{" * 500, "&a [*a]", "? [a]\n: b", "\ta: b", "%"])
    def test_what_is_no_yaml_costs_no_document(self, broken: str) -> None:
        recorded = entry("broken.yaml", f"owner: x\n{broken}")

        assert recorded.chunks


class TestPages:
    def test_front_matter_tells_of_the_page(self) -> None:
        page = entry("rfcs/rfc-007-sail-at-dusk.md", PROPOSAL)

        assert fact(page, "Sail at dusk", Relation.AUTHOR).values == ("@ada", "@lin")
        assert fact(page, "Sail at dusk", Relation.STATUS).values == ("accepted",)
        assert quoted(page, fact(page, "Sail at dusk", Relation.OWNER)) == 'owner_slack: "#harbour"'

    def test_a_header_without_fences_counts_too(self) -> None:
        page = entry("note.md", "title: Sail\nstatus: draft\napprovers:\n- '@ada'\n\n\n# Sail\n\nText.\n", title="Sail")

        assert quoted(page, fact(page, "Sail", Relation.APPROVER)) == "approvers:\n- '@ada'"

    def test_attributes_count_where_the_text_does_not_say_it(self) -> None:
        page = entry("page.md", "# Sail\n\nText.\n", title="Sail", attributes={"status": "accepted"})

        told = fact(page, "Sail", Relation.STATUS)

        assert (told.values, told.stated) == (("accepted",), False)

    def test_the_owner_that_a_connector_found_counts_last(self) -> None:
        found = Owner("Harbour", contact="#harbour", found_in="CODEOWNERS")
        page = entry("page.md", "# Sail\n\nText.\n", title="Sail", owner=found)
        stated = entry("page.md", "---\nowner: Lamps\nother: x\n---\n# Sail\n", title="Sail", owner=found)

        assert fact(page, "Sail", Relation.OWNER).values == ("Harbour",)
        assert fact(stated, "Sail", Relation.OWNER).values == ("Lamps",)

    @pytest.mark.parametrize("line", ["Owner: Lamps", "**Owner:** Lamps", "- Owner: Lamps", "* **Owned by**: Lamps"])
    def test_a_line_with_a_key_is_a_record(self, line: str) -> None:
        page = entry("page.md", f"# Sail\n\n{line}\n\nText.\n", title="Sail")

        assert fact(page, "Sail", Relation.OWNER).values == ("Lamps",)

    def test_a_sentence_behind_a_key_is_no_value(self) -> None:
        page = entry("page.md", "# Sail\n\nOwner: whoever happens to be on the quay that day decides\n", title="Sail")

        assert page.profiles == ()

    def test_a_list_under_a_role_names_its_people(self) -> None:
        text = "# Sail\n\n## Maintainers\n\n- Ada Byron (**[@ada](https://x.example)**), Harbour Ltd\n- Lin Zhao\n"

        page = entry("page.md", text, title="Sail")

        assert fact(page, "Sail", Relation.ROLE).values == ("Ada Byron", "Lin Zhao")

    def test_a_row_of_a_table_tells_of_what_it_names(self) -> None:
        text = "# Systems\n\n| System | Owner | Slack channel |\n| --- | --- | --- |\n| Beacon | Lamps | #lamps |\n"

        page = entry("systems.md", text)

        assert fact(page, "Beacon", Relation.OWNER).values == ("Lamps",)
        assert quoted(page, fact(page, "Beacon", Relation.CONTACT)) == "| Beacon | Lamps | #lamps |"

    @settings(deadline=None, max_examples=60)
    @given(
        st.lists(
            st.sampled_from(
                [
                    "---\n",
                    "owner: Ünï\n",
                    "- name: a\n",
                    "  team: '#x'\n",
                    "| System | Owner |\n",
                    "|---|---|\n",
                    "| a | b |\n",
                ]
            )
            | st.text(alphabet="ab:#-|\n '\"{}[]é💯", max_size=12),
            max_size=12,
        ).map("".join)
    )
    def test_every_span_lies_in_the_text_of_its_chunk(self, text: str) -> None:
        recorded = entry("any.md", f"x{text}")

        for told in (told for found in recorded.profiles for told in found.facts):
            assert quoted(recorded, told)
            assert told.values


@pytest.mark.parametrize(
    ("label", "relation"),
    [
        ("owner_slack", Relation.OWNER),
        ("owning-team", Relation.OWNER),
        ("Slack channel", Relation.CONTACT),
        ("alertsChannel", Relation.ALERTS),
        ("approved by", Relation.APPROVER),
        ("Tech leads", Relation.ROLE),
        ("superseded-by", Relation.SUCCESSOR),
        ("dependsOn", Relation.DEPENDS_ON),
        ("team_members", Relation.MEMBER),
        ("owner_url", None),
        ("status_last_reviewed", None),
        ("description", None),
        ("what the owner of the boat should know of it", None),
    ],
)
def test_a_label_tells_by_its_words(label: str, relation: Relation | None) -> None:
    assert relation_of(label) is relation


def test_a_title_has_its_number_and_its_words() -> None:
    assert title_names("RFC-12: Use buoys (BUOY)") == [
        "RFC-12: Use buoys (BUOY)",
        "RFC-12",
        "Use buoys (BUOY)",
        "RFC-12: Use buoys",
        "BUOY",
    ]
    assert title_names("docs/page.md") == []


def test_a_path_has_its_number_and_its_words() -> None:
    assert path_names("rfcs/rfc-007-sail.md") == ["rfc-007-sail", "rfc 007", "sail"]
    assert path_names("adrs/0012-use-buoys/adr.yaml") == ["0012-use-buoys", "use-buoys", "adr 0012"]
