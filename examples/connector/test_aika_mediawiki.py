import pytest
from wiki_on_loopback import Wiki

from aika.testing.contracts.connector import ConnectorContract


class TestMediaWikiConnector(ConnectorContract):
    @pytest.fixture
    def place(self, wiki: Wiki) -> Wiki:
        return wiki
