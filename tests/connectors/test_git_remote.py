"""The git connector against servers on loopback: dulwich's own and Git's own."""

import base64
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from dulwich.refs import Ref
from git_library import BOB, NoAnalyzer, Work, dulwich_server, git_http_backend, serving

from aika.connectors.git.connector import GitConnector
from aika.connectors.git.options import GitOptions
from aika.domain.errors import (
    AuthenticationError,
    ConfigurationError,
    InvalidRequestError,
    NotFoundError,
    TransientError,
)
from aika.domain.sources import Cursor, Event, Found, Notification, Removed
from aika.registry import Surroundings
from aika.testing.contracts.connector import checkpoint, found, versions

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs the program git, for its own server")
TOKEN = "tok-4711"


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    work = Work(tmp_path / "remote" / "acme" / "docs.git")
    yield work
    work.close()


@pytest.fixture(params=["dulwich", pytest.param("git", marks=needs_git)])
def address(request: pytest.FixtureRequest, work: Work, tmp_path: Path) -> Iterator[str]:
    application = (
        dulwich_server(work.repository) if request.param == "dulwich" else git_http_backend(tmp_path / "remote")
    )
    with serving(application) as base:
        yield f"{base}/acme/docs.git"


def connecting(data: Path, **options: object) -> AbstractAsyncContextManager[GitConnector]:
    surroundings = Surroundings(base_dir=data, data_dir=data / "data", analyzer=NoAnalyzer())
    return GitConnector.open(GitOptions.model_validate(options), surroundings)


async def events_of(data: Path, since: Cursor | None = None, **options: object) -> list[Event]:
    async with connecting(data, **options) as connector:
        return [event async for event in connector.read(since)]


async def loaded(data: Path, key: str, **options: object) -> bytes:
    async with connecting(data, **options) as connector:
        events = [event async for event in connector.read(None)]
        return (await found(events, key).load()).content


def keys(events: list[Event]) -> list[str]:
    return [event.key for event in events if isinstance(event, Found)]


class TestFetching:
    async def test_a_remote_repository_is_read(self, work: Work, address: str, tmp_path: Path) -> None:
        work.commit({"guide.md": "alpha", "src/a.py": "beta"})

        assert keys(await events_of(tmp_path, url=address)) == ["guide.md", "src/a.py"]
        assert await loaded(tmp_path, "guide.md", url=address) == b"alpha"

    async def test_only_what_changed_is_found_next(self, work: Work, address: str, tmp_path: Path) -> None:
        work.commit({"a.md": "a", "b.md": "b", "c.md": "c"})
        cursor = checkpoint(await events_of(tmp_path, url=address)).cursor
        work.commit({"b.md": "beta"}, removed=["c.md"])

        events = await events_of(tmp_path, cursor, url=address)

        assert keys(events) == ["b.md"]
        assert Removed("c.md") in events

    async def test_a_shallow_copy_has_the_files_and_claims_no_authors(
        self, work: Work, address: str, tmp_path: Path
    ) -> None:
        for number in range(4):
            work.commit({f"{number}.md": "a"})

        async with connecting(tmp_path, url=address, depth=1) as connector:
            events = [event async for event in connector.read(None)]
            raw = await found(events, "0.md").load()

        assert keys(events) == ["0.md", "1.md", "2.md", "3.md"]
        assert (raw.authors, raw.modified_at) == ((), None)

    async def test_a_shallow_copy_follows_changes_and_learns_who_made_them(
        self, work: Work, address: str, tmp_path: Path
    ) -> None:
        work.commit({"a.md": "a", "b.md": "b"})
        before = await events_of(tmp_path, url=address, depth=1)
        work.commit({"b.md": "beta"}, author=BOB)
        work.commit({"c.md": "c"}, author=BOB)

        async with connecting(tmp_path, url=address, depth=2) as connector:
            events = [event async for event in connector.read(checkpoint(before).cursor)]
            raw = await found(events, "c.md").load()

        assert raw.authors == ("Bob Example",)

    async def test_the_same_shallow_copy_is_brought_up_to_date(self, work: Work, address: str, tmp_path: Path) -> None:
        work.commit({"a.md": "a", "b.md": "b"})
        before = await events_of(tmp_path, url=address, depth=1)
        for number in range(3):
            work.commit({"b.md": f"beta {number}"}, author=BOB)

        events = await events_of(tmp_path, checkpoint(before).cursor, url=address, depth=1)

        assert keys(events) == ["b.md"]
        assert await loaded(tmp_path, "b.md", url=address, depth=1) == b"beta 2"

    async def test_a_branch_and_a_tag_are_fetched_by_name(self, work: Work, address: str, tmp_path: Path) -> None:
        first = work.commit({"guide.md": "first"})
        work.commit({"guide.md": "second"})
        work.branch("release/1", first)
        work.repository.refs[Ref(b"refs/tags/v1")] = work.repository.refs[Ref(b"refs/heads/release/1")]

        assert await loaded(tmp_path, "guide.md", url=address, ref="release/1") == b"first"
        assert await loaded(tmp_path, "guide.md", url=address, ref="v1") == b"first"

    async def test_a_rewritten_branch_is_followed(self, work: Work, address: str, tmp_path: Path) -> None:
        first = work.commit({"a.md": "a"})
        work.commit({"b.md": "b"})
        before = await events_of(tmp_path, url=address)
        work.branch("main", first)

        events = await events_of(tmp_path, checkpoint(before).cursor, url=address)

        assert Removed("b.md") in events

    async def test_an_unknown_branch_is_named(self, work: Work, address: str, tmp_path: Path) -> None:
        work.commit({"a.md": "a"})

        with pytest.raises(ConfigurationError, match="'nowhere'"):
            await events_of(tmp_path, url=address, ref="nowhere")

    async def test_a_repository_that_is_not_there_is_told(self, work: Work, address: str, tmp_path: Path) -> None:
        work.commit({"a.md": "a"})

        with pytest.raises((NotFoundError, TransientError)):
            await events_of(tmp_path, url=address.replace("docs.git", "nothing.git"))


