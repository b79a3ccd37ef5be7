"""The database as the application sees it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select

from aika.protocols import AssistantStore, Conversations, Directory
from aika.stores.database.accepted import SqlAcceptedQuestions
from aika.stores.database.asked import SqlAskedQuestions
from aika.stores.database.assistants import SqlAssistants
from aika.stores.database.cases import SqlCases
from aika.stores.database.catalogue import SqlCatalogue
from aika.stores.database.citations import SqlCitations
from aika.stores.database.commonly_asked import SqlCommonlyAsked
from aika.stores.database.complaints import SqlComplaints
from aika.stores.database.connections import Connections
from aika.stores.database.consents import SqlConsents
from aika.stores.database.conversations import SqlConversations
from aika.stores.database.digests import SqlDigestLog
from aika.stores.database.directory import SqlDirectory
from aika.stores.database.experience import SqlExperience
from aika.stores.database.facets import SqlFacets
from aika.stores.database.facts import SqlFacts
from aika.stores.database.finding_changes import SqlFindingChanges
from aika.stores.database.finding_history import SqlFindingHistory
from aika.stores.database.findings import SqlFindings
from aika.stores.database.history import SqlHistory
from aika.stores.database.inbox import SqlInbox
from aika.stores.database.keys import SqlApiKeys
from aika.stores.database.migrating import migrate
from aika.stores.database.opinions import SqlOpinions
from aika.stores.database.own_secrets import SqlOwnSecrets
from aika.stores.database.posts import SqlPosts
from aika.stores.database.rated import SqlRatedAnswers
from aika.stores.database.rated_signals import SqlRatedSignals
from aika.stores.database.schema import catalogue_state
from aika.stores.database.scores import SqlScoreHistory
from aika.stores.database.sessions import SqlSessions, SqlSignedInPeople
from aika.stores.database.shares import SqlShares
from aika.stores.database.shelf import SqlShelf
from aika.stores.database.slack_questions import SqlSlackQuestions
from aika.stores.database.slack_tokens import SqlReadChannels, SqlSlackTokens
from aika.stores.database.sync_log import SqlSyncLog
from aika.stores.database.told import SqlToldOwners
from aika.stores.database.under_way import SqlUnderWay
from aika.stores.database.vectors import SqlVectorStore


class Database:
    """All state that is not derived, in SQLite or PostgreSQL."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.catalogue = SqlCatalogue(connections)
        self.directory: Directory = SqlDirectory(connections)
        self.facts = SqlFacts(connections)
        self.facets = SqlFacets(connections)
        self.shelf = SqlShelf(connections)
        self.citations = SqlCitations(connections)
        self.sync_log = SqlSyncLog(connections)
        self.vectors = SqlVectorStore(connections)
        self.conversations: Conversations = SqlConversations(connections)
        self.history = SqlHistory(connections)
        self.shares = SqlShares(connections)
        self.under_way = SqlUnderWay(connections)
        self.told_owners = SqlToldOwners(connections)
        self.commonly_asked = SqlCommonlyAsked(connections)
        self.opinions = SqlOpinions(connections)
        self.accepted = SqlAcceptedQuestions(connections)
        self.experience = SqlExperience(connections)
        self.rated = SqlRatedAnswers(connections)
        self.rated_signals = SqlRatedSignals(connections)
        self.complaints = SqlComplaints(connections)
        self.findings = SqlFindings(connections)
        self.finding_history = SqlFindingHistory(connections)
        self.finding_changes = SqlFindingChanges(connections)
        self.digests = SqlDigestLog(connections)
        self.scores = SqlScoreHistory(connections)
        self.keys = SqlApiKeys(connections)
        self.own_secrets = SqlOwnSecrets(connections)
        self.sessions = SqlSessions(connections)
        self.signed_in = SqlSignedInPeople(connections)
        self.cases = SqlCases(connections)
        self.assistants: AssistantStore = SqlAssistants(connections)
        self.inbox = SqlInbox(connections)
        self.posts = SqlPosts(connections)
        self.slack_questions = SqlSlackQuestions(connections)
        self.slack_tokens = SqlSlackTokens(connections)
        self.read_channels = SqlReadChannels(connections)
        self.consents = SqlConsents(connections)
        self.asked = SqlAskedQuestions(connections)

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Database"]:
        """Open ``sqlite:///file`` or ``postgresql://user:password@host/name``, and create or upgrade its tables.

        Raises `ConfigurationError` where the URL or the path is wrong or a newer version of aika has written it, and
        `TransientError` where the server cannot be reached or refuses the connection.
        """
        async with Connections.open(url) as connections:
            await migrate(connections)
            yield cls(connections)

    async def check(self) -> None:
        """Raise `AikaError` where the database cannot be read now."""
        async with self._connections.read() as connection:
            await connection.execute(select(catalogue_state.c.sequence))
