"""The connector `backstage-catalog`: every entity of a software catalog is a document.

The text of an entity tells its relations in both directions, who owns it and how to reach them; the parser of catalog entities
writes it, from files and from the API alike. Groups of the catalog are groups of readers.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field, PositiveInt, SecretStr, model_validator

from aika.connectors.backstage_catalog.entities import Catalog, Entity, digest
from aika.connectors.backstage_catalog.files import Origin, Place, Reading, read_files
from aika.connectors.backstage_catalog.rest import Batch, CatalogApi
from aika.connectors.places import Memory
from aika.domain.documents import RawDocument
from aika.domain.errors import ConfigurationError, TransientError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found
from aika.http import HttpOptions, host_of, open_http
from aika.registry import Options, Surroundings

_BATCH = 50
"""Entities of one request."""


class BackstageCatalogOptions(Options):
    """A folder with catalog files, or a running Backstage. One of ``path`` and ``url`` is needed."""

    path: Path | None = Field(
        default=None,
        description="A folder with catalog files, or one file. Relative to the configuration file's folder.",
    )
    include: tuple[str, ...] = Field(
        default=("catalog-info.yaml", "catalog-info.yml"),
        description="Patterns as in .gitignore of the catalog files. Files that a Location names are read as well.",
    )
    exclude: tuple[str, ...] = Field(default=(), description="Patterns as in .gitignore of files to leave out.")
    max_file_bytes: PositiveInt = Field(default=5_000_000, description="Larger files are reported, not read.")
    outside_targets: Literal["report", "ignore"] = Field(
        default="report",
        description="What happens to files outside the folder that a Location names: they are not read.",
    )
    url: str | None = Field(
        default=None, description="The address of Backstage's backend, such as https://backstage.acme.example."
    )
    token: SecretStr | None = Field(
        default=None, description="A static token of backend.auth.externalAccess that may read the catalog."
    )
    app_url: str | None = Field(
        default=None,
        description="The address of Backstage's pages, for links. The default is url; with path, links open the file.",
    )
    link_template: str | None = Field(
        default=None, description="With path: a URL with {path} for links to files, where there is no app_url."
    )
    kinds: tuple[str, ...] = Field(
        default=(), description="The kinds of entities to read, such as Component. The default is all but Location."
    )
    child_groups: bool = Field(
        default=True, description="Whether members of the groups below a group may read what that group may read."
    )

    @model_validator(mode="after")
    def _has_one_place(self) -> "BackstageCatalogOptions":
        if (self.path is None) == (self.url is None):
            raise ValueError("give either path (catalog files) or url (a running Backstage)")
        if self.link_template is not None and "{path}" not in self.link_template:
            raise ValueError("link_template must contain {path}, the place of the file's path in the link")
        return self

    def wants(self, kind: str) -> bool:
        wanted = {name.lower() for name in self.kinds}
        return kind.lower() in wanted if wanted else kind.lower() != "location"

    def page_of(self, entity: Entity) -> str | None:
        """Return the link to the entity's page in Backstage."""
        base = self.app_url or self.url
        if base is None:
            return None
        kind, _, rest = entity.ref.partition(":")
        namespace, _, name = rest.partition("/")
        return "/".join((base.rstrip("/"), "catalog", *(quote(part, safe="") for part in (namespace, kind, name))))


