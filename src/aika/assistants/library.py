"""Which assistants there are, which of them somebody may use, and which one a name means.

They come from two places: files beside the sources, which change when the file does, and records made through the API.
Somebody else's private assistant is told apart from one that does not exist nowhere.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from pydantic import ValidationError

from aika.domain.assistants import Asker, Assistant, Standing, Visibility, may_edit, name_key, standing
from aika.domain.errors import AccessDeniedError, AmbiguousNameError, ConflictError, InvalidRequestError, NotFoundError
from aika.domain.identifiers import AssistantId, PrincipalId, random_id
from aika.forms.assistants import AssistantForm
from aika.forms.principals import principal
from aika.protocols import AssistantRecord, AssistantStore, Clock


@dataclass(frozen=True, slots=True)
class Entry:
    """An assistant with the form that it was made from."""

    assistant: Assistant
    form: AssistantForm
    version: int | None = None
    """``None`` for one of a file, which is changed where the file is."""
    fault: str | None = None
    """Why it cannot be used, for whoever may mend it."""
    created_at: datetime | None = None
    changed_at: datetime | None = None
    """``None`` for one of a file."""
    text: str | None = None
    """The YAML that its maker last wrote, where they wrote it as YAML. The form counts."""


@dataclass(frozen=True, slots=True)
class Declared:
    """The assistants of files, as the files are now."""

    entries: tuple[Entry, ...] = ()
    """One whose file is wrong at the moment is as it was before, with its fault."""
    errors: Mapping[AssistantId, str] = field(default_factory=dict)
    """What is wrong with the files that are wrong, those of ``entries`` and those that never were right."""


class AssistantFiles(Protocol):
    """Reads the files that declare assistants."""

    async def current(self) -> Declared: ...


@dataclass(frozen=True, slots=True)
class AssistantLibrary:
    """Finds, makes and changes assistants for whoever asks."""

    files: AssistantFiles
    store: AssistantStore
    models: frozenset[str]
    """Those that an assistant may name."""
    clock: Clock

    async def usable(self, asker: Asker) -> list[Entry]:
        """Return the assistants that the asker may use, the nearest first, then by name."""
        return [entry for _, entry in await self._near(asker)]

    async def manageable(self, asker: Asker) -> list[Entry]:
        """Return the assistants that the asker may change or use."""
        return [entry for entry in await self._all() if standing(entry.assistant, asker) or _editable(entry, asker)]

    async def resolve(self, wanted: str, asker: Asker) -> Assistant:
        """Return the assistant that an id or a name means: own before group before public, in any case.

        Raises `NotFoundError` for one that the asker cannot use, `AmbiguousNameError` for a name of several that are equally
        near, and `ConflictError` for one that cannot work as it is.
        """
        near = await self._near(asker)
        found = [(level, entry) for level, entry in near if entry.assistant.id == wanted]
        found = found or [(level, entry) for level, entry in near if name_key(entry.assistant.name) == name_key(wanted)]
        nearest = [entry for level, entry in found if level is found[0][0]]
        if not nearest:
            await self._say_if_broken(wanted, asker)
            raise NotFoundError(f"there is no assistant {wanted!r} that you can use{_those(near)}")
        if len(nearest) > 1:
            raise _ambiguous(wanted, nearest)
        return _working(nearest[0], asker)

    async def _say_if_broken(self, wanted: str, asker: Asker) -> None:
        """Tell administrators of a file that was never right. Whom it would be visible to, nobody knows."""
        for name, error in (await self.files.current()).errors.items() if asker.admin else ():
            if name_key(wanted) in (name_key(name), name_key(name.partition(":")[2])):
                raise ConflictError(f"the assistant {wanted!r} cannot be used as it is now: {error}")

    async def of_conversation(self, id: AssistantId, asker: Asker) -> Assistant:
        """Return the assistant of a conversation. Raises `NotFoundError` where it is gone, or not the asker's to use now."""
        for _, entry in await self._near(asker):
            if entry.assistant.id == id:
                return _working(entry, asker)
        raise NotFoundError(
            "the assistant of this conversation is gone, or no longer yours to use. Start a new conversation, or set "
            "'without_assistant' to go on with this one and all that you may read"
        )

    async def entry(self, id: AssistantId, asker: Asker) -> Entry:
        """Return one assistant. Raises `NotFoundError` alike for what does not exist and what the asker may not know of."""
        for entry in await self.manageable(asker):
            if entry.assistant.id == id:
                return entry
        raise NotFoundError(f"there is no assistant {id!r}")

    async def create(self, form: AssistantForm, asker: Asker, *, text: str | None = None) -> Entry:
        """Make an assistant. ``text`` is how it was written, for its comments.

        Raises `InvalidRequestError`, `AccessDeniedError`, and `ConflictError` for a name that is taken.
        """
        owner = asker.owner if form.owner is None else principal(form.owner)
        self._check(form, asker, owner)
        await self._check_name(form, owner, besides=None)
        now = self.clock.now()
        record = AssistantRecord(AssistantId(random_id()), owner, _written(form), 1, now, now, text)
        await self.store.add(record)
        return self._recorded(record)

    async def replace(
        self, id: AssistantId, form: AssistantForm, *, version: int, asker: Asker, text: str | None = None
    ) -> Entry:
        """Change an assistant. Raises what `create` does, and `ConflictError` where somebody changed it meanwhile.

        Without a ``text``, that of before is kept for its comments.
        """
        record = await self._own(id, asker)
        owner = record.owner if form.owner is None else principal(form.owner)
        self._check(form, asker, owner)
        await self._check_name(form, owner, besides=id)
        new = AssistantRecord(
            record.id, owner, _written(form), version + 1, record.created_at, self.clock.now(), text or record.text
        )
        await self.store.replace(new)
        return self._recorded(new)

    async def delete(self, id: AssistantId, *, version: int, asker: Asker) -> None:
        await self.store.delete((await self._own(id, asker)).id, version=version)

    async def is_taken(self, form: AssistantForm, asker: Asker, *, besides: AssistantId | None) -> bool:
        """Return whether the name is another one's of the same owner. Of owners that the asker is not, nothing is said."""
        record = None if besides is None else await self.store.find(besides)
        unset = asker.owner if record is None else record.owner
        owner = unset if form.owner is None else principal(form.owner)
        if form.name is None or not (asker.admin or owner in asker.shared | {asker.owner}):
            return False
        try:
            await self._check_name(form, owner, besides=besides)
        except ConflictError:
            return True
        return False

    async def _near(self, asker: Asker) -> list[tuple[Standing, Entry]]:
        levels = [(standing(entry.assistant, asker), entry) for entry in await self._all()]
        near = [(level, entry) for level, entry in levels if level is not None]
        return sorted(near, key=lambda one: (one[0], name_key(one[1].assistant.name), one[1].assistant.id))

    async def _all(self) -> list[Entry]:
        declared = await self.files.current()
        return [*declared.entries, *(self._recorded(record) for record in await self.store.listing())]

    def _recorded(self, record: AssistantRecord) -> Entry:
        form, fault = _read(record.definition)
        assistant = form.assistant(record.id, name=record.id, owner=record.owner, unset_visibility=Visibility.PRIVATE)
        wrong = fault or unknown_model(form, self.models)
        return Entry(assistant, form, record.version, wrong, record.created_at, record.changed_at, record.text)

    async def _own(self, id: AssistantId, asker: Asker) -> AssistantRecord:
        """Return the record of an assistant that the asker may change."""
        entry = await self.entry(id, asker)
        if entry.version is None:
            raise ConflictError(
                f"the assistant {entry.assistant.name!r} is declared in a file: change it there, where changes are reviewed"
            )
        record = await self.store.find(id)
        if record is None:
            raise NotFoundError(f"there is no assistant {id!r}")
        if not may_edit(entry.assistant, asker):
            raise AccessDeniedError(
                f"the assistant {entry.assistant.name!r} is changed by {entry.assistant.owner} and administrators only"
            )
        return record

    def _check(self, form: AssistantForm, asker: Asker, owner: PrincipalId) -> None:
        if len(asker.people) > 1:
            raise AccessDeniedError("a channel has no assistants of its own; make it as a person")
        if form.name is None:
            raise InvalidRequestError("name: an assistant needs one")
        fault = unknown_model(form, self.models)
        if fault is not None:
            raise InvalidRequestError(fault)
        foreign = sorted(({owner} | {PrincipalId(group) for group in form.groups}) - asker.shared - {asker.owner})
        if foreign and not asker.admin:
            raise AccessDeniedError(
                f"you are not in {', '.join(foreign)}: only administrators give assistants to groups and people they are not"
            )

    async def _check_name(self, form: AssistantForm, owner: PrincipalId, *, besides: AssistantId | None) -> None:
        wanted = name_key(form.name or "")
        for record in await self.store.listing():
            entry = self._recorded(record)
            if record.owner == owner and record.id != besides and name_key(entry.assistant.name) == wanted:
                raise ConflictError(f"{owner} has an assistant called {entry.assistant.name!r} already")


