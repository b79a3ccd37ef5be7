"""Decides whether this processor computes a model's int8 graph well enough, or needs the single-precision one.

Where a processor has no instructions for 8-bit dot products (VNNI, dot product on ARM), onnxruntime's kernels can
saturate: the vectors come out wrong and nothing reports it. So both graphs are compared once on each processor.
"""

import hashlib
import logging
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime
from pydantic import BaseModel, ValidationError

from aika.files import replace_file
from aika.models.encoder import Encoder

logger = logging.getLogger(__name__)

Precision = Literal["int8", "fp32"]

LEAST_SIMILARITY = 0.97
"""Cosine. Measured on processors that compute int8 right: .990 and above for MiniLM, .985 for E5."""

PROBES = (
    "How do I ask for access to the payments dashboard?",
    "The release is cut every Tuesday at ten; after that only fixes that two people approved are merged into it.",
    "kubectl rollout undo deployment/checkout --to-revision=3",
    "Employees may carry over at most five days of leave into the next year, and must use them before April.",
    "error: connection refused (os error 111) while dialing 10.0.0.7:5432",
)


class _Verdict(BaseModel):
    precision: Precision
    similarity: float


def best_precision(folder: Path, open_graph: Callable[[Precision], Encoder]) -> Precision:
    """Return the precision to use on this processor. The verdict is remembered in the folder."""
    remembered = folder / f"precision-{_processor()}.json"
    try:
        return _Verdict.model_validate_json(remembered.read_bytes()).precision
    except FileNotFoundError:
        logger.debug("comparing int8 with fp32 on this processor for the first time")
    except (OSError, ValidationError):
        logger.warning("a remembered precision is unreadable and is decided again", extra={"path": str(remembered)})
    similarity = _least_similarity(open_graph("int8"), open_graph("fp32"))
    verdict = _Verdict(precision="int8" if similarity >= LEAST_SIMILARITY else "fp32", similarity=similarity)
    if verdict.precision == "fp32":
        logger.warning(
            "this processor computes int8 models inexactly; using single precision, which is slower",
            extra={"similarity": round(similarity, 4)},
        )
    _remember(remembered, verdict)
    return verdict.precision


def _least_similarity(one: Encoder, other: Encoder) -> float:
    return min(float(np.dot(one.vector(text), other.vector(text))) for text in PROBES)


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    described = platform.processor() or platform.machine()
    if sys.platform == "linux" and cpuinfo.is_file():
        first = cpuinfo.read_text(encoding="utf-8", errors="replace").split("\n\n", 1)[0]
        described = "\n".join(line for line in first.splitlines() if line.startswith(("model", "flags", "Features")))
    # Other kernels may be chosen by another onnxruntime.
    return hashlib.sha256(f"{described}\n{onnxruntime.__version__}".encode()).hexdigest()[:16]


def _remember(path: Path, verdict: _Verdict) -> None:
    try:
        replace_file(path, verdict.model_dump_json())
    except OSError as error:
        # The comparison takes a second; without the file every start pays it again.
        logger.warning("the model's precision cannot be remembered", extra={"path": str(path), "error": str(error)})
