"""What a team says of a website."""

from urllib.parse import urlsplit

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr, field_validator, model_validator

from aika.connectors.web.addresses import Territory, folder_of, normal, origins
from aika.registry import Options


class WebOptions(Options):
    """A website, and which of its pages to read."""

    start: tuple[str, ...] = Field(default=(), description="Pages to begin at. Their links are followed.")
    sitemaps: tuple[str, ...] = Field(
        default=(), description="Sitemaps, or lists of sitemaps, also compressed. Every page in them is read."
    )
    allowed: tuple[str, ...] = Field(
        default=(),
        description="Prefixes of URLs that belong to the source, such as https://docs.acme.org/guide/. The default is the "
        "folders of the start pages and sitemaps.",
    )
    exclude: tuple[str, ...] = Field(
        default=(), description="Patterns of URLs to leave out, with * and ?, such as */tag/*."
    )
    follow_links: bool = Field(
        default=True, description="Whether to follow links, or to read the start pages and sitemaps only."
    )
    max_depth: int = Field(
        default=20, ge=0, description="How many links away from a start page or a sitemap's page to go."
    )
    max_pages: PositiveInt = Field(
        default=10_000,
        description="Addresses visited at most. A site with more is reported, and nothing of it removed.",
    )
    linked_files: bool = Field(
        default=True, description="Whether to read PDF, Office, Markdown, text and data files that pages link to."
    )
    ignore_parameters: tuple[str, ...] = Field(
        default=(),
        description="Names of URL parameters that do not change a page, such as session ids. Those that track visitors are "
        "always ignored.",
    )
    canonical_links: bool = Field(
        default=True,
        description="Whether a page that names another one with the same title as its original is left out.",
    )
    respect_robots: bool = Field(
        default=True,
        description="Whether to honor robots.txt, noindex and nofollow. Switch it off for your own site only, such as an "
        "intranet that keeps search engines out.",
    )
    sitemaps_of_robots: bool = Field(default=True, description="Whether to read the sitemaps that robots.txt names.")
    trust_sitemap_dates: bool = Field(
        default=True,
        description="Whether a page whose date in the sitemap is the same as last time is not asked for, within revisit_hours.",
    )
    revisit_hours: PositiveFloat = Field(
        default=24, description="After this time a page is asked for even though its sitemap says that it is unchanged."
    )
    requests_per_second: PositiveFloat = Field(
        default=5, description="To one host at most. A Crawl-delay in robots.txt makes it slower."
    )
    max_file_bytes: PositiveInt = Field(
        default=32 * 1024 * 1024, description="Larger pages and files are reported, not read."
    )
    authorization: SecretStr | None = Field(
        default=None,
        description="The value of the header Authorization, for sites that need one, such as 'Bearer ${DOCS_TOKEN}'. Sent to "
        "the hosts named in start, sitemaps and allowed only.",
    )

    @field_validator("start", "sitemaps", "allowed")
    @classmethod
    def _are_addresses(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        found = [(url, normal(url)) for url in urls]
        if wrong := [url for url, place in found if place is None]:
            raise ValueError(f"not a web address (http:// or https://, no user name): {', '.join(wrong)}")
        return tuple(place for _, place in found if place is not None)

    @model_validator(mode="after")
    def _names_a_place(self) -> "WebOptions":
        if not self.start and not self.sitemaps:
            raise ValueError("name at least one page in start or one list in sitemaps")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """Every URL that an operator wrote."""
        return (*self.start, *self.sitemaps, *self.allowed)

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(host for url in self.named if (host := urlsplit(url).hostname))

    @property
    def origins(self) -> frozenset[str]:
        return origins(self.named)

    @property
    def territory(self) -> Territory:
        return Territory(
            prefixes=self.allowed or tuple(dict.fromkeys(folder_of(url) for url in (*self.start, *self.sitemaps))),
            excluded=self.exclude,
            ignored_parameters=frozenset(self.ignore_parameters),
        )
