"""The Google Drive connector: listings, the feed of changes, exports, readers and credentials, at the wire."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from strict_drive import DOCUMENT, ROOT, StrictDrive, refusal, strict_drive
from wire import Told

from aika.connectors.google_drive.connector import GoogleDriveConnector
from aika.connectors.google_drive.options import GoogleDriveOptions
from aika.domain.access import EVERYONE
from aika.domain.documents import Owner, RawDocument
from aika.domain.errors import ConfigurationError, PermanentError, TransientError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found, Members, Removed
from aika.parsers.html import HtmlParser
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.connector import ConnectorContract, checkpoint, found

TEAM_DRIVE = "0ATeamDrive"


@pytest.fixture
def drive() -> Iterator[StrictDrive]:
    with strict_drive() as running:
        running.folder(ROOT, "Handbook", parent=None)
        yield running


def connector(drive: StrictDrive, folder: Path, **options: object) -> AbstractAsyncContextManager[GoogleDriveConnector]:
    chosen = {"folders": [ROOT], **options}
    return GoogleDriveConnector.open(
        GoogleDriveOptions.model_validate(drive.options(**chosen)), Surroundings(folder, folder, TechnicalAnalyzer())
    )


async def events_of(drive: StrictDrive, folder: Path, since: Cursor | None = None, **options: object) -> list[Event]:
    async with connector(drive, folder, **options) as opened:
        return [event async for event in opened.read(since)]


async def keys_of(drive: StrictDrive, folder: Path, **options: object) -> list[str]:
    return sorted(event.key for event in await events_of(drive, folder, **options) if isinstance(event, Found))


async def loaded(drive: StrictDrive, folder: Path, key: str, **options: object) -> RawDocument:
    async with connector(drive, folder, **options) as opened:
        return await found([event async for event in opened.read(None)], key).load()


async def readers_of(drive: StrictDrive, folder: Path, key: str, **options: object) -> list[str] | None:
    readers = (await loaded(drive, folder, key, **options)).readers
    return None if readers is None else sorted(readers)


def members(events: list[Event]) -> dict[str, list[str]]:
    return {event.group: sorted(event.members) for event in events if isinstance(event, Members)}


class FolderPlace:
    """A folder of Drive that a test can change."""

    def __init__(self, drive: StrictDrive, folder: Path) -> None:
        self._drive = drive
        self._folder = folder

    async def add(self, name: str, text: str) -> str:
        return self._drive.put(f"id-{len(self._drive.files)}", f"{name}.md", text)

    async def change(self, key: str, text: str) -> None:
        self._drive.put(key, str(self._drive.files[key]["name"]), text)

    async def remove(self, key: str) -> None:
        self._drive.delete(key)

    async def spoil(self, key: str) -> None:
        self._drive.edit(key, capabilities={"canDownload": False})

    def connect(self) -> AbstractAsyncContextManager[GoogleDriveConnector]:
        return connector(self._drive, self._folder)


class TestGoogleDriveConnectorKeepsTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, drive: StrictDrive, tmp_path: Path) -> FolderPlace:
        return FolderPlace(drive, tmp_path)


class TestListing:
    async def test_a_folder_is_read_with_everything_below_it(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.folder("teams", parent=ROOT)
        drive.folder("payments", parent="teams")
        for number in range(3):
            drive.put(f"deep-{number}", "a.md", "alpha", parent="payments")
        drive.put("top", "b.md", "beta")
        drive.put("elsewhere", "c.md", "gamma", parent="another-folder")

        assert await keys_of(drive, tmp_path) == ["deep-0", "deep-1", "deep-2", "top"]

    async def test_a_shared_drive_is_read_whole(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.share(TEAM_DRIVE, {"type": "user", "emailAddress": "ada@example.org"})
        drive.folder("plans", parent=TEAM_DRIVE, driveId=TEAM_DRIVE)
        drive.put("a", "a.md", "alpha", parent="plans", driveId=TEAM_DRIVE)
        drive.put("b", "b.md", "beta", parent=TEAM_DRIVE, driveId=TEAM_DRIVE)

        raw = await loaded(drive, tmp_path, "a", folders=[], drives=[TEAM_DRIVE])

        assert raw.attributes["folder"] == "plans"
        assert await keys_of(drive, tmp_path, folders=[], drives=[TEAM_DRIVE]) == ["a", "b"]

    async def test_without_drives_and_folders_all_that_the_account_sees_is_read(
        self, drive: StrictDrive, tmp_path: Path
    ) -> None:
        drive.put("a", "a.md", "alpha")
        drive.put("b", "b.md", "beta", parent="somewhere")

        assert await keys_of(drive, tmp_path, folders=[]) == ["a", "b"]

    async def test_trash_pictures_forms_and_shortcuts_are_no_documents(
        self, drive: StrictDrive, tmp_path: Path
    ) -> None:
        drive.put("trash", "a.md", "alpha", trashed=True)
        drive.put("picture", "screenshot", "alpha", mimeType="image/png")
        drive.put("form", "Survey", "", mimeType="application/vnd.google-apps.form")
        drive.put("shortcut", "Link", "", mimeType="application/vnd.google-apps.shortcut")

        assert await keys_of(drive, tmp_path) == []

    async def test_patterns_choose_by_folder_and_name(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.folder("archive", "Archive", parent=ROOT)
        drive.put("old", "plan.md", "alpha", parent="archive")
        drive.put("new", "plan.md", "alpha")

        assert await keys_of(drive, tmp_path, exclude=["Archive/"]) == ["new"]

    async def test_listing_reads_no_contents(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "a.md", "alpha")

        await events_of(drive, tmp_path)

        assert [asked for asked in drive.asked if "alt" in asked.query or "/export" in asked.path] == []

    async def test_a_folder_that_is_not_there_is_named(self, drive: StrictDrive, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="no-such-folder"):
            await events_of(drive, tmp_path, folders=["no-such-folder"])


class TestChanges:
    async def test_nothing_changed_costs_no_listing(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "a.md", "alpha")
        cursor = checkpoint(await events_of(drive, tmp_path)).cursor
        drive.asked.clear()

        events = await events_of(drive, tmp_path, cursor)

        assert [event for event in events if not isinstance(event, Checkpoint)] == []
        assert [asked.path for asked in drive.asked] == ["/token", "/drive/v3/changes"]

    async def test_an_edit_a_new_file_and_a_deletion_are_told(self, drive: StrictDrive, tmp_path: Path) -> None:
        for key in ("kept", "edited", "deleted"):
            drive.put(key, f"{key}.md", "alpha")
        cursor = checkpoint(await events_of(drive, tmp_path)).cursor
        drive.put("edited", "edited.md", "omega")
        drive.put("new", "new.md", "beta")
        drive.delete("deleted")

        events = await events_of(drive, tmp_path, cursor)

        assert sorted(event.key for event in events if isinstance(event, Found)) == ["edited", "new"]
        assert [event.key for event in events if isinstance(event, Removed)] == ["deleted"]
        assert not checkpoint(events).complete

    async def test_a_file_that_is_trashed_or_moved_away_is_removed(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("trashed", "a.md", "alpha")
        drive.put("moved", "b.md", "beta")
        cursor = checkpoint(await events_of(drive, tmp_path)).cursor
        drive.edit("trashed", trashed=True)
        drive.edit("moved", parents=["another-folder"])

        events = await events_of(drive, tmp_path, cursor)

        assert {event for event in events if isinstance(event, Removed)} == {Removed("trashed"), Removed("moved")}

    async def test_a_changed_permission_gives_a_new_version(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "a.md", "alpha")
        before = await events_of(drive, tmp_path)
        drive.share("a", {"type": "user", "emailAddress": "grace@example.org"})

        after = await events_of(drive, tmp_path, checkpoint(before).cursor)

        assert found(after, "a").version != found(before, "a").version

    async def test_a_renamed_folder_changes_what_is_in_it(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.folder("teams", "Teams", parent=ROOT)
        drive.put("a", "a.md", "alpha", parent="teams")
        before = await events_of(drive, tmp_path)
        drive.edit("a", name="b.md")
        drive.edit("teams", name="Squads")

        after = await events_of(drive, tmp_path, checkpoint(before).cursor)

        assert [event.key for event in after if isinstance(event, Found)] == ["a"]
        assert found(after, "a").version != found(before, "a").version

    async def test_a_folder_that_leaves_takes_its_files_along(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.folder("teams", "Teams", parent=ROOT)
        drive.put("a", "a.md", "alpha", parent="teams")
        drive.put("b", "b.md", "beta")
        cursor = checkpoint(await events_of(drive, tmp_path)).cursor
        drive.edit("teams", parents=["another-folder"])

        events = await events_of(drive, tmp_path, cursor)

        assert [event.key for event in events if isinstance(event, Found)] == ["b"]
        assert checkpoint(events).complete

    async def test_other_options_list_everything_again(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "a.md", "alpha")
        cursor = checkpoint(await events_of(drive, tmp_path)).cursor

        events = await events_of(drive, tmp_path, cursor, link_sharing="none")

        assert checkpoint(events).complete

    async def test_everything_is_listed_again_after_some_hours(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "a.md", "alpha")
        cursor = checkpoint(await events_of(drive, tmp_path)).cursor
        later = datetime.now(UTC) + timedelta(hours=25)

        async with connector(drive, tmp_path) as opened:
            opened._now = lambda: later
            events = [event async for event in opened.read(cursor)]

        assert checkpoint(events).complete

    async def test_a_token_that_drive_no_longer_knows_means_everything(
        self, drive: StrictDrive, tmp_path: Path
    ) -> None:
        drive.put("a", "a.md", "alpha")
        cursor = checkpoint(await events_of(drive, tmp_path)).cursor
        drive.refusals = [refusal(410, "gone")]

        assert checkpoint(await events_of(drive, tmp_path, cursor)).complete

    async def test_what_could_not_be_loaded_for_a_while_is_found_again(
        self, drive: StrictDrive, tmp_path: Path
    ) -> None:
        drive.put("a", "a.md", "alpha")
        cursor = checkpoint(await events_of(drive, tmp_path)).cursor
        drive.put("a", "a.md", "omega")

        async with connector(drive, tmp_path) as opened:
            last = cursor
            async for event in opened.read(cursor):
                if isinstance(event, Found):
                    drive.refusals = [Told(500)]
                    with pytest.raises(TransientError):
                        await event.load()
                if isinstance(event, Checkpoint):
                    last = event.cursor

        assert found(await events_of(drive, tmp_path, last), "a").key == "a"


class TestExports:
    HTML = (
        '<html><head><style>.c1{color:#000}</style></head><body class="c9 doc-content">'
        '<p class="c1 title" id="h.top"><span>On call</span></p>'
        '<h2 class="c2" id="h.abc123"><span class="c3">Escalation</span></h2>'
        '<p class="c1"><span>Ask </span><a href="https://www.google.com/url?q=https://chat.example.org/otters&amp;sa=D'
        '&amp;ust=17&amp;usg=AOv">the otters</a><span>, or see </span><a href="#h.top">above</a></p>'
        '<p><img src="data:image/png;base64,AAAA"></p></body></html>'
    )

    async def test_a_document_is_exported_with_its_headings_and_links(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("doc", "On call", self.HTML, mimeType=DOCUMENT)

        raw = await loaded(drive, tmp_path, "doc")

        assert (raw.path, raw.media_type, raw.title) == ("On call.html", "text/html", "On call")
        assert b"https://chat.example.org/otters" in raw.content
        assert b"google.com/url" not in raw.content
        assert b"base64" not in raw.content

    async def test_a_citation_opens_the_documents_heading(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("doc", "On call", self.HTML, mimeType=DOCUMENT)

        parsed = HtmlParser().parse(await loaded(drive, tmp_path, "doc"))

        assert "heading=h.abc123" in {block.anchor for block in parsed.body.blocks}

    async def test_two_exports_of_the_same_document_are_the_same(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("doc", "On call", self.HTML, mimeType=DOCUMENT)
        first = await loaded(drive, tmp_path, "doc")
        drive.contents["doc"] = self.HTML.replace("ust=17", "ust=18").replace("c9", "c7").encode()

        assert (await loaded(drive, tmp_path, "doc")).content == first.content

    @pytest.mark.parametrize(
        ("kind", "suffix"), [("spreadsheet", ".xlsx"), ("presentation", ".pptx"), ("document", ".html")]
    )
    async def test_each_kind_is_exported_in_the_form_that_keeps_most(
        self, drive: StrictDrive, tmp_path: Path, kind: str, suffix: str
    ) -> None:
        drive.put("file", "Budget", "alpha", mimeType=f"application/vnd.google-apps.{kind}")

        assert (await loaded(drive, tmp_path, "file")).path == f"Budget{suffix}"

    async def test_what_drive_calls_the_size_of_a_document_does_not_count(
        self, drive: StrictDrive, tmp_path: Path
    ) -> None:
        drive.put("doc", "On call", self.HTML, mimeType=DOCUMENT)
        drive.edit("doc", size="0")

        assert await keys_of(drive, tmp_path) == ["doc"]

    async def test_what_is_too_large_to_export_is_taken_as_plain_text(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("doc", "Everything", "alpha", mimeType=DOCUMENT)
        drive.unexportable["doc"] = "exportSizeLimitExceeded"

        raw = await loaded(drive, tmp_path, "doc")

        assert (raw.path, raw.media_type, raw.content) == ("Everything.txt", "text/plain", b"alpha")

    async def test_a_file_that_may_not_be_downloaded_is_its_own_failure(
        self, drive: StrictDrive, tmp_path: Path
    ) -> None:
        drive.put("a", "a.md", "alpha")
        drive.unexportable["a"] = "cannotDownloadFile"

        with pytest.raises(UnreadableDocumentError, match="cannotDownloadFile"):
            await loaded(drive, tmp_path, "a")

    async def test_a_file_that_is_too_large_is_named_with_its_size(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "huge.pdf", b"x" * 3_000_000)

        events = await events_of(drive, tmp_path, max_file_bytes=1_000_000)

        failure = next(event for event in events if isinstance(event, Failed))
        assert (failure.key, "3.0 MB" in failure.reason) == ("a", True)

    async def test_owner_authors_link_and_dates_are_drives(self, drive: StrictDrive, tmp_path: Path) -> None:
        author = {"displayName": "Grace Hopper", "emailAddress": "grace@example.org"}
        drive.put("a", "a.md", "alpha", lastModifyingUser=author, description="How we deploy")

        raw = await loaded(drive, tmp_path, "a")

        assert raw.owner == Owner("Ada Lovelace", "ada@example.org", "Google Drive")
        assert raw.authors == ("Grace Hopper", "Ada Lovelace")
        assert raw.url == "https://docs.google.com/document/d/a/edit"
        assert raw.modified_at == drive.clock
        assert raw.attributes["description"] == "How we deploy"


class TestReaders:
    async def test_people_and_groups_may_read(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "a.md", "alpha")
        drive.share(
            "a",
            {"type": "user", "emailAddress": "Ada@Example.org", "role": "writer"},
            {"type": "group", "emailAddress": "Payments@example.org", "role": "reader"},
        )

        assert await readers_of(drive, tmp_path, "a") == ["group:payments@example.org", "user:ada@example.org"]

    @pytest.mark.parametrize(
        ("permission", "options", "public"),
        [
            ({"type": "domain", "domain": "example.org", "allowFileDiscovery": True}, {}, True),
            ({"type": "domain", "domain": "example.org"}, {}, True),
            ({"type": "domain", "domain": "example.org"}, {"link_sharing": "none"}, False),
            ({"type": "domain", "domain": "customer.example", "allowFileDiscovery": True}, {}, False),
            ({"type": "anyone"}, {}, False),
            ({"type": "anyone"}, {"link_sharing": "anyone"}, True),
            ({"type": "anyone", "allowFileDiscovery": True}, {}, True),
        ],
    )
    async def test_everyone_may_read_what_is_shared_with_the_company(
        self,
        drive: StrictDrive,
        tmp_path: Path,
        permission: dict[str, object],
        options: dict[str, object],
        public: bool,
    ) -> None:
        drive.put("a", "a.md", "alpha")
        drive.share("a", permission)

        assert await readers_of(drive, tmp_path, "a", **options) == ([EVERYONE] if public else [])

    @pytest.mark.parametrize(
        "more", [{"deleted": True}, {"expirationTime": "2020-01-01T00:00:00Z"}, {"view": "published"}]
    )
    async def test_a_permission_that_no_longer_holds_gives_nothing(
        self, drive: StrictDrive, tmp_path: Path, more: dict[str, object]
    ) -> None:
        drive.put("a", "a.md", "alpha")
        drive.share("a", {"type": "user", "emailAddress": "ada@example.org", **more})

        assert await readers_of(drive, tmp_path, "a") == []

    async def test_where_drive_does_not_say_the_configuration_decides(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "a.md", "alpha", onlyReader=True)

        assert await readers_of(drive, tmp_path, "a") is None

    async def test_a_shared_drives_members_are_a_group(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.share(TEAM_DRIVE, {"type": "user", "emailAddress": "ada@example.org"})
        drive.put("a", "a.md", "alpha", parent=TEAM_DRIVE, driveId=TEAM_DRIVE)
        options: dict[str, object] = {"folders": [], "drives": [TEAM_DRIVE]}

        events = await events_of(drive, tmp_path, **options)

        assert await readers_of(drive, tmp_path, "a", **options) == [f"gdrive:{TEAM_DRIVE}"]
        assert members(events) == {f"gdrive:{TEAM_DRIVE}": ["user:ada@example.org"]}

    async def test_a_new_member_of_a_shared_drive_is_told_without_reading_its_files(
        self, drive: StrictDrive, tmp_path: Path
    ) -> None:
        drive.share(TEAM_DRIVE, {"type": "user", "emailAddress": "ada@example.org"})
        drive.put("a", "a.md", "alpha", parent=TEAM_DRIVE, driveId=TEAM_DRIVE)
        options: dict[str, object] = {"folders": [], "drives": [TEAM_DRIVE]}
        cursor = checkpoint(await events_of(drive, tmp_path, **options)).cursor
        drive.share(TEAM_DRIVE, {"type": "user", "emailAddress": "grace@example.org"})

        events = await events_of(drive, tmp_path, cursor, **options)

        assert members(events) == {f"gdrive:{TEAM_DRIVE}": ["user:grace@example.org"]}
        assert [event for event in events if isinstance(event, Found)] == []

    async def test_a_shared_drive_that_is_closed_to_the_company_closes_its_files(
        self, drive: StrictDrive, tmp_path: Path
    ) -> None:
        ada: dict[str, object] = {"type": "user", "emailAddress": "ada@example.org"}
        drive.share(TEAM_DRIVE, ada, {"type": "domain", "domain": "example.org"})
        drive.put("a", "a.md", "alpha", parent=TEAM_DRIVE, driveId=TEAM_DRIVE)
        options: dict[str, object] = {"folders": [], "drives": [TEAM_DRIVE]}
        before = await events_of(drive, tmp_path, **options)
        opened = await readers_of(drive, tmp_path, "a", **options)
        drive.share(TEAM_DRIVE, ada)

        after = await events_of(drive, tmp_path, checkpoint(before).cursor, **options)

        assert opened == [EVERYONE, f"gdrive:{TEAM_DRIVE}"]
        assert found(after, "a").version != found(before, "a").version

    async def test_who_was_given_one_file_of_a_shared_drive_reads_only_that(
        self, drive: StrictDrive, tmp_path: Path
    ) -> None:
        drive.share(TEAM_DRIVE, {"type": "user", "emailAddress": "ada@example.org"})
        drive.put("a", "a.md", "alpha", parent=TEAM_DRIVE, driveId=TEAM_DRIVE, hasAugmentedPermissions=True)
        drive.share("a", {"type": "user", "emailAddress": "guest@customer.example"})
        drive.put("b", "b.md", "beta", parent=TEAM_DRIVE, driveId=TEAM_DRIVE)
        options: dict[str, object] = {"folders": [], "drives": [TEAM_DRIVE]}

        assert await readers_of(drive, tmp_path, "a", **options) == [
            f"gdrive:{TEAM_DRIVE}",
            "user:guest@customer.example",
        ]
        assert await readers_of(drive, tmp_path, "b", **options) == [f"gdrive:{TEAM_DRIVE}"]

    async def test_a_limited_folder_keeps_the_drives_members_out(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.share(TEAM_DRIVE, {"type": "user", "emailAddress": "ada@example.org"})
        drive.folder("hr", parent=TEAM_DRIVE, driveId=TEAM_DRIVE, inheritedPermissionsDisabled=True)
        drive.folder("pay", parent="hr", driveId=TEAM_DRIVE)
        drive.put("a", "a.md", "alpha", parent="pay", driveId=TEAM_DRIVE)
        drive.share("a", {"type": "user", "emailAddress": "boss@example.org"})

        by_drive = await readers_of(drive, tmp_path, "a", folders=[], drives=[TEAM_DRIVE])
        by_folder = await readers_of(drive, tmp_path, "a", folders=["pay"])

        assert by_drive == by_folder == ["user:boss@example.org"]

    async def test_a_group_is_expanded_where_the_directory_may_be_asked(
        self, drive: StrictDrive, tmp_path: Path
    ) -> None:
        drive.groups["payments@example.org"] = [
            {"email": "Ada@example.org", "type": "USER"},
            {"email": "nested@example.org", "type": "GROUP"},
        ]
        drive.put("a", "a.md", "alpha")
        drive.share("a", {"type": "group", "emailAddress": "payments@example.org"})
        drive.put("b", "b.md", "beta")
        drive.share("b", {"type": "group", "emailAddress": "strangers@customer.example"})

        events = await events_of(drive, tmp_path, expand_groups=True)

        assert members(events) == {"group:payments@example.org": ["user:ada@example.org"]}
        failed = [event.key for event in events if isinstance(event, Failed)]
        assert failed == ["group:strangers@customer.example"]


class TestCredentials:
    async def test_a_refresh_token_works_too(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "a.md", "alpha")
        oauth = {"client_id": "client", "client_secret": "secret", "refresh_token": drive.refresh_token}

        assert await keys_of(drive, tmp_path, service_account_key=None, **oauth) == ["a"]

    async def test_the_key_can_be_a_file(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "a.md", "alpha")
        (tmp_path / "key.json").write_text(str(drive.options()["service_account_key"]))

        assert await keys_of(drive, tmp_path, service_account_key=None, service_account_file="key.json") == ["a"]

    async def test_an_access_token_that_ends_early_is_replaced(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "a.md", "alpha")
        async with connector(drive, tmp_path) as opened:
            events = [event async for event in opened.read(None)]
            drive.tokens.clear()

            raw = await found(events, "a").load()

        assert raw.content == b"alpha"

    async def test_a_revoked_consent_says_so_without_the_token(self, drive: StrictDrive, tmp_path: Path) -> None:
        oauth = {"client_id": "client", "client_secret": "secret", "refresh_token": "1//of-yesterday"}

        with pytest.raises(PermanentError, match="revoked") as refused:
            await events_of(drive, tmp_path, service_account_key=None, **oauth)

        assert "1//of-yesterday" not in str(refused.value)

    async def test_a_missing_delegation_names_the_scope(self, drive: StrictDrive, tmp_path: Path) -> None:
        with pytest.raises(PermanentError, match=r"drive\.readonly"):
            await events_of(drive, tmp_path, subject="stranger@example.org")

    @pytest.mark.parametrize(
        "key", ["not json", '{"type": "service_account"}', '{"client_email": "a", "private_key": "x"}']
    )
    async def test_a_key_that_is_none_is_a_configuration_error_and_not_shown(
        self, drive: StrictDrive, tmp_path: Path, key: str
    ) -> None:
        with pytest.raises(ConfigurationError, match="key") as refused:
            await events_of(drive, tmp_path, service_account_key=key)

        assert key not in f"{refused.value} {refused.value.__cause__}"

    async def test_a_source_without_credentials_says_which_there_are(self, drive: StrictDrive, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="refresh_token"):
            await events_of(drive, tmp_path, service_account_key=None)


class TestRefusals:
    async def test_a_quota_is_waited_for(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.put("a", "a.md", "alpha")
        waited: list[float] = []

        async def sleep(seconds: float) -> None:
            waited.append(seconds)

        async with connector(drive, tmp_path) as opened:
            object.__setattr__(opened._api, "sleep", sleep)
            drive.refusals = [refusal(403, "userRateLimitExceeded"), refusal(403, "rateLimitExceeded")]
            events = [event async for event in opened.read(None)]

        assert found(events, "a").key == "a"
        assert waited == [1.0, 4.0]

    async def test_an_api_that_is_not_enabled_says_what_to_check(self, drive: StrictDrive, tmp_path: Path) -> None:
        drive.refusals = [refusal(403, "accessNotConfigured")]

        with pytest.raises(PermanentError, match="Drive API is enabled"):
            await events_of(drive, tmp_path)
