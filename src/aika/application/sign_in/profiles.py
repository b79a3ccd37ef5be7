"""Who somebody is here, from what the identity provider says of them."""

import logging

from aika.application.sign_in.tokens import Claims
from aika.domain.identifiers import PrincipalId
from aika.domain.sessions import Profile, SignInError, SignInProblem
from aika.forms.principals import principal
from aika.forms.sign_in import SignInSettings

logger = logging.getLogger(__name__)

_LONGEST_NAME = 200


def profile_of(claims: Claims, settings: SignInSettings, *, token: str) -> Profile:
    """Return the person. Raises `SignInError` where the provider does not vouch for their address, or they may not sign in."""
    for name, value in settings.required_claims.items():
        if _claim(claims, name) != value:
            raise SignInError(
                SignInProblem.NOT_ALLOWED, f"the claim {name!r} is not what sign_in.required_claims asks for"
            )
    person = _person(claims, settings)
    address = person.removeprefix("user:")
    if settings.email_domains and address.rpartition("@")[2] not in settings.email_domains:
        raise SignInError(SignInProblem.NOT_ALLOWED, "the address is of no domain in sign_in.email_domains")
    named = _claim(claims, settings.name_claim) or _claim(claims, "preferred_username")
    session = _claim(claims, "sid")
    return Profile(
        issuer=settings.issuer,
        subject=str(claims["sub"]),
        person=person,
        name=_shown(named) if isinstance(named, str) else address.partition("@")[0],
        groups=_groups(claims, settings),
        session=session if isinstance(session, str) else None,
        token=token,
    )


def lacks(claims: Claims, settings: SignInSettings) -> bool:
    """Return whether something is missing that the provider may say only when it is asked for the person's details."""
    wanted = (settings.email_claim, settings.verified_claim, settings.groups_claim, settings.name_claim)
    return any(_claim(claims, name) is None for name in wanted)


def _person(claims: Claims, settings: SignInSettings) -> PrincipalId:
    address = _claim(claims, settings.email_claim)
    if not isinstance(address, str):
        raise SignInError(SignInProblem.UNVERIFIED, f"the provider says nothing in the claim {settings.email_claim!r}")
    # Some providers write it as a text.
    verified = _claim(claims, settings.verified_claim) in (True, "true", 1, "1")
    if not verified and not settings.trust_emails:
        raise SignInError(
            SignInProblem.UNVERIFIED,
            f"the provider does not say in the claim {settings.verified_claim!r} that the address is verified; where nobody "
            "can choose their own address there, set sign_in.trust_emails",
        )
    try:
        person = principal(address)
    except ValueError as error:
        raise SignInError(SignInProblem.UNVERIFIED, f"the claim {settings.email_claim!r} is no address") from error
    if not person.startswith("user:"):
        raise SignInError(SignInProblem.UNVERIFIED, f"the claim {settings.email_claim!r} is no address")
    return person


def _groups(claims: Claims, settings: SignInSettings) -> frozenset[PrincipalId]:
    found = _claim(claims, settings.groups_claim)
    if found is None and settings.groups_claim in (claims.get("_claim_names") or {}):
        # Entra ID does so with more than 200. Fewer rights than one has are safe, and have to be explained.
        logger.warning("the identity provider left out somebody's groups: they are too many for a token")
    names = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    groups = {settings.group(name) for name in names if isinstance(name, str)}
    return frozenset(group for group in groups if group is not None)


def _claim(claims: Claims, name: str) -> object:
    """Return a claim by its name, or by its place within others: ``realm_access.roles``."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _shown(name: str) -> str:
    return "".join(each for each in name if each.isprintable()).strip()[:_LONGEST_NAME]
