"""A team writes its goalie in YAML, and every mistake is told with what, where and what now."""

import json
import re
from datetime import time, timedelta
from pathlib import Path

import pytest
import yaml

from aika.application.goalie_files import FolderOfGoalies, read_goalie_file
from aika.domain.answers import Band
from aika.domain.errors import ConfigurationError
from aika.domain.goalies import Action, Goalie, Mode, Weekday
from aika.domain.selection import EVERYTHING
from aika.forms.goalies import OTHER_WORDS, GoalieForm, goalie_schema
from aika.goalie.telling import noted, told

ROOT = Path(__file__).parents[2]
LEAST = """\
channel: "#payments-help"
log_channel: "#payments-log"
humans: [ada@example.org]
"""


def written(folder: Path, text: str, name: str = "payments-help") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> Goalie:
    return read_goalie_file(written(folder, text))


def mistakes(folder: Path, text: str) -> list[str]:
    """Return what is told of a file, without its path."""
    path = written(folder, text)
    with pytest.raises(ConfigurationError) as raised:
        read_goalie_file(path)
    return [line.removeprefix(f"{path}, ") for line in str(raised.value).split("\n")]


class TestRight:
    def test_three_lines_are_a_goalie_in_shadow_mode(self, tmp_path: Path) -> None:
        goalie = read(tmp_path, LEAST)

        assert (goalie.id, goalie.channel, goalie.mode) == ("payments-help", "payments-help", Mode.SHADOW)
        assert goalie.actions == {Band.LOW: Action.NOTHING, Band.MEDIUM: Action.PROPOSE, Band.HIGH: Action.ANSWER}
        assert goalie.knowledge == EVERYTHING
        assert goalie.declared_in == str(tmp_path / "payments-help.yaml")

    def test_hours_are_written_as_people_write_them(self, tmp_path: Path) -> None:
        text = f"{LEAST}hours: {{timezone: Europe/Berlin, days: mon-fri, from: 09:00, to: 17.30}}\n"

        hours = read(tmp_path, text).hours

        assert hours is not None
        assert hours.days == frozenset(list(Weekday)[:5])
        assert (hours.begin, hours.end) == (time(9), time(17, 30))

    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            ("weekend", {Weekday.SATURDAY, Weekday.SUNDAY}),
            ("[monday, wed]", {Weekday.MONDAY, Weekday.WEDNESDAY}),
            ("friday - monday", {Weekday.FRIDAY, Weekday.SATURDAY, Weekday.SUNDAY, Weekday.MONDAY}),
            ('"tue, thu"', {Weekday.TUESDAY, Weekday.THURSDAY}),
            ("daily", set(Weekday)),
        ],
    )
    def test_days_can_be_listed_or_spanned(self, tmp_path: Path, days: str, expected: set[Weekday]) -> None:
        hours = read(tmp_path, f"{LEAST}hours: {{timezone: UTC, days: {days}}}\n").hours

        assert hours is not None
        assert hours.days == expected

    def test_what_yaml_takes_for_false_means_off(self, tmp_path: Path) -> None:
        goalie = read(tmp_path, f"{LEAST}mode: off\nreport: off\nnoise_budget: off\n")

        assert goalie.mode is Mode.OFF
        assert goalie.report is None
        assert goalie.noise.min_acceptance == 0

    def test_shares_are_numbers_or_percent(self, tmp_path: Path) -> None:
        goalie = read(tmp_path, f"{LEAST}thresholds: {{medium: 0.35, high: 80%}}\n")

        assert (goalie.medium, goalie.high) == (0.35, 0.8)

    def test_sources_alone_are_all_that_it_knows(self, tmp_path: Path) -> None:
        goalie = read(tmp_path, f"{LEAST}knowledge: {{sources: [runbooks]}}\n")

        assert goalie.knowledge.sources == {"runbooks"}
        assert goalie.extra_sources == ()

    def test_sources_beside_an_assistant_are_known_too(self, tmp_path: Path) -> None:
        goalie = read(tmp_path, f"{LEAST}knowledge: {{assistant: Payments, sources: runbooks}}\n")

        assert (goalie.assistant, goalie.knowledge) == ("Payments", EVERYTHING)
        assert goalie.extra_sources == ("runbooks",)

    def test_addresses_are_compared_in_small_letters(self, tmp_path: Path) -> None:
        text = LEAST.replace("[ada@example.org]", "[Ada@Example.org, bo@example.org, ada@example.org]")

        assert read(tmp_path, text).humans == ("ada@example.org", "bo@example.org")

    def test_what_is_said_when_nobody_answers_names_the_humans_there_are(self, tmp_path: Path) -> None:
        goalie = read(tmp_path, f'{LEAST}when_nobody_answers: {{after: 30m, say: "Hold on."}}\n')

        assert goalie.waiting is not None
        assert (goalie.waiting.after, goalie.waiting.tell_humans) == (timedelta(minutes=30), True)


