"""Measures how soon the ask page shows something and takes a question on a slow laptop, in a real Chromium.

    python benchmarks/web_page.py [--url http://127.0.0.1:8400] [--loads 7] [--slowdown 4]

Without ``--url`` it serves the app itself, over an empty folder. Each load is a fresh profile (cold) and then the same one again
(warm). The processor is slowed down through Chromium's own protocol, as Lighthouse does; each is done on loopback and over an
emulated line of 10 Mbit/s with 40 ms to the server.

"Ready" is when the last long task (over 50 ms of the slowed-down processor) has ended of those before somebody uses the page.
What the page puts off until then is measured after the first key, and its JavaScript is counted with the rest.
"""

import argparse
import asyncio
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, async_playwright

ROOT = Path(__file__).parents[1]
QUIET_MS = 1500
"""A page has become ready when it had no long task for as long as this."""

PATIENCE_MS = 120_000

COMPOSER = "textarea, [role=textbox]"

_OBSERVE = """
globalThis.__seen = { longTasks: [], lcp: 0, cls: 0, composer: 0 };
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) __seen.longTasks.push([one.startTime, one.duration]);
}).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) __seen.lcp = one.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) __seen.cls += one.value;
}).observe({ type: "layout-shift", buffered: true });
new MutationObserver((_, observer) => {
  const composer = document.querySelector("COMPOSER");
  if (composer === null || composer.disabled) return;
  __seen.composer = performance.now();
  observer.disconnect();
}).observe(document, { childList: true, subtree: true, attributes: true });
""".replace("COMPOSER", COMPOSER)

_QUIET = """(quiet) => {
  const last = __seen.longTasks.at(-1);
  return __seen.composer > 0 && performance.now() - Math.max(__seen.composer, last ? last[0] + last[1] : 0) > quiet;
}"""

_READ = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const blocking = __seen.longTasks.filter(([start]) => start > paint.startTime);
  const long = __seen.longTasks.at(-1);
  return {
    paint: paint.startTime,
    largest: __seen.lcp,
    composer: __seen.composer,
    ready: Math.max(paint.startTime, __seen.composer, long ? long[0] + long[1] : 0),
    blocked: blocking.reduce((sum, [, took]) => sum + took - 50, 0),
    shift: __seen.cls,
  };
}"""

_QUIET_AFTER_USE = """(quiet) => {
  globalThis.__used ??= performance.now();
  const last = __seen.longTasks.at(-1);
  return performance.now() - Math.max(__used, last ? last[0] + last[1] : 0) > quiet;
}"""

# A file that was fetched beforehand has two entries: one for that, and one for its way from the cache.
_READ_AFTER_USE = """(ready) => {
  const scripts = performance.getEntriesByType("resource").filter((one) => new URL(one.name).pathname.endsWith(".js"));
  const once = new Map(scripts.map((one) => [one.name, one.encodedBodySize]));
  const later = __seen.longTasks.filter(([start]) => start > ready);
  return {
    later: later.reduce((sum, [, took]) => sum + took - 50, 0),
    longest: later.reduce((most, [, took]) => Math.max(most, took), 0),
    script: [...once.values()].reduce((sum, size) => sum + size, 0),
    sent: scripts.reduce((sum, one) => sum + one.transferSize, 0),
  };
}"""

_TYPED = """(selector) => new Promise((done) => {
  const composer = document.querySelector(selector);
  composer.addEventListener("keydown", (event) => {
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - event.timeStamp)));
  }, { once: true });
  composer.focus();
})"""


@dataclass(frozen=True, slots=True)
class Line:
    """How far the server is away."""

    name: str
    latency_ms: float
    bits_per_second: float


LINES = (Line("loopback", 0, 0), Line("10 Mbit/s, 40 ms", 40, 10e6))


@dataclass(frozen=True, slots=True)
class Load:
    """One load of the page; milliseconds and bytes."""

    paint: float
    largest: float
    composer: float
    ready: float
    blocked: float
    shift: float
    later: float
    longest: float
    script: float
    sent: float
    typed: float
    busy: float


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of the table."""

    name: str
    field: str
    unit: str
    scale: float
    limit: float | None


