"""What a team can say of a Git repository."""

from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, PositiveInt, SecretStr, field_validator, model_validator

from aika.connectors.trees.describing import OwnersOption, SiteOption, SiteUrlOption
from aika.connectors.trees.links import Hosting
from aika.connectors.trees.ownership import OWNER_RULES
from aika.registry import Options

_SCHEMES = frozenset({"https", "http", "ssh"})


class GitOptions(Options):
    """A repository, the state of it to read, and which of its files."""

    url: str | None = Field(
        default=None,
        description="The address to clone from: https://…, ssh://… or git@host:group/project.git. SSH uses the keys of the "
        "account that aika runs as.",
    )
    path: Path | None = Field(
        default=None,
        description="A repository on this machine, instead of url: it is read where it is. Relative to the configuration "
        "file's folder.",
    )
    ref: str | None = Field(
        default=None, description="The branch, tag or commit to read. The default is the repository's default branch."
    )
    include: tuple[str, ...] = Field(
        default=(),
        description="Patterns as in .gitignore. Where there are any, only files that match one are read.",
    )
    exclude: tuple[str, ...] = Field(
        default=(),
        description="Patterns as in .gitignore of what to leave out. '!*.svg' brings back what is left out by default.",
    )
    ignore_files: bool = Field(default=True, description="Whether to honor .aikaignore files in the repository.")
    default_excludes: bool = Field(
        default=True,
        description="Whether to leave out images, archives, programs, build output, lock files, keys and tools' folders.",
    )
    max_file_bytes: PositiveInt = Field(default=32 * 1024 * 1024, description="Larger files are reported, not read.")
    token: SecretStr | None = Field(
        default=None,
        description="A token that may read the repository over https: write ${NAME} of an environment variable.",
    )
    username: str | None = Field(
        default=None, description="The user name that goes with the token, where the host asks for a certain one."
    )
    depth: PositiveInt | None = Field(
        default=None,
        description="How many commits to fetch. Fewer take less space; authors and dates of files that did not change within "
        "them are then unknown. The default is the whole history.",
    )
    history: PositiveInt = Field(
        default=20_000, description="How many commits to look back through for the authors and dates of files."
    )
    link_template: str | None = Field(
        default=None,
        description="A URL with {path}, and {ref} where it is needed, that opens a file. The default is the page on the Git "
        "host, or the documentation site's.",
    )
    hosting: Hosting = Field(
        default="auto",
        description="What serves the repository's web pages: it decides the form of links. 'auto' goes by the host's name.",
    )
    site: SiteOption = "auto"
    site_url: SiteUrlOption = None
    owners: OwnersOption = OWNER_RULES
    full_every: timedelta = Field(
        default=timedelta(days=1),
        description="How often to list every file, rather than only what changed. Documents that failed are tried again then.",
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="The secret of the push webhook. Without it, notifications are refused."
    )

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.password or (parts.username and parts.scheme in {"http", "https"}):
            raise ValueError("must not contain a name or a password: write the secret in the option token")
        if "://" in url and parts.scheme not in _SCHEMES:
            raise ValueError(f"must begin with one of {', '.join(sorted(_SCHEMES))}; for a folder use the option path")
        if "://" not in url and (":" not in url or url.startswith(("/", ".", "-"))):
            raise ValueError("must be an address such as https://host/group/project; for a folder use the option path")
        # A host or path that begins with a dash would be an option of the ssh command.
        if url.startswith("-") or (parts.hostname or "").startswith("-"):
            raise ValueError("must not begin with a dash")
        return url

    @field_validator("link_template")
    @classmethod
    def _names_the_path(cls, template: str | None) -> str | None:
        if template is not None and "{path}" not in template:
            raise ValueError("must contain {path}, the place of the file's path in the link")
        return template

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.url is None) == (self.path is None):
            raise ValueError("name the repository by either url or path")
        if self.token is not None and not (self.url or "").startswith(("https://", "http://")):
            raise ValueError("token is for https addresses; ssh uses the keys of the account that aika runs as")
        return self
