"""Puts together what sends owners digests and keeps their documents' scores."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aika.application.aika import Aika
from aika.application.digesting import Digests
from aika.delivery.slack import SlackOptions, open_slack
from aika.delivery.smtp import Security, SmtpCourier, SmtpOptions
from aika.domain.digests import Every, Medium, Recipient
from aika.domain.errors import ConfigurationError
from aika.forms.digests import DigestSettings, OwnerDigestSettings
from aika.health.delivery import DigestSender
from aika.health.digests import DigestComposer
from aika.health.digests_preferences import Preference, Preferences, Schedule, read_address
from aika.health.gaps import GapFinder
from aika.health.scores_keeping import ScoreKeeper
from aika.models.wordpiece import english_word_ranks
from aika.protocols import Analyzer, Courier

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@asynccontextmanager
async def open_digests(aika: Aika, analyzer: Analyzer) -> AsyncIterator[Digests]:
    """Open the ways to owners that are set up. Raises `ConfigurationError` where a preference makes no sense."""
    database, settings = aika.database, aika.settings.digests
    async with AsyncExitStack() as stack:
        sender = DigestSender(
            findings=database.findings,
            log=database.digests,
            composer=DigestComposer(database.catalogue),
            couriers=await _couriers(settings, stack),
            preferences=preferences_of(settings),
            clock=aika.clock,
        )
        scores = ScoreKeeper(
            database.catalogue, database.findings, database.opinions, database.scores, lambda: aika.sources, aika.clock
        )
        yield Digests(sender, scores, GapFinder(aika.generations.newest.embedder, analyzer, english_word_ranks))


def preferences_of(settings: DigestSettings) -> Preferences:
    """Return what owners chose. Raises `ConfigurationError` where it makes no sense."""
    domains = list(settings.mail_domains)
    if not domains and settings.smtp is not None:
        domains = [settings.smtp.sender.rpartition("@")[2]]
    return Preferences(
        owners={name: _preference(name, chosen) for name, chosen in settings.owners.items()},
        every=Every(settings.every),
        schedule=Schedule(_WEEKDAYS.index(settings.weekday), settings.hour, _zone(settings.timezone)),
        mail_domains=domains,
        media=[
            medium
            for medium, set_up in ((Medium.MAIL, settings.smtp), (Medium.SLACK, settings.slack))
            if set_up is not None
        ],
    )


def _preference(owner: str, chosen: OwnerDigestSettings) -> Preference:
    to: Recipient | None = None
    if chosen.to is not None:
        to = read_address(chosen.to)
        if to is None:
            raise ConfigurationError(
                f'digests.owners."{owner}".to: {chosen.to!r} is neither an e-mail address nor a Slack channel (#name)'
            )
    return Preference(None if chosen.every is None else Every(chosen.every), to)


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(
            f"digests.timezone: there is no time zone {name!r}; write it such as Europe/Helsinki"
        ) from error


async def _couriers(settings: DigestSettings, stack: AsyncExitStack) -> Mapping[Medium, Courier]:
    found: dict[Medium, Courier] = {}
    if settings.smtp is not None:
        smtp = settings.smtp
        found[Medium.MAIL] = SmtpCourier(
            SmtpOptions(
                host=smtp.host,
                sender=smtp.sender,
                port=smtp.port,
                security=Security(smtp.security),
                username=smtp.username,
                password=None if smtp.password is None else smtp.password.get_secret_value(),
                timeout=smtp.timeout,
            )
        )
    if settings.slack is not None:
        slack = settings.slack
        options = SlackOptions(
            token=None if slack.token is None else slack.token.get_secret_value(),
            webhooks={channel: url.get_secret_value() for channel, url in slack.webhooks.items()},
            api_url=slack.api_url,
            timeout=slack.timeout,
        )
        found[Medium.SLACK] = await stack.enter_async_context(open_slack(options))
    return found