ROWS = (
    Row("first contentful paint", "paint", "ms", 1, 1000),
    Row("composer takes typing", "composer", "ms", 1, None),
    Row("largest contentful paint", "largest", "ms", 1, None),
    Row("ready for typing, long tasks over", "ready", "ms", 1, 1500),
    Row("processor time of the main thread", "busy", "ms", 1, None),
    Row("total blocking time", "blocked", "ms", 1, None),
    Row("key to its letter on the screen", "typed", "ms", 1, None),
    Row("cumulative layout shift", "shift", "", 1, None),
    Row("total blocking time after a key", "later", "ms", 1, None),
    Row("longest task after a key", "longest", "ms", 1, None),
    Row("JavaScript in all, compressed", "script", "kB", 1e-3, 350),
    Row("JavaScript sent", "sent", "kB", 1e-3, None),
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--url", help="Of a running server.")
    options.add_argument("--loads", type=int, default=7)
    options.add_argument("--slowdown", type=float, default=4)
    asyncio.run(_measured(options.parse_args()))


async def _measured(given: argparse.Namespace) -> None:
    async with _served(given.url) as url, _chromium() as browser:
        print(
            f"{given.loads} loads each, processor {given.slowdown:g} times slower, load of the machine {_load_average()}"
        )
        for line in LINES:
            cold, warm = [], []
            # One that does not count: the server reads the built app when it is first asked for it.
            for number in range(given.loads + 1):
                first, again = await _loads(browser, url, line, given.slowdown)
                if number > 0:
                    cold.append(first)
                    warm.append(again)
            _print(line, cold, warm)
        print(f"load of the machine afterwards {_load_average()}")


async def _loads(browser: Browser, url: str, line: Line, slowdown: float) -> tuple[Load, Load]:
    """Load the page in a fresh profile, and again in the same."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    await context.add_init_script(_OBSERVE)
    try:
        return await _load(context, url, line, slowdown), await _load(context, url, line, slowdown)
    finally:
        await context.close()


async def _load(context: BrowserContext, url: str, line: Line, slowdown: float) -> Load:
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    if line.bits_per_second:
        through = line.bits_per_second / 8
        await devtools.send("Network.enable")
        await devtools.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": line.latency_ms,
                "downloadThroughput": through,
                "uploadThroughput": through,
            },
        )
    # Processor time, which other work of the machine does not lengthen.
    await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    await page.goto(url, wait_until="commit")
    await page.wait_for_function(_QUIET, arg=QUIET_MS, timeout=PATIENCE_MS)
    read = await page.evaluate(_READ)
    metrics = await devtools.send("Performance.getMetrics")
    busy = next(metric["value"] for metric in metrics["metrics"] if metric["name"] == "TaskDuration")
    # Set up first and awaited later: the key is pressed in between.
    typed = asyncio.create_task(page.evaluate(_TYPED, COMPOSER))
    await asyncio.sleep(0)
    await page.locator(COMPOSER).first.press("w")
    took = await typed
    await page.wait_for_function(_QUIET_AFTER_USE, arg=QUIET_MS, timeout=PATIENCE_MS)
    later = await page.evaluate(_READ_AFTER_USE, read["ready"])
    load = Load(**read, **later, typed=took, busy=busy * 1000)
    await page.close()
    return load


def _print(line: Line, cold: Sequence[Load], warm: Sequence[Load]) -> None:
    print(f"\n{line.name:<34} {'cold':>10} {'min-max':>15} {'warm':>10} {'min-max':>15} {'limit':>8}")
    for row in ROWS:
        cells = []
        for loads in (cold, warm):
            values = [getattr(load, row.field) * row.scale for load in loads]
            digits = 3 if row.unit == "" else 0
            spread = f"{min(values):.{digits}f}-{max(values):.{digits}f}"
            cells.append(f"{statistics.median(values):>10.{digits}f} {spread:>15}")
        limit = "" if row.limit is None else f"{row.limit:g}"
        print(f"{row.name + (f', {row.unit}' if row.unit else ''):<34} {cells[0]} {cells[1]} {limit:>8}")


@asynccontextmanager
async def _served(url: str | None) -> AsyncIterator[str]:
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "aika.toml").write_text("")
        server = subprocess.Popen(  # noqa: ASYNC220  # started once, before anything waits
            [sys.executable, "-m", "aika.surfaces.cli.main", "serve", "--port", "0", "--dir", folder],
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert server.stdout is not None
        try:
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found, "the server did not say where it listens"
            yield found[0]
        finally:
            server.terminate()
            server.wait()


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    named = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    program = next((found for name in named if name and (found := shutil.which(name))), None)
    if program is None:
        sys.exit("no Chromium: install it, or name one in the environment variable CHROMIUM")
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        await browser.close()


def _load_average() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


if __name__ == "__main__":
    main()
