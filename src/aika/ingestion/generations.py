"""Index generations: a changed embedder or analyzer builds a new index beside the old one and switches when it is complete."""

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aika.domain.errors import AikaError, TransientError
from aika.files import replace_file
from aika.ingestion.following import IndexFollower
from aika.ingestion.resolving import ResolvingIndex
from aika.protocols import Analyzer, Catalogue, Compactable, Embedder, Index, IndexPosition, IndexShelf, VectorStore

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 5.0
_COMPACTION_CHECK_SECONDS = 30.0
_FINDABLE_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class EmbedderChoice:
    """An embedder by name and options, as it can be written down and opened again."""

    engine: str
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Generation:
    """An open index with the embedder whose vectors it holds, kept up to date by its follower."""

    name: str
    choice: EmbedderChoice
    index: Index
    embedder: Embedder
    follower: IndexFollower


OpenEmbedder = Callable[[EmbedderChoice], AbstractAsyncContextManager[Embedder]]


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What every generation is made from."""

    catalogue: Catalogue
    vectors: VectorStore
    shelf: IndexShelf
    analyzer: Analyzer


@dataclass(slots=True)
class Generations:
    """The generation that serves, and the next one while it is being built."""

    ingredients: Ingredients
    record: Path
    """Says which generation serves, so that a restart with another embedder still knows it."""
    serving: Generation
    building: Generation | None = None
    notes: tuple[str, ...] = ()

    def wake(self) -> None:
        """Tell the followers that the catalogue changed."""
        for generation in self.opened():
            generation.follower.wake()

    async def catch_up(self) -> None:
        """Bring every open generation up to date, switch if a new one was built, and compact where it is worth it."""
        for generation in self.opened():
            await generation.follower.catch_up()
        await self._switch_if_complete()
        await self._compact_if_due()

    async def until_findable(self) -> None:
        """Wait until everything in the catalogue can be found by words. Something must be following meanwhile."""
        while not (await self.serving.follower.state()).findable:  # noqa: ASYNC110 - following tells nobody of each step
            await asyncio.sleep(_FINDABLE_POLL_SECONDS)

    async def run(self) -> None:
        """Follow, switch and compact until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_persist(self.serving.follower.run, "index follower"))
            if self.building is not None:
                tasks.create_task(_persist(self.building.follower.run, "index builder"))
            tasks.create_task(_persist(self._mind, "index maintenance"))

    async def _mind(self) -> None:
        while True:
            await asyncio.sleep(_COMPACTION_CHECK_SECONDS if self.building is None else _RETRY_SECONDS)
            await self._switch_if_complete()
            await self._compact_if_due()

    async def _switch_if_complete(self) -> None:
        new = self.building
        if new is None or not (await new.follower.state()).complete:
            return
        _write_record(self.record, new)
        self.serving, self.building, old = new, None, self.serving
        logger.info("switched to a new index generation", extra={"generation": new.name, "before": old.name})
        await self.ingredients.vectors.keep_only(new.embedder.fingerprint)

    async def _compact_if_due(self) -> None:
        index = self.serving.index
        if isinstance(index, Compactable) and await index.compaction_due():
            await index.compact()

    async def forget_removals(self, _: IndexPosition) -> None:
        """Drop removals from the log that every open generation has applied."""
        states = [await generation.follower.state() for generation in self.opened()]
        await self.ingredients.catalogue.forget_removals(through=min(state.position.embedded for state in states))

    @property
    def newest(self) -> Generation:
        """The one that the settings ask for, whether it serves already or not."""
        return self.building or self.serving

    def opened(self) -> list[Generation]:
        return [self.serving] if self.building is None else [self.serving, self.building]


@asynccontextmanager
async def open_generations(
    ingredients: Ingredients, *, wanted: EmbedderChoice, open_embedder: OpenEmbedder, folder: Path
) -> AsyncIterator[Generations]:
    """Open the generation of the wanted embedder; where another one serves so far, open that too and build the new beside it."""
    record = folder / "serving.json"
    catalogue, vectors, shelf = ingredients.catalogue, ingredients.vectors, ingredients.shelf
    async with AsyncExitStack() as stack:

        async def open_embedder_of(choice: EmbedderChoice) -> Embedder:
            return await stack.enter_async_context(open_embedder(choice))

        async def open_generation(name: str, choice: EmbedderChoice, embedder: Embedder) -> Generation:
            engine = await stack.enter_async_context(shelf.open(name, dimensions=embedder.dimensions))
            index = ResolvingIndex(engine, catalogue)
            return Generation(name, choice, index, embedder, IndexFollower(catalogue, index, vectors, embedder))

        embedder = await open_embedder_of(wanted)
        name = generation_name(embedder, ingredients.analyzer, shelf)
        new = await open_generation(name, wanted, embedder)
        before = _read_record(record)
        generations = Generations(ingredients, record, serving=new)
        if before is not None and before.generation != name and not (await new.follower.state()).complete:
            try:
                same = before.choice == wanted
                old_embedder = embedder if same else await open_embedder_of(before.choice)
                if before.generation in await shelf.generations() and old_embedder.fingerprint == before.fingerprint:
                    generations.serving = await open_generation(before.generation, before.choice, old_embedder)
                    generations.building = new
            except AikaError as error:
                note = f"The index is being rebuilt, and the one before cannot be opened meanwhile: {error}"
                generations.notes = (note,)
        if generations.building is None:
            _write_record(record, new)
        for generation in generations.opened():
            generation.follower.on_checkpoint = generations.forget_removals
        await _drop_leftovers(shelf, keep={generation.name for generation in generations.opened()})
        yield generations


def generation_name(embedder: Embedder, analyzer: Analyzer, shelf: IndexShelf) -> str:
    """Return the name of the generation that these fill."""
    said = f"{embedder.fingerprint}\n{analyzer.fingerprint}\n{shelf.fingerprint}\n{embedder.dimensions}"
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


async def _drop_leftovers(shelf: IndexShelf, *, keep: set[str]) -> None:
    for name in await shelf.generations() - keep:
        await shelf.drop(name)


@dataclass(frozen=True, slots=True)
class _Record:
    """What is written down of the generation that serves."""

    generation: str
    fingerprint: str
    """The embedder's: under the same name, another version may make other vectors."""
    choice: EmbedderChoice


def _read_record(record: Path) -> _Record | None:
    try:
        said = json.loads(record.read_text(encoding="utf-8"))
        return _Record(said["generation"], said["fingerprint"], EmbedderChoice(said["engine"], said["options"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        # The index can always be rebuilt, so a damaged note about it is no reason to stop.
        logger.warning("the record of the serving index is damaged", extra={"reason": str(error)})
        return None


def _write_record(record: Path, generation: Generation) -> None:
    said = {
        "generation": generation.name,
        "fingerprint": generation.embedder.fingerprint,
        "engine": generation.choice.engine,
        "options": dict(generation.choice.options),
    }
    record.parent.mkdir(parents=True, exist_ok=True)
    replace_file(record, json.dumps(said), durable=True)


async def _persist(work: Callable[[], Awaitable[None]], name: str) -> None:
    """Run background work for as long as the application lives: a failure is logged and tried again."""
    while True:
        try:
            await work()
        except TransientError as error:
            logger.warning("background work failed for now", extra={"work": name, "reason": str(error)})
        except Exception:
            # The outermost loop of this work: one failure must not end following for good.
            logger.exception("background work failed", extra={"work": name})
        await asyncio.sleep(_RETRY_SECONDS)
