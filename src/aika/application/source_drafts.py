"""Whether what somebody wrote would be a source, said field by field."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError

from aika.application.source_secrets import filled, is_named, secret_places, unset_variables, without_values
from aika.domain.errors import AikaError, ConfigurationError
from aika.domain.sources import Source
from aika.forms.plain_problems import FormProblem, plain_problems
from aika.registry import component
from aika.settings import SourceSettings, parse_source

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A source that may not be one yet."""

    name: str
    content: Mapping[str, object]
    """As its file would hold it."""
    declared_in: str = "this form"
    before: Mapping[str, object] = field(default_factory=dict)
    """What its file holds now. A secret that is written out there may stay."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of a draft: a source, or what keeps it from being one."""

    source: Source | None
    problems: tuple[FormProblem, ...] = ()


def examine(draft: Draft) -> Examined:
    """Return the source, or every problem by its field. Waits for nothing; may import a connector's packages."""
    problems = [*_of_name(draft.name), *_of_connector(draft.content), *_of_secrets(draft)]
    source = None
    try:
        named = draft.name if _NAME.fullmatch(draft.name) else "unnamed"
        source = parse_source(named, draft.content, declared_in=draft.declared_in)
    except ValidationError as error:
        problems += [_below(problem) for problem in plain_problems(error, SourceSettings)]
    known = {problem.place for problem in problems}
    problems += [problem for problem in _of_options(draft) if problem.place not in known]
    return Examined(None if problems else source, tuple(problems))


def _below(problem: FormProblem) -> FormProblem:
    """Return a problem of a named source as one of its file."""
    return FormProblem(problem.place[1:], problem.message) if problem.place[:1] == ("spec",) else problem


def _of_name(name: str) -> Iterator[FormProblem]:
    if not name:
        yield FormProblem(("id",), "give the source a name")
    elif not _NAME.fullmatch(name):
        yield FormProblem(
            ("id",), "use lower-case letters, digits, '-' and '_', beginning with a letter or digit, 63 at most"
        )


def _of_connector(content: Mapping[str, object]) -> Iterator[FormProblem]:
    try:
        component("connectors", str(content.get("connector", "")))
    except ConfigurationError as error:
        yield FormProblem(("connector",), str(error))


def _of_secrets(draft: Draft) -> Iterator[FormProblem]:
    kept = secret_places(draft.before)
    for place, value in secret_places(draft.content).items():
        if value and not is_named(value) and kept.get(place) != value:
            yield FormProblem(
                place,
                "secrets are not kept in files: set an environment variable where aika runs, and write ${ITS_NAME}",
            )
        for name in unset_variables(value):
            yield FormProblem(
                place, f"the environment variable {name} is not set where aika runs: set it, then restart"
            )


def _of_options(draft: Draft) -> Iterator[FormProblem]:
    options = draft.content.get("options", {})
    if not isinstance(options, Mapping):
        return  # said of the form
    try:
        schema: type[BaseModel] = component("connectors", str(draft.content.get("connector", ""))).Options
    except ConfigurationError:
        return  # said of the connector itself
    try:
        schema.model_validate(filled(options))
    except ValidationError as error:
        for problem in plain_problems(error, schema):
            yield FormProblem(("options", *problem.place), without_values(problem.message, options))
    except AikaError as error:
        # A connector may say what is wrong in words of its own.
        yield FormProblem(("options",), without_values(str(error), options))
