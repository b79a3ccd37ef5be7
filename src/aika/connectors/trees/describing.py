"""What the connectors of trees say of a file: its title, link, owner, and the record it belongs to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from aika.connectors.trees.enhancements import FILE as ENHANCEMENT_FILE
from aika.connectors.trees.enhancements import Enhancements
from aika.connectors.trees.files import Tree
from aika.connectors.trees.ownership import OwnerRule, Owners, Ownership, governs_owners
from aika.connectors.trees.sites.finding import Sites
from aika.connectors.trees.sites.site import SiteKind
from aika.domain.documents import AttributeValue, Kind, Owner

SiteOption = Annotated[
    SiteKind,
    Field(
        description="The generator of the documentation site that is made of these files: it decides titles, sections and "
        "the pages' public links. 'auto' finds mkdocs.yml, docusaurus.config.* and Sphinx' conf.py; 'none' ignores them."
    ),
]
SiteUrlOption = Annotated[
    str | None,
    Field(
        description="Where the site is published, if its own configuration does not say. For TechDocs the address of "
        "Backstage, such as https://backstage.example.org."
    ),
]
OwnersOption = Annotated[
    tuple[OwnerRule, ...],
    Field(
        description="Which files name owners, the most trusted first: 'codeowners' (CODEOWNERS), 'owners' (OWNERS of "
        "Kubernetes), 'catalog-info' (the nearest catalog-info.yaml), 'last-author' (Git only). A page's own front matter "
        "comes before all of them."
    ),
]


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of one file. Each field is empty where nothing says it."""

    title: str | None = None
    url: str | None = None
    edit_url: str | None = None
    kind: Kind | None = None
    owner: Owner | None = None
    attributes: dict[str, AttributeValue] = field(default_factory=dict)


class Describer:
    """Answers from one state of a tree. Everything is read at most once; open a new one for another state."""

    def __init__(self, tree: Tree, *, site: SiteKind, site_url: str | None, owners: Sequence[OwnerRule]) -> None:
        self._owners = Owners(tree, owners)
        self._enhancements = Enhancements(tree)
        self._sites = Sites(tree, site, site_url)

    def describe(self, path: str, content: bytes) -> Description:
        """Return what is said of a file with this content."""
        ownership, record = self._owners.of(path), self._enhancements.record_of(path)
        page = self._sites.page(path, content)
        attributes = {**_people(ownership), **(page.attributes() if page else {})}
        if record is not None:
            # Who approves changes of the file is not who approved the proposal.
            for name in ("approvers", "reviewers"):
                attributes.pop(name, None)
            attributes.update(record.attributes)
        return Description(
            title=(record.title if record else None) or (page.title if page else None),
            url=page.url if page else None,
            edit_url=page.edit_url if page else None,
            kind=Kind.DECISION if record else None,
            owner=(record.owner if record else None) or ownership.owner,
            attributes=attributes,
        )

    def fingerprint(self, path: str) -> str:
        """Return what changes when something is said of the file that its own content does not decide."""
        said = (self._owners.of(path), self._enhancements.record_of(path), self._sites.fingerprint(path))
        return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()

    def governs(self, path: str) -> bool:
        """Return whether a change of this file may change what is said of others."""
        return governs_owners(path) or path.rpartition("/")[2] == ENHANCEMENT_FILE or self._sites.governs(path)


def _people(ownership: Ownership) -> dict[str, AttributeValue]:
    said = {"approvers": ownership.approvers, "reviewers": ownership.reviewers}
    return {name: people for name, people in said.items() if people}
