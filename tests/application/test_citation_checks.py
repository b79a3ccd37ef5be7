"""What the settings say about sentences that nothing backs is what the verifier does."""

import pytest

from aika.answering.verification import NOT_FOUND
from aika.application.citation_checks import citation_verifier
from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Draft, Origin
from aika.domain.queries import Hit, Query
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.settings import Settings
from aika.testing.fakes import FakeEmbedder
from aika.testing.makers import make_chunk


@pytest.mark.parametrize(
    ("unsupported", "text"),
    [
        ("drop", "Tokens expire after one hour. [1]"),
        ("mark", f"Tokens expire after one hour. [1] Badges are blue {NOT_FOUND}."),
        ("abstain", ""),
    ],
)
async def test_the_setting_decides_what_happens_to_an_unsupported_sentence(unsupported: str, text: str) -> None:
    settings = Settings.model_validate({"answers": {"unsupported": unsupported}})
    verifier = citation_verifier(settings, TechnicalAnalyzer(), FakeEmbedder(), None)
    hit = Hit(make_chunk("Tokens expire after one hour. Ask Support for more."), 1.0)
    written = "Tokens expire after one hour [1]. Badges are blue [1]."

    draft = await verifier.verify(Draft(Query("?", UNRESTRICTED), written, Origin.GENERATED, (hit,)))

    assert draft.text == text
