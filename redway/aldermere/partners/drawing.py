"""Drawing dates, places and people: what the generators of all returns share."""

import datetime as dt
import hashlib
import zlib
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from redway.aldermere.city import City, Neighbourhood
from redway.aldermere.crime import NIGHT

Row = dict[str, Any]
NIGHTLIFE = tuple(1 + 3 * (hour in (22, 23, 0, 1, 2)) + (hour in (20, 21, 3)) for hour in range(24))
DAYTIME = tuple(0.2 + 1.5 * (8 <= hour <= 20) for hour in range(24))
ETHNICITY = {
    **{"W1": 0.66, "W2": 0.01, "W9": 0.08, "M1": 0.015, "M3": 0.01, "M9": 0.015},
    **{"A1": 0.04, "A2": 0.03, "A3": 0.015, "A9": 0.025, "B1": 0.025, "B2": 0.04, "B9": 0.005, "O9": 0.03},
}


class Drawing:
    """A generator of one return, told apart from all others by the return's name."""

    def __init__(self, city: City, seed: int, name: str):
        self.city, self.name, self.seed = city, name, seed
        self.rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
        pull = np.array([a.residents * np.exp(0.9 * a.ward.deprivation) for a in city.areas])
        by_night = pull * np.array([NIGHT.get(a.kind, 1.0) for a in city.areas])
        self.homes, self.nights = pull / pull.sum(), by_night / by_night.sum()

    def count(self, mean: float) -> int:
        """A number of events about their mean, with twice the spread of independent ones."""
        return int(self.rng.negative_binomial(mean, 0.5)) if mean else 0

    def yes(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def pick(self, options: Mapping[str, float] | Sequence[str]) -> str:
        """One of them, by its weight where they have weights."""
        if isinstance(options, Mapping):
            return list(options)[self.weighed(options.values())]
        return options[int(self.rng.integers(len(options)))]

    def weighed(self, weights: Iterable[float]) -> int:
        """Which of so many, by their weights."""
        ends = list(accumulate(weights))  # of a few: numpy would take ten times as long
        return bisect(ends, self.rng.random() * ends[-1])

    def day(self, month: int) -> dt.date:
        return dt.date(month // 12, month % 12 + 1, 1) + dt.timedelta(days=int(self.rng.integers(length(month))))

    def moment(self, month: int, hours: Sequence[float] = NIGHTLIFE) -> dt.datetime:
        """A moment of the month, at an hour by the weights of the day's 24."""
        hour = self.weighed(hours)
        return dt.datetime.combine(self.day(month), dt.time(hour, int(self.rng.integers(60))))

    def area(self, *, nights: bool = False) -> Neighbourhood:
        shares = self.nights if nights else self.homes
        return self.city.areas[int(np.searchsorted(np.cumsum(shares), self.rng.random()))]

    def lsoa(self, area: Neighbourhood) -> str:
        """The 2021 code of one of the small areas inside."""
        return self.pick([one.code for one in area.lsoa21])

    def reference(self, *what: object) -> str:
        """A pseudonym: always the same for the same thing, and of nobody."""
        return hashlib.sha256(f"{self.seed} {self.name} {what}".encode()).hexdigest()


def length(month: int) -> int:
    """Days in a month."""
    return (start(month + 1) - start(month)).days


def start(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def end(month: int) -> dt.date:
    return start(month + 1) - dt.timedelta(days=1)


def spoken(moment: dt.datetime | None) -> str:
    """A moment as a return writes it; empty where there is none."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
