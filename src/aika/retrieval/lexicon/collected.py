"""A lexicon of documents that are at hand, for evaluations."""

from collections.abc import Callable, Collection, Iterable

from aika.domain.access import Scope
from aika.domain.documents import Chunk
from aika.domain.identifiers import DocumentId
from aika.domain.queries import Query
from aika.protocols import Analyzer, Index
from aika.retrieval.lexicon.expanding import Expansion, LexiconExpander
from aika.retrieval.lexicon.learning import LexiconLearner
from aika.retrieval.lexicon.lexicon import Lexicon


class CollectionExpander:
    """Expands by what `learn` was given. For evaluations: it does not ask who may read a definition."""

    def __init__(self, index: Index, analyzer: Analyzer, *, english: Callable[[], Collection[str]] = frozenset) -> None:
        self._learner = LexiconLearner(analyzer)
        self._lexicon = Lexicon()
        self._expander = LexiconExpander(lambda: self._lexicon, index, _AllAdmitted(), analyzer, english=english)

    def learn(self, chunks: Iterable[Chunk]) -> None:
        """Learn these too. Computes."""
        self._learner.add(chunks)
        self._lexicon = self._learner.learned()

    async def expand(self, query: Query) -> Expansion:
        return await self._expander.expand(query)


class _AllAdmitted:
    async def admitted(self, ids: Collection[DocumentId], *, scope: Scope) -> set[DocumentId]:
        return set(ids)
