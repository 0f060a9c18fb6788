"""Pieces of one calculation, worked on by as many threads as there are processors.

numpy and scipy let other threads run while they compute, so pieces large enough to keep them busy and small enough for
the processor's own cache gain from it. What comes out may not depend on how many threads there were: pieces are cut by
what is asked and never by the number of processors, each draws from a stream of its own (`streams`), and what they
give is put together in the order of the pieces.
"""

import os
from collections.abc import Callable, Sequence
from threading import Lock, Thread
from typing import TypeVar

import numpy as np

Piece = TypeVar("Piece")
Found = TypeVar("Found")

SEED = 4  # numbers of 64 bits that begin a stream


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(work: Callable[[Piece], Found], pieces: Sequence[Piece]) -> list[Found]:
    """What work gives for each piece, in their order. The first error is raised, and no piece is begun after it.

    The caller works too, beside one thread less than there are processors: an executor of the standard library takes
    half a millisecond to set up, which is what a whole small calculation may take.
    """
    found: dict[int, Found] = {}
    errors: dict[int, BaseException] = {}
    left, one_at_a_time = iter(range(len(pieces))), Lock()

    def take() -> None:
        while not errors:
            with one_at_a_time:
                at = next(left, None)
            if at is None:
                return
            try:
                found[at] = work(pieces[at])
            except BaseException as error:  # raised below, in the caller
                errors[at] = error

    helpers = [Thread(target=take) for _ in range(min(processors(), len(pieces)) - 1)]
    for helper in helpers:
        helper.start()
    take()
    for helper in helpers:
        helper.join()
    if errors:
        raise errors[min(errors)]
    return [found[at] for at in range(len(pieces))]


def streams(rng: np.random.Generator, many: int) -> list[np.random.Generator]:
    """Generators for so many pieces, each begun with numbers that rng draws."""
    seeds = rng.integers(2**63, size=(many, SEED))
    return [np.random.Generator(np.random.SFC64(seed.tolist())) for seed in seeds]