class TestWrong:
    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("mod: shadow", "line 4: mod: is no known key. Do you mean mode?"),
            ("goalies: [bo@example.org]", "line 4: goalies: is no known key. Do you mean humans?"),
            ("mode: on", "line 4: mode: must be live, shadow or off, and is 'on'"),
            ("thresholds: {medum: 0.4}", "line 4: thresholds.medum: is no known key. Do you mean medium?"),
            (
                "thresholds: {medium: 0.9, high: 0.5}",
                "line 4: thresholds: are the wrong way round: medium (0.9) is above high (0.5). Swap them",
            ),
            ("thresholds: {high: 70}", "line 4: thresholds.high: must be less than or equal to 1"),
            ("thresholds: {high: lots%}", "line 4: thresholds.high: 'lots%' is no number: write 0.7 or 70%"),
            (
                "hours: {timezone: Berlin}",
                "line 4: hours.timezone: 'Berlin' is no time zone; do you mean Europe/Berlin?",
            ),
            (
                "hours: {timezone: Moon}",
                "line 4: hours.timezone: 'Moon' is no time zone: write it as IANA does, such as Europe/Berlin",
            ),
            ("hours: {days: weekdays}", "line 4: hours.timezone: is missing"),
            (
                "hours: {timezone: UTC, from: '9:00', to: '09:00'}",
                "line 4: hours: never are: from and to are both 09:00. Leave both out for the whole day",
            ),
            (
                "hours: {timezone: UTC, days: []}",
                "line 4: hours: never are: days is empty. Name a day, or write mode: off",
            ),
            (
                "hours: {timezone: UTC, from: 25:00}",
                'line 4: hours.from: \'25:00\' is no time of day: write "09:00" or "17:30"',
            ),
            (
                "hours: {timezone: UTC, days: t}",
                "line 4: hours.days: 't' is no day: write monday, tuesday …, monday-friday or weekdays",
            ),
            ("low: answer", "line 4: low: answer would post what aika itself doubts: write nothing or propose"),
            ("high: reply", "line 4: high: must be nothing, propose or answer, and is 'reply'"),
            ("tone:", "line 4: tone: is empty: give it a value, or remove the line"),
            ("report:", "line 4: report: is empty: give it a value, or remove the line"),
            ("daily_limit: many", "line 4: daily_limit: must be a whole number, and is 'many'"),
            ("humans_channel: @ada", "line 4: this is not YAML: found character '@' that cannot start any token"),
            (
                'humans_channel: "@ada"',
                "line 4: humans_channel: '@ada' is a person: write a channel, such as \"#payments-help\"",
            ),
            ("humans_channel: #crew", 'line 4: humans_channel: is empty. Put a channel in quotes: "#payments-help"'),
            (
                'humans_channel: "#Crew"',
                "line 4: humans_channel: '#Crew' is no name of a channel, which has no capitals: \"#crew\"?",
            ),
            (
                'humans_channel: "#payments-help"',
                "line 4: humans_channel: is the channel itself, #payments-help. Proposals are for the human goalies alone",
            ),
            (
                "knowledge: {assistant: A, filter: {tags: [b]}}",
                "line 4: knowledge: has both an assistant and a filter. Keep one: an assistant has a filter of its own",
            ),
            (
                "when_nobody_answers: {after: soon, say: Hold on.}",
                'line 4: when_nobody_answers.after: must be a number with a unit: "90s", "15m", "1h" or "7d"',
            ),
            (
                "questions: {always: [a], never: [A]}",
                "line 4: questions: has 'a' under always and under never: remove it from one",
            ),
        ],
    )
    def test_a_mistake_is_told_with_its_line_and_what_to_write(self, tmp_path: Path, line: str, told: str) -> None:
        assert mistakes(tmp_path, f"{LEAST}{line}\n") == [told]

    def test_a_channel_without_quotes_is_a_comment_and_that_is_said(self, tmp_path: Path) -> None:
        text = LEAST.replace('"#payments-help"', "#payments-help")

        assert mistakes(tmp_path, text) == ['line 1: channel: is empty. Put a channel in quotes: "#payments-help"']

    def test_shadow_mode_needs_somewhere_to_write(self, tmp_path: Path) -> None:
        told = mistakes(tmp_path, 'channel: "#payments-help"\nhumans: [ada@example.org]\n')

        assert told == [
            'line 1: log_channel: is missing, and mode: shadow writes nowhere else. Name one, such as "#payments-goalie-log"'
        ]

    def test_proposals_and_answers_need_humans(self, tmp_path: Path) -> None:
        told = mistakes(tmp_path, 'channel: "#payments-help"\nmode: live\n')

        assert [line.split(" is missing")[0] for line in told] == ["line 1: humans:", "line 1: reach:"]

    def test_a_person_without_an_address_is_told_with_the_line_of_the_list(self, tmp_path: Path) -> None:
        text = LEAST.replace("[ada@example.org]", "\n  - bo@example.org\n  - ada")

        assert mistakes(tmp_path, text) == [
            "line 5: humans.1: 'ada' is no e-mail address: people are named by theirs, such as ada@example.org"
        ]

    def test_less_at_a_higher_confidence_is_told(self, tmp_path: Path) -> None:
        (told,) = mistakes(tmp_path, f"{LEAST}medium: answer\nhigh: nothing\n")

        assert told.endswith("Write high: answer, or medium: nothing")

    def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(self, tmp_path: Path) -> None:
        told = mistakes(tmp_path, f"{LEAST}tone:\nmod: live\nhigh: reply\n")

        assert [line.split(": ")[0] for line in told] == ["line 4", "line 5", "line 6"]

    def test_a_key_that_is_written_twice_is_told(self, tmp_path: Path) -> None:
        assert mistakes(tmp_path, f"{LEAST}mode: live\nmode: off\n") == ["line 5: 'mode' is written twice"]

    def test_a_file_with_a_name_of_capitals_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="Name it in small letters"):
            read_goalie_file(written(tmp_path, LEAST, "Payments Help"))


