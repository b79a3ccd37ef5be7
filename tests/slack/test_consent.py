"""People agree to personal search themselves, for themselves, and take it back whenever they want."""

import asyncio
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from personal_parts import PUBLIC_URL, Parts, agreed, personal_parts

from aika.domain.errors import ConfigurationError, TransientError
from aika.surfaces.slack.consent import ConsentError
from aika.surfaces.slack.consent_links import SCOPES
from aika.surfaces.slack.consent_sealing import KEY_FILE, Sealing
from aika.surfaces.slack.failures import SlackRefusedError


def files_in(folder: Path) -> bytes:
    """Return all that the database has on the disk."""
    return b"".join(path.read_bytes() for path in folder.glob("aika.db*"))


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with personal_parts(tmp_path) as parts:
        yield parts


class TestAgreeing:
    async def test_the_link_asks_for_reading_by_search_alone(self, parts: Parts) -> None:
        link = urlsplit(parts.consents.link(parts.workspace, parts.user("ann")))

        asked = {key: values[0] for key, values in parse_qs(link.query).items()}
        assert link.path == "/oauth/v2/authorize"
        assert asked["user_scope"] == ",".join(SCOPES)
        assert all(scope.startswith("search:read.") for scope in SCOPES)
        assert asked["redirect_uri"] == f"{PUBLIC_URL}/slack/oauth/callback"
        assert "scope" not in asked

    async def test_who_agrees_is_connected_and_nobody_else(self, parts: Parts) -> None:
        connected = await parts.connect("ann")

        assert connected.user == parts.user("ann")
        assert await parts.consents.status(parts.workspace, parts.user("ann")) == parts.clock.now()
        assert await parts.consents.status(parts.workspace, parts.user("ben")) is None
        assert await parts.token("ben") is None

    async def test_who_agrees_as_somebody_else_is_not_connected_and_the_token_is_void(self, parts: Parts) -> None:
        link = parts.consents.link(parts.workspace, parts.user("ann"))

        with pytest.raises(ConsentError, match="somebody else"):
            await parts.consents.complete(**agreed(parts.world, link, "ben"))

        assert await parts.token("ann") is None
        assert await parts.token("ben") is None
        assert [token.state for token in parts.world.workspace.tokens.values() if token.kind == "user"] == ["revoked"]

    async def test_a_link_can_be_used_once(self, parts: Parts) -> None:
        link = parts.consents.link(parts.workspace, parts.user("ann"))
        await parts.consents.complete(**agreed(parts.world, link, "ann"))

        with pytest.raises(ConsentError, match="used before"):
            await parts.consents.complete(**agreed(parts.world, link, "ann"))

    async def test_a_link_that_comes_back_twice_at_once_connects_once(self, parts: Parts) -> None:
        link = parts.consents.link(parts.workspace, parts.user("ann"))
        both = [parts.consents.complete(**agreed(parts.world, link, "ann")) for _ in range(2)]

        came = await asyncio.gather(*both, return_exceptions=True)

        assert sum(isinstance(one, ConsentError) for one in came) == 1

    async def test_a_link_expires(self, parts: Parts) -> None:
        back = agreed(parts.world, parts.consents.link(parts.workspace, parts.user("ann")), "ann")
        parts.clock.advance(timedelta(hours=1))

        with pytest.raises(ConsentError, match="expired"):
            await parts.consents.complete(**back)

    @pytest.mark.parametrize("forged", ["", ".", "e30=.00", "{state}0", "x{state}"])
    async def test_a_link_that_is_not_from_here_is_refused(self, parts: Parts, forged: str) -> None:
        back = agreed(parts.world, parts.consents.link(parts.workspace, parts.user("ann")), "ann")

        with pytest.raises(ConsentError, match="not from here"):
            await parts.consents.complete(code=back["code"], state=forged.format(state=back["state"]))

    async def test_a_link_of_another_installation_is_refused(self, parts: Parts, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.mkdir()
        links = replace(parts.consents._links, sealing=Sealing.of_folder(other))
        link = links.link(parts.workspace.team, parts.user("ann"), client_id=parts.world.app.client_id)

        with pytest.raises(ConsentError, match="not from here"):
            await parts.consents.complete(**agreed(parts.world, link, "ann"))

    async def test_who_grants_less_is_not_connected(self, parts: Parts) -> None:
        link = parts.consents.link(parts.workspace, parts.user("ann"))

        with pytest.raises(ConsentError, match="did not grant"):
            await parts.consents.complete(**agreed(parts.world, link, "ann", without="search:read.im"))

        assert await parts.token("ann") is None

    async def test_a_code_that_slack_does_not_know_connects_nobody(self, parts: Parts) -> None:
        back = agreed(parts.world, parts.consents.link(parts.workspace, parts.user("ann")), "ann")

        with pytest.raises(ConsentError, match="invalid_code"):
            await parts.consents.complete(code="made-up", state=back["state"])


class TestKeeping:
    async def test_the_token_is_in_the_database_only_sealed(self, parts: Parts, tmp_path: Path) -> None:
        await parts.connect("ann", rotating=True)

        token = await parts.token("ann")
        kept = files_in(tmp_path)
        assert token is not None
        assert token.encode() not in kept
        assert not any(refresh.encode() in kept for refresh in parts.world.workspace.refresh_tokens)

    async def test_the_key_can_be_read_by_its_owner_alone(self, parts: Parts, tmp_path: Path) -> None:
        assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600

    async def test_a_key_that_others_can_read_is_refused_with_the_remedy(self, parts: Parts, tmp_path: Path) -> None:
        (tmp_path / KEY_FILE).chmod(0o644)

        with pytest.raises(ConfigurationError, match="chmod 600"):
            Sealing.of_folder(tmp_path)

    async def test_a_file_that_is_no_key_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / KEY_FILE).write_text("secret")
        (tmp_path / KEY_FILE).chmod(0o600)

        with pytest.raises(ConfigurationError, match="holds no key"):
            Sealing.of_folder(tmp_path)

    async def test_a_token_in_another_persons_row_opens_nothing(self, parts: Parts) -> None:
        await parts.connect("ann")
        anns = await parts.database.consents.find(parts.workspace.team, parts.user("ann"))
        assert anns is not None
        await parts.database.consents.put(replace(anns, user=parts.user("ben")))

        assert await parts.token("ben") is None

    async def test_a_lost_key_ends_consents_and_nothing_else(self, parts: Parts, tmp_path: Path) -> None:
        await parts.connect("ann")
        (tmp_path / KEY_FILE).unlink()
        parts.consents._sealing = Sealing.of_folder(tmp_path)

        assert await parts.token("ann") is None
        assert await parts.consents.status(parts.workspace, parts.user("ann")) is None

    async def test_no_token_shows_in_a_representation(self, parts: Parts) -> None:
        await parts.connect("ann")

        kept = await parts.database.consents.find(parts.workspace.team, parts.user("ann"))

        assert "token=" not in repr(kept)


