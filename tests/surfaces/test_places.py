"""Nobody learns from the API where on its disk the server keeps its files."""

import pytest

from aika.domain.documents import Owner
from aika.surfaces.api.places import place_of
from aika.surfaces.api.views import owner_view


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ("/srv/aika/company/sources/handbook.yaml", "sources/handbook.yaml"),
        ("/handbook.yaml", "handbook.yaml"),
        (r"C:\aika\sources\handbook.yaml", "sources/handbook.yaml"),
        ("sources/handbook.yaml", "sources/handbook.yaml"),
        ("aika.toml", "aika.toml"),
        ("CODEOWNERS", "CODEOWNERS"),
        ("the alert rule's labels", "the alert rule's labels"),
        ("AWS/ECS tags", "AWS/ECS tags"),
        (None, None),
    ],
)
def test_a_file_of_the_servers_is_named_by_its_folder_and_its_name(declared: str | None, shown: str | None) -> None:
    assert place_of(declared) == shown


def test_what_says_who_owns_a_document_is_no_path_of_the_servers() -> None:
    view = owner_view(Owner("Harbour", contact="#harbour", found_in="/srv/aika/company/sources/handbook.yaml"))

    assert view is not None
    assert view.found_in == "sources/handbook.yaml"
