"""The ranking rules as they are declared: aika's own, the company's in ``rules/NAME.yaml``, and those of sources."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import SourceId
from aika.domain.rules import RankingRule, RuleLevel
from aika.domain.sources import Source
from aika.forms.mappings import parse_mapping
from aika.forms.rules import RulesFile
from aika.settings import Settings

BUILT_IN = "aika"
"""Where aika's own rules are declared."""


@dataclass(frozen=True, slots=True)
class CompanyRules:
    """What the company's files say, and what is wrong with those that are wrong."""

    rules: tuple[RankingRule, ...] = ()
    """aika's own included, save those that a rule of the company takes the place of."""
    errors: tuple[ConfigurationError, ...] = ()


def load_rules(settings: Settings, *, before: CompanyRules = CompanyRules()) -> CompanyRules:
    """Read all files of rules. A file that is wrong at the moment leaves the rules that it declared ``before`` in force."""
    found: list[RankingRule] = []
    errors: list[ConfigurationError] = []
    for path in rule_files(settings):
        try:
            found += _distinct(read_rules_file(path), found, path)
        except ConfigurationError as error:
            errors.append(error)
            found += _distinct((rule for rule in before.rules if rule.declared_in == str(path)), found, None)
    taken = {_key(rule) for rule in found}
    own = default_rules() if settings.retrieval.default_rules else ()
    return CompanyRules((*(rule for rule in own if _key(rule) not in taken), *found), tuple(errors))


def rule_files(settings: Settings) -> list[Path]:
    folder = settings.base_dir / settings.rules_dir
    return sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])


def default_rules() -> tuple[RankingRule, ...]:
    text = files("aika.application").joinpath("default_rules.yaml").read_text(encoding="utf-8")
    return _rules(text, declared_in=BUILT_IN)


def read_rules_file(path: Path) -> tuple[RankingRule, ...]:
    """Read one file of rules. Raises `ConfigurationError`, which begins with the file."""
    try:
        return _rules(path.read_text(encoding="utf-8"), declared_in=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error


def rules_of(content: Mapping[str, object], *, declared_in: str) -> tuple[RankingRule, ...]:
    """Return the company's rules that the content of a file says. Raises `ConfigurationError`."""
    try:
        form = RulesFile.model_validate(content)
    except ValidationError as error:
        raise ConfigurationError(f"{declared_in}: {_in_words(error)}") from error
    rules = (rule.rule(declared_in=declared_in, level=RuleLevel.COMPANY) for rule in form.rules)
    return tuple(_distinct(rules, (), declared_in))


def rules_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``rules/NAME.yaml``, for editors."""
    schema = RulesFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Ranking rules of aika"}


def all_rules(company: Sequence[RankingRule], sources: Iterable[Source]) -> tuple[RankingRule, ...]:
    """Return the rules of the company and of every source."""
    return (*company, *(rule for source in sources for rule in source.rules))


def doubts(rules: Sequence[RankingRule], sources: Collection[SourceId]) -> Iterator[str]:
    """Yield what is allowed, and probably not meant."""
    own = {_key(rule) for rule in default_rules()}
    for rule in rules:
        where = f"{rule.declared_in}: the rule {rule.name!r}"
        if rule.factor == 1 and rule.decay is None and _key(rule) not in own:
            yield f"{where} changes nothing: it has neither a factor nor a decay"
        unknown = sorted((rule.applies_to.sources or frozenset()) - set(sources))
        if unknown:
            yield f"{where} names sources that are not configured: {', '.join(unknown)}"


def _rules(text: str, *, declared_in: str) -> tuple[RankingRule, ...]:
    content = parse_mapping(text, declared_in=declared_in, expected="a mapping with 'rules', a list")
    return rules_of(content, declared_in=declared_in)


def _distinct(rules: Iterable[RankingRule], others: Sequence[RankingRule], path: object) -> list[RankingRule]:
    """Return the rules whose names are new. With a path, a name that is not raises `ConfigurationError`."""
    named = {_key(rule): rule for rule in others}
    distinct = []
    for rule in rules:
        first = named.setdefault(_key(rule), rule)
        if first is rule:
            distinct.append(rule)
        elif path is not None:
            raise ConfigurationError(f"{path}: a rule named {rule.name!r} is already declared in {first.declared_in}")
    return distinct


def _key(rule: RankingRule) -> str:
    return rule.name.casefold()


def _in_words(error: ValidationError) -> str:
    problems = []
    for problem in error.errors(include_url=False, include_input=False):
        where = ".".join(str(part) for part in problem["loc"])
        message = "is not a known setting" if problem["type"] == "extra_forbidden" else problem["msg"]
        problems.append(f"{where}: {message}")
    return "; ".join(problems)
