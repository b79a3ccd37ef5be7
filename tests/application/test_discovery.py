"""Teams declare sources in their own repositories, with the rights that an operator lends to the place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from aika.application.declarations import Changes, Declarations
from aika.application.wiring import open_connector
from aika.connectors.filesystem import FilesystemConnector, FilesystemOptions
from aika.domain.errors import AikaError, ConfigurationError
from aika.domain.identifiers import SourceId
from aika.domain.sources import Source
from aika.protocols import Connector
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.settings import Settings, load_settings, with_secrets

TOWN = SourceId("town")
WEB = "connector: web\nreaders: [everyone]\noptions: {start: ['http://127.0.0.1:9/']}\n"


@asynccontextmanager
async def folder_of(_: str, options: object) -> AsyncIterator[Connector]:
    async with FilesystemConnector.open(FilesystemOptions.model_validate(options), surroundings()) as connector:
        yield connector


def surroundings(folder: Path = Path("/")) -> Surroundings:
    return Surroundings(folder, folder, TechnicalAnalyzer())


class TestDiscovery:
    def repository(self, tmp_path: Path, text: str, **lent: object) -> Settings:
        files = tmp_path / "repository" / "aika-sources"
        files.mkdir(parents=True, exist_ok=True)
        (files / "town.yaml").write_text(text, encoding="utf-8")
        place = {"connector": "filesystem", "options": {"path": str(tmp_path / "repository")}, **lent}
        return load_settings(tmp_path, discovery={"team": place})

    async def test_a_file_in_a_repository_declares_a_source_until_it_is_removed(self, tmp_path: Path) -> None:
        settings = self.repository(tmp_path, "connector: web\nreaders: [everyone]\n")
        declared = Declarations(settings, folder_of)
        problems = await declared.discover()
        added = declared.reload()
        (tmp_path / "repository" / "aika-sources" / "town.yaml").unlink()
        (tmp_path / "repository" / "README.md").write_text("Empty.", encoding="utf-8")
        await declared.discover()

        assert problems == []
        assert added == Changes(changed=(TOWN,))
        assert declared.reload() == Changes(removed=(TOWN,))

    async def test_a_repository_out_of_reach_changes_nothing(self, tmp_path: Path) -> None:
        settings = self.repository(tmp_path, "connector: web\n")
        declared = Declarations(settings, folder_of)
        await declared.discover()
        declared.reload()
        (tmp_path / "repository").rename(tmp_path / "elsewhere")

        problems = await declared.discover()

        assert "what it declared before stays" in problems[0]
        assert declared.reload() == Changes()
        assert TOWN in declared.sources

    @pytest.mark.parametrize("connector", ["filesystem", "people"])
    async def test_a_repository_may_not_read_this_machine_nor_say_who_is_who(
        self, tmp_path: Path, connector: str
    ) -> None:
        declared = Declarations(self.repository(tmp_path, f"connector: {connector}\n"), folder_of)
        await declared.discover()
        declared.reload()

        assert declared.sources == {}
        assert "an operator can allow it" in str(declared.errors[0])

    async def test_a_repository_gets_no_secret_that_was_not_lent_to_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ADMIN_TOKEN", "precious")
        declared = Declarations(
            self.repository(tmp_path, "connector: web\noptions: {token: 'x${ADMIN_TOKEN}'}\n"), folder_of
        )
        await declared.discover()
        declared.reload()

        with pytest.raises(ConfigurationError, match="does not lend"):
            with_secrets(declared.sources[TOWN])

    async def declared(self, tmp_path: Path, text: str, **lent: object) -> Declarations:
        declarations = Declarations(self.repository(tmp_path, text, **lent), folder_of)
        await declarations.discover()
        declarations.reload()
        return declarations

    @pytest.mark.parametrize(
        "text",
        [
            "connector: git\noptions: {path: /srv/other-team}\n",
            "connector: git\noptions: {url: 'git@git.acme.example:board/plans.git'}\n",
            "connector: git\noptions: {url: 'ssh://git.acme.example/board/plans.git'}\n",
            "connector: openapi\noptions: {path: /etc}\n",
            "connector: slack-export\noptions: {path: ../exports}\n",
            "connector: backstage-catalog\noptions: {path: ..}\n",
            "connector: github\noptions: {app: {app_id: 1, installation_id: 1, private_key_file: /srv/key.pem}}\n",
        ],
    )
    async def test_a_repository_may_not_use_files_and_keys_of_the_server(self, tmp_path: Path, text: str) -> None:
        declarations = await self.declared(tmp_path, text)

        assert declarations.sources == {}
        assert "of the machine that aika runs on" in str(declarations.errors[0])

    async def test_an_operator_may_lend_a_connector_with_all_its_options(self, tmp_path: Path) -> None:
        declarations = await self.declared(tmp_path, "connector: git\noptions: {path: /srv/town}\n", connectors=["git"])

        assert set(declarations.sources) == {TOWN}

    @pytest.mark.parametrize(
        "text",
        ["connector: git\noptions: {url: 'http://127.0.0.1:9/board'}\n", WEB],
        ids=["git", "web"],
    )
    async def test_a_repository_may_not_reach_what_only_the_server_can(self, tmp_path: Path, text: str) -> None:
        source = (await self.declared(tmp_path, text)).sources[TOWN]

        assert "private address" in await refusal_of(source, tmp_path)

    async def test_an_operator_may_lend_a_host(self, tmp_path: Path) -> None:
        source = (await self.declared(tmp_path, WEB, hosts=["127.0.0.1"])).sources[TOWN]

        assert "private address" not in await refusal_of(source, tmp_path)

    async def test_a_repository_does_not_say_who_is_in_which_group(self, tmp_path: Path) -> None:
        lent = (await self.declared(tmp_path, WEB)).sources[TOWN].lent

        assert lent is not None
        assert not lent.groups


async def refusal_of(source: Source, folder: Path) -> str:
    """Return what a source says of why it cannot be read."""
    try:
        async with open_connector(source, surroundings(folder)) as connector:
            return " ".join([str(event) async for event in connector.read(None)])
    except AikaError as error:
        return str(error)
