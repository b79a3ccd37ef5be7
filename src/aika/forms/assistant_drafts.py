"""An assistant while somebody writes it: YAML that may be wrong still, and the form that it fills as far as it can be read.

The YAML is what counts. What is changed in the form is written into it where it stands, so that comments and the order of
what nobody touched stay.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import JsonValue, ValidationError

from aika.domain.errors import ConfigurationError
from aika.forms.assistants import AssistantForm
from aika.forms.plain_problems import Place, plain_problems
from aika.forms.yaml_files import YamlText
from aika.forms.yaml_text import rewritten_mapping, written_mapping

MAX_CHARS = 60_000
_MAX_DEPTH = 12
_NOWHERE = Path("draft")
_ORDER = tuple(AssistantForm.model_fields)
_OPENING = (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken, yaml.FlowMappingStartToken)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)

Values = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class DraftProblem:
    """What is wrong with a draft, or probably not meant."""

    place: Place
    message: str
    line: int | None
    """From 1."""
    doubt: bool = False
    """Whether it is allowed all the same."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An assistant as far as it is written."""

    text: str
    values: Values
    """By key, what can be shown in a form: what is right."""
    unreadable: tuple[str, ...]
    """The keys whose values are wrong. They are in the text alone."""
    form: AssistantForm | None
    """``None`` where something is wrong."""
    problems: tuple[DraftProblem, ...]

    def at(self, place: Place, message: str) -> DraftProblem:
        """Return a doubt about what stands at a place."""
        return DraftProblem(place, message, _line(self.text, place), doubt=True)


def read_draft(text: str) -> Draft:
    """Read a draft, whatever is wrong with it."""
    if (refused := _refused(text)) is not None:
        return Draft(text, {}, (), None, (refused,))
    try:
        written = YamlText(text, path=_NOWHERE)
        content = {} if not _holds_anything(text) else written.mapping(such_as="purpose: …")
        values = _as_json(yaml.safe_load(text)) if content else {}
    except ConfigurationError as error:
        return Draft(text, {}, (), None, (_syntax(error),))
    except (yaml.YAMLError, ValueError) as error:
        return Draft(text, {}, (), None, (DraftProblem((), f"this is not YAML: {error}", 1),))
    try:
        return Draft(text, values, (), AssistantForm.model_validate(values), ())
    except ValidationError as error:
        found = plain_problems(error, AssistantForm)
        wrong = {str(problem.place[0]) for problem in found if problem.place and not problem.fits}
        problems = sorted(
            (DraftProblem(one.place, one.message, written.line_of(one.place) if content else None) for one in found),
            key=lambda one: one.line or 0,
        )
        readable = {key: value for key, value in values.items() if key not in wrong}
        return Draft(text, readable, tuple(key for key in values if key in wrong), None, tuple(problems))


def write_draft(values: Mapping[str, JsonValue]) -> str:
    """Return the YAML of an assistant, in the order of its form, without what is empty."""
    given = {key: values[key] for key in _in_order(values) if not _is_empty(values[key])}
    return written_mapping(given) if given else ""


def change_draft(text: str, changes: Mapping[str, JsonValue]) -> str:
    """Write values into a draft: each where its key stands, and an empty value takes the key away.

    Text that is not YAML is returned as it is.
    """
    if not changes or _refused(text) is not None:
        return text
    if not _holds_anything(text):
        return (f"{text.rstrip()}\n" if text.strip() else "") + write_draft(changes)
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return text
    if not isinstance(content, dict):
        return text
    merged = {**content, **{key: changes[key] for key in _in_order(changes)}}
    return rewritten_mapping(text, {key: value for key, value in merged.items() if not _is_empty(value)})


def revise_draft(text: str, values: Values) -> str:
    """Return the YAML of an assistant as somebody wrote it, with these values: comments of what is the same stay."""
    draft = read_draft(text)
    if draft.form is not None and json.loads(draft.form.model_dump_json(exclude_unset=True)) == values:
        return text
    given = {key: values[key] for key in _in_order(values) if not _is_empty(values[key])}
    return write_draft(values) if _refused(text) is not None else rewritten_mapping(text, given)


def _refused(text: str) -> DraftProblem | None:
    """Return why a text is not even read: what could be made large or deep with few words."""
    if len(text) > MAX_CHARS:
        return DraftProblem((), f"is too long: at most {MAX_CHARS:,} characters", None)
    depth = 0
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
                line = token.start_mark.line + 1
                return DraftProblem((), "anchors (&) and aliases (*) are not taken here: write it out", line)
            depth += isinstance(token, (*_OPENING, yaml.FlowSequenceStartToken)) - isinstance(token, _CLOSING)
            if depth > _MAX_DEPTH:
                return DraftProblem((), "is nested too deeply", token.start_mark.line + 1)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        return DraftProblem((), f"this is not YAML: {said}", 1 if mark is None else mark.line + 1)
    return None


def _syntax(error: ConfigurationError) -> DraftProblem:
    place, separator, said = str(error).removeprefix(str(_NOWHERE)).partition(": ")
    line = place.removeprefix(", line ")
    if separator and line.isdigit():
        return DraftProblem((), said, int(line))
    return DraftProblem((), "must hold keys and values, such as 'purpose: For engineers'", 1)


def _line(text: str, place: Place) -> int | None:
    try:
        return YamlText(text, path=_NOWHERE).line_of(place) if _holds_anything(text) else None
    except ConfigurationError:
        return None


def _holds_anything(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.split("\n"))


def _as_json(content: object) -> Values:
    """Return what YAML says in terms of JSON: its dates become words."""
    found: Values = json.loads(json.dumps(content, default=str))
    return found


def _is_empty(value: object) -> bool:
    """Whether a form leaves it open. A list that selects nothing is something else: `knowledge` keeps its own."""
    return value is None or value in ("", [], {})


def _in_order(values: Mapping[str, JsonValue]) -> list[str]:
    return sorted(values, key=lambda key: (_rank(key), key))


def _rank(key: str) -> int:
    return _ORDER.index(key) if key in _ORDER else len(_ORDER)
