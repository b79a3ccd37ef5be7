"""The browser that the tests use, and how large its window is."""

import os
import shutil

NO_BROWSER = "no Chromium: install it (apt-get install chromium) or name one in the environment variable CHROMIUM"
NO_APP = "the web app is not built: run `make web`"

PATIENCE_MS = 60_000

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


def chromium() -> str | None:
    """Return the browser to use. Nothing is ever downloaded."""
    named = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((found for name in named if name and (found := shutil.which(name))), None)


def arguments() -> list[str]:
    """Return what Chromium is started with. Its own sandbox needs rights that root in a container does not have."""
    unprivileged = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [*unprivileged, "--disable-dev-shm-usage", "--font-render-hinting=none"]
