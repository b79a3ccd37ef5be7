"""Questions are read while documents are indexed, in threads of one process."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import snowballstemmer

from aika.retrieval.lexical import TechnicalAnalyzer


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Let threads take turns as often as they can, so that what can go wrong does."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager_threads")
def test_threads_find_the_same_terms_as_one_alone() -> None:
    analyzer, alone = TechnicalAnalyzer(), snowballstemmer.stemmer("english")
    words = [
        f"{stem}{ending}" for stem in ("zubr", "kemtal", "volar") for ending in ("ing", "ationally", "iveness", "ies")
    ]
    texts = [[f"{word}{letter}{end}" for word in words for end in ("ing", "ed")] for letter in "bcdfgklmnprt"]

    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda text: analyzer.terms(" ".join(text)), texts))

    assert found == [[alone.stemWord(word) for word in text] for text in texts]
