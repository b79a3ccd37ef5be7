"""One run over all repositories of a source."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

from aika.connectors.github.api import GitHubApi, RefusedError
from aika.connectors.github.documents import Documents, MalformedError, Name, digest
from aika.connectors.github.listed import ListedKeys
from aika.connectors.github.options import GitHubOptions
from aika.connectors.github.people import People, readers_of
from aika.connectors.github.position import Position, RepositoryMark
from aika.connectors.github.reading import RepositoryReading
from aika.connectors.github.wire import Repository
from aika.domain.sources import Checkpoint, Event, Failed


@dataclass(slots=True)
class Run:
    """Reads one repository after the other, and keeps what the next run has to know."""

    api: GitHubApi
    options: GitHubOptions
    listed: ListedKeys
    before: Position | None
    """``None`` lists everything."""
    gone: set[str]
    """Keys of what was there and is not any more."""
    whole: bool = True
    """Whether everything that was asked for could be listed."""
    again: set[str] = field(default_factory=set)
    """Keys of what could not be loaded for a reason that passes."""
    _marks: dict[str, RepositoryMark] = field(default_factory=dict)
    _people: People = field(init=False)

    def __post_init__(self) -> None:
        self._people = People(self.api, self.options)

    @property
    def is_full(self) -> bool:
        return self.before is None

    async def events(self, repository: Repository) -> AsyncIterator[Event]:
        """Yield who may read a repository, and what it has or what has changed in it."""
        readers = readers_of(repository, self.options)
        documents = Documents(self.api.hurried, self.options, repository, readers, self.again)
        mark = self._mark_for(documents)
        async for member in self._people.events(repository, etag=mark.members if mark else None):
            yield member
        reading = RepositoryReading(self.api, documents, mark)
        async for event in reading.events():
            yield event
        async for event in self._retried(documents):
            yield event
        members = self._people.etags.get(repository.full_name)
        self._marks[repository.full_name] = reading.mark.model_copy(update={"members": members})
        self.whole = self.whole and reading.whole
        await self._remember(reading)

    def checkpoint(self, now: datetime, *, complete: bool) -> Checkpoint:
        position = Position(
            options=self.options.fingerprint,
            full_at=now if self.before is None else self.before.full_at,
            repositories=self._marks,
            again=tuple(sorted(self.again)),
        )
        return Checkpoint(position.cursor, complete=complete)

    def _mark_for(self, documents: Documents) -> RepositoryMark | None:
        """Return how far the repository was read, ``None`` where its documents have to be listed all."""
        mark = self.before.repositories.get(documents.repository.full_name) if self.before else None
        return mark if mark is not None and mark.readers == digest(*sorted(documents.readers)) else None

    async def _retried(self, documents: Documents) -> AsyncIterator[Event]:
        for key in self.before.again if self.before else ():
            name = Name.of(key)
            if name is None or name.repository != documents.repository.full_name:
                continue
            try:
                yield await documents.fetch(name, self.api, touched="again")
            except (RefusedError, MalformedError) as error:
                yield Failed(key, str(error))

    async def _remember(self, reading: RepositoryReading) -> None:
        repository = reading.documents.repository.full_name
        if reading.before is not None:
            await self.listed.add(repository, reading.keys)
            return
        kept = {key for key in await self.listed.of(repository) if reading.cannot_tell(key)}
        self.gone |= await self.listed.of(repository) - kept - reading.keys
        await self.listed.replace(repository, kept | reading.keys)