def references(entries: Sequence[Entry], asker: Asker) -> list[str]:
    """Return for each of the usable assistants what means it: its name, or its id where the name means another."""
    levels: dict[str, list[tuple[Standing | None, AssistantId]]] = {}
    for entry in entries:
        levels.setdefault(name_key(entry.assistant.name), []).append(
            (standing(entry.assistant, asker), entry.assistant.id)
        )
    meant = {key: min(found, key=lambda one: one[0] or Standing.PUBLIC) for key, found in levels.items()}
    return [
        entry.assistant.name
        if meant[key := name_key(entry.assistant.name)][1] == entry.assistant.id
        and sum(level is meant[key][0] for level, _ in levels[key]) == 1
        else entry.assistant.id
        for entry in entries
    ]


def unknown_model(form: AssistantForm, models: Collection[str]) -> str | None:
    """Return what is wrong with the model that an assistant names."""
    if form.model is None or form.model in models:
        return None
    known = ", ".join(sorted(models)) or "none"
    return f"model: {form.model!r} is not among [models] of aika.toml (known: {known})"


def in_words(error: ValidationError) -> str:
    """Return what is wrong with a form, without the input, which may be long."""
    problems = []
    for problem in error.errors(include_url=False, include_input=False):
        where = ".".join(map(str, problem["loc"])) or "the whole"
        message = "is not a known field" if problem["type"] == "extra_forbidden" else problem["msg"]
        problems.append(f"{where}: {message}")
    return "; ".join(problems)