class TestRenewing:
    async def test_a_token_that_rotates_is_renewed_before_it_expires(self, parts: Parts) -> None:
        await parts.connect("ann", rotating=True)
        first = await parts.token("ann")
        parts.clock.advance(timedelta(hours=11, minutes=55))

        second = await parts.token("ann")

        assert second not in {None, first}
        assert await parts.token("ann") == second

    async def test_questions_at_the_same_time_renew_it_once(self, parts: Parts) -> None:
        await parts.connect("ann", rotating=True)
        parts.clock.advance(timedelta(hours=12))

        tokens = await asyncio.gather(*(parts.token("ann") for _ in range(5)))

        assert len(set(tokens)) == 1
        assert len(parts.world.calls_of("oauth.v2.access")) == 2

    async def test_a_question_that_gives_up_waiting_loses_no_token(self, parts: Parts) -> None:
        await parts.connect("ann", rotating=True)
        parts.clock.advance(timedelta(hours=12))

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(parts.token("ann"), 0)
        await parts.consents.finish()

        assert await parts.token("ann") is not None

    async def test_a_refresh_token_that_slack_refuses_ends_the_consent(self, parts: Parts) -> None:
        await parts.connect("ann", rotating=True)
        parts.clock.advance(timedelta(hours=12))
        parts.world.workspace.refresh_tokens.clear()

        assert await parts.token("ann") is None
        assert await parts.consents.status(parts.workspace, parts.user("ann")) is None

    async def test_slack_being_away_ends_nothing(self, parts: Parts) -> None:
        await parts.connect("ann", rotating=True)
        parts.clock.advance(timedelta(hours=12))
        parts.world.fail("oauth.v2.access", status=503)

        with pytest.raises(TransientError):
            await parts.token("ann")

        assert await parts.token("ann") is not None

    async def test_what_another_process_has_renewed_is_used(self, parts: Parts) -> None:
        await parts.connect("ann", rotating=True)
        parts.clock.advance(timedelta(hours=12))
        stale = await parts.database.consents.find(parts.workspace.team, parts.user("ann"))
        assert stale is not None
        fresh = await parts.token("ann")

        found = await parts.consents._not_renewed(
            stale, SlackRefusedError("an exchange of a token", "invalid_refresh_token")
        )

        assert found is not None
        assert found.version == 1
        assert await parts.token("ann") == fresh