class TestSsh:
    @needs_git
    async def test_a_repository_is_read_through_the_ssh_program_which_never_asks(
        self, work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        work.commit({"a.md": "a"})
        program = tmp_path / "bin" / "ssh"
        program.parent.mkdir()
        # Runs here what it is asked to run there, and notes how it was called.
        program.write_text(
            f'#!/bin/sh\necho "$@" > {tmp_path}/called\nfor last; do :; done\nexec sh -c "$last"\n', "utf-8"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

        events = await events_of(tmp_path, url=f"ssh://git@code.example.org{work.folder}")

        assert keys(events) == ["a.md"]
        assert "BatchMode=yes" in (tmp_path / "called").read_text("utf-8")


class TestTransfer:
    @needs_git
    async def test_only_what_is_new_is_transferred(self, work: Work, tmp_path: Path) -> None:
        work.commit({f"{number}.md": hashlib.sha512(bytes([number])).hexdigest() * 40 for number in range(50)})
        sizes: list[int] = []

        with serving(measured(git_http_backend(tmp_path / "remote"), sizes)) as base:
            url = f"{base}/acme/docs.git"
            await events_of(tmp_path, url=url)
            first, sizes[:] = sum(sizes), []
            await events_of(tmp_path, url=url)
            unchanged, sizes[:] = sum(sizes), []
            work.commit({"new.md": "a"})
            await events_of(tmp_path, url=url)

        assert unchanged < 1_000
        assert sum(sizes) < first / 2

    async def test_a_copy_of_too_many_packs_is_made_anew(self, work: Work, tmp_path: Path) -> None:
        work.commit({"a.md": "a"}, author=BOB)

        with serving(dulwich_server(work.repository)) as base:
            url = f"{base}/acme/docs.git"
            before = await events_of(tmp_path, url=url)
            packs = next((tmp_path / "data" / "git").glob("docs-*/objects/pack"))
            for number in range(201):
                (packs / f"pack-{number:040x}.pack").touch()
            after = await events_of(tmp_path, url=url)

        assert versions(after) == versions(before)
        assert len(list(packs.iterdir())) < 10


class TestAccess:
    async def test_a_token_opens_a_private_repository(self, work: Work, tmp_path: Path) -> None:
        work.commit({"a.md": "a"})

        with serving(private(dulwich_server(work.repository))) as base:
            events = await events_of(tmp_path, url=f"{base}/acme/docs.git", token=TOKEN)

        assert keys(events) == ["a.md"]

    async def test_a_wrong_token_is_refused_without_showing_it(self, work: Work, tmp_path: Path) -> None:
        work.commit({"a.md": "a"})

        with serving(private(dulwich_server(work.repository))) as base:
            with pytest.raises(ConfigurationError, match="option token") as refused:
                await events_of(tmp_path, url=f"{base}/acme/docs.git", token="wrong-secret")

        assert "wrong-secret" not in str(refused.value)

    async def test_the_token_is_not_written_to_disk(self, work: Work, tmp_path: Path) -> None:
        work.commit({"a.md": "a"})

        with serving(private(dulwich_server(work.repository))) as base:
            await events_of(tmp_path, url=f"{base}/acme/docs.git", token=TOKEN)

        kept = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
        assert kept
        assert not any(TOKEN.encode() in file.read_bytes() for file in kept)

    async def test_a_repository_that_moved_is_not_followed_to_another_host(self, work: Work, tmp_path: Path) -> None:
        work.commit({"a.md": "a"})

        with serving(answering("301 Moved Permanently", ("Location", "http://127.0.0.1:9/x"))) as base:
            with pytest.raises(ConfigurationError, match="has moved"):
                await events_of(tmp_path, url=f"{base}/acme/docs.git")

    @pytest.mark.parametrize("status", ["500 Internal Server Error", "429 Too Many Requests"])
    async def test_a_server_in_trouble_is_tried_later(self, status: str, tmp_path: Path) -> None:
        with serving(answering(status)) as base, pytest.raises(TransientError):
            await events_of(tmp_path, url=f"{base}/acme/docs.git")

    async def test_a_server_that_is_gone_is_tried_later(self, tmp_path: Path) -> None:
        with serving(answering("200 OK")) as base:
            pass

        with pytest.raises(TransientError, match="cannot be reached"):
            await events_of(tmp_path, url=f"{base}/acme/docs.git")

    async def test_an_answer_that_is_not_gits_is_no_crash(self, tmp_path: Path) -> None:
        with serving(answering("200 OK")) as base, pytest.raises((TransientError, NotFoundError)):
            await events_of(tmp_path, url=f"{base}/acme/docs.git")


class TestPushes:
    async def test_a_signed_push_gives_what_it_changed(self, work: Work, tmp_path: Path) -> None:
        before = work.commit({"a.md": "a", "b.md": "b"})

        with serving(dulwich_server(work.repository)) as base:
            async with connecting(tmp_path, url=f"{base}/acme/docs.git", webhook_secret="s3") as connector:
                listed = [event async for event in connector.read(None)]
                work.commit({"a.md": "alpha"}, removed=["b.md"])
                events = [event async for event in connector.notice(push(before))]
                again = [event async for event in connector.read(None)]

        assert keys(events) == ["a.md"]
        assert Removed("b.md") in events
        assert versions(events)["a.md"] != versions(listed)["a.md"]
        assert versions(events)["a.md"] == versions(again)["a.md"]

    @pytest.mark.parametrize(
        "sign",
        [
            lambda body: {"x-hub-signature-256": f"sha256={signature(body)}"},
            lambda body: {"x-hub-signature": f"sha256={signature(body)}"},
            lambda body: {"x-gitea-signature": signature(body)},
            lambda body: {"x-gitlab-token": "s3"},
        ],
        ids=["github", "bitbucket", "gitea", "gitlab"],
    )
    async def test_each_host_signs_in_its_own_way(
        self, work: Work, tmp_path: Path, sign: Callable[[bytes], dict[str, str]]
    ) -> None:
        before = work.commit({"a.md": "a"})
        work.commit({"a.md": "b"})
        body = push(before).body

        async with connecting(tmp_path, path=work.folder, webhook_secret="s3") as connector:
            events = [event async for event in connector.notice(Notification(sign(body), body))]

        assert keys(events) == ["a.md"]

    async def test_bitbuckets_body_is_understood(self, work: Work, tmp_path: Path) -> None:
        before = work.commit({"a.md": "a"})
        work.commit({"a.md": "b"})
        change = {"new": {"name": "main"}, "old": {"name": "main", "target": {"hash": before}}}
        body = json.dumps({"push": {"changes": [change]}}).encode()

        async with connecting(tmp_path, path=work.folder, webhook_secret="s3") as connector:
            events = [event async for event in connector.notice(signed(body))]

        assert keys(events) == ["a.md"]

    async def test_a_push_that_changes_owners_finds_all_and_tells_what_is_gone(
        self, work: Work, tmp_path: Path
    ) -> None:
        before = work.commit({"a.md": "a", "b.md": "b"})
        work.commit({"CODEOWNERS": "* @acme/team"}, removed=["b.md"])

        async with connecting(tmp_path, path=work.folder, webhook_secret="s3") as connector:
            events = [event async for event in connector.notice(push(before))]

        assert keys(events) == ["CODEOWNERS", "a.md"]
        assert events[-1] == Removed("b.md")

    async def test_another_branch_is_no_news(self, work: Work, tmp_path: Path) -> None:
        before = work.commit({"a.md": "a"})
        work.commit({"a.md": "b"})

        async with connecting(tmp_path, path=work.folder, webhook_secret="s3") as connector:
            events = [event async for event in connector.notice(push(before, ref="refs/heads/topic"))]

        assert events == []

    async def test_an_unknown_commit_before_means_everything(self, work: Work, tmp_path: Path) -> None:
        work.commit({"a.md": "a", "b.md": "b"})

        async with connecting(tmp_path, path=work.folder, webhook_secret="s3") as connector:
            events = [event async for event in connector.notice(push("../../etc/passwd"))]

        assert keys(events) == ["a.md", "b.md"]

    @pytest.mark.parametrize(
        "headers", [{}, {"x-hub-signature-256": "sha256=00"}, {"x-gitlab-token": "wrong"}, {"x-gitlab-token": ""}]
    )
    async def test_what_is_not_signed_is_refused(self, work: Work, tmp_path: Path, headers: dict[str, str]) -> None:
        before = work.commit({"a.md": "a"})

        async with connecting(tmp_path, path=work.folder, webhook_secret="s3") as connector:
            with pytest.raises(AuthenticationError):
                [event async for event in connector.notice(Notification(headers, push(before).body))]

    async def test_without_a_secret_everything_is_refused(self, work: Work, tmp_path: Path) -> None:
        before = work.commit({"a.md": "a"})

        async with connecting(tmp_path, path=work.folder) as connector:
            with pytest.raises(AuthenticationError, match="webhook_secret"):
                [event async for event in connector.notice(push(before))]

    async def test_a_signed_body_that_is_no_push_is_invalid(self, work: Work, tmp_path: Path) -> None:
        work.commit({"a.md": "a"})

        async with connecting(tmp_path, path=work.folder, webhook_secret="s3") as connector:
            with pytest.raises(InvalidRequestError):
                [event async for event in connector.notice(signed(b"[1]"))]


def private(application: WSGIApplication) -> WSGIApplication:
    """Ask for the token, as a password of any user."""

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> object:
        said = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Basic ")
        if base64.b64decode(said).partition(b":")[2] != TOKEN.encode():
            start_response("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="git"'), ("Content-Length", "0")])
            return [b""]
        return application(environ, start_response)

    return guarded  # type: ignore[return-value]  # the inner application's result is passed on


def measured(application: WSGIApplication, sizes: list[int]) -> WSGIApplication:
    """Note how many bytes each response has."""

    def measuring(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        content = list(application(environ, start_response))
        sizes.append(sum(map(len, content)))
        return content

    return measuring


def answering(status: str, *headers: tuple[str, str]) -> WSGIApplication:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response(status, [*headers, ("Content-Type", "text/html"), ("Content-Length", "4")])
        return [b"nope"]

    return application


def push(before: str, *, ref: str = "refs/heads/main") -> Notification:
    """Return GitHub's notification of a push."""
    return signed(json.dumps({"ref": ref, "before": before, "repository": {"default_branch": "main"}}).encode())


def signed(body: bytes) -> Notification:
    return Notification({"x-hub-signature-256": f"sha256={signature(body)}"}, body)


def signature(body: bytes) -> str:
    return hmac.new(b"s3", body, hashlib.sha256).hexdigest()
