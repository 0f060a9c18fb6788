"""What a publisher wrote beside its figures: the notes that came with the files of a data version, word for word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.sources.dataset import dataset
from redway.store.profile import Partnership
from redway.web.figures.basis import Basis
from redway.work.returns.models import Submission

MOST_CAVEATS = 5
FINANCIAL_YEAR = re.compile(r"\b20[0-9]{2}[/-][0-9]{2}\b|\byear ending [A-Z][a-z]+ 20[0-9]{2}\b")
OF_A_FORCE = re.compile(r"\s+(police|constabulary|police service)$", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """The notes of one file. `ours` are the lines that name the partnership, its force or a year."""

    version: int
    file: str
    periods: str
    lines: tuple[str, ...]
    ours: tuple[str, ...]


def said(basis: Basis, name: str) -> tuple[Said, ...]:
    """The notes of a dataset's files, the newest first; the same notes in several files once, with the newest."""

    def make() -> tuple[Said, ...]:
        labels: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        held = Submission.objects.filter(versions__number=basis.snapshot.number, dataset=name, facts__has_key="said")
        for one in held.exclude(facts__said=[]).order_by("period").only("period", "file_name", "facts"):
            labels.setdefault(tuple(one.facts["said"]), []).append((one.period, one.file_name))
        newest_first = sorted(labels.items(), key=lambda found: found[1][-1], reverse=True)
        return tuple(_one(basis, lines, those) for lines, those in newest_first)

    return basis.keep(("publisher's notes", name), make)


def _one(basis: Basis, lines: tuple[str, ...], those: Sequence[tuple[str, str]]) -> Said:
    """The notes of the files of some periods, named by the newest: (period, file name), the oldest first."""
    span = periods.spanning(period for period, _file in those)
    return Said(basis.snapshot.number, those[-1][1], span, lines, ours(lines, basis.partnership))


def ours(lines: Sequence[str], partnership: Partnership) -> tuple[str, ...]:
    """The lines that name the partnership's place or its police force, and then those that name a financial year."""
    names = [partnership.place, OF_A_FORCE.sub("", partnership.police_force)]
    named = re.compile(rf"\b({'|'.join(re.escape(name) for name in names if name)})\b", re.IGNORECASE)
    first = [line for line in lines if named.search(line)]
    return tuple(dict.fromkeys([*first, *(line for line in lines if FINANCIAL_YEAR.search(line))]))


def caveats(basis: Basis, name: str) -> tuple[str, ...]:
    """What the newest notes say of the partnership, its force or a year, to stand before its figures."""
    found = next((one for one in said(basis, name) if one.ours), None)
    if found is None:
        return ()
    provider = dataset(name).provider
    told = [_("%(provider)s: “%(line)s”") % {"provider": provider, "line": line} for line in found.ours[:MOST_CAVEATS]]
    more = found.ours[MOST_CAVEATS:]
    if more:
        words = ngettext(
            "%(provider)s says %(n)s thing more of it, on the page of “%(title)s”.",
            "%(provider)s says %(n)s things more of it, on the page of “%(title)s”.",
            len(more),
        )
        told.append(words % {"provider": provider, "n": len(more), "title": dataset(name).title})
    return tuple(told)
