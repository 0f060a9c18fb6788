"""What came of an import, in values: a receipt can be shown, sent and tested without a database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from redway.sources.dataset import Example, Refusals
from redway.store.unpack import Skipped


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded an older copy"
    UNCHANGED = "unchanged"
    TWICE = "the same as another file beside it"
    RENOTED = "unchanged, with other notes"
    RESTORED = "put back a lost file"

    @property
    def adds_nothing(self) -> bool:
        """Whether what came was there already, or came with it."""
        return self in (Outcome.UNCHANGED, Outcome.TWICE)


@dataclass(frozen=True)
class Result:
    """What one file gave for one provider and period."""

    dataset: str
    file: str
    provider: str
    period: str
    rows_read: int
    rows_accepted: int
    refused: tuple[Refusals, ...]
    notes: dict[str, int]
    examples: dict[str, Example]
    outcome: Outcome
    warning: str = ""

    @property
    def rows_refused(self) -> int:
        return sum(r.count for r in self.refused)


@dataclass(frozen=True)
class Receipt:
    """One import. `version` is the data version it made, None when nothing changed."""

    results: tuple[Result, ...]
    version: int | None
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    @property
    def rows_read(self) -> int:
        return sum(r.rows_read for r in self.results)

    @property
    def rows_accepted(self) -> int:
        return sum(r.rows_accepted for r in self.results)

    @property
    def refused(self) -> tuple[Refusals, ...]:
        """Every reason once, with the first row that has it and how many do."""
        return merged(r for result in self.results for r in result.refused)

    @property
    def notes(self) -> dict[str, int]:
        """What is odd but kept, over all files."""
        total: dict[str, int] = {}
        for result in self.results:
            for name, count in result.notes.items():
                total[name] = total.get(name, 0) + count
        return total

    @property
    def examples(self) -> dict[str, Example]:
        """The first row of each note that has one."""
        return {name: e for result in reversed(self.results) for name, e in result.examples.items()}

    @property
    def told_warnings(self) -> tuple[str, ...]:
        """Warnings of the whole import and of its files."""
        return (*self.warnings, *(r.warning for r in self.results if r.warning))


def merged(refused: Iterable[Refusals]) -> tuple[Refusals, ...]:
    """One entry a reason: the first of them, and all the counts."""
    by_reason: dict[str, Refusals] = {}
    for r in refused:
        was = by_reason.get(r.reason)
        by_reason[r.reason] = Refusals(was.reason, was.count + r.count, was.first, was.came, was.expected) if was else r
    return tuple(by_reason.values())
