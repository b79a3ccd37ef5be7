"""The links that people begin personal search with: signed, for one person, for a while, and once."""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urljoin

from aika.protocols import Clock
from aika.surfaces.slack.consent_sealing import Sealing

SCOPES = ("search:read.public", "search:read.private", "search:read.im", "search:read.mpim")
"""What people are asked for. Slack wants the first with any of the others; only what is private is searched."""
CALLBACK = "/slack/oauth/callback"
_GOOD_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Begun:
    """Who began, as a link says."""

    team: str
    user: str
    nonce: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links to Slack's page of consent, and reads what comes back with them."""

    sealing: Sealing
    clock: Clock
    public_url: str
    api_url: str

    @property
    def redirect_uri(self) -> str:
        return self.public_url.rstrip("/") + CALLBACK

    def link(self, team: str, user: str, *, client_id: str) -> str:
        """Return where one person is asked."""
        expires_at = self.clock.now() + _GOOD_FOR
        asked = {
            "client_id": client_id,
            "user_scope": ",".join(SCOPES),
            "redirect_uri": self.redirect_uri,
            "state": self._state(Begun(team, user, secrets.token_urlsafe(16), expires_at)),
            "team": team,
        }
        return f"{urljoin(self.api_url, '../oauth/v2/authorize')}?{urlencode(asked)}"

    def begun(self, state: str) -> Begun | None:
        """Return who began. ``None`` for what was not signed here, and for what has expired."""
        payload, _, signature = state.partition(".")
        if not self.sealing.is_signed(payload, signature):
            return None
        team, user, nonce, until = json.loads(base64.urlsafe_b64decode(payload))
        begun = Begun(team, user, nonce, datetime.fromtimestamp(until, UTC))
        return begun if self.clock.now() < begun.expires_at else None

    def _state(self, begun: Begun) -> str:
        said = json.dumps([begun.team, begun.user, begun.nonce, begun.expires_at.timestamp()])
        payload = base64.urlsafe_b64encode(said.encode()).decode()
        return f"{payload}.{self.sealing.signature(payload)}"
