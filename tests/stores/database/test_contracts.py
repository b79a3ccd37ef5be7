"""The stores in SQL keep the published contracts, on both engines."""

import pytest

from aika.protocols import (
    ApiKeys,
    AssistantStore,
    Catalogue,
    Conversations,
    Directory,
    FactStore,
    Findings,
    SyncLog,
    VectorStore,
)
from aika.stores.database.database import Database
from aika.testing.contracts.assistants import AssistantStoreContract
from aika.testing.contracts.catalogue import CatalogueContract
from aika.testing.contracts.conversations import ConversationsContract
from aika.testing.contracts.directory import DirectoryContract
from aika.testing.contracts.facts import FactStoreContract
from aika.testing.contracts.findings import FindingsContract
from aika.testing.contracts.keys import ApiKeysContract
from aika.testing.contracts.sync_log import SyncLogContract
from aika.testing.contracts.vectors import VectorStoreContract


class TestCatalogue(CatalogueContract):
    @pytest.fixture
    def catalogue(self, database: Database) -> Catalogue:
        return database.catalogue


class TestSyncLog(SyncLogContract):
    @pytest.fixture
    def sync_log(self, database: Database) -> SyncLog:
        return database.sync_log


class TestVectorStore(VectorStoreContract):
    @pytest.fixture
    def vectors(self, database: Database) -> VectorStore:
        return database.vectors


class TestConversations(ConversationsContract):
    @pytest.fixture
    def conversations(self, database: Database) -> Conversations:
        return database.conversations


class TestApiKeys(ApiKeysContract):
    @pytest.fixture
    def keys(self, database: Database) -> ApiKeys:
        return database.keys


class TestAssistants(AssistantStoreContract):
    @pytest.fixture
    def assistants(self, database: Database) -> AssistantStore:
        return database.assistants


class TestFindings(FindingsContract):
    @pytest.fixture
    def findings(self, database: Database) -> Findings:
        return database.findings


class TestDirectory(DirectoryContract):
    @pytest.fixture
    def directory(self, database: Database) -> Directory:
        return database.directory


class TestFacts(FactStoreContract):
    @pytest.fixture
    def facts(self, database: Database) -> FactStore:
        return database.facts

    @pytest.fixture
    def catalogue(self, database: Database) -> Catalogue:
        return database.catalogue
