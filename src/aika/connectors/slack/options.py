"""What both Slack connectors let a team choose."""

from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from aika.registry import Options


class SlackOptions(Options):
    """Which channels of a workspace to read, and how."""

    workspace_url: str | None = Field(
        default=None,
        description="The workspace's address, such as https://acme.slack.com. Links to messages begin with it.",
    )
    team: str | None = Field(
        default=None,
        description="The workspace's id, such as T0123ABCD. Groups of readers are called by it: slack:T0123ABCD.",
    )
    channels: tuple[str, ...] = Field(
        default=(),
        description="Names of channels to read, such as help-* or payments. Unset: all that can be read.",
    )
    exclude_channels: tuple[str, ...] = Field(
        default=(), description="Names of channels to leave out, such as alerts-*. Wins over channels."
    )
    public_channels: Literal["workspace", "everyone", "members"] = Field(
        default="workspace",
        description="Who reads public channels. workspace: its full members, and the channel's guests, by e-mail. "
        "everyone: everyone who may use aika. members: only who is in the channel.",
    )
    private_channels: bool = Field(
        default=True, description="Whether to read private channels. Exactly their members may read what is said there."
    )
    direct_messages: bool = Field(
        default=False, description="Whether to read direct messages and group messages. Only their members may."
    )
    archived: bool = Field(default=True, description="Whether to read archived channels.")
    bots: bool = Field(default=True, description="Whether to read what bots and apps write.")
    unthreaded: Literal["conversations", "days"] = Field(
        default="conversations",
        description="What becomes of messages outside of threads. conversations: they are put together by who answers "
        "whom. days: a day's are one document.",
    )
    channel_pages: bool = Field(
        default=True,
        description="Whether each channel is a short document too: what it is for and who is active in it.",
    )

    @field_validator("workspace_url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("https://", "http://")):
            raise ValueError("must begin with https://, such as https://acme.slack.com")
        return None if url is None else url.rstrip("/")

    def reads(self, name: str) -> bool:
        """Return whether a channel of this name is read."""
        if any(fnmatchcase(name, pattern.lstrip("#")) for pattern in self.exclude_channels):
            return False
        return not self.channels or any(fnmatchcase(name, pattern.lstrip("#")) for pattern in self.channels)


class SlackApiOptions(SlackOptions):
    """A workspace, the token of an app in it, and which channels to read."""

    token: SecretStr = Field(
        description="The app's Bot User OAuth Token (xoxb-), with the scopes that the guide names; or a user's (xoxp-)."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="The app's Signing Secret. With it, events are taken. Unset: none are."
    )
    look_back: timedelta = Field(
        default=timedelta(days=3),
        description="How far back every sync reads again, for edits, deletions and new answers. A number of seconds or P3D.",
    )
    full_every: timedelta = Field(
        default=timedelta(days=1), description="How often everything is listed again. A number of seconds, or P1D."
    )
    oldest: datetime | None = Field(
        default=None,
        description="Messages before this time are never read, such as 2024-01-01T00:00:00Z. Unset: all are.",
    )
    join: bool = Field(
        default=False,
        description="Whether the app joins the public channels that it is to read (scope channels:join). "
        "Otherwise it reads those it was invited to.",
    )
    file_text: bool = Field(
        default=True, description="Whether the text of shared text files is read (scope files:read)."
    )
    api_url: str = Field(default="https://slack.com/api", description="The Web API's address. It may be private.")
    longest_wait: timedelta = Field(
        default=timedelta(minutes=2),
        description="How long a call waits when Slack says that it is called too often. Above it the sync fails.",
    )
