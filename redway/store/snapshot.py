"""A data version as a value: the exact list of accepted files that a figure rests on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """One accepted submission: one dataset, provider and period, in one Parquet file.

    `period` is a month label for monthly data and "" for reference data; `content` is the hash of the
    rows, whatever file, line ends or column order they came in.
    """

    dataset: str
    provider: str
    period: str
    content: str
    rows: int
    path: Path
    submission: int
    permitted: frozenset[str] | None = None  # columns that the purpose of reading allows; None: open data, all


@dataclass(frozen=True)
class Snapshot:
    """A data version: its number (0 before anything was accepted) and its parts, as far as they may be read.

    closed  datasets of which parts were accepted and may not be read for this purpose: name -> why, a sentence
    late    (dataset, agency) -> periods that were due and have not come
    """

    number: int
    parts: tuple[Part, ...]
    closed: Mapping[str, str] = field(default_factory=dict, compare=False)
    late: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, compare=False)

    def of(self, dataset: str) -> tuple[Part, ...]:
        """The parts of one dataset, by provider and period."""
        return tuple(sorted((p for p in self.parts if p.dataset == dataset), key=lambda p: (p.provider, p.period)))

    def has(self, dataset: str) -> bool:
        return any(p.dataset == dataset for p in self.parts)

    def digest(self, *datasets: str) -> str:
        """A name for the content of these datasets (all, when none are named): the key of every cache.

        Two versions that hold the same files of a dataset share it, so one partner's upload does not
        empty another's cache.
        """
        if datasets not in self._digests:
            wanted = sorted(
                (p.dataset, p.provider, p.period, p.content)
                for p in self.parts
                if not datasets or p.dataset in datasets
            )
            self._digests[datasets] = hashlib.sha256(repr(wanted).encode()).hexdigest()[:20]
        return self._digests[datasets]

    @cached_property
    def _digests(self) -> dict[tuple[str, ...], str]:
        """Worked out once: a page asks for a dozen, over hundreds of parts."""
        return {}
