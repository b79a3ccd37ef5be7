"""Bad files, bad configuration, bad calls: each a clear message, nothing lost, the rest goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = "# Ferry\n\nThe ferry to Utö leaves at noon.\n"


@pytest.fixture
def base(tmp_path: Path, embedder_graphs: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "sources").mkdir()
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(embedder_graphs)
    (tmp_path / "docs" / "ferry.md").write_text(GOOD, encoding="utf-8")
    declare(tmp_path, "notes", "connector: filesystem\nreaders: [everyone]\noptions:\n  path: docs\n")
    return tmp_path


def test_every_bad_file_is_named_with_its_reason_and_the_good_one_is_found(base: Path) -> None:
    docs = base / "docs"
    (docs / "corrupt.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<" + bytes(range(256)) * 20)
    (docs / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(2_000))
    (docs / "latin.md").write_bytes("# Hafen\n\nDie Fähre fährt über Åland.\n".encode("latin-1"))
    with (docs / "huge.txt").open("wb") as huge:
        huge.truncate(300_000_000)
    (docs / "loop").symlink_to(docs)
    (docs / "broken.docx").write_bytes(b"PK\x03\x04 not really a document")

    synced = aika(base, "sync")
    source = json.loads(aika(base, "sources", "notes", "--json").stdout)

    reasons = {item["key"]: item["reason"] for item in source["unreadable"]}
    assert synced.returncode == 0, synced.stderr
    assert {"corrupt.pdf", "picture.md", "huge.txt", "broken.docx"} <= reasons.keys()
    assert "PNG" in reasons["picture.md"]
    assert "max_file_bytes" in reasons["huge.txt"]
    assert "noon" in aika(base, "search", "When does the ferry leave?").stdout
    assert "Åland" in aika(base, "search", "Fähre").stdout


def test_a_yaml_error_in_one_source_leaves_the_others_working(base: Path) -> None:
    declare(base, "broken", "connector: filesystem\n  options: [")

    synced = aika(base, "sync")
    examined = aika(base, "doctor")

    assert synced.returncode == 0
    assert examined.returncode == 1
    assert "broken.yaml is not valid YAML" in " ".join(examined.stdout.split())


def test_an_unknown_option_names_the_known_ones(base: Path) -> None:
    declare(base, "typo", "connector: filesystem\nreaders: [everyone]\noptions:\n  path: docs\n  inculde: ['*.md']\n")

    synced = aika(base, "sync")

    said = " ".join(synced.stdout.split())
    assert synced.returncode == 1
    assert "inculde" in said
    assert "known options: path, include" in said
    assert "noon" in aika(base, "search", "ferry").stdout


def test_an_unknown_setting_is_named(base: Path) -> None:
    (base / "aika.toml").write_text("[server]\nprot = 8400\n", encoding="utf-8")

    asked = aika(base, "sources")

    assert asked.returncode == 1
    assert "server.prot: is not a known setting" in " ".join(asked.stderr.split())
    assert "Traceback" not in asked.stderr


def test_an_unknown_source_is_named_with_the_known_ones(base: Path) -> None:
    asked = aika(base, "sync", "handbok")

    assert asked.returncode == 1
    assert "handbok" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_a_question_of_two_megabytes_is_refused(base: Path) -> None:
    import asyncio

    from aika.client import AikaRequestError, ChatCompletionRequest
    from aika.surfaces.cli.connecting import connect

    async def ask() -> None:
        async with connect(base) as client:
            await client.complete_chat(ChatCompletionRequest.from_user_prompt("why " * 500_000))

    with pytest.raises(AikaRequestError, match="1,000,000 bytes"):
        asyncio.run(ask())


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="filling a disk needs root, for a small tmpfs"
)
def test_a_full_disk_loses_nothing_and_says_what_to_do(base: Path, embedder_graphs: Path) -> None:
    disk = base / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", disk], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.decode().strip()}")
    try:
        (disk / "models").symlink_to(embedder_graphs)
        (base / "aika.toml").write_text("data_dir = 'disk'\n", encoding="utf-8")
        for number in range(40):
            text = f"# Note {number}\n\n" + f"Word{number} stands here.\n\n" + "A line of padding.\n" * 50_000
            (base / "docs" / f"note-{number}.txt").write_text(text, encoding="utf-8")

        filled = aika(base, "sync", AIKA_EMBEDDER__OPTIONS='{"max_tokens": 16}')

        said = " ".join((filled.stdout + filled.stderr).split())
        assert filled.returncode == 1
        assert "full" in said
        assert "Traceback" not in filled.stderr
        for number in range(40):
            (base / "docs" / f"note-{number}.txt").unlink()
        subprocess.run(["mount", "-o", "remount,size=400m", disk], check=True)
        again = aika(base, "sync", "--allow-removals")
        assert again.returncode == 0, again.stderr
        assert "noon" in aika(base, "search", "When does the ferry leave?").stdout
    finally:
        subprocess.run(["umount", disk], check=True)


def declare(base: Path, name: str, text: str) -> None:
    (base / "sources" / f"{name}.yaml").write_text(text, encoding="utf-8")


def aika(base: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aika.surfaces.cli.main", *arguments, "--dir", str(base)]
    settings = {**os.environ, "COLUMNS": "200", **environment}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=settings, check=False)
