"""How tests look at pages: opened and settled, in a theme, at a size, with a keyboard, through the eyes of axe."""

from typing import Literal

from deployment import ROOT
from playwright.async_api import BrowserContext, Page

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}

Theme = Literal["light", "dark"]

# A page has settled when its heading is there and nothing says that more is on its way.
_SETTLED = """() => {
  const busy = ".animate-pulse, .animate-spin, [aria-busy=true]";
  // What fades in is paler than it will be.
  if (document.getAnimations().some((one) => one.playState === "running")) return false;
  return document.querySelector("h1") !== null && document.querySelector(busy) === null && document.fonts.status === "loaded";
}"""

_FOCUSED = """() => {
  const it = document.activeElement;
  if (it === null || it === document.body) return null;
  const box = it.getBoundingClientRect();
  const name = it.getAttribute("aria-label") ?? it.labels?.[0]?.textContent ?? it.textContent ?? "";
  const style = getComputedStyle(it);
  // A field may leave the ring to the box around it.
  const around = it.parentElement?.parentElement;
  const ringed = [it, it.parentElement, around, around?.parentElement].some((one) => {
    const its = one && getComputedStyle(one);
    return its && ((its.outlineStyle !== "none" && parseFloat(its.outlineWidth) > 0) || its.boxShadow !== "none");
  });
  const seen = box.width > 0 && box.height > 0 && style.visibility !== "hidden";
  return { tag: it.tagName.toLowerCase(), role: it.getAttribute("role") ?? "", name: name.trim().slice(0, 80), ringed, seen };
}"""

_RUN_AXE = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  return found.violations.map((one) => ({
    id: one.id, impact: one.impact, help: one.help,
    nodes: one.nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary}`),
  }));
}"""
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def open_settled(page: Page, path: str) -> None:
    """Go to a page of the app and wait until everything that it shows is there."""
    await page.goto(path)
    await settled(page)


async def settled(page: Page) -> None:
    await page.wait_for_function(_SETTLED)


async def choose_theme(context: BrowserContext, theme: Theme) -> None:
    """Have every page of a context in a theme, as if it had been chosen before."""
    await context.add_init_script(f"try {{ localStorage.setItem('aika.theme', '{theme}') }} catch {{}}")


async def serious_violations(page: Page) -> list[str]:
    """Return what axe finds on a page that keeps somebody from using it."""
    # What arrives late fades in, paler than it will be, but not for whoever wants less motion.
    await page.emulate_media(reduced_motion="reduce")
    if not await page.evaluate("() => 'axe' in globalThis"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(_RUN_AXE, _TAGS)
    return [
        f"{one['id']} ({one['impact']}): {node}" for one in found if one["impact"] in SERIOUS for node in one["nodes"]
    ]


async def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(await page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


async def walk(page: Page, *, at_most: int = 150) -> list[dict[str, object]]:
    """Press Tab until the focus comes round, and return what it was on, in order."""
    stops: list[dict[str, object]] = []
    # From the beginning, also where the page has put the focus into a field.
    await page.evaluate(
        "() => { const all = document.body; all.tabIndex = -1; all.focus(); all.removeAttribute('tabindex'); }"
    )
    for _ in range(at_most):
        await page.keyboard.press("Tab")
        stop = await page.evaluate(_FOCUSED)
        if stop is None or (stops and stop == stops[0]):
            break
        stops.append(stop)
    return stops