class TestFolder:
    def test_a_file_that_is_wrong_leaves_its_goalie_as_it_was(self, tmp_path: Path) -> None:
        folder = FolderOfGoalies(tmp_path)
        path = written(tmp_path, f"{LEAST}daily_limit: 7\n")
        folder.look()
        path.write_text(f"{LEAST}daily_limit: seven\n", encoding="utf-8")

        declared = folder.look()

        assert [goalie.daily_limit for goalie in declared.goalies] == [7]
        assert "must be a whole number" in declared.errors[str(path)]

    def test_a_file_that_was_mended_counts_at_once(self, tmp_path: Path) -> None:
        folder = FolderOfGoalies(tmp_path)
        path = written(tmp_path, f"{LEAST}daily_limit: seven\n")
        before = folder.look()
        path.write_text(f"{LEAST}daily_limit: 70\n", encoding="utf-8")

        after = folder.look()

        assert (before.goalies, [goalie.daily_limit for goalie in after.goalies]) == ((), [70])
        assert after.errors == {}

    def test_of_two_files_for_a_channel_the_first_counts_and_the_other_is_wrong(self, tmp_path: Path) -> None:
        written(tmp_path, LEAST, "a-first")
        second = written(tmp_path, LEAST, "b-second")

        declared = FolderOfGoalies(tmp_path).look()

        assert [goalie.id for goalie in declared.goalies] == ["a-first"]
        assert "is the goalie of the channel payments-help already" in declared.errors[str(second)]

    def test_channels_of_one_name_in_two_workspaces_are_two(self, tmp_path: Path) -> None:
        written(tmp_path, f"{LEAST}workspace: north\n", "north")
        written(tmp_path, f"{LEAST}workspace: south\n", "south")

        declared = FolderOfGoalies(tmp_path).look()
        south = declared.of_channel(frozenset({"payments-help", "C0123"}), workspace="south", only_workspace=False)

        assert declared.errors == {}
        assert south is not None
        assert south.id == "south"

    def test_a_goalie_that_is_gone_is_gone(self, tmp_path: Path) -> None:
        folder = FolderOfGoalies(tmp_path)
        path = written(tmp_path, LEAST)
        before = folder.look()
        path.unlink()

        assert (len(before.goalies), folder.look().goalies) == (1, ())


