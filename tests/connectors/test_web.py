"""The web connector against a real site on loopback."""

import gzip
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from synced_source import synced_source
from website import Site, page, redirect, sitemap
from wire import Told, served

from aika.connectors.web.connector import Timing, WebConnector, WebOptions
from aika.connectors.web.visits import Visits
from aika.domain.documents import RawDocument
from aika.domain.errors import ConfigurationError, PermanentError, TransientError
from aika.domain.sources import Cursor, Event, Failed, Found, Removed
from aika.parsers.html import HtmlParser
from aika.protocols import Connector
from aika.registry import Surroundings, check_options
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.connector import ConnectorContract, checkpoint, found, versions


@dataclass(slots=True)
class Hours:
    """Time that passes only where someone waits, or a test says so."""

    now: float = 1_800_000_000.0
    waited: list[float] = field(default_factory=list)

    def read(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    @property
    def timing(self) -> Timing:
        return Timing(clock=self.read, today=self.read, sleep=self.sleep)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    with served(made) as url:
        made.url = url
        yield made


@pytest.fixture
def hours() -> Hours:
    return Hours()


@dataclass(slots=True)
class Reader:
    """Reads a site again and again with the same memory, as a source's syncs do."""

    site: Site
    hours: Hours
    folder: Path
    cursor: Cursor | None = None

    @asynccontextmanager
    async def connect(self, **options: object) -> AsyncIterator[Connector]:
        chosen = {"start": [f"{self.site.url}/"], "requests_per_second": 1000, **options}
        checked = WebOptions.model_validate(chosen)
        surroundings = Surroundings(self.folder, self.folder, TechnicalAnalyzer())
        async with WebConnector.open(checked, surroundings, timing=self.hours.timing) as connector:
            yield connector

    async def events(self, **options: object) -> list[Event]:
        async with self.connect(**options) as connector:
            events = [event async for event in connector.read(self.cursor)]
        self.cursor = checkpoint(events).cursor
        return events

    async def paths(self, **options: object) -> set[str]:
        return {path_of(self.site, event.key) for event in await self.events(**options) if isinstance(event, Found)}

    async def document(self, path: str, **options: object) -> RawDocument:
        async with self.connect(**options) as connector:
            events = [event async for event in connector.read(None)]
            return await found(events, self.site.url + path).load()


@pytest.fixture
def reader(site: Site, hours: Hours, tmp_path: Path) -> Reader:
    return Reader(site, hours, tmp_path)


def path_of(site: Site, key: str) -> str:
    return key.removeprefix(site.url)


def failures(events: list[Event]) -> dict[str, str]:
    return {event.key: event.reason for event in events if isinstance(event, Failed)}


class SitePlace:
    """A site whose start page lists the others, and is no document itself."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._site = reader.site
        self._names: list[str] = []
        self._list()

    async def add(self, name: str, text: str) -> str:
        path = f"/{quote(name)}"
        self._names.append(path)
        self._site.pages[path] = page(text, title=name)
        self._list()
        return self._site.url + path

    async def change(self, key: str, text: str) -> None:
        self._site.pages[path_of(self._site, key)] = page(text)

    async def remove(self, key: str) -> None:
        path = path_of(self._site, key)
        self._names.remove(path)
        del self._site.pages[path]
        self._list()
        # Content that was read a moment ago would be used as it is.
        self._reader.hours.now += 3600

    async def spoil(self, key: str) -> None:
        self._site.files[path_of(self._site, key)] = Told(500, b"out of order")

    def connect(self) -> object:
        return self._reader.connect()

    def _list(self) -> None:
        self._site.pages["/"] = page("", *self._names, head='<meta name="robots" content="noindex">')


class TestWebConnectorContract(ConnectorContract):
    @pytest.fixture
    async def place(self, reader: Reader) -> SitePlace:  # type: ignore[override]  # a `Place` by its shape
        return SitePlace(reader)


async def test_links_are_followed_within_the_start_pages_folder_only(reader: Reader, site: Site) -> None:
    site.pages |= {
        "/docs/": page("home", "a", "../blog/", "https://other.example/", "mailto:x@y.z", "logo.png", "#top"),
        "/docs/a": page("a", "/docs/b?utm_source=mail#part", "/docs"),
        "/docs/b": page("b"),
        "/blog/": page("blog"),
    }

    paths = await reader.paths(start=[f"{site.url}/docs/"])

    assert paths == {"/docs/", "/docs/a", "/docs/b"}
    assert site.requests("/blog/") == site.requests("/docs/logo.png") == 0


async def test_a_source_may_span_folders_and_leave_out_pages(reader: Reader, site: Site) -> None:
    site.pages |= {
        "/docs/": page("home", "/blog/one", "/docs/tag/x", "/docs/old"),
        "/blog/one": page("one"),
        "/docs/tag/x": page("tag"),
        "/docs/old": page("old"),
    }

    paths = await reader.paths(
        start=[f"{site.url}/docs/"], allowed=[f"{site.url}/docs", f"{site.url}/blog/"], exclude=["*/tag/*"]
    )

    assert paths == {"/docs/", "/blog/one", "/docs/old"}


async def test_depth_counts_links_from_the_start(reader: Reader, site: Site) -> None:
    site.pages |= {"/": page("0", "/1"), "/1": page("1", "/2"), "/2": page("2", "/3"), "/3": page("3")}

    assert await reader.paths(max_depth=2) == {"/", "/1", "/2"}
    assert await reader.paths(follow_links=False) == {"/"}


async def test_an_unchanged_page_costs_a_304_and_a_changed_one_is_read(reader: Reader, site: Site) -> None:
    site.pages |= {"/": page("home", "/a", "/b"), "/a": page("alpha"), "/b": page("beta")}
    first = versions(await reader.events())
    assert site.statuses() == {200: 3}
    site.pages["/b"] = page("gamma")

    second = versions(await reader.events())

    assert site.statuses() == {304: 2, 200: 1}
    assert {key for key in first if first[key] != second[key]} == {f"{site.url}/b"}


async def test_a_page_whose_scripts_and_tokens_change_is_the_same_page(reader: Reader, site: Site) -> None:
    site.pages["/"] = page("home", head="<script>nonce = 1</script>") + "<footer>12 visitors</footer>"
    first = versions(await reader.events())
    site.pages["/"] = page("home", head="<script>nonce = 2</script>") + "<footer>13 visitors</footer>"

    assert versions(await reader.events()) == first


async def test_a_vanished_page_is_not_listed_and_a_failing_one_stays_with_what_it_led_to(
    reader: Reader, site: Site
) -> None:
    site.pages |= {"/": page("home", "/a", "/b"), "/a": page("a", "/c"), "/b": page("b"), "/c": page("c")}
    await reader.events()
    site.files["/a"] = Told(500, b"oops")
    site.files["/b"] = Told(410)

    events = await reader.events()

    assert {path_of(site, key) for key in versions(events)} == {"/", "/c"}
    assert "answered 500" in failures(events)[f"{site.url}/a"]
    assert checkpoint(events).complete


async def test_nothing_is_taken_as_gone_where_a_page_of_unknown_links_failed(reader: Reader, site: Site) -> None:
    site.pages["/"] = page("home", "/a")
    site.files["/a"] = Told(500)

    assert not checkpoint(await reader.events()).complete


async def test_a_limit_on_pages_is_reported_and_removes_only_what_the_site_says_is_gone(
    reader: Reader, site: Site
) -> None:
    site.pages |= {"/": page("home", "/a", "/b"), "/a": page("a"), "/b": page("b")}
    await reader.events(max_pages=2)
    del site.pages["/a"]

    events = await reader.events(max_pages=2)

    assert "max_pages" in failures(events)
    assert Removed(f"{site.url}/a") in events
    assert not checkpoint(events).complete


async def test_robots_txt_is_honored(reader: Reader, site: Site, hours: Hours) -> None:
    site.files["/robots.txt"] = Told(
        200,
        b"User-agent: *\nDisallow: /\n\nUser-agent: aika\nDisallow: /private/*.html$\nAllow: /private/ok\nCrawl-delay: 7\n",
    )
    site.pages |= {
        "/": page("home", "/private/x.html", "/private/ok"),
        "/private/x.html": page("x"),
        "/private/ok": page("ok"),
    }

    assert await reader.paths() == {"/", "/private/ok"}
    assert site.requests("/private/x.html") == 0
    assert hours.waited == [7.0]


async def test_a_site_whose_robots_txt_is_broken_is_not_read(reader: Reader, site: Site) -> None:
    site.files["/robots.txt"] = Told(500)
    site.pages["/"] = page("home")

    with pytest.raises(TransientError, match=r"robots\.txt"):
        await reader.events()

    assert site.requests("/") == 0


async def test_noindex_and_nofollow_are_honored_unless_the_operator_says_otherwise(reader: Reader, site: Site) -> None:
    hidden = '<meta name="robots" content="noindex, nofollow">'
    site.pages |= {
        "/": page('home <a rel="nofollow" href="/advert">x</a>', "/hidden", title="home"),
        "/hidden": page("hidden", "/below", head=hidden),
        "/below": page("below"),
        "/advert": page("advert"),
    }

    assert await reader.paths() == {"/"}
    assert await reader.paths(respect_robots=False) == {"/", "/hidden", "/below", "/advert"}


async def test_requests_to_a_host_are_spaced(reader: Reader, site: Site, hours: Hours) -> None:
    site.pages |= {"/": page("home", "/a", "/b"), "/a": page("a"), "/b": page("b")}

    await reader.events(requests_per_second=2)

    assert hours.waited == [0.5, 0.5]


@pytest.mark.parametrize("packed", [False, True])
async def test_sitemaps_and_their_indexes_are_read(reader: Reader, site: Site, packed: bool) -> None:
    listed = sitemap(f"{site.url}/a", f"{site.url}/b", "https://other.example/").encode()
    site.files["/one.xml.gz"] = Told(200, gzip.compress(listed) if packed else listed)
    site.pages |= {
        "/sitemap.xml": "<sitemapindex><sitemap><loc>SITE/one.xml.gz</loc></sitemap></sitemapindex>",
        "/a": page("a"),
        "/b": page("b"),
    }

    assert await reader.paths(start=[], sitemaps=[f"{site.url}/sitemap.xml"]) == {"/a", "/b"}


async def test_the_sitemaps_that_robots_txt_names_are_read(reader: Reader, site: Site) -> None:
    site.files["/robots.txt"] = Told(200, f"Sitemap: {site.url}/s.txt\nSitemap: {site.url}/none.xml".encode())
    site.files["/s.txt"] = Told(200, f"{site.url}/island\n".encode())
    site.pages |= {"/": page("home"), "/island": page("island")}

    assert await reader.paths() == {"/", "/island"}


async def test_a_sitemap_that_only_robots_txt_names_and_that_fails_ends_nothing(reader: Reader, site: Site) -> None:
    site.files["/robots.txt"] = Told(200, f"Sitemap: {site.url}/s.xml".encode())
    site.files["/s.xml"] = Told(500)
    site.pages["/"] = page("home")

    events = await reader.events()

    assert {path_of(site, key) for key in versions(events)} == {"/"}
    assert f"{site.url}/s.xml" in failures(events)
    assert not checkpoint(events).complete


async def test_a_page_with_the_same_date_in_the_sitemap_is_not_asked_for_until_a_day_has_passed(
    reader: Reader, site: Site, hours: Hours
) -> None:
    maps = {"start": [], "sitemaps": [f"{site.url}/s.xml"]}
    site.pages |= {"/s.xml": sitemap(f"{site.url}/a", modified="2026-01-02"), "/a": page("a")}
    first = versions(await reader.events(**maps))
    site.statuses()

    soon = versions(await reader.events(**maps))
    asked_soon = site.requests("/a")
    hours.now += 25 * 3600
    await reader.events(**maps)
    asked_later = site.requests("/a")
    site.pages["/s.xml"] = sitemap(f"{site.url}/a", modified="2026-03-04")
    await reader.events(**maps)

    assert soon == first
    assert (asked_soon, asked_later, site.requests("/a")) == (0, 1, 2)


@pytest.mark.parametrize(("text", "reason"), [("<html>Sign in</html>", "not a sitemap"), (" ", "is empty")])
async def test_a_sitemap_that_cannot_be_read_fails_the_run(reader: Reader, site: Site, text: str, reason: str) -> None:
    site.pages["/s.xml"] = text

    with pytest.raises(PermanentError, match=reason):
        await reader.events(start=[], sitemaps=[f"{site.url}/s.xml"])


async def test_redirects_lead_to_one_document(reader: Reader, site: Site) -> None:
    site.files |= {"/old": redirect("/new", 301), "/out": redirect("https://other.example/x")}
    site.pages |= {"/": page("home", "/old", "/new", "/out"), "/new": page("new")}

    assert await reader.paths() == {"/", "/new"}


async def test_copies_that_name_their_original_are_left_out(reader: Reader, site: Site) -> None:
    canonical = '<link rel="canonical" href="/a">'
    site.pages |= {
        "/": page("home", "/a?print=1", "/index.html"),
        "/a?print=1": page("a", head=canonical),
        "/a": page("a", head=canonical),
        "/index.html": page("home", "/a"),
    }

    assert await reader.paths() == {"/", "/a"}


async def test_a_site_that_names_its_home_page_as_the_original_of_all_loses_nothing(reader: Reader, site: Site) -> None:
    wrong = '<link rel="canonical" href="/">'
    site.pages |= {
        "/": page("home", "/a", "/b", head=wrong),
        "/a": page("a", head=wrong),
        "/b": page("b", head='<link rel="canonical" href="/nowhere">'),
    }

    assert await reader.paths() == {"/", "/a", "/b"}


async def test_a_login_in_front_of_a_page_is_reported(reader: Reader, site: Site) -> None:
    form = "<form><input type=password></form>"
    site.files |= {"/wiki": redirect("https://acme.okta.com/app?SAMLRequest=x"), "/closed": Told(403)}
    site.pages |= {
        "/": page("home", "/wiki", "/closed", "/form", "/login"),
        "/form": page("Welcome" + form),
        "/login": page(form),
    }

    events = await reader.events()
    reasons = failures(events)

    assert "leads to a login at acme.okta.com" in reasons[f"{site.url}/wiki"]
    assert "asks for a login (HTTP 403)" in reasons[f"{site.url}/closed"]
    assert "asks for a password" in reasons[f"{site.url}/form"]
    assert checkpoint(events).complete, "what is closed for good hides nothing that was read"
    assert len(reasons) == 3, "the site's own login page is no document that is missing"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (redirect("/login?next=/"), "leads to a login"),
        (redirect("https://www.elsewhere.example/"), "not within allowed"),
        (Told(404), "correct start"),
        (Told(200, b"\x89PNG", {"Content-Type": "image/png"}), "image/png is not read"),
    ],
)
async def test_a_start_page_that_is_none_fails_the_run_with_a_reason(
    reader: Reader, site: Site, answer: Told, reason: str
) -> None:
    site.files["/"] = answer

    with pytest.raises(PermanentError, match=reason):
        await reader.events()


@pytest.mark.parametrize("answer", [Told(404), Told(500), Told(403)])
async def test_one_broken_start_page_of_several_does_not_stop_the_others(
    reader: Reader, site: Site, answer: Told
) -> None:
    site.pages |= {"/docs/": page("docs", "/docs/a"), "/docs/a": page("a")}
    site.files["/gone/"] = answer

    events = await reader.events(start=[f"{site.url}/docs/", f"{site.url}/gone/"])

    assert {path_of(site, key) for key in versions(events)} == {"/docs/", "/docs/a"}
    assert set(failures(events)) == {f"{site.url}/gone/"}


async def test_a_secret_goes_to_the_named_site_only_and_into_no_error(reader: Reader, site: Site) -> None:
    site.token = "s3cret"  # not one
    site.pages["/"] = page("home", "/a")
    site.pages["/a"] = page("a")

    assert await reader.paths(authorization="Bearer s3cret") == {"/", "/a"}
    with pytest.raises(PermanentError) as caught:
        await reader.events(authorization="Bearer wrong")
    assert "wrong" not in str(caught.value)


async def test_a_site_that_wants_a_long_pause_is_left_alone(reader: Reader, site: Site) -> None:
    site.pages |= {"/": page("home", "/a"), "/a": page("a")}
    site.files["/a"] = Told(429, headers={"Retry-After": "600"})

    with pytest.raises(TransientError) as caught:
        await reader.events()

    assert caught.value.retry_after == 600
    assert site.requests("/a") == 1


async def test_a_site_that_is_down_is_not_asked_for_every_page(reader: Reader, site: Site) -> None:
    paths = [f"/{number}" for number in range(40)]
    site.pages["/"] = page("home", *paths)
    site.files |= {path: Told(500, b"down") for path in paths}

    with pytest.raises(TransientError, match="cannot be read now"):
        await reader.events()

    assert site.statuses()[500] < 20


async def test_a_page_that_is_too_large_is_reported(reader: Reader, site: Site) -> None:
    site.pages |= {"/": page("home", "/large"), "/large": page("x" * 5000)}

    assert "larger than" in failures(await reader.events(max_file_bytes=2000))[f"{site.url}/large"]


async def test_what_surrounds_the_content_does_not_become_text(reader: Reader, site: Site) -> None:
    around = (
        '<div id="onetrust-consent-sdk"><p>We value your privacy</p></div><div class="cookie-banner">Accept all</div>'
        '<footer>Imprint</footer><aside class="sidebar">Related</aside>'
    )
    site.pages["/"] = page("Ferries run daily.", title="Timetable").replace("</body>", f"{around}</body>")

    text = HtmlParser().parse(await reader.document("/")).body.text

    assert text == "# Timetable\n\nFerries run daily."


async def test_links_to_private_addresses_are_not_opened(reader: Reader, site: Site) -> None:
    site.files["/jump"] = redirect("http://[::1]:9/internal")
    site.pages["/"] = page("home", "http://169.254.169.254/latest", "/jump")

    events = await reader.events(allowed=[f"{site.url}/"])

    assert {path_of(site, key) for key in versions(events)} == {"/"}


async def test_a_page_tells_its_date_authors_and_place(reader: Reader, site: Site) -> None:
    data = """<script type="application/ld+json">{"@graph": [
        {"@type": "TechArticle", "author": {"name": "Ann Berg"}, "dateModified": "2026-02-03T10:00:00+02:00",
         "datePublished": "2025-01-01", "keywords": "deploy, ship"},
        {"@type": "BreadcrumbList", "itemListElement": [{"name": "Guides"}, {"name": "Deploy"}]}]}</script>"""
    site.pages["/"] = page("Deploy guide", head=data + '<meta property="og:site_name" content="Acme Docs">')

    raw = await reader.document("/")

    assert (raw.authors, raw.url) == (("Ann Berg",), f"{site.url}/")
    assert (str(raw.created_at), str(raw.modified_at)) == ("2025-01-01 00:00:00+00:00", "2026-02-03 08:00:00+00:00")
    assert raw.attributes == {"site": "Acme Docs", "tags": ("deploy", "ship"), "path": ("Guides",)}


async def test_files_that_pages_link_to_are_documents(reader: Reader, site: Site) -> None:
    site.pages["/"] = page("home", "/plan", "/notes.md", "/archive.zip", "/data")
    site.files |= {
        "/plan": Told(200, b"%PDF-1.4", {"Content-Type": "application/pdf"}),
        "/notes.md": Told(200, b"# Notes", {"Content-Type": "text/plain"}),
        "/data": Told(200, b"\x00", {"Content-Type": "application/octet-stream"}),
    }

    assert (await reader.document("/plan")).path == "plan.pdf"
    assert (await reader.document("/notes.md")).path == "notes.md"
    assert await reader.paths() == {"/", "/plan", "/notes.md"}
    assert await reader.paths(linked_files=False) == {"/"}


async def test_a_page_in_another_charset_is_read_as_its_server_says(reader: Reader, site: Site) -> None:
    body = page("Grüße").encode("latin-1")
    site.files["/"] = Told(200, body, {"Content-Type": "text/html; charset=ISO-8859-1"})

    raw = await reader.document("/")

    assert "Grüße" in HtmlParser().parse(raw).body.text


async def test_a_lost_or_damaged_memory_is_made_anew(reader: Reader, site: Site) -> None:
    site.pages["/"] = page("home")
    before = versions(await reader.events())
    next(reader.folder.glob("web/*.sqlite")).write_bytes(b"not a database, but long enough to be read as one" * 50)

    after = versions(await reader.events())

    assert after == before


async def test_options_without_a_place_or_with_a_wrong_one_are_errors() -> None:
    with pytest.raises(ConfigurationError, match="name at least one page"):
        check_options("connectors", "web", {})
    with pytest.raises(ConfigurationError, match=r"no user name\): ftp://x"):
        check_options("connectors", "web", {"start": ["ftp://x"]})


async def test_an_edit_a_move_and_a_deletion_reach_the_index(site: Site, tmp_path: Path) -> None:
    site.pages |= {
        "/": page("start", "/a", "/b", "/c"),
        "/a": page("zebra"),
        "/b": page("giraffe"),
        "/c": page("lion"),
    }
    options = {"start": [f"{site.url}/"], "requests_per_second": 1000}
    async with synced_source(tmp_path, "web", options, readers=frozenset({"everyone"})) as source:
        await source.sync()
        site.pages |= {"/": page("start", "/a", "/moved"), "/a": page("okapi"), "/moved": page("giraffe")}
        site.files["/b"] = redirect("/moved", 301)
        del site.pages["/c"]

        report = await source.sync()

        assert (report.added, report.changed, report.removed) == (1, 2, 2)
        assert await source.find("okapi", by="user:x@acme.org") == [f"{site.url}/a"]
        assert await source.find("giraffe") == [f"{site.url}/moved"]
        assert await source.find("zebra") == await source.find("lion") == []


def test_visits_are_kept_by_url(tmp_path: Path) -> None:
    assert Visits(tmp_path / "new" / "visits.sqlite").of(["https://x.org/"]) == {}
