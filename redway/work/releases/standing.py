"""Whether the returns that a table was counted of still stand, in the newest data version and with all their rows."""

from datetime import datetime

from django.utils.translation import gettext as _

from redway import periods
from redway.work.releases.models import TableEdition
from redway.work.returns.models import DataVersion, Destruction, Submission
from redway.work.returns.senders import name_of_agency
from redway.work.returns.withdrawing import reason_of


def fallen(dataset: str, period: str, version: int, *, since: datetime | None = None) -> list[str]:
    """What became of the returns of a data version that cover months of a period and stand no more, each in words:
    withdrawn, sent again, or gone from the newest version.

    since  when the table was counted: rows that were lawfully destroyed later are told too

    A return that came since and took no other's place takes nothing from the table, and is not told.
    """
    newest = DataVersion.objects.order_by("-number").first()
    if newest is None:
        return []
    counted = [one for one in _of(dataset, version) if _covers(one, period)]
    now = {one.pk: one for one in _of(dataset, newest.number)}
    taken_place = {(one.provider, one.period) for one in now.values()}
    said = [_what_became(one, taken_place) for one in counted if one.pk not in now]
    if since is not None:
        destroyed = Destruction.objects.filter(submissions__in=counted, at__gt=since).distinct()
        kinds = {"erasure": _("rows were lawfully erased"), "retention": _("rows were past their time and destroyed")}
        said += sorted({kinds[one.kind] for one in destroyed})
    return said


def fallen_since(edition: TableEdition) -> list[str]:
    """The same of an edition that was asked for."""
    return fallen(edition.dataset, edition.period, edition.data_version, since=edition.asked_at)


def _of(dataset: str, version: int) -> list[Submission]:
    found = Submission.objects.filter(versions__number=version, dataset=dataset)
    return list(found.select_related("delivery").order_by("period", "provider", "pk"))


def _covers(one: Submission, period: str) -> bool:
    """Whether a return has months of a period; one without a period may have any."""
    return not one.period or bool(set(periods.months_of(one.period)) & set(periods.months_of(period)))


def _what_became(one: Submission, taken_place: set[tuple[str, str]]) -> str:
    words = {"agency": name_of_agency(one.provider), "period": periods.in_words(one.period) if one.period else ""}
    whose = _("%(agency)s, %(period)s") % words if one.period else words["agency"]
    if (one.provider, one.period) in taken_place:
        return _("the return of %(whose)s was sent again, and the newer copy took its place") % {"whose": whose}
    if reason := reason_of(one):
        return _("the return of %(whose)s was withdrawn (%(reason)s)") % {"whose": whose, "reason": reason.rstrip(".")}
    return _("the return of %(whose)s is no more in the newest data version") % {"whose": whose}