class BackstageCatalogConnector:
    """Reads a software catalog whole at every run; only entities whose version is new are loaded."""

    Options = BackstageCatalogOptions

    def __init__(self, options: BackstageCatalogOptions, root: Path | None, api: CatalogApi | None) -> None:
        self._options = options
        self._root = root
        self._api = api

    @classmethod
    @asynccontextmanager
    async def open(
        cls, options: BackstageCatalogOptions, surroundings: Surroundings
    ) -> AsyncIterator["BackstageCatalogConnector"]:
        async with AsyncExitStack() as stack:
            root = api = None
            if options.path is not None:
                root = surroundings.base_dir / options.path.expanduser()
                if not await asyncio.to_thread(root.exists):
                    raise ConfigurationError(f"there is no folder or file {root}: correct the source's path")
            if options.url is not None:
                headers = {"Authorization": f"Bearer {options.token.get_secret_value()}"} if options.token else {}
                limits = HttpOptions(allowed_hosts=frozenset({host_of(options.url)}), headers=headers)
                api = CatalogApi(await stack.enter_async_context(open_http(limits)), options.url)
            yield cls(options, root, api)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield groups, then every entity, then a `Checkpoint`, complete unless a folder could not be listed."""
        if self._root is not None:
            place = self._place(self._root)
            reading = await asyncio.to_thread(read_files, place, known=_Memory.of(since).files)
            for event in self._of_files(reading):
                yield event
        elif self._api is not None:
            async for event in self._of_api(self._api):
                yield event

    def _place(self, root: Path) -> Place:
        options = self._options
        return Place(
            root, options.include, options.exclude, options.max_file_bytes, options.outside_targets == "report"
        )

    def _of_files(self, reading: Reading) -> Iterator[Event]:
        catalog = Catalog.of_files(entity for entity, _ in reading.entities.values())
        yield from catalog.groups(child_groups=self._options.child_groups)
        yield from reading.failures
        for ref, (entity, origin) in reading.entities.items():
            if not self._options.wants(entity.kind):
                continue
            raw = self._document(entity, catalog.content(entity), origin)
            yield Found(ref, digest(raw.content, raw.url), partial(asyncio.to_thread, _unchanged, raw, origin))
        memory = _Memory(files=reading.by_file)
        yield Checkpoint(Cursor(memory.model_dump_json()), complete=not reading.unlisted)

    async def _of_api(self, api: CatalogApi) -> AsyncIterator[Event]:
        listed: list[Entity] = []
        async for item in api.listing():
            if isinstance(item, Entity):
                listed.append(item)
            else:
                yield Failed(*item)
        catalog = Catalog.of_api(listed)
        for members in catalog.groups(child_groups=self._options.child_groups):
            yield members
        wanted = [entity for entity in catalog.entities.values() if self._options.wants(entity.kind)]
        for start in range(0, len(wanted), _BATCH):
            entities = wanted[start : start + _BATCH]
            batch = Batch(api, [entity.ref for entity in entities])
            for entity in entities:
                version = digest(
                    entity.metadata.etag or entity.model_dump_json(),
                    catalog.context(entity.ref),
                    self._options.page_of(entity),
                )
                yield Found(entity.ref, version, partial(self._load, batch, catalog, entity.ref))
        yield Checkpoint(Cursor(_Memory().model_dump_json()), complete=True)

    async def _load(self, batch: Batch, catalog: Catalog, ref: str) -> RawDocument:
        entity = await batch.entity(ref)
        return self._document(entity, catalog.content(entity), None)

    def _document(self, entity: Entity, content: bytes, origin: Origin | None) -> RawDocument:
        return RawDocument(
            key=entity.ref,
            content=content,
            path=f"{entity.ref.replace(':', '/')}.json",
            media_type="application/json",
            url=self._options.page_of(entity) or self._file_link(origin),
            modified_at=origin.modified_at if origin else None,
            attributes={"entity_ref": entity.ref},
        )

    def _file_link(self, origin: Origin | None) -> str | None:
        if origin is None:
            return None
        if self._options.link_template is None:
            return origin.path.resolve().as_uri()
        return self._options.link_template.replace("{path}", quote(origin.key, safe="/"))


class _Memory(Memory):
    """What a cursor holds: the entities of each file, so that a file that breaks takes none of them away."""

    files: Mapping[str, list[str]] = {}


def _unchanged(raw: RawDocument, origin: Origin) -> RawDocument:
    try:
        changed = origin.has_changed()
    except OSError as error:
        raise UnreadableDocumentError(
            f"its file {origin.key} vanished while the source was read; sync again"
        ) from error
    if changed:
        raise TransientError(f"the file {origin.key} changed while the source was read; sync again")
    return raw
