"""Keys for tests of signing in."""

from aika.application.aika import Aika


async def keyed(aika: Aika, *principals: str, admin: bool = False) -> dict[str, str]:
    """Return the header with a new key."""
    _, secret = await aika.create_key("laptop", principals=principals or ["everyone"], sources=None, admin=admin)
    return {"Authorization": f"Bearer {secret}"}
