"""What is wrong with a form, in words for whoever fills it in: what, where, and what to write in its place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aika.forms.known_keys import known_keys, nearest_key

Place = tuple[str | int, ...]

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
        "model_type": "must hold further keys",
        "model_attributes_type": "must hold further keys",
    }
)


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One thing that is wrong."""

    place: Place
    """Where: keys, and positions in lists. Empty for the whole."""
    message: str
    """What is wrong, to be read after the place's name."""
    fits: bool = False
    """Whether what stands there is right in itself, and does not go with the rest."""


def plain_problems(error: ValidationError, form: type[BaseModel]) -> list[FormProblem]:
    """Return what is wrong with a form, without what was written, which may be long."""
    return [one for problem in error.errors(include_url=False) for one in _told(problem, form)]


def _told(problem: ErrorDetails, form: type[BaseModel]) -> Iterator[FormProblem]:
    place, given, kind = problem["loc"], problem["input"], problem["type"]
    message = problem["msg"].removeprefix("Value error, ")
    context = problem.get("ctx") or {}
    if kind == "extra_forbidden":
        yield FormProblem(place, _unknown_key(place, form))
    elif kind == "missing":
        yield FormProblem(place, "is missing")
    elif kind == "value_error" and not place:
        yield _of_its_key(message, form)
    elif kind in {"enum", "literal_error"}:
        yield FormProblem(place, _wrong_choice(given, str(context.get("expected", ""))))
    elif kind == "string_too_long":
        yield FormProblem(place, f"is too long: at most {context.get('max_length'):,} characters")
    elif kind == "too_long":
        yield FormProblem(place, f"has too many: at most {context.get('max_length')}")
    elif kind == "string_pattern_mismatch":
        yield FormProblem(place, "must be 1 to 80 characters, without ':' and '/', and not begin or end with a space")
    else:
        yield FormProblem(place, _EXPECTED.get(kind) or message.replace("Input should", "must"))


def _of_its_key(message: str, form: type[BaseModel]) -> FormProblem:
    """Return a problem of the whole at the key that it names first, where it names one."""
    key, separator, said = message.partition(": ")
    named = separator and key in form.model_fields
    return FormProblem((key,), said, fits=True) if named else FormProblem((), message)


def _wrong_choice(given: object, expected: str) -> str:
    wanted = expected.replace("'", "")
    return f"must be {wanted}, and is {given}" if isinstance(given, str) and len(given) < 40 else f"must be {wanted}"


def _unknown_key(place: Sequence[str | int], form: type[BaseModel]) -> str:
    *within, key = place
    known = known_keys(within, form)
    near = nearest_key(key, known)
    return (
        f"is no known key. Do you mean {near}?"
        if near is not None
        else f"is no known key (known here: {', '.join(known)})"
    )
