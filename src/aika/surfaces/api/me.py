"""``/v1/me``: who asks, and what they may do."""

from fastapi import APIRouter

from aika.client.me_models import CallerRole, MeView
from aika.surfaces.api.callers import TheAika, TheCaller
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["me"], responses=RESPONSES)


@router.get("/v1/me")
async def me(aika: TheAika, caller: TheCaller) -> MeView:
    """Say who asks, by what right, and what they may manage."""
    manages = sorted(source.id for source in aika.sources.values() if caller.manages(source))
    roles: list[CallerRole] = ["asker"]
    if manages:
        roles.append("owner")
    if caller.admin:
        roles.append("admin")
    return MeView(
        name=caller.name,
        person=caller.person,
        email=None if caller.person is None else caller.person.removeprefix("user:"),
        roles=roles,
        operator=caller.operator,
        manages=manages,
        signed_in_by=caller.identity.means.value,
        session_expires_at=caller.identity.expires_at,
    )
