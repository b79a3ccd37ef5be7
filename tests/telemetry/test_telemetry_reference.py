"""The reference names everything that is recorded."""

import re
from pathlib import Path

import pytest
from test_tracing_answers import ONE_ANSWER

from aika.telemetry import genai, names

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "telemetry.md").read_text(encoding="utf-8")
IN_CODE = set(re.findall(r"`([^`\n]+)`", REFERENCE))
RECORDED = sorted(
    value
    for module in (names, genai)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str) and value.startswith(("aika.", "gen_ai.", "error."))
)


@pytest.mark.parametrize("name", RECORDED)
def test_the_reference_names_every_attribute_and_metric(name: str) -> None:
    assert any(mentioned.startswith(name) if name.endswith(".") else mentioned == name for mentioned in IN_CODE)


@pytest.mark.parametrize("mentioned", sorted(name for name in IN_CODE if name.startswith(("aika.", "gen_ai."))))
def test_the_reference_names_nothing_that_is_not_recorded(mentioned: str) -> None:
    assert mentioned in RECORDED or any(mentioned.startswith(name) for name in RECORDED if name.endswith("."))


@pytest.mark.parametrize("path", ONE_ANSWER)
def test_the_reference_shows_every_span_of_an_answer(path: str) -> None:
    span = path.rsplit("/", 1)[-1]

    assert (span if not span.startswith("chat ") else "chat {model}") in REFERENCE
