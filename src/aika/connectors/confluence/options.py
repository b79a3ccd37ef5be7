"""What a team says of its Confluence."""

from typing import Literal

from pydantic import Field, NonNegativeFloat, PositiveInt, SecretStr, field_validator

from aika.http import host_of
from aika.registry import Options


class ConfluenceOptions(Options):
    """A Confluence, and which of its spaces to read."""

    url: str = Field(
        description="The address of the site as people open it: https://acme.atlassian.net/wiki, or https://confluence.acme.org."
    )
    token: SecretStr = Field(
        description="An API token (Cloud) or a personal access token (Data Center), as ${CONFLUENCE_TOKEN}."
    )
    user: str | None = Field(
        default=None, description="Cloud: the e-mail address of the token's account. Data Center needs none."
    )
    deployment: Literal["cloud", "datacenter"] | None = Field(
        default=None, description="The default is cloud for addresses at atlassian.net, else datacenter."
    )
    api_url: str | None = Field(
        default=None,
        description="Where the API is, if not at url. Tokens with scopes need https://api.atlassian.com/ex/confluence/CLOUD-ID/wiki.",
    )
    spaces: tuple[str, ...] = Field(
        default=(),
        description="Keys of the spaces to read. The default is all but personal ones that the token's account sees.",
    )
    blog_posts: bool = Field(default=True, description="Whether to read blog posts too.")
    attachments: bool = Field(
        default=False, description="Whether to read files attached to pages: PDF, Office, text and data."
    )
    permissions: bool = Field(
        default=True,
        description="Whether to read who may read: space permissions, restrictions and groups. Without, the source's own "
        "readers decide.",
    )
    full_every: NonNegativeFloat = Field(
        default=0,
        description="Hours between listings of everything, which see deletions and changed restrictions; syncs in between read "
        "only what was modified. 0 lists everything in every sync. For very large wikis.",
    )
    max_file_bytes: PositiveInt = Field(
        default=32 * 1024 * 1024, description="Larger attachments are reported, not read."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="Data Center: the secret of the webhook that tells this source of changes."
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
    def hosts(self) -> frozenset[str]:
        return frozenset(host_of(url) for url in (self.url, self.api_url) if url)
