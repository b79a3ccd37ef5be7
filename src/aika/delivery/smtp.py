"""Digests by e-mail, over SMTP."""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from enum import StrEnum

from aika.delivery.mail import message_of
from aika.domain.digests import Digest, Medium, UncertainDeliveryError
from aika.domain.errors import ConfigurationError, PermanentError, TransientError

_SEVEN_BITS = WIRE.clone(cte_type="7bit")
"""What every server takes, one without 8BITMIME included."""


class Security(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SmtpOptions:
    """A mail server, and as whom to write."""

    host: str
    sender: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str | None = None
    password: str | None = None
    timeout: float = 30
    """Seconds for each step."""
    certificates: ssl.SSLContext | None = None
    """``None``: those that this machine trusts."""


class SmtpCourier:
    """Sends digests as e-mails, one connection each."""

    medium = Medium.MAIL

    def __init__(self, options: SmtpOptions) -> None:
        self._options = options

    async def deliver(self, digest: Digest) -> None:
        message = message_of(digest, sender=self._options.sender)
        await asyncio.to_thread(self._send, message, digest.recipient.address)

    def _send(self, message: EmailMessage, recipient: str) -> None:
        content = message.as_bytes(policy=_SEVEN_BITS)
        server = self._connected()
        try:
            with self._translated():
                self._prepare(server)
                self._announce(server, recipient)
            self._hand_over(server, content)
        finally:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        options = self._options
        with self._translated():
            if options.security is Security.TLS:
                context = options.certificates or ssl.create_default_context()
                return smtplib.SMTP_SSL(options.host, options.port, timeout=options.timeout, context=context)
            return smtplib.SMTP(options.host, options.port, timeout=options.timeout)

    def _prepare(self, server: smtplib.SMTP) -> None:
        options = self._options
        server.ehlo_or_helo_if_needed()
        if options.security is Security.STARTTLS:
            if not server.has_extn("starttls"):
                raise ConfigurationError(
                    f"the mail server {self._where} does not offer STARTTLS: set security in [digests.smtp] to 'tls', or "
                    "to 'none' where the network itself is trusted"
                )
            server.starttls(context=options.certificates or ssl.create_default_context())
            server.ehlo()
        if options.username is not None:
            server.login(options.username, options.password or "")

    def _announce(self, server: smtplib.SMTP, recipient: str) -> None:
        for answer, subject in (
            (server.mail(self._options.sender), f"the sender {self._options.sender}"),
            (server.rcpt(recipient), f"the address {recipient}"),
        ):
            code, said = answer
            if code >= 500:
                raise PermanentError(
                    f"the mail server {self._where} refuses {subject}: {_text(said)}. Correct it in [digests] of "
                    "aika.toml, or where the source names it"
                )
            if code >= 400:
                raise TransientError(f"the mail server {self._where} does not take {subject} now: {_text(said)}")

    def _hand_over(self, server: smtplib.SMTP, content: bytes) -> None:
        said: bytes | str
        try:
            code, said = server.data(content)
        except smtplib.SMTPDataError as error:
            code, said = error.smtp_code, error.smtp_error
        except (smtplib.SMTPException, OSError) as error:
            # The message may have arrived in full, with only the reply lost.
            raise UncertainDeliveryError(
                f"the connection to {self._where} broke while the mail was handed over: whether it arrived is unknown"
            ) from error
        if code >= 500:
            raise PermanentError(f"the mail server {self._where} refuses the mail: {_text(said)}")
        if code >= 400:
            raise TransientError(f"the mail server {self._where} does not take the mail now: {_text(said)}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Say the library's failures in aika's words. Nothing was handed over yet."""
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:
                raise TransientError(f"the mail server {self._where} cannot check the password now") from error
            raise ConfigurationError(
                f"the mail server {self._where} refuses the user name or the password of [digests.smtp]"
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise ConfigurationError(f"the mail server {self._where} cannot do this: {error}") from error
        except ssl.SSLCertVerificationError as error:
            raise ConfigurationError(
                f"the certificate of the mail server {self._where} is not to be trusted: {error.verify_message}"
            ) from error
        except smtplib.SMTPResponseException as error:
            failure = PermanentError if error.smtp_code >= 500 else TransientError
            raise failure(f"the mail server {self._where} says: {_text(error.smtp_error)}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise TransientError(f"the mail server {self._where} cannot be reached: {error}") from error

    @property
    def _where(self) -> str:
        return f"{self._options.host}:{self._options.port}"


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", errors="replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]
