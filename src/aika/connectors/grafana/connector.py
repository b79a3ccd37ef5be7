"""The connector `grafana`: each dashboard and each alert rule is a document, readable by whom Grafana lets see it.

Grafana's listing names no versions, so each run reads every dashboard once; only what is new is taken in.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from aika.connectors.grafana.access import Access
from aika.connectors.grafana.api import Dashboard, GrafanaApi, Hit, NotAllowed, Rule
from aika.connectors.grafana.rendering import dashboard_text, panel_url, panels, rule_text, text_at
from aika.connectors.places import Memory
from aika.domain.documents import AttributeValue, Kind, Owner, RawDocument
from aika.domain.errors import ConfigurationError, PermanentError, TransientError, UnreadableDocumentError
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found
from aika.http import HttpOptions, host_of, open_http
from aika.registry import Options, Surroundings

_AT_ONCE = 8
_NOBODY = frozenset({"", "Anonymous"})
_RULES = "alert-rules"
"""The key of the failure to list them."""


class GrafanaOptions(Options):
    """A Grafana organization, and what of it to read."""

    url: str = Field(description="The address of Grafana, such as https://grafana.acme.example.")
    token: SecretStr | None = Field(
        default=None, description="The token of a service account. Without one, only what is public is read."
    )
    public_url: str | None = Field(
        default=None, description="The address that people open, for links, where it is another than url."
    )
    folders: tuple[str, ...] = Field(
        default=(), description="Titles or UIDs of the folders to read. The default is all that the token may see."
    )
    tags: tuple[str, ...] = Field(
        default=(), description="Where there are any, only dashboards with one of these tags."
    )
    alerts: bool = Field(
        default=True, description="Whether to read alert rules. Needs the permission alert.provisioning:read."
    )
    permissions: bool = Field(
        default=True,
        description="Whether Grafana's own permissions decide who may read. Where not, the source's readers apply.",
    )
    owner_prefixes: tuple[str, ...] = Field(
        default=("team:", "owner:"), description="A tag that begins with one of these names the owner: team:payments."
    )
    owner_labels: tuple[str, ...] = Field(
        default=("team", "owner"), description="Labels of alert rules that name the owner."
    )


class _Memory(Memory):
    """What a cursor holds: the alert rules, so that they stay when they may not be listed."""

    rules: list[str] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Folder:
    uid: str
    title: str


class GrafanaConnector:
    """Reads a Grafana organization's dashboards and alert rules."""

    Options = GrafanaOptions

    def __init__(self, options: GrafanaOptions, api: GrafanaApi) -> None:
        self._options = options
        self._api = api
        self._base = (options.public_url or options.url).rstrip("/")

    @classmethod
    @asynccontextmanager
    async def open(cls, options: GrafanaOptions, surroundings: Surroundings) -> AsyncIterator["GrafanaConnector"]:
        headers = {"Authorization": f"Bearer {options.token.get_secret_value()}"} if options.token else {}
        limits = HttpOptions(allowed_hosts=frozenset({host_of(options.url)}), headers=headers)
        async with open_http(limits) as http:
            yield cls(options, GrafanaApi(http, options.url))

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield groups, then every dashboard and alert rule, then a complete `Checkpoint`."""
        access = await Access.of(self._api, _place(self._options.url)) if self._options.permissions else None
        for members in access.groups if access else ():
            yield members
        hits = [hit async for hit in self._api.dashboards()]
        folders = {hit.folderUid: _Folder(hit.folderUid, hit.folderTitle) for hit in hits if hit.folderUid}
        wanted = [hit for hit in hits if self._wants(hit)]
        for start in range(0, len(wanted), _AT_ONCE):
            batch = wanted[start : start + _AT_ONCE]
            for event in await asyncio.gather(*(self._dashboard(hit, access) for hit in batch)):
                yield event
        known = _Memory.of(since).rules
        rules: list[Event] = (
            [event async for event in self._rules(known, folders, access)] if self._options.alerts else []
        )
        for event in rules:
            yield event
        listed = [event.key for event in rules if isinstance(event, Found | Failed) and event.key != _RULES]
        yield Checkpoint(Cursor(_Memory(rules=listed).model_dump_json()), complete=True)

    def _wants(self, hit: Hit) -> bool:
        options = self._options
        in_folder = not options.folders or not {hit.folderUid, hit.folderTitle}.isdisjoint(options.folders)
        return in_folder and (not options.tags or not set(hit.tags).isdisjoint(options.tags))

    async def _dashboard(self, hit: Hit, access: Access | None) -> Event:
        key = f"dashboard:{hit.uid}"
        try:
            readers = await access.readers("dashboards/uid", hit.uid) if access else None
            raw = await self._load_dashboard(hit, readers)
        except ConfigurationError:
            raise
        except (PermanentError, TransientError) as error:
            return Failed(key, str(error))
        # Read again when it is new: keeping all of them until then would keep all of Grafana in memory.
        return Found(key, _version(raw), partial(self._load_dashboard, hit, readers))

    async def _load_dashboard(self, hit: Hit, readers: frozenset[PrincipalId] | None) -> RawDocument:
        found = await self._api.dashboard(hit.uid)
        url = f"{self._base}{found.meta.url or hit.url or f'/d/{hit.uid}'}"
        owner = self._tag_owner(hit.tags)
        text = dashboard_text(found, folder=hit.folderTitle, url=url, owner=owner.name if owner else "")
        return RawDocument(
            key=f"dashboard:{hit.uid}",
            content=text.encode("utf-8", errors="replace"),
            path=f"dashboards/{hit.uid}.md",
            media_type="text/markdown",
            title=text_at(found.dashboard, "title") or hit.title,
            url=url,
            kind=Kind.PAGE,
            readers=readers,
            owner=owner,
            authors=_people(found),
            created_at=_date(found.meta.created),
            modified_at=_date(found.meta.updated),
            attributes=_attributes(
                folder=hit.folderTitle,
                tags=hit.tags,
                panels=tuple(
                    text_at(panel, "title") for panel, _ in panels(found.dashboard) if text_at(panel, "title")
                ),
            ),
        )

    async def _rules(
        self, known: Sequence[str], folders: dict[str, _Folder], access: Access | None
    ) -> AsyncIterator[Event]:
        rules = await self._api.rules()
        if isinstance(rules, NotAllowed):
            reason = (
                f"Grafana answered {rules.status}: grant the service account alert.provisioning:read, "
                "or set the option alerts to false"
            )
            for key in (_RULES, *known):
                yield Failed(key, reason)
            return
        for rule in rules:
            folder = folders.get(rule.folderUID, _Folder(rule.folderUID, ""))
            if self._options.folders and {folder.uid, folder.title}.isdisjoint(self._options.folders):
                continue
            key = f"alert:{rule.uid}"
            try:
                readers = await access.readers("folders", rule.folderUID) if access else None
            except UnreadableDocumentError as error:
                yield Failed(key, str(error))
                continue
            raw = self._rule(rule, folder, readers)
            yield Found(key, _version(raw), partial(_given, raw))

    def _rule(self, rule: Rule, folder: _Folder, readers: frozenset[PrincipalId] | None) -> RawDocument:
        annotations, labels = rule.annotations or {}, rule.labels or {}
        named = next((labels[name] for name in self._options.owner_labels if labels.get(name)), "")
        dashboard, panel = annotations.get("__dashboardUid__", ""), annotations.get("__panelId__", "")
        shown = panel_url(f"{self._base}/d/{dashboard}", panel) if dashboard else ""
        text = rule_text(rule, folder=folder.title, owner=named, dashboard_url=shown)
        return RawDocument(
            key=f"alert:{rule.uid}",
            content=text.encode("utf-8", errors="replace"),
            path=f"alerts/{rule.uid}.md",
            media_type="text/markdown",
            title=rule.title,
            url=f"{self._base}/alerting/grafana/{rule.uid}/view",
            kind=Kind.PAGE,
            readers=readers,
            owner=Owner(named, found_in="the alert rule's labels") if named else None,
            modified_at=_date(rule.updated),
            attributes=_attributes(
                folder=folder.title,
                runbook=annotations.get("runbook_url", ""),
                labels=tuple(f"{name}={value}" for name, value in sorted(labels.items())),
            ),
        )

    def _tag_owner(self, tags: Iterable[str]) -> Owner | None:
        for tag in tags:
            for prefix in self._options.owner_prefixes:
                if tag.startswith(prefix) and (name := tag.removeprefix(prefix).strip()):
                    return Owner(name, found_in="the dashboard's tags")
        return None


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}".lower()


async def _given(raw: RawDocument) -> RawDocument:
    return raw


def _attributes(**said: AttributeValue) -> dict[str, AttributeValue]:
    return {name: value for name, value in said.items() if value}


def _people(found: Dashboard) -> tuple[str, ...]:
    people = dict.fromkeys((found.meta.updatedBy, found.meta.createdBy))
    return tuple(person for person in people if person not in _NOBODY)


def _version(raw: RawDocument) -> str:
    readers = None if raw.readers is None else sorted(raw.readers)
    said = (raw.title, raw.url, readers, raw.owner, raw.authors, raw.modified_at, sorted(raw.attributes.items()))
    return hashlib.blake2b(raw.content + repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _date(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    # Grafana writes the year 1 where it knows no date.
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC) if found.year > 1 else None
