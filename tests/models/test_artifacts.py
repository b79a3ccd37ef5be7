"""Model files are built once, whole, and again when they are damaged."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aika.domain.errors import PermanentError
from aika.models.artifacts import ABANDONED_AFTER, Recipe, prepared


class Builder:
    """Counts how often it built."""

    def __init__(self, content: bytes = b"weights") -> None:
        self.content = content
        self.built = 0

    def __call__(self, folder: Path) -> None:
        self.built += 1
        (folder / "model.bin").write_bytes(self.content)


def make_recipe(builder: Builder) -> Recipe:
    return Recipe("model-r1", ("model.bin",), builder)


def test_files_are_built_once(tmp_path: Path) -> None:
    builder = Builder()

    first = prepared(tmp_path / "models", make_recipe(builder))
    second = prepared(tmp_path / "models", make_recipe(builder))

    assert first == second
    assert (first / "model.bin").read_bytes() == b"weights"
    assert builder.built == 1


@pytest.mark.parametrize("damage", [b"weight", b"weightz", b""])
def test_damaged_content_is_built_again(tmp_path: Path, damage: bytes) -> None:
    builder = Builder()
    folder = prepared(tmp_path, make_recipe(builder))
    (folder / "model.bin").write_bytes(damage)

    prepared(tmp_path, make_recipe(builder))

    assert (folder / "model.bin").read_bytes() == b"weights"
    assert builder.built == 2


@pytest.mark.parametrize("name", ["model.bin", "manifest.json"])
def test_missing_files_are_built_again(tmp_path: Path, name: str) -> None:
    builder = Builder()
    folder = prepared(tmp_path, make_recipe(builder))
    (folder / name).unlink()

    prepared(tmp_path, make_recipe(builder))

    assert (folder / "model.bin").read_bytes() == b"weights"


def test_an_unreadable_manifest_is_damage(tmp_path: Path) -> None:
    builder = Builder()
    folder = prepared(tmp_path, make_recipe(builder))
    (folder / "manifest.json").write_text("{", encoding="utf-8")

    prepared(tmp_path, make_recipe(builder))

    assert builder.built == 2


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def broken(folder: Path) -> None:
        (folder / "model.bin").write_bytes(b"half")
        raise PermanentError("the weights are not what they should be")

    with pytest.raises(PermanentError, match="not what they should be"):
        prepared(tmp_path, Recipe("model-r1", ("model.bin",), broken))

    assert list(tmp_path.iterdir()) == []


def test_builders_at_the_same_time_share_one_result(tmp_path: Path) -> None:
    builder = Builder()

    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: prepared(tmp_path, make_recipe(builder)), range(8)))

    assert len(set(folders)) == 1
    assert (folders[0] / "model.bin").read_bytes() == b"weights"
    assert [path.name for path in tmp_path.iterdir()] == ["model-r1"]


def test_what_a_dead_process_left_is_removed(tmp_path: Path) -> None:
    abandoned = tmp_path / ".model-r1.abc"
    abandoned.mkdir()
    long_ago = abandoned.stat().st_mtime - ABANDONED_AFTER - 1
    os.utime(abandoned, (long_ago, long_ago))

    prepared(tmp_path, make_recipe(Builder()))

    assert not abandoned.exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file, not a folder", encoding="utf-8")

    with pytest.raises(PermanentError, match=r"cannot be written to .*models"):
        prepared(tmp_path / "models", make_recipe(Builder()))
