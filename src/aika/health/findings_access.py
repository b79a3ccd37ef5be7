"""Who sees a finding, and who may change it.

A finding says what its documents say, so that it is seen by those who may read every document that it rests on. What people
asked is seen only by those who may change it. A gap rests on no document: it is seen by those alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aika.domain.access import EVERYONE, Scope
from aika.domain.documents import Owner
from aika.domain.findings import Finding
from aika.domain.identifiers import DocumentId, PrincipalId
from aika.protocols import Catalogue


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at findings."""

    scope: Scope
    """What they may read."""
    people: tuple[frozenset[PrincipalId], ...]
    """Everyone who will see it, each with all groups that they are in."""
    admin: bool = False
    """Of the sources in the scope."""

    def may_change(self, finding: Finding) -> bool:
        """Return whether this is an administrator of its source or its owner. A channel owns what all in it own."""
        if self.admin and (self.scope.sources is None or finding.source in self.scope.sources):
            return True
        names = owner_words(finding.owner)
        return bool(names) and all(names & principal_words(person) for person in self.people)


async def seen_by(viewer: Viewer, findings: Sequence[Finding], catalogue: Catalogue) -> list[Finding]:
    """Return those that the viewer may know of, in their order."""
    named = {document for finding in findings for document in finding.documents}
    admitted = await catalogue.admitted(named, scope=viewer.scope) if named else set()
    return [finding for finding in findings if _is_seen(finding, viewer, admitted)]


def owner_words(owner: Owner | None) -> frozenset[str]:
    """Return what an owner is called, as people and groups are."""
    return frozenset() if owner is None else _words((owner.name, owner.contact or ""))


def principal_words(principals: Collection[PrincipalId]) -> frozenset[str]:
    """Return what somebody is called: ``user:ada@example.org`` and ``ada@example.org``, ``group:payments`` and ``payments``."""
    named = [principal for principal in principals if principal != EVERYONE]
    return _words([*named, *(principal.partition(":")[2] for principal in named)])


def _words(names: Collection[str]) -> frozenset[str]:
    plain = (name.strip().casefold().removeprefix("mailto:").removeprefix("@") for name in names)
    return frozenset(name for name in plain if name)


def _is_seen(finding: Finding, viewer: Viewer, admitted: Collection[DocumentId]) -> bool:
    if finding.document is None and not viewer.may_change(finding):
        return False
    return finding.documents <= set(admitted)
