"""What is wrong with a goalie's file, in words: what, in which line, and what to write in its place."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from aika.domain.errors import ConfigurationError
from aika.forms.goalies import OTHER_WORDS, GoalieForm
from aika.forms.known_keys import known_keys, nearest_key
from aika.forms.yaml_files import YamlText

Place = Sequence[str | int]

_EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "string_type": "must be words",
        "float_type": "must be a number",
        "float_parsing": "must be a number",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "bool_type": "must be true or false",
        "bool_parsing": "must be true or false",
        "list_type": "must be a list, such as [one, another]",
        "model_type": "must be a mapping of further keys",
        "model_attributes_type": "must be a mapping of further keys",
        "date_time_type": "must be a time",
        "time_delta_type": 'must be a length of time, such as "30m"',
    }
)


def read_form(yaml: YamlText) -> GoalieForm:
    """Return the form that a file holds. Raises `ConfigurationError` that names every problem with its line."""
    content = yaml.mapping(such_as='channel: "#payments-help"')
    try:
        return GoalieForm.model_validate(content)
    except ValidationError as error:
        raise ConfigurationError("\n".join(problems(error, yaml))) from error


def problems(error: ValidationError, yaml: YamlText) -> list[str]:
    """Return what is wrong, one sentence each, in the order of the file's lines."""
    found = [
        (yaml.line_of(place), f"{'.'.join(map(str, place))}: {said}" if place else said)
        for problem in error.errors(include_url=False)
        for place, said in _told(problem)
    ]
    return [f"{yaml.path}, line {line}: {said}" for line, said in sorted(found, key=lambda one: one[0])]


def _told(problem: ErrorDetails) -> Iterator[tuple[Place, str]]:
    place, given = problem["loc"], problem["input"]
    message = problem["msg"].removeprefix("Value error, ")
    kind = problem["type"]
    if kind == "extra_forbidden":
        yield place, _unknown_key(place)
    elif kind == "missing":
        yield place, "is missing"
    elif kind == "value_error" and not place:
        # What does not fit together names its own key first.
        yield from (_split(line) for line in message.split("\n"))
    elif kind in {"enum", "literal_error"}:
        yield place, _wrong_choice(place, given, str((problem.get("ctx") or {}).get("expected", "")))
    elif kind in _EXPECTED:
        yield place, f"{_EXPECTED[kind]}, and is {given!r}" if isinstance(given, str) else _EXPECTED[kind]
    else:
        yield place, message.replace("Input should", "must")


def _split(line: str) -> tuple[Place, str]:
    key, _, said = line.partition(": ")
    return tuple(key.split(".")), said


def _wrong_choice(place: Place, given: object, expected: str) -> str:
    if place == ("low",) and given == "answer":
        return "answer would post what aika itself doubts: write nothing or propose"
    return f"must be {expected.replace(chr(39), '')}, and is {given!r}"


def _unknown_key(place: Place) -> str:
    *within, key = place
    known = known_keys(within, GoalieForm)
    near = nearest_key(key, known)
    other = OTHER_WORDS.get(str(key).lower())
    if near is not None:
        return f"is no known key. Do you mean {near}?"
    if other is not None and (other in known or not within):
        return f"is no known key. Do you mean {other}?"
    return f"is no known key (known here: {', '.join(known)})"
