"""What a team says of its Jira."""

from typing import Literal

from pydantic import Field, PositiveFloat, SecretStr, field_validator

from aika.http import host_of
from aika.registry import Options


class JiraOptions(Options):
    """A Jira, and which of its projects to read."""

    url: str = Field(
        description="The address of the site as people open it: https://acme.atlassian.net, or https://jira.acme.org."
    )
    token: SecretStr = Field(
        description="An API token (Cloud) or a personal access token (Data Center), as ${JIRA_TOKEN}."
    )
    user: str | None = Field(
        default=None, description="Cloud: the e-mail address of the token's account. Data Center needs none."
    )
    deployment: Literal["cloud", "datacenter"] | None = Field(
        default=None, description="The default is cloud for addresses at atlassian.net, else datacenter."
    )
    api_url: str | None = Field(
        default=None,
        description="Where the API is, if not at url. Tokens with scopes need https://api.atlassian.com/ex/jira/CLOUD-ID.",
    )
    projects: tuple[str, ...] = Field(
        default=(), description="Keys of the projects to read. The default is all that the token's account sees."
    )
    jql: str | None = Field(
        default=None,
        description="Only issues that this JQL finds too, such as: issuetype != Sub-task. Without ORDER BY.",
    )
    permissions: bool = Field(
        default=True,
        description="Whether to read who may read: permission schemes, project roles, security levels and groups. Without, "
        "the source's own readers decide, and issues with a security level are left out.",
    )
    full_every: PositiveFloat = Field(
        default=1,
        description="Hours between listings of everything, which see deletions, projects and permissions. Syncs in between "
        "read only what was updated.",
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="The secret of the webhook that tells this source of changes. Unset: none are taken."
    )

    @field_validator("url", "api_url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if not url.startswith(("https://", "http://")):
            raise ValueError("must begin with https://")
        return url.rstrip("/")

    @property
    def is_cloud(self) -> bool:
        if self.deployment is not None:
            return self.deployment == "cloud"
        return host_of(self.url).endswith(".atlassian.net")

    @property
    def host(self) -> str:
        return host_of(self.url)
