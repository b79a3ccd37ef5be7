from collections.abc import Iterator
from pathlib import Path

import pytest
from wiki_on_loopback import Wiki, wiki_on_loopback


@pytest.fixture
def wiki(tmp_path: Path) -> Iterator[Wiki]:
    with wiki_on_loopback(tmp_path) as opened:
        yield opened
