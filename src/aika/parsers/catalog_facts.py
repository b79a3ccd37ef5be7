"""What a catalog entity says of itself besides its relations: how its people are reached, and where it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aika.parsers.values import at, listed, pairs, text, text_at

_CHANNEL = re.compile(r"[a-z0-9][\w.-]*", re.ASCII)
_SECRET = re.compile(r"(?:integration-key|token|secret|password|api-key|webhook)", re.IGNORECASE)
"""Annotations that no reader of documents needs, such as PagerDuty's integration key, which lets anyone raise an alarm."""
_ON_CALL = re.compile(r"on[\s_-]?call|pager|opsgenie|escalat", re.IGNORECASE)
_ON_CALL_SERVICES = (
    ("pagerduty.com/service-id", "PagerDuty service"),
    ("opsgenie.com/team", "Opsgenie team"),
    ("opsgenie.com/component-selector", "Opsgenie alerts with"),
    ("splunk.com/on-call-team", "Splunk On-Call team"),
    ("rootly.com/service-slug", "Rootly service"),
    ("firehydrant.com/service-name", "FireHydrant service"),
)
_HOUSEKEEPING = (
    "backstage.io/managed-by",
    "backstage.io/orphan",
    "backstage.io/techdocs-ref",
    "kubectl.kubernetes.io/",
)
"""Annotations with which Backstage keeps its own books."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach those who answer for an entity. Empty is unknown."""

    slack: str = ""
    email: str = ""
    on_call: str = ""

    def or_else(self, other: "Contact") -> "Contact":
        """Return this with what it lacks taken from the other."""
        return Contact(self.slack or other.slack, self.email or other.email, self.on_call or other.on_call)

    @property
    def words(self) -> str:
        ways = (
            f"in Slack {self.slack}" if self.slack else "",
            f"by e-mail {self.email}" if self.email else "",
            f"on call {self.on_call}" if self.on_call else "",
        )
        return ", ".join(filter(None, ways))


def contact_of(entity: object) -> Contact:
    """Return what an entity's profile, annotations and links say."""
    annotations = dict(_annotations(entity))
    links = list(links_of(entity))
    return Contact(
        slack=_slack(annotations) or next((_slack_link(*link) for link in links if _is_slack(*link)), ""),
        email=_email(entity, annotations) or next((url[7:] for _, url in links if url.startswith("mailto:")), ""),
        on_call=_on_call(annotations) or next((url for title, url in links if _ON_CALL.search(f"{title} {url}")), ""),
    )


def links_of(entity: object) -> Iterator[tuple[str, str]]:
    """Yield title and address of each link; the title may be empty."""
    for link in listed(at(entity, "metadata", "links")):
        if url := text_at(link, "url"):
            yield text_at(link, "title"), url


def shown_annotations(entity: object) -> Iterator[tuple[str, str]]:
    """Yield the annotations that tell a reader something."""
    for key, value in _annotations(entity):
        if not key.startswith(_HOUSEKEEPING):
            yield key, value


def _annotations(entity: object) -> Iterator[tuple[str, str]]:
    for key, value in pairs(at(entity, "metadata", "annotations")):
        if (shown := text(value)) and not _SECRET.search(key):
            yield key, shown


def _slack(annotations: dict[str, str]) -> str:
    found = [
        (key.lower().endswith("id"), value)
        for key, value in annotations.items()
        if "slack" in key.lower() and "workspace" not in key.lower()
    ]
    if not found:
        return ""
    # A channel's name says more than its id.
    value = min(found)[1]
    return f"#{value}" if _CHANNEL.fullmatch(value) and value == value.lower() else value


def _is_slack(title: str, url: str) -> bool:
    return "slack.com" in url or url.startswith("slack:") or "slack" in title.lower()


def _slack_link(title: str, url: str) -> str:
    channel = re.search(r"#[\w.-]+", title)
    return channel[0] if channel else url


def _email(entity: object, annotations: dict[str, str]) -> str:
    said = text_at(entity, "spec", "profile", "email")
    return said or next((value for key, value in annotations.items() if re.search(r"e-?mail$", key.lower())), "")


def _on_call(annotations: dict[str, str]) -> str:
    for key, service in _ON_CALL_SERVICES:
        if key in annotations:
            return f"{service} {annotations[key]}"
    return next((value for key, value in annotations.items() if _ON_CALL.search(key)), "")
