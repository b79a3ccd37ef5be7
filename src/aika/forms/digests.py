"""The section ``[digests]`` of ``aika.toml``: what owners are told of their documents, how often, and where."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SmtpSettings(_Strict):
    """The mail server that digests are sent through."""

    host: str = Field(description="Its name.")
    sender: str = Field(description="The address that digests come from.")
    port: int = Field(default=587, ge=1, le=65535, description="Usually 587 for STARTTLS and 465 for TLS.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="``none`` only where the network itself is trusted."
    )
    username: str | None = Field(default=None, description="Unset: no sign-in.")
    password: SecretStr | None = Field(default=None, description="Best in AIKA_DIGESTS__SMTP__PASSWORD.")
    timeout: float = Field(default=30, gt=0, le=120, description="Seconds for each step.")


class SlackSettings(_Strict):
    """How digests are posted in Slack."""

    token: SecretStr | None = Field(
        default=None, description="Of a bot with the scope chat:write. Best in AIKA_DIGESTS__SLACK__TOKEN."
    )
    webhooks: dict[str, SecretStr] = Field(
        default={}, description="Incoming webhooks by channel, such as ``#payments``; used in place of the bot."
    )
    api_url: str = Field(default="https://slack.com/api", description="Of another Slack, such as GovSlack.")
    timeout: float = Field(default=30, gt=0, le=120, description="Seconds for a message.")


class OwnerDigestSettings(_Strict):
    """What one owner chose."""

    every: Literal["daily", "weekly", "monthly", "never"] | None = Field(
        default=None, description="Unset: as in [digests]."
    )
    to: str | None = Field(
        default=None, description="``#channel`` or an e-mail address. Unset: the contact that the sources name."
    )


class DigestSettings(_Strict):
    """What owners are told. Without [digests.smtp] and [digests.slack], nothing is sent."""

    every: Literal["daily", "weekly", "monthly", "never"] = Field(
        default="weekly", description="How often, for owners who did not choose. Nothing is sent when nothing is new."
    )
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = Field(
        default="monday", description="Of weekly digests. Monthly ones come on the first day of the month."
    )
    hour: int = Field(default=8, ge=0, le=23, description="When they are sent.")
    timezone: str = Field(default="UTC", description="Of the hour, such as ``Europe/Helsinki``.")
    mail_domains: list[str] = Field(
        default=[],
        description="Domains of the addresses that documents may name as their owners'. Empty: the sender's domain.",
    )
    smtp: SmtpSettings | None = Field(default=None, description="The mail server. Unset: no e-mail is sent.")
    slack: SlackSettings | None = Field(default=None, description="Unset: nothing is posted in Slack.")
    owners: dict[str, OwnerDigestSettings] = Field(default={}, description="What owners chose, by their names.")
