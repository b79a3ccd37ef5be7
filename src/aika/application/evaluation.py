"""Opens what retrieval is evaluated with."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aika.application.wiring import build_intake, open_embedder, retrieval_options
from aika.evaluation.retrieval import RetrievalSystem
from aika.ingestion.generations import EmbedderChoice
from aika.registry import Surroundings, open_component
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.retrieval.rewriting import FollowUpRewriter
from aika.settings import Settings
from aika.stores.database.database import Database


@asynccontextmanager
async def open_retrieval_system(settings: Settings) -> AsyncIterator[RetrievalSystem]:
    """Open what retrieval is evaluated with: the deployment's own parts over an empty index. Needs no lock.

    Vectors are kept in the data directory, so that a second evaluation of a collection takes seconds.
    """
    folder = settings.data_path / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    analyzer = TechnicalAnalyzer()
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(prefix="aika-evaluation-")))
        database = await stack.enter_async_context(Database.open(f"sqlite:///{folder / 'vectors.db'}"))
        choice = EmbedderChoice(settings.embedder.engine, settings.embedder.options)
        lasting = Surroundings(settings.base_dir, settings.data_path, analyzer)
        embedder = await stack.enter_async_context(open_embedder(choice, lasting))
        passing = Surroundings(settings.base_dir, scratch, analyzer)
        shelf = await stack.enter_async_context(
            open_component("indexes", settings.index.engine, settings.index.options, passing)
        )
        index = await stack.enter_async_context(shelf.open("evaluation", dimensions=embedder.dimensions))
        yield RetrievalSystem(
            build_intake(), embedder, database.vectors, index, FollowUpRewriter(analyzer), retrieval_options(settings)
        )