class TestTakingBack:
    async def test_stopping_deletes_the_token_and_has_slack_revoke_it(self, parts: Parts) -> None:
        await parts.connect("ann")
        token = await parts.token("ann")
        assert token is not None

        assert await parts.search.stop(parts.workspace, parts.user("ann"))

        assert parts.world.workspace.tokens[token].state == "revoked"
        assert await parts.consents.status(parts.workspace, parts.user("ann")) is None
        assert await parts.token("ann") is None

    async def test_stopping_deletes_the_token_also_where_slack_is_away(self, parts: Parts) -> None:
        await parts.connect("ann")
        parts.world.fail("auth.revoke", error="fatal_error", times=9)

        assert not await parts.search.stop(parts.workspace, parts.user("ann"))

        assert await parts.token("ann") is None

    async def test_a_token_that_is_void_already_counts_as_revoked(self, parts: Parts) -> None:
        await parts.connect("ann")
        parts.world.revoke(await parts.token("ann") or "")

        assert await parts.search.stop(parts.workspace, parts.user("ann"))

    async def test_stopping_twice_is_fine(self, parts: Parts) -> None:
        assert await parts.search.stop(parts.workspace, parts.user("ann"))

    async def test_one_who_stops_ends_it_for_nobody_else(self, parts: Parts) -> None:
        await parts.connect("ann")
        await parts.connect("ben")

        await parts.search.stop(parts.workspace, parts.user("ann"))

        assert await parts.token("ben") is not None

    async def test_who_stopped_can_connect_again(self, parts: Parts) -> None:
        await parts.connect("ann")
        await parts.search.stop(parts.workspace, parts.user("ann"))

        await parts.connect("ann")

        assert await parts.token("ann") is not None

    async def test_an_app_that_is_removed_ends_it_for_all(self, parts: Parts) -> None:
        await parts.connect("ann")
        await parts.connect("ben")

        await parts.consents.drop_team(parts.workspace.team)

        assert await parts.token("ann") is None
        assert await parts.token("ben") is None

    async def test_where_it_is_not_offered_any_more_it_ends_for_all(self, parts: Parts) -> None:
        await parts.connect("ann")
        await parts.connect("ben")

        await parts.consents.end_all()

        assert await parts.database.consents.of_team(None) == []
        users = [token for token in parts.world.workspace.tokens.values() if token.kind == "user"]
        assert [token.state for token in users] == ["revoked", "revoked"]

    async def test_what_slack_cannot_end_now_is_left_for_the_next_time(self, parts: Parts) -> None:
        await parts.connect("ann")
        parts.world.fail("auth.revoke", error="fatal_error")

        await parts.consents.end_all()
        left = await parts.database.consents.of_team(None)
        await parts.consents.end_all()

        assert len(left) == 1
        assert await parts.database.consents.of_team(None) == []
