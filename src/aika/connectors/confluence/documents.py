"""From Confluence's contents to raw documents."""

import asyncio
import re
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from aika.connectors.confluence.options import ConfluenceOptions
from aika.connectors.confluence.sites import Site
from aika.connectors.confluence.storage import mentioned, to_html
from aika.connectors.confluence.wire import Content, Person
from aika.domain.documents import AttributeValue, Owner, RawDocument
from aika.domain.errors import PermanentError, TransientError, UnreadableDocumentError
from aika.domain.identifiers import PrincipalId

_READABLE = frozenset(
    {
        ".pdf",
        ".docx",
        ".pptx",
        ".xlsx",
        ".md",
        ".txt",
        ".csv",
        ".html",
        ".rst",
        ".json",
        ".yaml",
        ".yml",
        ".ipynb",
        ".sql",
    }
)
_BLANKS = re.compile(r"\s+")
_SLASHES = re.compile(r"[/\\\x00]+")


def is_readable_file(content: Content) -> bool:
    return PurePosixPath(content.title.lower()).suffix in _READABLE


class Writing:
    """Loads contents and writes them as documents. Names of people are asked for once."""

    def __init__(self, site: Site, options: ConfluenceOptions) -> None:
        self._site = site
        self._options = options
        self._names: dict[str, str] = {}

    async def page(self, content: Content, space: str, readers: frozenset[PrincipalId] | None) -> RawDocument:
        """Raises `UnreadableDocumentError` or `TransientError`."""
        try:
            body = await self._site.body(content)
        except PermanentError as error:
            raise UnreadableDocumentError(f"Confluence does not show it: {error}") from error
        if body.status not in {"current", "archived"}:
            raise UnreadableDocumentError(f"it is {body.status} by now; the next sync removes it")
        names = await self._named(mentioned(body.value))
        html = await asyncio.to_thread(to_html, body.value, names=names, anchor=self._anchor(content))
        return RawDocument(
            key=content.id,
            content=html.encode(),
            path=f"{space}/{_SLASHES.sub(' ', content.title)}.html",
            media_type="text/html; charset=utf-8",
            title=content.title,
            url=f"{self._options.url}{content.link}",
            readers=readers,
            owner=_owner(content),
            authors=_authors(content),
            created_at=content.created_at,
            modified_at=content.modified_at,
            attributes=_attributes(content, space),
        )

    async def attachment(self, file: Content, page: Content, readers: frozenset[PrincipalId] | None) -> RawDocument:
        """Raises `UnreadableDocumentError` or `TransientError`."""
        try:
            content = await self._site.download(file)
        except PermanentError as error:
            raise UnreadableDocumentError(f"Confluence does not give the file: {error}") from error
        limit = self._options.max_file_bytes
        if len(content) > limit:
            raise UnreadableDocumentError(f"it is larger than the {limit:,} bytes that max_file_bytes allows")
        return RawDocument(
            key=file.id,
            content=content,
            path=_SLASHES.sub(" ", file.title),
            title=file.title,
            url=f"{self._options.url}{file.link}",
            readers=readers,
            owner=_owner(page),
            authors=_authors(file),
            created_at=file.created_at,
            modified_at=file.modified_at,
            attributes={"page": page.title, "path": (*_path(page), page.title)},
        )

    async def _named(self, accounts: Collection[str]) -> Mapping[str, str]:
        if unknown := set(accounts) - self._names.keys():
            # Asked for once, also where the answer is that nobody is called so.
            self._names.update(dict.fromkeys(unknown, "someone"))
            try:
                people = await self._site.people(unknown)
            except (PermanentError, TransientError):
                # A page without its mentions' names is better than no page.
                return self._names
            self._names.update(
                {name: person.display_name for person in people for name in person.ids if person.display_name}
            )
        return self._names

    def _anchor(self, content: Content) -> "_Anchors":
        return _Anchors("" if self._options.is_cloud else content.title)


class _Anchors:
    """The fragments that Confluence gives its headings: Cloud joins words by hyphens, Data Center puts the page's name before."""

    def __init__(self, title: str) -> None:
        self._title = title

    def __call__(self, heading: str) -> str:
        if not self._title:
            return _BLANKS.sub("-", heading)
        return f"{_BLANKS.sub('', self._title)}-{_BLANKS.sub('', heading)}"


def _attributes(content: Content, space: str) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {"space": space, "version": str(content.number)}
    if labels := tuple(sorted(label.name for label in content.labels)):
        attributes["labels"] = labels
    if path := _path(content):
        attributes["path"] = path
    if content.type == "blogpost":
        attributes["type"] = "blog post"
    return attributes


def _path(content: Content) -> tuple[str, ...]:
    return tuple(ancestor.title for ancestor in content.ancestors if ancestor.title)


def _owner(content: Content) -> Owner | None:
    for person, found_in in ((content.owner, "page owner"), (content.creator, "page creator")):
        if person is not None and _name(person):
            return Owner(_name(person), contact=person.email or None, found_in=found_in)
    return None


def _authors(content: Content) -> tuple[str, ...]:
    people = (content.creator, content.editor)
    return tuple(dict.fromkeys(_name(person) for person in people if person is not None and _name(person)))


def _name(person: Person) -> str:
    return person.display_name or person.username or ""
