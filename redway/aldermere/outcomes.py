"""What became of the crimes of the street files, month by month: the newest outcome of each is the one they tell."""

import dataclasses
from collections.abc import Iterable, Iterator

import numpy as np

from redway.aldermere.crime import COURT, NO_SUSPECT, OPEN, Row
from redway.aldermere.truths import BACKLOG, FIRST_OUTCOMES, LATE_PARTNER
from redway.periods import month

CHARGED = "Suspect charged"  # comes before what a court says
LEFT_UNTIL = month(BACKLOG.period)
LONGEST = 6  # months between a crime and its outcome, but for those that were left
TRIAL = 3  # months between a charge and what a court says, at most


def outcomes(monthly: Iterable[tuple[int, list[Row]]], *, seed: int, months: range) -> Iterator[tuple[int, list[Row]]]:
    """Rows by the month of the outcome, which is in `outcome`; those of a charge come before those of its court."""
    last = months[-1]
    found: dict[int, list[Row]] = {m: [] for m in months if m >= FIRST_OUTCOMES}
    rng = np.random.default_rng((seed, 3))
    for began, rows in monthly:
        seen: set[str] = set()
        lags = np.minimum(rng.geometric(0.55, len(rows)) - 1, LONGEST)
        left, trial = rng.random(len(rows)) < BACKLOG.value, rng.integers(0, TRIAL + 1, len(rows))
        for row, lag, waits, more in zip(rows, lags, left, trial, strict=True):
            # IDs that two rows share would make one crime of two; of the month that never came nothing is known.
            if not row.crime_id or row.outcome == OPEN or row.crime_id in seen or began == LATE_PARTNER.first:
                continue
            seen.add(row.crime_id)
            waited = waits and row.outcome == NO_SUSPECT and LEFT_UNTIL - 12 <= began < LEFT_UNTIL <= last
            ended = LEFT_UNTIL if waited else min(began + int(lag), last)
            if row.outcome == COURT:
                _put(found, ended, dataclasses.replace(row, outcome=CHARGED))
                ended = min(ended + int(more), last)
            _put(found, ended, row)
    yield from found.items()


def _put(found: dict[int, list[Row]], at: int, row: Row) -> None:
    if at in found:
        found[at].append(row)
