"""How much JavaScript each page of the built app loads. Fails where the ask page's is over its budget.

``make check`` runs it after the build. Sizes are those of the twins that are sent: Brotli over https and on the reader's own
machine, gzip over plain http, where browsers do not ask for Brotli. The budget holds for both.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BUILT = Path(__file__).resolve().parents[1] / "src" / "aika" / "surfaces" / "api" / "web"
ASK_PAGE_KB = 350
"""What the ask page may load in all before it is used. Formulas, diagrams and charts come when they are needed."""

APP = "index.html"
BROTLI = ".br"
GZIP = ".gz"
PAGES = "src/pages/"
ASK = "ask/conversation.tsx"
"""What shows answers. It is on its way while somebody writes the first question; the composer comes with the app's frame."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One file of the build, as Vite's manifest has it."""

    file: str
    name: str
    source: str
    imports: Sequence[str]
    styles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Weight:
    """What a page loads, in bytes as sent with Brotli; `gzip` are its scripts as gzip."""

    page: str
    own: int
    """In files that no other page has loaded: what it costs to go there from the app's frame."""
    scripts: int
    gzip: int
    styles: int


def main() -> None:
    print(f"{'page':<36} {'own JS':>9} {'JS':>9} {'as gzip':>9} {'CSS':>9}   kB, Brotli")
    for weight in weights(BUILT):
        sizes = (weight.own, weight.scripts, weight.gzip, weight.styles)
        print(f"{weight.page:<36} " + " ".join(f"{size / 1000:>9.1f}" for size in sizes))
    brotli, gzip = ask_page(BUILT, BROTLI), ask_page(BUILT, GZIP)
    print(f"{'the ask page, with its first answer':<36} {'':>9} {brotli / 1000:>9.1f} {gzip / 1000:>9.1f}")
    for name, size in (("Brotli", brotli), ("gzip", gzip)):
        if size > ASK_PAGE_KB * 1000:
            sys.exit(f"the ask page loads {size / 1000:.0f} kB of JavaScript as {name}; its budget is {ASK_PAGE_KB} kB")


def ask_page(built: Path, encoding: str = BROTLI) -> int:
    """Return the bytes of JavaScript of the ask page of a built app, with an answer on it, in an encoding."""
    chunks = _chunks(built / ".vite" / "manifest.json")
    answers = [name for name, chunk in chunks.items() if chunk.source.endswith(f"{PAGES}{ASK}")]
    if not answers:
        sys.exit(f"the build has no chunk of {ASK}")
    return _bytes(built, {chunks[one].file for one in _with_imports([APP, *answers], chunks)}, encoding)


def weights(built: Path) -> list[Weight]:
    """Return what each page of a built app loads, the heaviest first."""
    chunks = _chunks(built / ".vite" / "manifest.json")
    # Other entries are documents of their own, such as the one in which diagrams are drawn.
    frame = _with_imports([APP], chunks)
    pages = [name for name, chunk in chunks.items() if PAGES in chunk.source]
    found = []
    for name in pages:
        loaded = frame | _with_imports([name], chunks)
        found.append(
            Weight(
                chunks[name].source.split(PAGES, 1)[1],
                own=_bytes(built, {chunks[one].file for one in loaded - frame}),
                scripts=_bytes(built, {chunks[one].file for one in loaded}),
                gzip=_bytes(built, {chunks[one].file for one in loaded}, GZIP),
                styles=_bytes(built, {style for one in loaded for style in chunks[one].styles}),
            )
        )
    return sorted(found, key=lambda weight: (-weight.scripts, weight.page))


def _chunks(manifest: Path) -> Mapping[str, Chunk]:
    if not manifest.is_file():
        sys.exit("the web app is not built: run `make web`")
    return {
        name: Chunk(
            chunk["file"],
            chunk.get("name", ""),
            chunk.get("src", ""),
            chunk.get("imports", []),
            chunk.get("css", []),
        )
        for name, chunk in json.loads(manifest.read_bytes()).items()
    }


def _with_imports(names: Sequence[str], chunks: Mapping[str, Chunk]) -> set[str]:
    """Return the chunks and everything that they import before they run."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += chunks[name].imports
    return found


def _bytes(built: Path, files: set[str], encoding: str = BROTLI) -> int:
    return sum(_sent(built / file, encoding).stat().st_size for file in files)


def _sent(path: Path, encoding: str) -> Path:
    twin = path.with_name(path.name + encoding)
    return twin if twin.is_file() else path


if __name__ == "__main__":
    main()
