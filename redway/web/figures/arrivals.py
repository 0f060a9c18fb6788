"""What each data version brought, in a sentence: `28 months of street crime from Aby Police and 8 reference sets.`"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway.sources import dataset as datasets
from redway.work.returns.models import Submission

NAMED = 2  # providers that are named; more are counted


@dataclass
class _Brought:
    """The submissions that one version was the first to hold: dataset -> the providers, one a file."""

    files: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    newer: int = 0  # of them, those that took the place of an older copy


def sentences() -> dict[int, str]:
    """What every data version brought, by its number; one query."""
    came = (
        Submission.objects.annotate(first=Min("versions__number"))
        .filter(first__isnull=False)
        .order_by("first", "pk")
        .values_list("first", "dataset", "provider", "period")
    )
    brought: dict[int, _Brought] = defaultdict(_Brought)
    seen = set()
    for number, dataset, provider, period in came:
        one = brought[number]
        one.files[dataset].append(provider)
        one.newer += (dataset, provider, period) in seen
        seen.add((dataset, provider, period))
    return {number: _sentence(one) for number, one in brought.items()}


def _sentence(brought: _Brought) -> str:
    partners = {name: files for name, files in brought.files.items() if datasets.dataset(name).access == "partners"}
    published = {name: files for name, files in brought.files.items() if name not in partners}
    monthly = {name: files for name, files in published.items() if datasets.dataset(name).cadence == "monthly"}
    parts = [_months(name, files) for name, files in monthly.items()]
    if partners:
        parts.append(_returns(partners))
    if reference := [name for name in published if name not in monthly]:
        parts.append(_reference(reference))
    said = _("%(what)s.") % {"what": _(" and ").join(parts)}
    if not brought.newer:
        return said
    newer = ngettext(
        "%(n)s file takes the place of an older copy.", "%(n)s files take the place of older copies.", brought.newer
    )
    return f"{said} {newer % {'n': f'{brought.newer:,}'}}"


def _months(name: str, providers: Sequence[str]) -> str:
    """`28 months of street-level crime from Thames Valley Police`."""
    senders = sorted(set(providers))
    title = datasets.dataset(name).title
    said = (
        ngettext("%(n)s month of %(what)s from %(whom)s", "%(n)s months of %(what)s from %(whom)s", len(providers))
        if len(senders) == 1
        else _("%(n)s monthly files of %(what)s from %(whom)s")
    )
    return said % {
        "n": f"{len(providers):,}",
        "what": title[:1].lower() + title[1:],
        "whom": _(" and ").join(senders) if len(senders) <= NAMED else _("%(n)s senders") % {"n": len(senders)},
    }


def _returns(files: Mapping[str, Sequence[str]]) -> str:
    """`36 returns of 12 agencies`; those of one dataset by its title."""
    agencies = {agency for senders in files.values() for agency in senders}
    count = sum(len(senders) for senders in files.values())
    said = ngettext("%(n)s return of %(what)s", "%(n)s returns of %(what)s", count)
    what = ngettext("%(n)s agency", "%(n)s agencies", len(agencies)) % {"n": len(agencies)}
    if len(files) == 1:
        title = datasets.dataset(next(iter(files))).title
        what = _("%(title)s from %(whom)s") % {"title": title[:1].lower() + title[1:], "whom": what}
    return said % {"n": f"{count:,}", "what": what}


def _reference(names: Sequence[str]) -> str:
    """`8 reference datasets`; a single one by its title."""
    if len(names) == 1:
        return _("%(title)s (reference data)") % {"title": datasets.dataset(names[0]).title}
    return _("%(n)s reference datasets") % {"n": len(names)}
