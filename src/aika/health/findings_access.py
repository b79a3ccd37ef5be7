"""Who sees a finding, and who may change it.

A finding says what its documents say, so that it is seen by those who may read every document that it rests on. What people
asked is seen only by those who may change it. A gap rests on no document: it is seen by those alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aika.domain.access import EVERYONE, Scope
from aika.domain.documents import Owner
from aika.domain.findings import Finding
from aika.domain.identifiers import DocumentId, PrincipalId, SourceId
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
    manages: frozenset[SourceId] = frozenset()
    """Sources whose findings they look after, though they are no administrator."""
    actor: str = ""
    """The principal that what they do is noted under."""

    def may_change(self, finding: Finding) -> bool:
        """Return whether this is an administrator or manager of its source, or its owner. A channel owns what all in it own."""
        if self.admin and (self.scope.sources is None or finding.source in self.scope.sources):
            return True
        return finding.source in self.manages or self.owns(finding)

    def owns(self, finding: Finding) -> bool:
        """Return whether the finding's owner is this person, or a group that they are in."""
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
