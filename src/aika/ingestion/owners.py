"""Who owns a document, where several things say it.

The page's own words come first. Next is what its source says of it. Where that is only a guess (who changed the file last),
the owner of the whole source comes before it.
"""

from collections.abc import Mapping
from dataclasses import replace

from aika.domain.documents import AttributeValue, Owner

_SAID_OF_FOLDERS = frozenset({"CODEOWNERS", "OWNERS", "catalog-info"})
"""What files of a repository say of everything below a folder."""
_GUESSED = frozenset({"last author"})
_APPROVAL = ("approvers", "reviewers")


def owner_of(page: Owner | None, *, source: Owner | None, whole: Owner | None) -> Owner | None:
    """Return the owner by what a page itself says, by what its source says of it, and by its source's own owner."""
    if source is None:
        return page or whole
    if source.found_in in _GUESSED:
        return page or whole or source
    if source.found_in in _SAID_OF_FOLDERS and page is not None:
        # A page that names only a channel leaves it to the folder's file who is behind it.
        return replace(source, contact=page.contact) if page.name == page.contact else page
    return source


def approval_of_changes(source: Owner | None, attributes: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
    """Return a decision record's attributes: who approves changes of the file by OWNERS is not who approved the decision."""
    if not _is_of_folders(source):
        return dict(attributes)
    return {f"change_{name}" if name in _APPROVAL else name: value for name, value in attributes.items()}


def own_approval(source: Owner | None, page: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
    """Return the approvers and reviewers that a page names itself, where its source only speaks of a folder."""
    return {name: page[name] for name in _APPROVAL if name in page} if _is_of_folders(source) else {}


def _is_of_folders(source: Owner | None) -> bool:
    return source is not None and source.found_in in _SAID_OF_FOLDERS | _GUESSED
