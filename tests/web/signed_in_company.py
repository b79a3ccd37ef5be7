"""A server that people sign in to, and who they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from deployment import Deployment
from identity_provider.provider import CLIENT, SECRET, Account, IdentityProvider
from playwright.async_api import Browser, BrowserContext
from watching import Watch

ADMIN = Account("00u-ada", "ada@example.org", "Ada Berg", ("admins",))
OWNER = Account("00u-olga", "olga@example.org", "Olga Lind", ("platform",))
MEMBER = Account("00u-lucie", "lucie@example.org", "Lucie Marchand", ("pricing-crew",))
ASKER = Account("00u-bob", "bob@example.org", "Bob Berg", ())


@dataclass(frozen=True, slots=True)
class Company:
    """The server and the identity provider of its people."""

    deployment: Deployment
    provider: IdentityProvider
    browser: Browser

    async def opened(self, watch: Watch) -> BrowserContext:
        """Return a fresh profile that nobody has signed in with."""
        context = await self.browser.new_context(
            base_url=self.deployment.url, viewport={"width": 1280, "height": 800}, locale="en-US", timezone_id="UTC"
        )
        context.set_default_timeout(60_000)
        await watch.begin(context)
        return context

    async def signed_in(self, account: Account, watch: Watch) -> BrowserContext:
        """Return a fresh profile of somebody who has signed in."""
        context = await self.opened(watch)
        self.provider.present = account
        page = await context.new_page()
        await page.goto("/v1/sign-in/start?then=/settings")
        await page.wait_for_url("**/settings")
        await page.close()
        return context

    def watch(self) -> Watch:
        """Return a watch that allows the way to the identity provider and back."""
        watch = Watch(self.deployment.url)
        at = urlsplit(self.provider.issuer)
        watch.let_through(f"{at.scheme}://{at.netloc}")
        return watch


def settings_of(provider: IdentityProvider) -> Mapping[str, str]:
    """Return the settings of a server whose people sign in at a provider."""
    return {
        "AIKA_SIGN_IN__ISSUER": provider.issuer,
        "AIKA_SIGN_IN__CLIENT_ID": CLIENT,
        "AIKA_SIGN_IN__CLIENT_SECRET": SECRET,
        "AIKA_SIGN_IN__NAME": "Example Login",
        "AIKA_SIGN_IN__ADMINS": '["group:admins"]',
        "AIKA_SIGN_IN__SCOPES": '["openid", "email", "profile", "groups"]',
    }
