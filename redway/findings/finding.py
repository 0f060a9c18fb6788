"""A finding, and the list of them: values that say themselves in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from redway.findings import words
from redway.indicators.series import Area
from redway.methods.comparison.change import Change


@dataclass(frozen=True)
class Finding:
    """One series' change against its own past.

    signal_id  stays the same for the same indicator, area, kind, period and method, whatever the data version
    indicator  its ID
    what       its name in a sentence: 'Shoplifting'
    kind       'rolling-12' or 'matched months'
    adjusted   the smallest false discovery rate at which it would be listed; p of the change itself is `change.p`
    listed     whether it stands out among all that were examined
    basis      the digest of everything it rests on
    rounded_to what its counts were rounded to before they were compared; 1 for exact ones
    """

    signal_id: str
    indicator: str
    what: str
    area: Area
    kind: str
    after: tuple[int, ...]
    before: tuple[int, ...]
    change: Change
    adjusted: float
    listed: bool
    basis: str
    method: str
    rounded_to: int = 1

    @property
    def after_words(self) -> str:
        return words.period(self.kind, self.after)

    @property
    def before_words(self) -> str:
        return words.period(self.kind, self.before)

    @property
    def sentence(self) -> str:
        """What changed, by how much and how sure; in the reader's language."""
        where = self.area.name if self.area.level == "area" else ""
        about = words.subject(self.what, where, self.after_words)
        return words.change_sentence(about, self.change, self.kind, self.rounded_to)

    @property
    def doubt(self) -> str:
        """What the interval allows for, what it would be without, and where it only seems to end at no change."""
        said = words.dispersion_sentence(self.change)
        return f"{said} {words.rounding()}" if words.rounded_to_nought(self.change) else said


@dataclass(frozen=True)
class WhatChanged:
    """All that was examined, and what of it stands out.

    every         every series examined, the most unusual first
    too_small     (indicator, area code) of series refused because their counts are too small
    not_compared  indicator -> why no two periods of it can be compared
    rate          the false discovery rate of the list
    basis         the digest of everything it rests on
    """

    every: tuple[Finding, ...]
    too_small: tuple[tuple[str, str], ...]
    not_compared: Mapping[str, str]
    rate: float
    basis: str

    @cached_property
    def ranked(self) -> tuple[Finding, ...]:
        """The findings that stand out, the most unusual first."""
        return tuple(f for f in self.every if f.listed)

    @property
    def examined(self) -> int:
        return len(self.every)

    @property
    def refused(self) -> int:
        """How many series were too small to examine."""
        return len(self.too_small)

    @property
    def expected_false(self) -> float:
        """How many of those listed can be expected to be false alarms, at most."""
        return self.rate * len(self.ranked)

    @property
    def by_chance(self) -> float:
        """How many would look unusual by chance alone at 5%, without the correction."""
        return 0.05 * self.examined

    @property
    def rule(self) -> str:
        """The rule and its cost, in the reader's language."""
        return words.rule_sentence(
            examined=self.examined,
            refused=self.refused,
            listed=len(self.ranked),
            expected_false=self.expected_false,
            by_chance=self.by_chance,
        )

    def standing(self, finding: Finding) -> str:
        """Where one of the findings stands among all; in the reader's language."""
        return words.standing_sentence(listed=finding.listed, alone=finding.change.different, examined=self.examined)

    @cached_property
    def _by_series(self) -> dict[tuple[str, str], Finding]:
        return {(f.indicator, f.area.code): f for f in self.every}

    def of(self, indicator: str, area: str) -> Finding | None:
        """What was found of one series, listed or not; None when it was not examined."""
        return self._by_series.get((indicator, area))
