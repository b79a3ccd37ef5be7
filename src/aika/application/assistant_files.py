"""The assistants that files declare, as the files are now."""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError

from aika.assistants.library import AssistantLibrary, Declared, Entry, in_words, unknown_model
from aika.domain.assistants import Visibility
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import AssistantId, PrincipalId
from aika.files import dated_yaml_files
from aika.forms.assistants import AssistantForm
from aika.forms.mappings import read_mapping
from aika.protocols import AssistantStore, Clock
from aika.settings import Settings

logger = logging.getLogger(__name__)

FILE_ID = "file:"
"""What the ids of assistants that files declare begin with. Names have no colon, so that an id is never a name."""
OPERATORS = PrincipalId("operators")
"""Whom an assistant belongs to whose file names no owner: nobody through the API, whoever may change the file."""


@dataclass(slots=True)
class FolderOfAssistants:
    """Reads ``assistants/NAME.yaml``, again whenever a file changed.

    A file that is wrong keeps its last good assistant from working, and no other one.
    """

    folder: Path
    models: frozenset[str]
    _seen: object = None
    _declared: Declared = field(default_factory=Declared)

    async def current(self) -> Declared:
        before = self._declared.errors
        declared = await asyncio.to_thread(self.look)
        for name, reason in declared.errors.items():
            if before.get(name) != reason:
                logger.warning("an assistant's file is wrong", extra={"reason": reason})
        return declared

    def look(self) -> Declared:
        """Return the assistants as the files are now."""
        seen = dated_yaml_files(self.folder)
        if seen != self._seen:
            self._declared = self._read(list(seen))
            self._seen = seen
        return self._declared

    def _read(self, paths: list[Path]) -> Declared:
        before = {entry.assistant.id: entry for entry in self._declared.entries}
        found: dict[AssistantId, Entry] = {}
        errors: dict[AssistantId, str] = {}
        for path in paths:
            name = assistant_id(path)
            try:
                if name in found:
                    raise ConfigurationError(f"{path}: {found[name].assistant.declared_in} declares the same assistant")
                found[name] = read_assistant_file(path, self.models)
            except ConfigurationError as error:
                errors[name] = str(error)
                if name in before and name not in found:
                    found[name] = replace(before[name], fault=str(error))
                continue
            if (fault := found[name].fault) is not None:
                errors[name] = f"{path}: {fault}"
        return Declared(tuple(found.values()), errors)


def open_library(settings: Settings, store: AssistantStore, clock: Clock) -> AssistantLibrary:
    """Return the assistants of the folder that the settings name, and those of the store."""
    return AssistantLibrary(folder_of_assistants(settings), store, frozenset(settings.models), clock)


def folder_of_assistants(settings: Settings) -> FolderOfAssistants:
    return FolderOfAssistants(settings.base_dir / settings.assistants_dir, frozenset(settings.models))


def read_assistant_file(path: Path, models: frozenset[str]) -> Entry:
    """Read one assistant's file, which names it where it has no name of its own. Raises `ConfigurationError`.

    A model that is not among ``models`` is the entry's fault.
    """
    content = read_mapping(path, expected="a mapping, such as 'purpose: …'")
    try:
        form = AssistantForm.model_validate({"name": path.stem, **content})
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {in_words(error)}") from error
    assistant = form.assistant(
        assistant_id(path),
        name=path.stem,
        owner=OPERATORS,
        # Somebody who reviews files for everyone has put it there for everyone. It shows nobody more than they may read.
        unset_visibility=Visibility.PUBLIC,
        declared_in=str(path),
    )
    fault = unknown_model(form, models)
    if assistant.visibility is Visibility.PRIVATE and form.owner is None:
        fault = "a private assistant needs an owner: nobody else could use it"
    return Entry(assistant, form, None, fault)


def assistant_id(path: Path) -> AssistantId:
    return AssistantId(f"{FILE_ID}{path.stem}")
