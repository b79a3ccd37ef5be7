"""Finding the repositories that a source's options mean."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from aika.connectors.github.api import GitHubApi, RefusedError
from aika.connectors.github.documents import parsed
from aika.connectors.github.options import GitHubOptions
from aika.connectors.github.wire import Repository
from aika.domain.errors import NotFoundError
from aika.domain.sources import Failed


@dataclass(frozen=True, slots=True)
class Findings:
    """What there is to read."""

    repositories: tuple[Repository, ...]
    """In the order of their names."""
    failures: tuple[Failed, ...]
    whole: bool
    """Whether all that is missing is gone, as far as GitHub lets anyone know."""

    @property
    def names(self) -> frozenset[str]:
        return frozenset(repository.full_name for repository in self.repositories)


async def find(api: GitHubApi, options: GitHubOptions) -> Findings:
    """Return the repositories that are named, and those of the named accounts that match."""
    found: dict[str, Repository] = {}
    failures: list[Failed] = []
    whole = True
    for name in (*options.named, *options.owners):
        listing = _named(api, name) if "/" in name else _owned(api, name)
        try:
            repositories = [repository async for repository in listing]
        except NotFoundError as error:
            failures.append(
                Failed(name, f"{error}. Correct the name, or give the credentials access; until then it counts as gone")
            )
        except RefusedError as error:
            whole = False
            failures.append(Failed(name, str(error)))
        else:
            found.update((one.full_name, one) for one in repositories if "/" in name or options.admits(one))
    return Findings(tuple(found[name] for name in sorted(found)), tuple(failures), whole)


async def _named(api: GitHubApi, name: str) -> AsyncIterator[Repository]:
    yield parsed(Repository, await api.get(f"/repos/{name}"))


async def _owned(api: GitHubApi, owner: str) -> AsyncIterator[Repository]:
    """Yield an organization's repositories, or a person's."""
    try:
        page = await api.page(f"/orgs/{owner}/repos", {"type": "all", "sort": "full_name"})
    except NotFoundError:
        page = await api.page(f"/users/{owner}/repos", {"type": "owner", "sort": "full_name"})
    while page is not None:
        for item in page.items:
            yield parsed(Repository, item)
        page = await api.after(page)
