"""The company's rules are files, and sources have rules of their own."""

from pathlib import Path

import pytest

from aika.application.declarations import Declarations
from aika.application.rule_trial import proposed_rules
from aika.application.rule_words import selected_by
from aika.application.rules import default_rules, doubts, load_rules, read_rules_file, rules_of
from aika.application.wiring import open_connector
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import SourceId
from aika.domain.rules import RankingRule, RuleLevel
from aika.forms.rules import RuleForm
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.settings import load_settings, read_source_file
from aika.testing.makers import make_document

CHAT = (
    "rules:\n  - name: chat fades\n    applies_to: {kinds: [conversation]}\n    decay: {half_life: 180d, floor: 0.4}\n"
)
OWN = [rule.name for rule in default_rules()]


def write(folder: Path, text: str, name: str = "platform.yaml") -> Path:
    path = folder / "rules" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def names(rules: tuple[RankingRule, ...]) -> list[str]:
    return [rule.name for rule in rules]


def declarations(folder: Path) -> Declarations:
    surroundings = Surroundings(folder, folder, TechnicalAnalyzer())
    made = Declarations(
        load_settings(folder), lambda name, options: open_connector(read_source_file(folder / name), surroundings)
    )
    made.reload()
    return made


class TestTheCompanys:
    def test_stand_beside_those_that_aika_brings(self, tmp_path: Path) -> None:
        write(tmp_path, CHAT)

        assert names(load_rules(load_settings(tmp_path)).rules) == [*OWN, "chat fades"]

    def test_are_all_there_are_where_aikas_own_are_switched_off(self, tmp_path: Path) -> None:
        write(tmp_path, CHAT)
        (tmp_path / "aika.toml").write_text("[retrieval]\ndefault_rules = false\n", encoding="utf-8")

        assert names(load_rules(load_settings(tmp_path)).rules) == ["chat fades"]

    def test_take_the_place_of_one_of_aikas_own_with_the_same_name(self, tmp_path: Path) -> None:
        write(tmp_path, f"rules:\n  - name: {OWN[0].upper()}\n    factor: 1\n")

        rules = load_rules(load_settings(tmp_path)).rules

        assert names(rules) == [*OWN[1:], OWN[0].upper()]

    def test_have_distinct_names(self, tmp_path: Path) -> None:
        write(tmp_path, CHAT, "a.yaml")
        write(tmp_path, CHAT.replace("chat", "Chat"), "b.yaml")

        loaded = load_rules(load_settings(tmp_path))

        assert names(loaded.rules) == [*OWN, "chat fades"]
        assert "b.yaml: a rule named 'Chat fades' is already declared in" in str(loaded.errors[0])

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("rules: [", "not valid YAML"),
            ("[]", "must hold a mapping"),
            ("rules: [{name: a, factr: 2}]", "rules.0.factr: is not a known setting"),
            ("rules: [{name: a, factor: 0}]", "greater than 0"),
            ("rules: [{name: a, factor: 11}]", "less than or equal to 10"),
            ("rules: [{name: a, decay: {half_life: soon}}]", "must be a number with a unit"),
            ("rules: [{name: a}, {name: A}]", "already declared"),
        ],
    )
    def test_say_what_is_wrong_with_them_and_where(self, tmp_path: Path, text: str, problem: str) -> None:
        path = write(tmp_path, text)

        with pytest.raises(ConfigurationError, match=problem) as raised:
            read_rules_file(path)
        assert str(raised.value).startswith(str(path))

    def test_stay_as_they_were_while_their_file_is_wrong(self, tmp_path: Path) -> None:
        path = write(tmp_path, CHAT)
        declared = declarations(tmp_path)
        path.write_text("rules: [", encoding="utf-8")

        declared.reload()

        assert names(declared.rules) == [*OWN, "chat fades"]
        assert len(declared.company_rules.errors) == 1

    def test_are_noticed_when_their_file_changes(self, tmp_path: Path) -> None:
        declared = declarations(tmp_path)
        before = declared.fingerprint()

        write(tmp_path, CHAT)
        declared.reload()

        assert declared.fingerprint() != before
        assert names(declared.rules) == [*OWN, "chat fades"]


class TestASources:
    def declare(self, folder: Path, rules: str) -> Path:
        path = folder / "sources" / "wiki.yaml"
        path.parent.mkdir(exist_ok=True)
        text = f"connector: filesystem\noptions: {{path: docs}}\nrules: [{rules}]\n"
        path.write_text(text, encoding="utf-8")
        return path

    def test_hold_for_its_own_documents(self, tmp_path: Path) -> None:
        self.declare(tmp_path, "{name: old pages sink, applies_to: {paths: ['old/**']}, factor: 0.3}")

        rule = declarations(tmp_path).rules[-1]

        assert (rule.name, rule.level) == ("old pages sink", RuleLevel.SOURCE)
        assert rule.selects(make_document("old/a.md", source="wiki"))
        assert not rule.selects(make_document("old/a.md", source="code"))

    @pytest.mark.parametrize("factor", [0.09, 1.6])
    def test_stay_within_bounds(self, tmp_path: Path, factor: float) -> None:
        path = self.declare(tmp_path, f"{{name: a, factor: {factor}}}")

        with pytest.raises(ConfigurationError, match=r"rules\.0\.factor"):
            read_source_file(path)

    def test_name_no_sources(self, tmp_path: Path) -> None:
        path = self.declare(tmp_path, "{name: a, factor: 0.5, applies_to: {sources: [code]}}")

        with pytest.raises(ConfigurationError, match="leave out 'sources'"):
            read_source_file(path)


class TestProposedRules:
    CURRENT = rules_of(
        {"rules": [{"name": "a", "factor": 2}, {"name": "b", "factor": 2}]}, declared_in="/etc/aika/rules/team.yaml"
    )

    def test_take_the_place_of_those_with_the_same_name(self) -> None:
        proposed = rules_of({"rules": [{"name": "A", "factor": 3}]}, declared_in="draft.yaml")

        assert names(proposed_rules(self.CURRENT, proposed, file="draft.yaml")) == ["b", "A"]

    def test_take_the_place_of_those_in_the_same_file(self) -> None:
        proposed = rules_of({"rules": [{"name": "c", "factor": 3}]}, declared_in="work/team.yaml")

        assert names(proposed_rules(self.CURRENT, proposed, file="team.yaml")) == ["c"]


def test_what_changes_nothing_or_names_an_unknown_source_is_doubtful() -> None:
    rules = rules_of(
        {"rules": [{"name": "a"}, {"name": "b", "factor": 2, "applies_to": {"sources": ["nosuch"]}}]}, declared_in="x"
    )

    first, second = doubts(rules, [SourceId("wiki")])

    assert (first, second) == (
        "x: the rule 'a' changes nothing: it has neither a factor nor a decay",
        "x: the rule 'b' names sources that are not configured: nosuch",
    )


def test_a_rule_says_what_it_selects() -> None:
    form = RuleForm.model_validate(
        {"name": "a", "applies_to": {"status": ["draft"], "excluding": [{"sources": ["wiki"]}]}, "min_helpful": 3}
    )

    assert selected_by(form.rule(declared_in="x")) == (
        "status draft, but not source wiki, found helpful by 3 more people than not"
    )


@pytest.mark.parametrize("span", ["180d", "36h", "90m", "45s"])
def test_a_rule_that_was_written_out_reads_as_before(span: str) -> None:
    form = RuleForm.model_validate({"name": "a", "decay": {"half_life": span}})

    assert RuleForm.model_validate(form.model_dump(mode="json")) == form
    assert RuleForm.model_validate_json(form.model_dump_json()) == form
