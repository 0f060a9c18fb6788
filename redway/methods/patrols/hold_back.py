"""Places left without visits, so that it can be told whether visits did anything: only by recorded authority.

Places are paired with the one most like them in expected harm, within one area, and a coin says which of a pair is
visited. To withhold patrol from a place that needs it is a decision, and no analyst's: nothing is held back unless it
is recorded who allowed it, on what day and why.

Source: Weisburd and Gill 2014, *Journal of Quantitative Criminology* 30, 97-112, for trials in blocks.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from redway.methods import inputs
from redway.methods.inputs import Integers, Unfit
from redway.methods.wording import several

VERSION = 1


@dataclass(frozen=True)
class Authorisation:
    """Who allowed places to be held back, when, and why. Raises Unfit where any of it is missing."""

    by: str
    on: date
    reason: str

    def __post_init__(self) -> None:
        if not (self.by.strip() and self.reason.strip() and isinstance(self.on, date)):
            raise Unfit(
                "who authorised that places are held back, the day, and the reason",
                came=f"“{self.by}”, {self.on}, “{self.reason}”",
                cause="holding patrol back is a decision that a person with the authority for it must have recorded.",
            )


@dataclass(frozen=True)
class HeldBack:
    """Pairs of like places.

    pairs      int array (pairs, 2): rows; the first of each is visited, the second held back
    authority  who allowed it
    """

    pairs: Integers
    authority: Authorisation

    @property
    def rows(self) -> Integers:
        """Rows of places that are held back."""
        return np.asarray(np.sort(self.pairs[:, 1]))

    @property
    def cannot_tell(self) -> str:
        """Why nothing is held back; empty where something is."""
        return "" if len(self.pairs) else "no two places of one area expect any harm"

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot hold places back: {self.cannot_tell}."
        return (
            f"{several(len(self.pairs), 'place')} drawn by lot from as many pairs of like places are held back for "
            f"comparison, as {self.authority.by} authorised on {self.authority.on.isoformat()} "
            f"({self.authority.reason})."
        )


def hold_back(
    harm: Any, rng: np.random.Generator, *, authority: Authorisation | None, area: Any = None, most: int | None = None
) -> HeldBack:
    """Pair places of like harm within areas, and draw one of each pair.

    harm: (places,) of nought or more; most: so many pairs, drawn by lot of those there are, or None for all.
    Raises Unfit without an authorisation.
    """
    if not isinstance(authority, Authorisation):
        raise Unfit(
            "a recorded authorisation",
            came="none",
            cause="holding patrol back from a place is not for an analysis to decide.",
        )
    expected = inputs.at_least(harm, "harm", 0)
    labels = np.zeros(len(expected)) if area is None else np.asarray(area)
    inputs.same_length(harm=expected, area=labels)
    found: list[Any] = []
    for label in np.unique(labels):
        here = np.flatnonzero((labels == label) & (expected > 0))
        ranked = here[np.argsort(-expected[here], kind="stable")]
        found += list(ranked[: len(ranked) // 2 * 2].reshape(-1, 2))
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    if most is not None and len(pairs) > (few := inputs.whole(most, "most")):
        pairs = pairs[np.sort(rng.choice(len(pairs), few, replace=False))]
    return HeldBack(rng.permuted(pairs, axis=1), authority)
