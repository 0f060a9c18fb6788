"""Pieces of one calculation, worked on by as many threads as there are processors.

numpy and scipy let other threads run while they compute, so pieces large enough to keep them busy and small enough for
the processor's own cache gain from it. What comes out may not depend on how many threads there were: pieces are cut by
what is asked and never by the number of processors, each draws from a stream of its own (`streams`), and what they
give is put together in the order of the pieces.
"""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

Piece = TypeVar("Piece")
Found = TypeVar("Found")

SEED = 4  # numbers of 64 bits that begin a stream


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(work: Callable[[Piece], Found], pieces: Sequence[Piece]) -> list[Found]:
    """What work gives for each piece, in their order. The first error is raised, and no piece is begun after it."""
    threads = min(processors(), len(pieces))
    if threads < 2:
        return [work(piece) for piece in pieces]
    from concurrent.futures import ThreadPoolExecutor  # dear to import

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, pieces))


def streams(rng: np.random.Generator, many: int) -> list[np.random.Generator]:
    """Generators for so many pieces, each begun with numbers that rng draws."""
    seeds = rng.integers(2**63, size=(many, SEED))
    return [np.random.Generator(np.random.SFC64(seed.tolist())) for seed in seeds]
