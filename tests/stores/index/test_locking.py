"""One process holds a data directory."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aika.domain.errors import StoreLockedError
from aika.stores.locking import LOCK_FILE, DataDirectoryLock, lock_holder

HOLD = """
import sys
from pathlib import Path
from aika.stores.locking import DataDirectoryLock
with DataDirectoryLock.hold(Path(sys.argv[1]), url="http://127.0.0.1:8400"):
    print("held", flush=True)
    sys.stdin.read()
"""


def another_process_holding(directory: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_directory_is_held_once(tmp_path: Path) -> None:
    with DataDirectoryLock.hold(tmp_path):
        with pytest.raises(StoreLockedError, match=f"process {os.getpid()}"), DataDirectoryLock.hold(tmp_path):
            pass


def test_a_directory_is_free_after_it_was_held(tmp_path: Path) -> None:
    with DataDirectoryLock.hold(tmp_path):
        pass

    with DataDirectoryLock.hold(tmp_path):
        assert lock_holder(tmp_path) is not None
    assert lock_holder(tmp_path) is None


def test_a_directory_that_does_not_exist_is_made(tmp_path: Path) -> None:
    with DataDirectoryLock.hold(tmp_path / "new" / "data"):
        assert (tmp_path / "new" / "data").is_dir()


def test_others_learn_who_holds_it_and_where_to_ask(tmp_path: Path) -> None:
    with another_process_holding(tmp_path) as process:
        holder = lock_holder(tmp_path)
        with (
            pytest.raises(StoreLockedError, match=rf"process {process.pid}, which answers at http://127.0.0.1:8400"),
            DataDirectoryLock.hold(tmp_path),
        ):
            pass
        process.communicate("")

    assert holder is not None
    assert (holder.pid, holder.url) == (process.pid, "http://127.0.0.1:8400")


def test_a_server_announces_its_address_once_it_knows_it(tmp_path: Path) -> None:
    with DataDirectoryLock.hold(tmp_path) as lock:
        before = lock_holder(tmp_path)
        lock.announce("http://127.0.0.1:9999")
        after = lock_holder(tmp_path)

    assert before is not None
    assert before.url is None
    assert after is not None
    assert after.url == "http://127.0.0.1:9999"


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    with another_process_holding(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()

        assert lock_holder(tmp_path) is None
        with DataDirectoryLock.hold(tmp_path):
            assert json.loads((tmp_path / LOCK_FILE).read_text())["pid"] == os.getpid()


def test_a_directory_nobody_ever_held_has_no_holder(tmp_path: Path) -> None:
    assert lock_holder(tmp_path) is None
    assert lock_holder(tmp_path / "missing") is None


def test_a_lock_file_with_other_content_is_held_all_the_same(tmp_path: Path) -> None:
    with DataDirectoryLock.hold(tmp_path):
        (tmp_path / LOCK_FILE).write_text("not json")

        with pytest.raises(StoreLockedError, match="another process"), DataDirectoryLock.hold(tmp_path):
            pass
