"""``/v1/sign-in``, signing out, and sessions."""

import logging
from typing import Annotated
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from aika.application.aika import Aika
from aika.application.sign_in.attempts import GOOD_FOR
from aika.application.sign_in.openid import Returned
from aika.application.sign_in.sessions import SignedIn
from aika.client.me_models import (
    KeyEntry,
    PersonsSessionView,
    RevokedView,
    SessionView,
    SignInView,
    SignOutRequest,
    SignOutView,
)
from aika.domain.errors import NotFoundError
from aika.domain.identifiers import SessionId
from aika.domain.sessions import SignInError, SignInProblem
from aika.surfaces.api.callers import TheAika, TheCaller, TheOperator, person_of
from aika.surfaces.api.cookies import Cookies, seconds_until
from aika.surfaces.api.problems import RESPONSES

logger = logging.getLogger(__name__)

router = APIRouter(tags=["sign-in"], responses=RESPONSES)

START = "/v1/sign-in/start"
CALLBACK = "/v1/sign-in/callback"
PAGE, SIGNED_OUT = "/sign-in", "/signed-out"
"""Pages of the app."""
_NOT_KEPT = {"Cache-Control": "no-store"}
_LONGEST_BODY = 50_000


@router.get("/v1/sign-in")
async def describe_sign_in(aika: TheAika) -> SignInView:
    """Say how one signs in here. Anybody may ask."""
    settings = aika.settings
    if settings.sign_in is not None:
        return SignInView(required=True, methods=["openid-connect"], provider=settings.sign_in.label, start=START)
    required = settings.credentials_required
    return SignInView(required=required, methods=["key"] if required else [])


@router.get(START, include_in_schema=False)
async def start(request: Request, aika: TheAika, then: Annotated[str, Query()] = "/") -> Response:
    """Send a browser to the identity provider."""
    try:
        begun = await aika.sign_in.begin(redirect_uri=_own_url(request, aika) + CALLBACK, then=then)
    except SignInError as error:
        return _failed(error, then)
    response = RedirectResponse(begun.address, 303, _NOT_KEPT)
    _cookies(request, aika).keep_attempt(response, begun.state, begun.sealed, seconds=int(GOOD_FOR.total_seconds()))
    return response


@router.get(CALLBACK, include_in_schema=False)
async def come_back(
    request: Request,
    aika: TheAika,
    state: Annotated[str, Query()] = "",
    code: Annotated[str | None, Query()] = None,
    error: Annotated[str | None, Query()] = None,
    iss: Annotated[str | None, Query()] = None,
) -> Response:
    """Let in whoever comes back from the identity provider."""
    cookies = _cookies(request, aika)
    try:
        signed_in = await aika.sign_in.finish(
            Returned(code, error, iss),
            state=state,
            sealed=cookies.attempt(request, state),
            before=cookies.session(request),
        )
    except SignInError as failure:
        response: Response = _failed(failure)
    else:
        response = RedirectResponse(signed_in.then, 303, _NOT_KEPT)
        _keep(response, cookies, signed_in, aika)
    cookies.drop_attempt(response, state)
    return response


@router.post("/v1/sign-in/key", status_code=204)
async def enter_key(entry: KeyEntry, request: Request, response: Response, aika: TheAika) -> None:
    """Begin a session with an API key, whose rights it has, so that a browser need not keep the key."""
    cookies = _cookies(request, aika)
    signed_in = await aika.sign_in.enter_key(entry.key, before=cookies.session(request))
    _keep(response, cookies, signed_in, aika)


@router.post("/v1/sign-in/ended", include_in_schema=False)
async def end_as_told(request: Request, aika: TheAika) -> Response:
    """Take the identity provider's word that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0)."""
    body = (await request.body())[:_LONGEST_BODY]
    tokens = parse_qs(body.decode("ascii", "replace")).get("logout_token", [""])
    try:
        ended = await aika.sign_in.end_as_told(tokens[0])
    except SignInError as error:
        logger.warning("a provider's word that somebody signed out does not count", extra={"reason": str(error)})
        status = 503 if error.problem is SignInProblem.UNREACHABLE else 400
        return JSONResponse({"error": "invalid_request"}, status, _NOT_KEPT)
    logger.info("the identity provider ended sessions", extra={"sessions": ended})
    return Response(status_code=200, headers=_NOT_KEPT)


