"""What is installed from the wheel serves the app: no build tool is needed to run aika."""

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import httpx
import pytest
from deployment import BUILT, ROOT
from deployment import serving_command as serving


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment with the wheel in it. What aika needs comes from the environment of the tests."""
    if not BUILT.is_file():
        pytest.skip("the web app is not built: run `make web`")
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    packages = next((environment / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(next((folder / "dist").glob("*.whl"))) as wheel:
        wheel.extractall(packages)
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib"))
    return environment / "bin" / "python"


def test_the_wheel_serves_the_app_compressed_and_with_a_policy(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "aika.toml").write_text("")

    with serving((str(installed), "-E", "-m", "aika.surfaces.cli.main"), tmp_path, {}) as served:
        with httpx.Client(base_url=served.url, timeout=60) as browser:
            page = browser.get("/")
            script = browser.get(_script(page.text), headers={"accept-encoding": "br"})

    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "__CSP_NONCE__" not in page.text
    assert script.headers["content-encoding"] == "br"
    assert "immutable" in script.headers["cache-control"]


def test_what_is_installed_is_what_is_tested(installed: Path) -> None:
    done = subprocess.run(
        [str(installed), "-E", "-c", "import aika; print(aika.__path__[0])"], capture_output=True, text=True, check=True
    )

    assert Path(done.stdout.strip()).is_relative_to(installed.parents[1])


def _script(page: str) -> str:
    start = page.index('type="module"')
    return page[page.index('src="', start) + 5 :].split('"', 1)[0]
