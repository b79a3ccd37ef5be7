"""Clustering by average likeness."""

import numpy as np
import numpy.typing as npt


def linked(likeness: npt.NDArray[np.float32], least: float) -> list[tuple[int, ...]]:
    """Return groups of rows: two are merged while their members are, on average, at least so much alike.

    The most alike first, ties by the lower row, so that the result follows from the matrix alone. Sokal and Michener, "A
    statistical method for evaluating systematic relationships", 1958; merged along chains of nearest neighbors (Murtagh,
    The Computer Journal 26, 1983), which finds the same groups in the square of the number of rows.
    """
    size = len(likeness)
    between = likeness.astype(np.float64)
    np.fill_diagonal(between, -np.inf)
    members: dict[int, tuple[int, ...]] = {row: (row,) for row in range(size)}
    finished: list[tuple[int, ...]] = []
    chain: list[int] = []
    while members:
        if not chain:
            chain.append(min(members))
        last = chain[-1]
        nearest = _nearest(between[last], chain[-2] if len(chain) > 1 else None)
        if between[last, nearest] < least:
            # Nothing is near enough to it, and no merge brings anything nearer: an average is no higher than its parts.
            finished.append(members.pop(last))
            between[last, :] = between[:, last] = -np.inf
            chain.pop()
        elif len(chain) > 1 and nearest == chain[-2]:
            _merge(between, members, last, nearest)
            del chain[-2:]
        else:
            chain.append(nearest)
    return sorted(tuple(sorted(group)) for group in finished)


def _nearest(row: npt.NDArray[np.float64], before: int | None) -> int:
    """Return the nearest. The one before in the chain wins a tie, so that chains end."""
    nearest = int(np.argmax(row))
    return before if before is not None and row[before] >= row[nearest] else nearest


def _merge(between: npt.NDArray[np.float64], members: dict[int, tuple[int, ...]], one: int, other: int) -> None:
    kept, gone = min(one, other), max(one, other)
    share = len(members[kept]) / (len(members[kept]) + len(members[gone]))
    row = share * between[kept] + (1 - share) * between[gone]
    row[[kept, gone]] = -np.inf
    between[kept, :] = between[:, kept] = row
    between[gone, :] = between[:, gone] = -np.inf
    members[kept] += members.pop(gone)