def _editable(entry: Entry, asker: Asker) -> bool:
    return may_edit(entry.assistant, asker)


def _working(entry: Entry, asker: Asker) -> Assistant:
    if entry.fault is None:
        return entry.assistant
    name, owner = entry.assistant.name, entry.assistant.owner
    reason = f": {entry.fault}" if may_edit(entry.assistant, asker) else f". {owner} can mend it"
    raise ConflictError(f"the assistant {name!r} cannot be used as it is now{reason}")


def _ambiguous(wanted: str, entries: Sequence[Entry]) -> AmbiguousNameError:
    told = ", ".join(f"{entry.assistant.id} ({entry.assistant.name}, of {entry.assistant.owner})" for entry in entries)
    return AmbiguousNameError(
        f"{wanted!r} is the name of {len(entries)} assistants: {told}. Say which one by its id",
        candidates=tuple(entry.assistant.id for entry in entries),
    )


def _those(near: Sequence[tuple[Standing, Entry]]) -> str:
    names = list(dict.fromkeys(entry.assistant.name for _, entry in near))
    return f". You can use: {', '.join(names)}" if names else ", and none that you can use at all"


def _written(form: AssistantForm) -> str:
    return form.model_dump_json(exclude_unset=True)


@lru_cache(maxsize=10_000)
def _read(definition: str) -> tuple[AssistantForm, str | None]:
    """Return the form, and what is wrong with it. A wrong one is left private."""
    try:
        return AssistantForm.model_validate_json(definition), None
    except ValidationError as error:
        return _nameless(definition), in_words(error)


def _nameless(definition: str) -> AssistantForm:
    """Return what can be said of a form that this version of aika does not understand."""
    try:
        name = json.loads(definition).get("name")
        return AssistantForm(name=name)
    except (ValueError, AttributeError):
        return AssistantForm()
