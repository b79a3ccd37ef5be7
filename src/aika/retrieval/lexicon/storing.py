"""A lexicon in a file, so that a restart has it at once."""

import gzip
import json
import logging
from pathlib import Path

from aika.domain.identifiers import DocumentId
from aika.files import replace_file
from aika.retrieval.lexicon.lexicon import Lexicon, Meaning

logger = logging.getLogger(__name__)

_FORMAT = 1


def save(lexicon: Lexicon, path: Path) -> None:
    """Write the file, readable for this user only. Takes some tens of milliseconds. Raises ``OSError``."""
    said = {
        "format": _FORMAT,
        "through": lexicon.through,
        "words": dict(lexicon.words),
        "ordinary": sorted(lexicon.ordinary),
        "meanings": [[m.short, m.long, m.documents, list(m.witnesses)] for m in lexicon.meanings],
    }
    content = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    # Without the time, so that the same lexicon is the same file.
    replace_file(path, gzip.compress(content, mtime=0))


def load(path: Path) -> Lexicon | None:
    """Return what was saved; ``None`` where there is nothing, or nothing that can be read."""
    try:
        said = json.loads(gzip.decompress(path.read_bytes()))
        if said["format"] != _FORMAT:
            return None
        return Lexicon(
            words={str(word): int(count) for word, count in said["words"].items()},
            meanings=tuple(
                Meaning(short, long, int(documents), tuple(DocumentId(witness) for witness in witnesses))
                for short, long, documents, witnesses in said["meanings"]
            ),
            ordinary=frozenset(said["ordinary"]),
            through=int(said["through"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        # It can always be learned again, so a damaged file is no reason to stop.
        logger.warning("the lexicon's file is damaged, it is learned again", extra={"reason": str(error)})
        return None
