"""Sources made, changed and removed while aika runs: a file in ``sources_dir`` each, taken on at once."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aika.application.aika import Aika
from aika.application.source_drafts import Draft, examine
from aika.application.source_files import Declared, SourceFiles
from aika.application.source_secrets import unmasked
from aika.domain.errors import AccessDeniedError, ConflictError, InvalidFormError
from aika.domain.identifiers import SourceId
from aika.domain.sources import Source
from aika.forms.plain_problems import FormProblem

MANAGED = frozenset({"purpose", "owner", "contact", "refresh", "promise", "rules"})
"""What people may change who manage a source and are no operators: nothing that reads more, or lets more people read."""


class WrongSourceError(InvalidFormError):
    """What was written is no source."""

    def __init__(self, problems: Collection[FormProblem]) -> None:
        super().__init__(tuple(_said(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class SourceSteering:
    """Changes the sources of an application. One change at a time."""

    aika: Aika

    @property
    def turn(self) -> asyncio.Lock:
        return self.aika.declarations.turn

    @property
    def files(self) -> SourceFiles:
        return SourceFiles(self.aika.declarations)

    async def create(self, name: str, content: Mapping[str, object]) -> Source:
        """Write a source's file, take it on, and start its first sync. Raises `WrongSourceError` and `ConflictError`."""
        async with self.turn:
            await self._check(Draft(name, content, declared_in=str(self.files.folder / f"{name}.yaml")))
            await self.files.create(name, content)
            return await self._taken_on(SourceId(name))

    async def change(
        self, source: Source, content: Mapping[str, object], *, version: str, fields: Collection[str] | None
    ) -> Source:
        """Change a source's file and sync it. ``fields`` are those that may differ, ``None`` is all of them.

        Raises `WrongSourceError`, `AccessDeniedError` for another field, and `ConflictError` where the file is not at that
        version any more, or is not aika's to change.
        """
        async with self.turn:
            declared = await self.files.read(source)
            _check_version(declared, version)
            new = unmasked(content, declared.content)
            _check_fields(declared.content, new, fields)
            await self._check(Draft(source.id, new, source.declared_in, before=declared.content))
            await self.files.change(source, declared, new)
            return await self._taken_on(source.id)

    async def remove(self, source: Source, *, version: str) -> int:
        """Delete a source's file and its documents; return how many there were. Raises `ConflictError` as `change` does."""
        async with self.turn:
            declared = await self.files.read(source)
            _check_version(declared, version)
            await self.files.remove(source, declared)
            await asyncio.to_thread(self.aika.declarations.reload)
            if source.id in self.aika.sources:
                raise ConflictError(f"the source {source.id!r} is declared a second time: remove it there too")
            return await self.aika.forget_source(source.id)

    async def _check(self, draft: Draft) -> None:
        examined = await asyncio.to_thread(examine, draft)
        if examined.source is None:
            raise WrongSourceError(examined.problems)

    async def _taken_on(self, id: SourceId) -> Source:
        before = self.aika.sources.get(id)
        await asyncio.to_thread(self.aika.declarations.reload)
        after = self.aika.source(id)
        if after != before:
            await self.aika.sync_changed(id)
        return after


def _check_version(declared: Declared, version: str) -> None:
    if declared.remedy:
        raise ConflictError(declared.remedy)
    if declared.version != version:
        raise ConflictError("the source was changed meanwhile: read it again first, then make your change")


def _check_fields(before: Mapping[str, object], after: Mapping[str, object], fields: Collection[str] | None) -> None:
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if fields is not None and (more := sorted(changed - set(fields))):
        raise AccessDeniedError(f"only an operator may change {', '.join(more)} of a source")


def _said(problem: FormProblem) -> str:
    place = ".".join(str(step) for step in problem.place)
    return f"{place}: {problem.message}" if place else problem.message
