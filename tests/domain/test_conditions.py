"""A scope as a condition over facets is the scope itself."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aika.domain.access import Scope
from aika.domain.conditions import (
    AnyOf,
    Condition,
    Either,
    Every,
    Field,
    Matches,
    Not,
    indexed_facets,
    scope_condition,
)
from aika.domain.documents import Document
from aika.domain.paths import expression, facets_of_pattern, matches, path_facets
from aika.testing.makers import make_document
from aika.testing.selections import documents, scopes


def holds(condition: Condition, document: Document) -> bool:
    match condition:
        case Every(parts):
            return all(holds(part, document) for part in parts)
        case Either(parts):
            return any(holds(part, document) for part in parts)
        case Not(part):
            return not holds(part, document)
        case Matches(pattern):
            return matches(pattern, document.key)
        case AnyOf(field, values):
            return not values.isdisjoint(values_of(field, document))


def values_of(field: Field, document: Document) -> list[str]:
    match field:
        case Field.DOCUMENT:
            return [document.id]
        case Field.SOURCE:
            return [document.source]
        case Field.KIND:
            return [document.kind]
        case Field.READERS:
            return list(document.readers)
        case Field.FACETS:
            return indexed_facets(document)


@given(documents(), scopes())
def test_a_condition_holds_for_exactly_what_the_scope_admits(held: list[Document], scope: Scope) -> None:
    condition = scope_condition(scope)

    assert [holds(condition, document) for document in held] == [scope.admits(document) for document in held]


_SEGMENTS = st.sampled_from(["", "a", "b", "**", "*", "*.md", "*.tar.gz", "a*", "?", "x.md", "x.tar.gz", "a.b"])
_PLAIN_SEGMENTS = st.sampled_from(["", "a", "b", "x.md", "x.tar.gz", "y.gz", "a.b", "1.2", "a\n", "[a]"])


@given(
    st.lists(_SEGMENTS, min_size=1, max_size=5).map("/".join),
    st.lists(_PLAIN_SEGMENTS, min_size=1, max_size=5).map("/".join),
)
def test_what_facets_say_of_a_pattern_is_what_the_pattern_says(pattern: str, key: str) -> None:
    wanted = facets_of_pattern(pattern)

    assert wanted is None or path_facets(key).issuperset(wanted) == matches(pattern, key)


@given(
    st.lists(_SEGMENTS | st.text("ab*?", max_size=5), min_size=1, max_size=5).map("/".join),
    st.lists(_PLAIN_SEGMENTS | st.text("ab", max_size=5), min_size=1, max_size=5).map("/".join),
)
def test_a_pattern_matches_what_its_expression_for_databases_matches(pattern: str, key: str) -> None:
    assert matches(pattern, key) == (re.match(expression(pattern), key) is not None)


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("*a" * 40 + "b", "a" * 300),
        ("**/*a/" * 20 + "b", "a/" * 500),
        ("**/" * 200 + "b", "a/" * 500),
        ("a?*" * 50, "a" * 99),
    ],
)
def test_a_pattern_of_many_stars_takes_a_moment(pattern: str, key: str) -> None:
    assert not matches(pattern, key)


@pytest.mark.parametrize("pattern", ["docs/**", "**/*.md", "docs/**/*.md", "**/runbooks/**", "**"])
def test_the_usual_patterns_are_looked_up_by_facets(pattern: str) -> None:
    assert facets_of_pattern(pattern) is not None


@pytest.mark.parametrize(
    ("pattern", "key", "matched"),
    [
        ("docs/*.md", "docs/a.md", True),
        ("docs/*.md", "docs/ops/a.md", False),
        ("**/runbooks/*.md", "runbooks/a.md", True),
        ("**/runbooks/*.md", "a/b/runbooks/c.md", True),
        ("docs/**", "docs2/a.md", False),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("a.c", "abc", False),
        ("docs/**", "docs/new\nline.md", True),
        ("docs/*.md", "docs/a.md\n", False),
        ("docs**", "docs-old", True),
        ("docs**", "docs/a.md", False),
        ("**/a/**/b", "x/a/y/z/b", True),
        ("**/a/**/b", "a/b", True),
    ],
)
def test_patterns_mean_what_they_say(pattern: str, key: str, *, matched: bool) -> None:
    assert matches(pattern, key) == matched


def test_a_very_deep_key_has_few_facets_and_is_still_matched() -> None:
    key = "/".join(["a"] * 1_000) + "/b.md"

    assert len(path_facets(key)) < 50
    assert matches("a/" * 999 + "**", key)
    assert facets_of_pattern("a/" * 999 + "**") is None


def test_a_pattern_is_never_a_broken_expression() -> None:
    for pattern in ("[", "(", "\\", "***", "a{2}", "\ud800", "\0"):
        re.compile(expression(pattern))


def test_half_a_pair_of_surrogates_is_the_same_everywhere() -> None:
    document = replace(make_document(attributes={"tags": "b\ud800"}), key="a\ud800/b.md")

    assert "".join(indexed_facets(document)).encode()
    assert matches("a\ufffd/*", document.key)
