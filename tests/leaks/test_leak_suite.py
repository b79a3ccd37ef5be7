"""What the leak suite is made of: a company that is worth auditing, and a visit to every endpoint."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from aika.surfaces.api.description import description
from aika.testing.leaks.company import Company, generate
from aika.testing.leaks.visits import VISITS, unvisited

companies = st.builds(
    generate,
    st.integers(0, 2**32),
    people=st.integers(2, 4),
    groups=st.integers(2, 5),
    documents=st.integers(0, 6),
    public=st.booleans(),
)


def test_every_endpoint_is_visited() -> None:
    described = json.loads(description())

    assert unvisited(described) == [], "say in aika.testing.leaks.visits how it is to be asked"
    assert VISITS.keys() <= {
        f"{method.upper()} {path}" for path, found in described["paths"].items() for method in found
    }


def test_an_endpoint_that_is_new_is_named() -> None:
    assert unvisited({"paths": {"/v1/export": {"get": {}}}}) == ["GET /v1/export"]


@given(company=companies)
@settings(deadline=None)
def test_a_company_has_what_an_audit_needs(company: Company) -> None:
    words = [canary for document in company.documents for canary in document.canaries]
    texts = [document.question for document in company.documents]

    assert len(words) == len(set(words))
    assert not any(word in text for word in words for text in texts)
    assert any(not document.readers for document in company.documents)
    assert company.readable(company.people[0])


def test_a_seed_gives_the_same_company_again() -> None:
    assert generate(3) == generate(3)
    assert generate(3).documents[0].word != generate(4).documents[0].word
