"""Who owns a file, by the files of its tree that say so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from aika.connectors.trees.catalog_owners import CatalogOwners
from aika.connectors.trees.codeowners import Codeowners, codeowners_in
from aika.connectors.trees.contacts import Contacts
from aika.connectors.trees.files import Tree, folders_above
from aika.connectors.trees.kubernetes_owners import KubernetesOwners
from aika.domain.documents import Owner

OwnerRule = Literal["codeowners", "owners", "catalog-info", "last-author"]
OWNER_RULES: tuple[OwnerRule, ...] = ("codeowners", "owners", "catalog-info", "last-author")


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owns a file and, where OWNERS files say it, who approves and reviews its changes."""

    owner: Owner | None = None
    approvers: tuple[str, ...] = ()
    """People; aliases are replaced by their members."""
    reviewers: tuple[str, ...] = ()


class Owners:
    """Finds a file's owner. The first rule that names one decides; what comes from nobody in particular is ``None``."""

    def __init__(self, tree: Tree, rules: Sequence[OwnerRule]) -> None:
        self._tree = tree
        self._rules = rules
        self._codeowners: dict[str, Codeowners | None] = {}
        self._kubernetes = KubernetesOwners(tree)
        self._catalog = CatalogOwners(tree)
        self._contacts = Contacts(tree)

    def of(self, path: str) -> Ownership:
        found: dict[OwnerRule, Callable[[str], Ownership]] = {
            "codeowners": self._by_codeowners,
            "owners": self._by_owners_files,
            "catalog-info": self._by_catalog,
        }
        said = [found[rule](path) for rule in self._rules if rule in found]
        named = next((one for one in said if one.owner is not None), Ownership())
        # Approvers and reviewers are told by OWNERS files only, whoever is found to own the file.
        people = next((one for one in said if one.approvers or one.reviewers), Ownership())
        return replace(people, owner=named.owner)

    def _by_codeowners(self, path: str) -> Ownership:
        root = self._repository(path)
        if root not in self._codeowners:
            self._codeowners[root] = codeowners_in(self._tree, root)
        rules = self._codeowners[root]
        owners = rules.owners_of(path.removeprefix(f"{root}/") if root else path) if rules else ()
        if not owners:
            return Ownership()
        address = next((owner for owner in owners if not owner.startswith("@")), None)
        return Ownership(Owner(", ".join(owners), contact=address, found_in="CODEOWNERS"))

    def _repository(self, path: str) -> str:
        """Return the root of the repository a file is in: the nearest folder that Git keeps one in, else the tree's."""
        return next((folder for folder in folders_above(path) if ".git" in self._tree.names(folder)), "")

    def _by_owners_files(self, path: str) -> Ownership:
        named = self._kubernetes.named(path)
        approvers = self._kubernetes.people(path, named.approvers)
        reviewers = self._kubernetes.people(path, named.reviewers)
        if not approvers:
            return Ownership(reviewers=reviewers)
        contact = self._contacts.of(path, (*named.approvers, *named.labels))
        owner = Owner(", ".join(named.approvers), contact=contact, found_in="OWNERS")
        return Ownership(owner, approvers, reviewers)

    def _by_catalog(self, path: str) -> Ownership:
        entity = self._catalog.entity_of(path)
        return Ownership(entity.owner if entity else None)


def governs_owners(path: str) -> bool:
    """Return whether a change of this file may change the owners of others."""
    name = path.rpartition("/")[2]
    return name in {"CODEOWNERS", "OWNERS", "OWNERS_ALIASES", "catalog-info.yaml", "catalog-info.yml", "sigs.yaml"}
