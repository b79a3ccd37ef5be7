"""Digests arrive by e-mail, at a real mail server on this machine."""

import asyncio
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from digest_material import make_digest, make_edit, make_entry_of_digest
from mail_server import PASSWORD, MailServer, certificates, mail_server

from aika.delivery.mail import html_of, text_of
from aika.delivery.smtp import Security, SmtpCourier, SmtpOptions
from aika.domain.digests import Medium, Recipient, UncertainDeliveryError
from aika.domain.errors import ConfigurationError, PermanentError, TransientError


def courier_to(server: MailServer, **options: object) -> SmtpCourier:
    plain: dict[str, object] = {"security": Security.NONE, "timeout": 20.0}
    return SmtpCourier(SmtpOptions("127.0.0.1", "aika@example.org", port=server.port, **(plain | options)))  # type: ignore[arg-type]  # each test names its own


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


class Links(HTMLParser):
    """Finds what a page links, loads and runs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


class TestArriving:
    async def test_a_digest_arrives_as_text_and_as_html(self) -> None:
        entry = make_entry_of_digest(suggestion=make_edit())

        async with mail_server() as server:
            await courier_to(server).deliver(make_digest(entry, more=12, still_open=3))

        [message] = server.received
        assert message["Subject"] == "aika: 13 new findings for payments team"
        assert message["To"] == "payments@example.org"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Message-ID"] == "<digest-1@example.org>"
        for kind in ("plain", "html"):
            content = part(message, kind)
            for said in ("is out of date", "The limit is 14.", "3 people", "What is the limit?", "And 12 more"):
                assert said in content
            assert "Still open from earlier digests: 3" in content
            assert "aika health show finding-1" in content
            assert "https://docs.example/limits.md" in content

    async def test_letters_of_other_scripts_arrive(self) -> None:
        entry = make_entry_of_digest("“Länge der Frist” – 期限")

        async with mail_server() as server:
            await courier_to(server).deliver(make_digest(entry, owner="Zahlungs-Team Köln"))

        [message] = server.received
        assert "Köln" in str(message["Subject"])
        assert "“Länge der Frist” – 期限" in part(message, "plain")

    async def test_the_connection_is_protected_and_signed_in(self, tmp_path: Path) -> None:
        serving, trusting = certificates(tmp_path)

        async with mail_server(tls=serving, sign_in=True) as server:
            courier = courier_to(
                server,
                security=Security.STARTTLS,
                username="aika",
                password=PASSWORD,
                certificates=trusting,
            )
            await courier.deliver(make_digest())

        assert len(server.received) == 1

    async def test_tls_from_the_start_works_too(self, tmp_path: Path) -> None:
        serving, trusting = certificates(tmp_path)

        async with mail_server(tls=serving, implicit=True) as server:
            await courier_to(server, security=Security.TLS, certificates=trusting).deliver(make_digest())

        assert len(server.received) == 1


class TestFailures:
    async def test_a_server_that_is_down_is_tried_again_later(self) -> None:
        async with mail_server() as server:
            pass

        with pytest.raises(TransientError, match="cannot be reached"):
            await courier_to(server).deliver(make_digest())

    async def test_an_address_that_is_refused_is_named_with_the_remedy(self) -> None:
        async with mail_server() as server:
            server.at_recipient = "550 no such user"

            with pytest.raises(
                PermanentError, match=r"payments@example\.org: no such user\. Correct it in \[digests\]"
            ):
                await courier_to(server).deliver(make_digest())

    async def test_a_mailbox_that_is_full_now_is_tried_again(self) -> None:
        async with mail_server() as server:
            server.at_recipient = "452 full"

            with pytest.raises(TransientError, match="full"):
                await courier_to(server).deliver(make_digest())

    async def test_a_mail_that_is_put_off_is_tried_again(self) -> None:
        async with mail_server() as server:
            server.at_data = "451 greylisted"

            with pytest.raises(TransientError, match="greylisted"):
                await courier_to(server).deliver(make_digest())

    async def test_a_mail_that_is_refused_is_not_tried_again(self) -> None:
        async with mail_server() as server:
            server.at_data = "554 spam"

            with pytest.raises(PermanentError, match="spam"):
                await courier_to(server).deliver(make_digest())

    async def test_a_connection_that_breaks_while_the_mail_is_handed_over_leaves_it_unknown(self) -> None:
        async with mail_server() as server:
            server.hangs_up_at_data = True

            with pytest.raises(UncertainDeliveryError):
                await courier_to(server).deliver(make_digest())

    async def test_a_wrong_password_is_a_wrong_setting(self, tmp_path: Path) -> None:
        serving, trusting = certificates(tmp_path)

        async with mail_server(tls=serving, sign_in=True) as server:
            courier = courier_to(
                server, security=Security.STARTTLS, username="aika", password="no", certificates=trusting
            )
            with pytest.raises(ConfigurationError, match="user name or the password"):
                await courier.deliver(make_digest())

    async def test_a_server_without_starttls_gets_neither_mail_nor_password(self) -> None:
        async with mail_server() as server:
            with pytest.raises(ConfigurationError, match="does not offer STARTTLS"):
                await courier_to(server, security=Security.STARTTLS).deliver(make_digest())

        assert server.received == []

    async def test_a_certificate_that_nobody_vouches_for_is_refused(self, tmp_path: Path) -> None:
        serving, _ = certificates(tmp_path)

        async with mail_server(tls=serving) as server:
            with pytest.raises(ConfigurationError, match="not to be trusted"):
                await courier_to(server, security=Security.STARTTLS).deliver(make_digest())

    async def test_an_address_cannot_add_headers(self) -> None:
        hostile = Recipient(Medium.MAIL, "a@example.org\r\nBcc: all@example.org")

        async with mail_server() as server:
            with pytest.raises(PermanentError, match="is not an e-mail address"):
                await courier_to(server).deliver(make_digest(to=hostile))

    async def test_a_server_that_says_nothing_holds_up_nobody(self) -> None:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            with pytest.raises(TransientError, match="cannot be reached"):
                await courier_to(MailServer(port), timeout=0.2).deliver(make_digest())


HOSTILE = "<script>alert(1)</script> <img src=x> <a href='https://evil.example'>here</a> https://evil.example/x www.evil.example"


class TestHostileTexts:
    def test_texts_of_documents_and_questions_are_neither_markup_nor_links(self) -> None:
        entry = make_entry_of_digest(
            HOSTILE,
            reason=HOSTILE,
            url="javascript:alert(1)",
            quote=HOSTILE,
            questions=(HOSTILE,),
            suggestion=make_edit(HOSTILE, HOSTILE),
        )

        page, text = html_of(make_digest(entry, owner=HOSTILE)), text_of(make_digest(entry, owner=HOSTILE))

        assert Links(page).links == []
        assert not Links(page).tags & {"script", "img", "a", "iframe", "form"}
        assert "evil.example/x" not in page + text
        assert "www.evil" not in page + text
        assert "javascript:" not in page + text

    def test_only_the_document_is_linked(self) -> None:
        page = html_of(make_digest(make_entry_of_digest(url="https://docs.example/a?b=1&c='x'")))

        assert Links(page).links == []
        assert Links(html_of(make_digest())).links == ["https://docs.example/limits.md"]

    def test_a_line_cannot_be_forged(self) -> None:
        entry = make_entry_of_digest(quote="It ends.\n\n2. Another finding\n   aika health show evil\u202e")

        text = text_of(make_digest(entry))

        assert "\n2. Another" not in text
        assert "\u202e" not in text
