"""What people choose a connector by: a name they know, what is read, and what is needed for it.

A connector that says nothing of this is described by its ``Options``, so that a stranger's works the same.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel

from aika.registry import component, names


@dataclass(frozen=True, slots=True)
class Card:
    """One connector, as people choose it."""

    title: str
    summary: str
    needs: str = ""
    """What to have ready."""
    first: tuple[str, ...] = ()
    """The options that nearly everybody sets, in this order. The others are for those who look for them."""
    knows_readers: bool = False
    """Whether it can tell itself who may read what."""


@dataclass(frozen=True, slots=True)
class Choosable:
    """A connector that is installed."""

    name: str
    card: Card
    schema: Mapping[str, Any]
    """Of its options, as JSON Schema."""
    reads_server: bool
    """Whether it can read files of the machine that aika runs on."""


_CARDS: Mapping[str, Card] = MappingProxyType(
    {
        "filesystem": Card(
            "Folder",
            "Files in a folder that this server can read: Markdown, HTML, PDF, Office, notebooks, code, a Slack export.",
            "A path on the machine that aika runs on.",
            ("path", "include", "exclude"),
        ),
        "git": Card(
            "Git repository",
            "The files of one repository at a branch, with their authors, dates and owners from CODEOWNERS.",
            "The address to clone from; for a private one a token that may read it.",
            ("url", "token", "ref", "include", "exclude"),
        ),
        "github": Card(
            "GitHub",
            "Issues, pull requests, discussions and releases of repositories. Files come with Git repository.",
            "A token or a GitHub App that may read the repositories.",
            ("repositories", "organizations", "token", "content"),
            knows_readers=True,
        ),
        "web": Card(
            "Website",
            "Pages of a site, found by its links and sitemaps, and the files that they link to.",
            "The address of a page to begin at, or of a sitemap.",
            ("start", "sitemaps", "allowed", "exclude"),
        ),
        "confluence": Card(
            "Confluence",
            "Pages and blog posts of a Confluence in the cloud or of your own, with who may read them.",
            "The site's address and an API token.",
            ("url", "user", "token", "spaces"),
            knows_readers=True,
        ),
        "jira": Card(
            "Jira",
            "Issues with their comments, with who may read them.",
            "The site's address and an API token.",
            ("url", "user", "token", "projects"),
            knows_readers=True,
        ),
        "slack": Card(
            "Slack",
            "Conversations of a workspace as they happen. Private channels stay with their members.",
            "A Slack app in the workspace, and its bot token.",
            ("token", "workspace_url", "channels", "exclude_channels"),
            knows_readers=True,
        ),
        "slack-export": Card(
            "Slack export",
            "Conversations of a workspace's export, from a folder or a ZIP file on this server.",
            "The export, on the machine that aika runs on.",
            ("path", "workspace_url", "channels"),
            knows_readers=True,
        ),
        "google-drive": Card(
            "Google Drive",
            "Documents, sheets, slides and files of shared drives and folders, with who may read them.",
            "A service account that the drives are shared with.",
            ("drives", "folders", "service_account_key", "company_domains"),
            knows_readers=True,
        ),
        "linear": Card(
            "Linear",
            "Issues, projects, documents and initiatives of teams.",
            "An API key.",
            ("token", "teams"),
            knows_readers=True,
        ),
        "backstage-catalog": Card(
            "Backstage catalog",
            "Services, APIs and teams of a software catalog, from catalog files or a Backstage.",
            "The catalog's folder, or the address of Backstage and a token.",
            ("url", "token", "path", "kinds"),
        ),
        "people": Card(
            "People and teams",
            "Who works here, in which team, for whom: from a SCIM server or from files. It says who is in which group.",
            "A SCIM address and token, or files on the machine that aika runs on.",
            ("url", "token", "path", "show"),
        ),
        "openapi": Card(
            "API descriptions",
            "Operations of APIs from OpenAPI and Swagger files, one document a group of operations.",
            "Addresses of the descriptions, or a folder.",
            ("urls", "path", "token"),
        ),
        "grafana": Card(
            "Grafana",
            "Dashboards and alert rules: what is watched, and what to do when it fires.",
            "The address of Grafana and a service account's token.",
            ("url", "token", "folders", "tags"),
            knows_readers=True,
        ),
        "s3": Card(
            "S3 bucket",
            "Files of a bucket at Amazon or any store that speaks S3.",
            "The bucket's name and an access key that may read it.",
            ("bucket", "prefix", "region", "access_key_id", "secret_access_key", "endpoint_url"),
        ),
        "push": Card(
            "Handed over",
            "Documents that your own programs send through the API, for places that no connector reads.",
            "A program that sends them.",
        ),
    }
)


@cache
def choosable() -> tuple[Choosable, ...]:
    """Return the installed connectors, those that come with aika first and in a settled order.

    The first call imports their packages, which takes seconds.
    """
    known = names("connectors")
    ours = [name for name in _CARDS if name in known]
    return tuple(_choosable(name) for name in (*ours, *sorted(set(known) - set(ours))))


def card_of(name: str, options: type[BaseModel]) -> Card:
    return _CARDS.get(name) or Card(
        title=name.replace("-", " ").replace("_", " ").capitalize(),
        summary=(inspect.getdoc(options) or "").split("\n\n")[0].replace("\n", " "),
        first=tuple(field for field, about in options.model_fields.items() if about.is_required()),
    )


def _choosable(name: str) -> Choosable:
    options: type[BaseModel] = component("connectors", name).Options
    return Choosable(name, card_of(name, options), options.model_json_schema(), _has_path(options))


def _has_path(schema: type[BaseModel]) -> bool:
    return any(_is_path(field.annotation) for field in schema.model_fields.values())


def _is_path(annotation: Any) -> bool:
    if isinstance(annotation, type):
        return annotation is Path or (issubclass(annotation, BaseModel) and _has_path(annotation))
    return any(_is_path(inner) for inner in get_args(annotation))
