"""How Slack is configured: the table ``[slack]`` of aika.toml."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

WorkspaceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SlackWorkspaceSettings(_Strict):
    """One workspace that the app is installed in: ``[slack.workspaces.NAME]``."""

    bot_token: SecretStr = Field(description="Begins with ``xoxb-``, or with ``xoxe.xoxb-`` where tokens rotate.")
    app_token: SecretStr | None = Field(
        default=None,
        description="Begins with ``xapp-``. Needed for Socket Mode: the app-level token with ``connections:write``.",
    )
    signing_secret: SecretStr | None = Field(default=None, description="Needed for events over HTTP.")
    client_id: str | None = Field(
        default=None, description="Of the app. Needed where tokens rotate, and for personal search."
    )
    client_secret: SecretStr | None = Field(default=None, description="Of the app. Goes with ``client_id``.")
    refresh_token: SecretStr | None = Field(
        default=None, description="The first one of a token that rotates. Later ones are kept in the database."
    )

    @model_validator(mode="after")
    def _can_rotate(self) -> "SlackWorkspaceSettings":
        if self.refresh_token is not None and (self.client_id is None or self.client_secret is None):
            raise ValueError("refresh_token needs client_id and client_secret: the token is rotated with them")
        return self


class SlackSettings(_Strict):
    """The Slack app and the goalies. Without a workspace there is neither."""

    workspaces: dict[WorkspaceName, SlackWorkspaceSettings] = Field(
        default={}, description="The workspaces that the app is installed in."
    )
    mode: Literal["socket", "http"] = Field(
        default="socket",
        description="How events arrive: over a connection that aika opens, or at ``/slack/events`` of a public address.",
    )
    confidence: Literal["band", "number", "none"] = Field(
        default="band", description="How answers show how sure they are: in a word, in percent, or not."
    )
    assistant: str | None = Field(default=None, description="The assistant that the app asks. Unset: everything.")
    prompts: list[str] = Field(
        default=[],
        max_length=4,
        description="Questions suggested in the assistant pane. Unset: the assistant's examples.",
    )
    questions_per_minute: int = Field(
        default=10, ge=1, description="How much one person may ask within a minute. Whoever asks more is told to wait."
    )
    personal_search: bool = Field(
        default=False,
        description="Whether people may let aika search their own private channels and messages for their own answers.",
    )
    public_url: str | None = Field(
        default=None,
        description="Where browsers reach this server. Needed for personal search: ``https://aika.example.org``.",
    )
    api_url: str = Field(default="https://slack.com/api/", description="Of Slack, or of what stands in for it.")
    workers: int = Field(default=8, ge=1, le=64, description="How many events are worked on at a time.")
    keep_days: int = Field(default=30, ge=1, description="How long it is remembered which events were handled.")

    @model_validator(mode="after")
    def _complete(self) -> "SlackSettings":
        for name, workspace in self.workspaces.items():
            if self.mode == "socket" and workspace.app_token is None:
                raise ValueError(f'workspaces.{name} needs an app_token (xapp-…) for Socket Mode, or mode = "http"')
            if self.mode == "http" and workspace.signing_secret is None:
                raise ValueError(f"workspaces.{name} needs the signing_secret, which proves that events are Slack's")
        if self.personal_search and self.public_url is None:
            raise ValueError("personal_search needs public_url: people come back to it from Slack after they agreed")
        return self
