"""How often owners hear of their documents, and where."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from aika.domain.digests import Every, Medium, Recipient
from aika.domain.errors import ConfigurationError
from aika.domain.findings import Finding

_MAIL = re.compile(r"(?:mailto:)?(?P<address>[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?P<domain>[A-Za-z0-9.-]{1,253}))")
_CHANNEL = re.compile(r"#[\w.-]{1,80}")
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,20}")
_CHANNEL_LINK = re.compile(
    r"https://(?:[\w-]+\.)?slack\.com/(?:archives|app_redirect\?channel=)/?(?P<id>[CGD][A-Z0-9]{7,20})"
)


@dataclass(frozen=True, slots=True)
class Preference:
    """What an owner wants. ``None`` leaves it to the usual."""

    every: Every | None = None
    to: Recipient | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """The moments at which digests are due."""

    weekday: int = 0
    """0 is Monday."""
    hour: int = 8
    zone: tzinfo = UTC

    def latest(self, every: Every, now: datetime) -> datetime | None:
        """Return the last moment up to now, in UTC; ``None`` for never. Of a month, it is on the first day."""
        local = now.astimezone(self.zone)
        moment = local.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        if moment > local:
            moment -= timedelta(days=1)
        match every:
            case Every.NEVER:
                return None
            case Every.WEEKLY:
                moment -= timedelta(days=(moment.weekday() - self.weekday) % 7)
            case Every.MONTHLY:
                moment = moment.replace(day=1)
            case Every.DAILY:
                pass
        return moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What owners chose, and what holds for those who did not choose."""

    owners: Mapping[str, Preference] = field(default_factory=dict)
    """By name."""
    every: Every = Every.WEEKLY
    schedule: Schedule = Schedule()
    mail_domains: Collection[str] = ()
    """Where mail may go to addresses that documents name: whoever may edit a document could name any."""
    media: Collection[Medium] = tuple(Medium)
    """What is set up."""

    def how_often(self, owner: str) -> Every:
        return self._of(owner).every or self.every

    def recipient(self, owner: str, contacts: Sequence[str]) -> Recipient:
        """Return where an owner's digest goes: where they chose, or the first of their contacts that can be reached.

        Raises `ConfigurationError` that says what to do, where there is no such place.
        """
        chosen = self._of(owner).to
        if chosen is not None:
            if chosen.medium not in self.media:
                raise ConfigurationError(f"{owner!r} wants {chosen.medium.value}: {_set_up(chosen.medium)}")
            return chosen
        refused = f"no contact of {owner!r} is an address or a Slack channel"
        for contact in contacts:
            found = read_address(contact)
            if found is None:
                continue
            if found.medium not in self.media:
                refused = f"the contact {contact} of {owner!r} needs {found.medium.value}: {_set_up(found.medium)}"
            elif found.medium is Medium.MAIL and not self._may_be_written_to(found.address):
                refused = (
                    f"the contact {contact} of {owner!r} is outside of the domains that documents may name: "
                    "add its domain to mail_domains in [digests]"
                )
            else:
                return found
        raise ConfigurationError(f'{refused}; or say where to in [digests.owners."{owner}"] of aika.toml: to = "…"')

    def _of(self, owner: str) -> Preference:
        wanted = _plain(owner)
        return next((preference for name, preference in self.owners.items() if _plain(name) == wanted), Preference())

    def _may_be_written_to(self, address: str) -> bool:
        return address.rpartition("@")[2].lower() in {domain.lower() for domain in self.mail_domains}


def read_address(text: str) -> Recipient | None:
    """Return where a contact leads: an e-mail address, ``#channel``, a Slack channel's id, or a link to one."""
    text = text.strip()
    if mail := _MAIL.fullmatch(text):
        return Recipient(Medium.MAIL, mail["address"])
    if _CHANNEL.fullmatch(text) or _CHANNEL_ID.fullmatch(text):
        return Recipient(Medium.SLACK, text)
    link = _CHANNEL_LINK.match(text)
    return None if link is None else Recipient(Medium.SLACK, link["id"])


def addressee(finding: Finding) -> str | None:
    """Return who is told of a finding: whom it was assigned to, or its owner."""
    return finding.assignee or (None if finding.owner is None else finding.owner.name)


def contacts_of(owner: str, findings: Sequence[Finding]) -> list[str]:
    """Return how the sources say that an owner is reached, and the name itself, which can be an address."""
    said = [
        finding.owner.contact
        for finding in findings
        if finding.owner is not None and finding.owner.contact and _plain(finding.owner.name) == _plain(owner)
    ]
    return list(dict.fromkeys([*sorted(said), owner]))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _set_up(medium: Medium) -> str:
    section = "[digests.smtp]" if medium is Medium.MAIL else "[digests.slack]"
    return f"set up {section} in aika.toml"