class TestSchema:
    def test_every_field_is_described(self) -> None:
        schema = goalie_schema()
        forms = [schema, *(form for name, form in schema["$defs"].items() if name.endswith("Form"))]

        bare = [name for form in forms for name, field in form["properties"].items() if "description" not in field]

        assert bare == []

    def test_other_words_lead_to_keys_that_exist(self) -> None:
        schema = json.dumps(goalie_schema())

        wrong = [word for word in OTHER_WORDS.values() if f'"{word.split(":")[0].split(".")[-1]}"' not in schema]

        assert wrong == []

    def test_the_schemas_defaults_are_the_forms(self) -> None:
        assert goalie_schema()["properties"]["daily_limit"]["default"] == GoalieForm.model_fields["daily_limit"].default


class TestExample:
    @pytest.mark.parametrize("path", sorted((ROOT / "examples" / "goalies").glob("*.yaml")), ids=lambda path: path.stem)
    def test_the_examples_are_right_and_leave_nothing_to_note(self, path: Path) -> None:
        goalie = read_goalie_file(path)

        assert list(noted(goalie)) == []
        assert all(sentence.endswith((".", "”.")) for _, sentence in told(goalie))

    def test_the_files_of_the_guide_are_right(self, tmp_path: Path) -> None:
        guide = (ROOT / "docs" / "how-to" / "set-up-a-goalie.md").read_text(encoding="utf-8")
        blocks = [block for block in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL) if "channel:" in block]

        goalies = [read(tmp_path, block) for block in blocks]

        assert [goalie.channel for goalie in goalies] == ["ask-platform", "ask-platform"]

    def test_the_examples_people_and_assistant_are_the_companys(self) -> None:
        goalie = read_goalie_file(ROOT / "examples" / "goalies" / "ask-platform.yaml")
        people = (ROOT / "examples" / "company" / "people" / "employees.csv").read_text(encoding="utf-8")
        assistants = {
            yaml.safe_load(path.read_text(encoding="utf-8"))["name"]
            for path in (ROOT / "examples" / "assistants").glob("*.yaml")
        }

        assert all(address in people for address in goalie.humans)
        assert goalie.assistant in assistants
        assert all((ROOT / "examples" / "sources" / f"{source}.yaml").exists() for source in goalie.extra_sources)

    def test_the_examples_goalie_lies_there_without_a_workspace(self) -> None:
        assert "slack" not in (ROOT / "examples" / "aika.toml").read_text(encoding="utf-8")
        assert len(FolderOfGoalies(ROOT / "examples" / "goalies").look().goalies) == 1
