from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aika.files import replace_file


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "state.json"

    replace_file(path, "old")
    replace_file(path, "grün", durable=True)

    assert path.read_text(encoding="utf-8") == "grün"


def test_many_writers_of_one_file_leave_what_one_of_them_wrote(tmp_path: Path) -> None:
    path = tmp_path / "state"
    written = [f"{number}" * 100_000 for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: replace_file(path, text), written * 20))

    assert path.read_text(encoding="utf-8") in written
    assert list(tmp_path.iterdir()) == [path]


def test_one_that_cannot_be_replaced_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()

    with pytest.raises(OSError, match="folder"):
        replace_file(path, "text")

    assert list(tmp_path.iterdir()) == [path]