@router.post("/v1/sign-out")
async def sign_out(
    request: Request, response: Response, aika: TheAika, wanted: SignOutRequest | None = None
) -> SignOutView:
    """End the session that the request comes with. Without one there is nothing to do."""
    cookies = _cookies(request, aika)
    session = await aika.sign_in.end(cookies.session(request))
    cookies.drop_session(response)
    if session is None:
        return SignOutView()
    if wanted is not None and wanted.everywhere and session.person is not None:
        await aika.database.sessions.delete_of_person(session.person)
    then = _own_url(request, aika) + SIGNED_OUT
    return SignOutView(url=await aika.sign_in.farewell(session, then=then))


@router.get("/v1/sessions")
async def list_sessions(aika: TheAika, caller: TheCaller) -> list[SessionView]:
    """Return the browsers that one is signed in with, the last one first."""
    if caller.person is None or caller.identity.session is None:
        return []
    return [
        SessionView(
            id=session.id,
            created_at=session.created_at,
            seen_at=session.seen_at,
            expires_at=session.expires_at,
            current=session.id == caller.identity.session,
        )
        for session in await aika.database.sessions.of_person(caller.person)
        if session.expires_at > aika.clock.now()
    ]


@router.delete("/v1/sessions/{id}", status_code=204)
async def end_session(id: str, aika: TheAika, caller: TheCaller) -> None:
    """Sign one of one's own browsers out."""
    person = caller.person if caller.identity.session is not None else None
    own = [] if person is None else await aika.database.sessions.of_person(person)
    if not any(session.id == id for session in own):
        raise NotFoundError(f"you have no session {id!r}")
    await aika.database.sessions.delete(SessionId(id))


@router.delete("/v1/people/{email}/sessions")
async def revoke_sessions(email: str, aika: TheAika, _: TheOperator) -> RevokedView:
    """Sign a person out everywhere, and forget the groups that the identity provider named for them."""
    return RevokedView(sessions=await aika.sign_in.end_all_of(person_of(email)))


@router.get("/v1/people/sessions")
async def list_everybodys_sessions(
    aika: TheAika, _: TheOperator, email: Annotated[str | None, Query(description="Only this person's.")] = None
) -> list[PersonsSessionView]:
    """Return who is signed in, the last one first."""
    sessions = aika.database.sessions
    found = await (sessions.all() if email is None else sessions.of_person(person_of(email)))
    return [
        PersonsSessionView(
            person=None if session.person is None else session.person.removeprefix("user:"),
            name=session.name,
            created_at=session.created_at,
            seen_at=session.seen_at,
            expires_at=session.expires_at,
        )
        for session in found
        if session.expires_at > aika.clock.now()
    ]


@router.delete("/v1/people/sessions")
async def revoke_everybodys_sessions(aika: TheAika, _: TheOperator) -> RevokedView:
    """Sign everybody out, oneself included, and forget the groups that the identity provider named for them."""
    return RevokedView(sessions=await aika.sign_in.end_everybodys())


def _cookies(request: Request, aika: Aika) -> Cookies:
    return Cookies.of(request, aika.settings.server.public_url)


def _keep(response: Response, cookies: Cookies, signed_in: SignedIn, aika: Aika) -> None:
    seconds = seconds_until(signed_in.session.expires_at, now=aika.clock.now())
    cookies.keep_session(response, signed_in.secret, seconds=seconds)


def _failed(error: SignInError, then: str = "/") -> Response:
    """Send the browser to the page that says so in words. What is behind it is for whoever runs aika."""
    logger.warning("somebody could not sign in", extra={"problem": error.problem.value, "reason": str(error)})
    return RedirectResponse(f"{PAGE}?{urlencode({'problem': error.problem.value, 'then': then})}", 303, _NOT_KEPT)


def _own_url(request: Request, aika: Aika) -> str:
    """Return where browsers reach this server, without a slash at its end."""
    public = aika.settings.server.public_url
    # Beyond this machine it is required: what a request says of its host can be forged.
    return (str(request.base_url) if public is None else public).rstrip("/")
