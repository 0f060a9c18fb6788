"""One piece of work to be timed: how it is made, at which sizes, under which limits, and who else does it."""

import os
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

Call = Callable[[], object]


@dataclass(frozen=True)
class Peer:
    """Another tool that does the same.

    there  its seconds as measured elsewhere: two shared cores, Debian 12, R 4.2.2, Python 3.11; None if it never was
    run    the function of `peers.py` or `peers.R` ("esda", "R surveillance") that times it here, where it is installed;
           it answers with the seconds of the whole work, scaled up where `part` says of what
    """

    who: str
    there: float | None = None
    run: str = ""
    part: str = ""


@dataclass(frozen=True)
class Work:
    """What is timed.

    make    makes the input for a size, and gives what is to be timed
    n, unit the size in the table, and what it counts
    sizes   four sizes, for growth; none where another row tells it
    quick   a size that takes a moment
    costs   bytes touched and operations at a size, at least: arithmetic counts one, a logarithm or root ten
    limit, memory  seconds by the clock and MB, at most
    runs    how often it is timed, after one run to warm up; once, it is not warmed up
    """

    what: str
    make: Callable[[int], Call]
    n: int
    unit: str
    quick: int
    costs: Callable[[int], tuple[float, float]]
    sizes: tuple[int, ...] = ()
    limit: float | None = None
    memory: float | None = None
    runs: int = 5
    peers: tuple[Peer, ...] = ()

    def small(self) -> "Work":
        return replace(self, n=self.quick, sizes=(self.quick, 2 * self.quick) if self.sizes else (), runs=1, peers=())


def measured(work: Work) -> dict:
    """Medians by the clock and by the processors' time at every size, and the most memory this process ever held."""
    times = {}
    for n in sorted({work.n, *work.sizes}):
        times[n] = timed(work.make(n), work.runs)
    wall, cpu = times[work.n]
    exponent = None
    if work.sizes:
        logs = np.log([[n, times[n][1]] for n in work.sizes])
        exponent = float(np.polyfit(logs[:, 0], logs[:, 1], 1)[0])
    return {
        "wall": wall,
        "cpu": cpu,
        "growth": [(n, times[n][1]) for n in work.sizes],
        "exponent": exponent,
        "peak": peak(),
        "load": os.getloadavg()[0],
    }


def timed(call: Call, runs: int) -> tuple[float, float]:
    if runs > 1:
        call()
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def peak() -> float:
    """MB. Not `ru_maxrss`, which a process inherits from the one that started it."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))[1]) / 1024


def machine() -> dict:
    """What one processor does here through numpy: bytes a second from and to memory, operations a second in cache."""
    long, other = np.ones(16_000_000), np.empty(16_000_000)
    _, copied = timed(lambda: np.copyto(other, long), 5)
    a, b, c = (np.full(2_000, 1.5) for _ in range(3))

    def thousand() -> None:
        for _ in range(1_000):
            np.multiply(a, b, out=c)
            np.add(c, a, out=c)

    _, worked = timed(thousand, 5)
    return {"bytes": 2 * long.nbytes / copied, "operations": 2 * 1_000 * a.size / worked}
