"""An identity provider that is as strict as the specifications are, and that can be made to lie.

It speaks OpenID Connect over HTTP, lets in whoever it is told to without asking, and takes neither a code twice nor a request
without PKCE.
"""

import asyncio
import base64
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

import uvicorn
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from aika.protocols import Clock

CLIENT, SECRET = "aika-at-test", "s3cret & odd: %+/~"
BACK_CHANNEL = "http://schemas.openid.net/event/backchannel-logout"
SECONDS_TO_LIVE = 300
READY_SECONDS = 60
"""A loaded machine may need long."""

Claims = dict[str, object]


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody the provider knows."""

    subject: str
    email: str | None
    name: str | None = None
    groups: tuple[str, ...] | None = ()
    verified: object = True


ALICE = Account("00u-alice", "Alice@Example.org", "Alice Ahlgren", ("platform", "board"))
BOB = Account("00u-bob", "bob@example.org", "Bob Berg")


@dataclass(frozen=True, slots=True)
class Code:
    """What a code was given for."""

    account: Account
    redirect_uri: str
    challenge: str
    nonce: str | None
    session: str
    scopes: frozenset[str]


@dataclass(slots=True)
class IdentityProvider:
    """The provider's state. Whoever is `present` is let in."""

    issuer: str
    clock: Clock
    redirect_uris: set[str] = field(default_factory=set)
    present: Account = ALICE
    error: str | None = None
    """What it answers in place of a code."""
    thin: bool = False
    """Whether tokens name only the subject, and the rest is said to who asks for details."""
    groups_by_scope: bool = False
    """Whether groups are told only to who asked for the scope ``groups``."""
    client_methods: tuple[str, ...] = ("client_secret_basic", "client_secret_post")
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    bend: Callable[[Claims], Claims] = lambda claims: claims
    """Makes it say something else in ID tokens."""
    bend_details: Callable[[Claims], Claims] = lambda claims: claims
    forge: Callable[[Claims], str] | None = None
    """Signs ID tokens in place of its own key."""
    names_itself: bool = True
    """RFC 9207."""
    away: bool = False
    document: Claims = field(default_factory=dict)
    """What its discovery document says otherwise."""
    keys: list[Key] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    tokens: dict[str, Code] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """The paths of the requests it had."""

    def __post_init__(self) -> None:
        self.rotate()

    def rotate(self, *, keep: bool = False, kind: str = "RSA") -> None:
        """Sign with a new key from now on, and publish the old ones no more unless they are kept."""
        made: Key = _RSA if kind == "RSA" and not self.keys else _new_key(kind)
        self.keys = [made, *(self.keys if keep else ())]

    def signed(self, claims: Claims, *, key: Key | None = None, kind: str = "JWT") -> str:
        key = key or self.keys[0]
        algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
        return jwt.encode({"alg": algorithm, "kid": key.kid, "typ": kind}, claims, key, algorithms=[algorithm])

    def logout_token(self, **claims: object) -> str:
        """Return its word that somebody has signed out. ``None`` leaves a claim out."""
        now = self._now()
        usual: Claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_hex(8),
            "events": {BACK_CHANNEL: {}},
        }
        said = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return self.signed(said, kind="logout+jwt")

    async def discovery(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        if self.away:
            return PlainTextResponse("be right back", 500)
        at = self.issuer
        return JSONResponse(
            {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "userinfo_endpoint": f"{at}/userinfo",
                "jwks_uri": f"{at}/keys",
                "end_session_endpoint": f"{at}/logout",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": list(self.algorithms),
                "token_endpoint_auth_methods_supported": list(self.client_methods),
                "authorization_response_iss_parameter_supported": self.names_itself,
                **self.document,
            }
        )

    async def published_keys(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        public = [{**key.as_dict(private=False), "use": "sig"} for key in self.keys]
        odd = [{"kty": "AKP", "alg": "ML-DSA-44", "kid": "of the future", "pub": "AA"}]
        return JSONResponse({"keys": [*odd, *public]})

    async def authorize(self, request: Request) -> Response:
        asked = request.query_params
        if asked.get("client_id") != CLIENT or asked.get("redirect_uri") not in self.redirect_uris:
            return PlainTextResponse("the client or its address is not registered", 400)
        well = (
            asked.get("response_type") == "code"
            and "openid" in asked.get("scope", "").split()
            and asked.get("code_challenge_method") == "S256"
            and len(asked.get("code_challenge", "")) == 43
            and len(asked.get("state", "")) >= 16
            and len(asked.get("nonce", "")) >= 16
        )
        answer = {"state": asked.get("state", "")}
        if self.names_itself:
            answer["iss"] = self.issuer
        if self.error is not None or not well:
            answer["error"] = self.error or "invalid_request"
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.codes[answer["code"]] = Code(
                self.present,
                asked["redirect_uri"],
                asked["code_challenge"],
                asked["nonce"],
                secrets.token_hex(8),
                frozenset(asked["scope"].split()),
            )
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    async def token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if not self._is_client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401, {"WWW-Authenticate": "Basic"})
        code = self.codes.pop(form.get("code", ""), None)
        good = (
            code is not None
            and form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == code.redirect_uri
            and create_s256_code_challenge(form.get("code_verifier", "")) == code.challenge
        )
        if code is None or not good:
            return JSONResponse({"error": "invalid_grant"}, 400)
        access = secrets.token_urlsafe(16)
        self.tokens[access] = code
        granted = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self._id_token(code, access),
        }
        return JSONResponse(granted, headers={"Cache-Control": "no-store"})

    async def userinfo(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        code = self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if code is None:
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse(self.bend_details({"sub": code.account.subject, **self._details(code)}))

    async def logout(self, request: Request) -> Response:
        asked = request.query_params
        hint = jwt.decode(asked["id_token_hint"], self.keys[0], algorithms=["RS256", "ES256"]).claims
        if hint["aud"] != CLIENT or asked.get("client_id") != CLIENT:
            return PlainTextResponse("that is not yours", 400)
        return RedirectResponse(asked["post_logout_redirect_uri"], 302)

    def _id_token(self, code: Code, access: str) -> str:
        now = self._now()
        claims: Claims = {
            "iss": self.issuer,
            "sub": code.account.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + SECONDS_TO_LIVE,
            "nonce": code.nonce,
            "sid": code.session,
            "at_hash": (create_half_hash(access, "RS256") or b"").decode(),
            **({} if self.thin else self._details(code)),
        }
        bent = self.bend(claims)
        return self.signed(bent) if self.forge is None else self.forge(bent)

    def _details(self, code: Code) -> Claims:
        account = code.account
        told = account.groups is not None and ("groups" in code.scopes or not self.groups_by_scope)
        details: Claims = {
            "email": account.email,
            "email_verified": account.verified,
            "name": account.name,
            "groups": list(account.groups or ()) if told else None,
        }
        return {name: value for name, value in details.items() if value is not None}

    def _is_client(self, request: Request, form: dict[str, str]) -> bool:
        kind, _, sent = request.headers.get("authorization", "").partition(" ")
        if kind == "Basic" and "client_secret_basic" in self.client_methods:
            # RFC 6749, section 2.3.1: each is encoded as in a form.
            name, _, secret = base64.b64decode(sent).decode().partition(":")
            decoded = parse_qs(f"name={name}&secret={secret}")
            return decoded["name"] == [CLIENT] and decoded["secret"] == [SECRET]
        by_post = "client_secret_post" in self.client_methods
        return by_post and form.get("client_id") == CLIENT and form.get("client_secret") == SECRET

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


@asynccontextmanager
async def identity_provider(clock: Clock, *, at: str = "") -> AsyncIterator[IdentityProvider]:
    """Serve a provider on a port of its own, under a path such as ``/oauth2/default``."""
    app = Starlette()
    server = _AnnouncingServer(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await asyncio.wait_for(server.listening.wait(), READY_SECONDS)
    port = server.servers[0].sockets[0].getsockname()[1]
    provider = IdentityProvider(f"http://127.0.0.1:{port}{at}", clock)
    app.router.routes += [
        Route(f"{at}/.well-known/openid-configuration", provider.discovery),
        Route(f"{at}/keys", provider.published_keys),
        Route(f"{at}/authorize", provider.authorize),
        Route(f"{at}/token", provider.token, methods=["POST"]),
        Route(f"{at}/userinfo", provider.userinfo),
        Route(f"{at}/logout", provider.logout),
    ]
    try:
        yield provider
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving


class _AnnouncingServer(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


def hmac_key(secret: str) -> OctKey:
    """Return a key that both sides know, with which nothing may be signed."""
    return OctKey.import_key(secret)


def _new_key(kind: str) -> Key:
    named = {"kid": secrets.token_hex(4)}
    if kind == "EC":
        return ECKey.generate_key("P-256", parameters=named)
    return RSAKey.generate_key(2048, parameters=named)


# Making one takes a tenth of a second.
_RSA = _new_key("RSA")
