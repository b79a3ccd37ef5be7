"""How large a chunk is meant to be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths in characters."""

    least: int = 200
    """A chunk below this says too little to be found or quoted by itself, and is joined with a neighbor where it can be."""
    target: int = 1000
    """About 170 English words, 220 tokens. MiniLM reads 256, of which the title and the headings take some; windows of 180
    words gave the retrieval quality that was measured as the floor."""
    most: int = 1200
    """What several blocks are joined to at most, and what a longer paragraph or list is cut to."""
    whole: int = 2400
    """A table, a piece of code, a symbol or a record up to here stays whole; a longer one is cut at its lines."""

    def __str__(self) -> str:
        return f"{self.least}-{self.target}-{self.most}-{self.whole}"
