"""How surely the rows of a return were placed in small areas: shares, in words, for pages that rest on them.

A dataset whose definition names `placing` counts, on arrival, how many rows were placed how surely. The total of a
figure does not depend on it; small areas and maps do.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redway import periods
from redway.sources.dataset import dataset
from redway.store.snapshot import Snapshot
from redway.web.figures.rows import RowCounts
from redway.work.returns.models import Submission

FEW = 20  # rows under which a share says little, and may tell of one person
LEFT_OUT = gettext_lazy("left out")
YEAR = 12  # the newest periods that a sentence tells of


@dataclass(frozen=True)
class Placed:
    """Rows by how surely they were placed, in the words of the dataset: the surest first, the last of them nowhere."""

    counts: tuple[tuple[str, int], ...]

    @property
    def rows(self) -> int:
        return sum(number for _, number in self.counts)

    def shares(self, counts: RowCounts) -> tuple[str, ...]:
        """A share for each, in the same order, as a person may read them; none of fewer than 20 rows.

        Shares add up to one, so that a single one that is hidden would be told by the others: the smallest of those is
        left out with it.
        """
        if self.rows < FEW:
            return tuple("" for _ in self.counts)
        told = [counts.share(number, self.rows) for _, number in self.counts]
        shown = [_("few or none") if share is None else f"{share:.0%}" for share in told]
        if told.count(None) == 1:
            _share, smallest = min((share, at) for at, share in enumerate(told) if share is not None)
            shown[smallest] = str(LEFT_OUT)
        return tuple(shown)


def placed(name: str, those: Iterable[Submission]) -> Placed | None:
    """Of some returns of a dataset together; None where it does not count how surely it was placed."""
    words = dataset(name).placing
    told = [one.notes for one in those if any(word in one.notes for word in words)]
    if not told:
        return None
    return Placed(tuple((word, sum(notes.get(word, 0) for notes in told)) for word in words))


def caveat(snapshot: Snapshot, name: str) -> str:
    """What to know of where a dataset's rows lie, by its newest year; empty where nothing of it is measured. It is the
    same for everybody, so it is told as those read it who may not see small counts.
    """
    if not dataset(name).placing:
        return ""
    parts = [part for part in snapshot.of(name) if part.period]
    newest = sorted({part.period for part in parts}, key=lambda label: periods.months_of(label)[-1])[-YEAR:]
    read = [part.submission for part in parts if part.period in newest]
    found = placed(name, Submission.objects.filter(pk__in=read).only("notes"))
    if found is None or found.rows < FEW:
        return ""
    return _("Small areas and maps rest on places that were found by name. Of the rows of %(when)s: %(listed)s.") % {
        "when": periods.spanning(newest),
        "listed": ", ".join(_listed(found)),
    }


def _listed(found: Placed) -> list[str]:
    shares = found.shares(RowCounts(exact=False))
    return [f"{share} {word}" for (word, _), share in zip(found.counts, shares, strict=True) if share != LEFT_OUT]
