"""How often owners hear, and where."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from digest_material import make_finding

from aika.domain.digests import Every, Medium, Recipient
from aika.domain.documents import Owner
from aika.domain.errors import ConfigurationError
from aika.health.digests_preferences import Preference, Preferences, Schedule, addressee, contacts_of, read_address

WEDNESDAY = datetime(2026, 11, 4, 7, 30, tzinfo=UTC)


class TestMoments:
    @pytest.mark.parametrize(
        ("every", "expected"),
        [
            (Every.DAILY, datetime(2026, 11, 3, 8, tzinfo=UTC)),
            (Every.WEEKLY, datetime(2026, 11, 2, 8, tzinfo=UTC)),
            (Every.MONTHLY, datetime(2026, 11, 1, 8, tzinfo=UTC)),
            (Every.NEVER, None),
        ],
    )
    def test_the_last_moment_is_the_one_that_counts(self, every: Every, expected: datetime | None) -> None:
        assert Schedule().latest(every, WEDNESDAY) == expected

    def test_the_hour_is_that_of_the_time_zone(self) -> None:
        schedule = Schedule(weekday=2, hour=8, zone=ZoneInfo("Europe/Helsinki"))

        assert schedule.latest(Every.WEEKLY, WEDNESDAY) == datetime(2026, 11, 4, 6, tzinfo=UTC)

    def test_the_first_of_a_month_before_the_hour_belongs_to_the_month_before(self) -> None:
        early = datetime(2026, 12, 1, 7, tzinfo=UTC)

        assert Schedule().latest(Every.MONTHLY, early) == datetime(2026, 11, 1, 8, tzinfo=UTC)


class TestAddresses:
    @pytest.mark.parametrize(
        ("contact", "expected"),
        [
            ("#payments", Recipient(Medium.SLACK, "#payments")),
            ("C0123ABCDE", Recipient(Medium.SLACK, "C0123ABCDE")),
            ("https://acme.slack.com/archives/C0123ABCDE", Recipient(Medium.SLACK, "C0123ABCDE")),
            ("ada@example.org", Recipient(Medium.MAIL, "ada@example.org")),
            ("mailto:ada@example.org", Recipient(Medium.MAIL, "ada@example.org")),
            ("https://wiki.example/payments", None),
            ("ada@example.org\r\nBcc: all@example.org", None),
        ],
    )
    def test_contacts_are_read(self, contact: str, expected: Recipient | None) -> None:
        assert read_address(contact) == expected


class TestPreferences:
    def test_a_choice_wins_over_the_contact(self) -> None:
        chosen = Preference(Every.DAILY, Recipient(Medium.SLACK, "#pay"))
        preferences = Preferences({"Payments  Team": chosen})

        assert preferences.how_often("payments team") is Every.DAILY
        assert preferences.recipient("payments team", ["#other"]) == Recipient(Medium.SLACK, "#pay")

    def test_without_a_choice_the_first_contact_that_can_be_reached_counts(self) -> None:
        preferences = Preferences(media=[Medium.SLACK])

        found = preferences.recipient("payments", ["https://wiki.example", "ada@example.org", "#payments"])

        assert found == Recipient(Medium.SLACK, "#payments")
        assert preferences.how_often("payments") is Every.WEEKLY

    def test_a_document_cannot_name_an_address_of_another_domain(self) -> None:
        preferences = Preferences(mail_domains=["example.org"])

        with pytest.raises(ConfigurationError, match="mail_domains"):
            preferences.recipient("payments", ["thief@evil.example"])

    def test_an_owner_without_a_contact_is_named_with_the_remedy(self) -> None:
        with pytest.raises(ConfigurationError, match=r'\[digests.owners."payments"\]'):
            Preferences().recipient("payments", ["payments"])

    def test_a_medium_that_is_not_set_up_is_named(self) -> None:
        with pytest.raises(ConfigurationError, match=r"set up \[digests.slack\]"):
            Preferences(media=[Medium.MAIL]).recipient("payments", ["#payments"])


class TestAddressees:
    def test_whoever_it_was_assigned_to_is_told(self) -> None:
        assert addressee(make_finding(assignee="ada@example.org")) == "ada@example.org"
        assert addressee(make_finding()) == "payments team"
        assert addressee(make_finding(owner=None)) is None

    def test_a_name_that_is_an_address_is_a_contact(self) -> None:
        findings = [make_finding(owner=Owner("ada@example.org"))]

        assert contacts_of("ada@example.org", findings) == ["ada@example.org"]
