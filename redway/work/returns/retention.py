"""Retention: what partners sent is destroyed once its gateways' time for it is over, in every data version.

How long is the gateways' to say (`keep_months`), counted from the end of the period a file is of; from the month it
came where it is of no period. Where several purposes have gateways the longest counts, since what one purpose may
still read is still needed; gateways that have expired or ended count as they last stood.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.errors import NotAllowed, RedwayError
from redway.sources.dataset import dataset as definition_of
from redway.store.home import Home
from redway.store.lock import PATIENCE, only_one
from redway.work.accounts.models import User
from redway.work.gateways.models import Gateway, ever_in_force
from redway.work.returns import destruction
from redway.work.returns.destruction import RETENTION, Loss
from redway.work.returns.loading import Staged
from redway.work.returns.models import DataVersion, Destruction, Submission
from redway.work.returns.reconcile import lock_of, settle_all
from redway.work.returns.report import Warning
from redway.work.returns.senders import name_of_agency


@dataclass(frozen=True)
class Due:
    """One accepted file whose time is over: which, since when, why, and the data versions that lose it."""

    submission: Submission
    since: dt.date  # the first day on which it should be gone
    why: str
    versions: tuple[int, ...]


def due(*, on: dt.date | None = None) -> list[Due]:
    """Everything whose time is over on a day (today), by dataset, provider and period. Destroys nothing."""
    day = on or timezone.localdate()
    longest = _longest()
    held = Submission.objects.filter(dataset__in=longest).exclude(parquet="")
    past = [
        one
        for one in held.order_by("dataset", "provider", "period", "pk")
        if first_day_without(one.period, one.received_at, longest[one.dataset].keep_months) <= day
    ]
    losing = _versions(past)
    return [
        Due(
            one,
            first_day_without(one.period, one.received_at, longest[one.dataset].keep_months),
            _("%(gateway)s keeps it for %(months)s months after its period")
            % {"gateway": longest[one.dataset].words, "months": longest[one.dataset].keep_months},
            tuple(losing.get(one.pk, ())),
        )
        for one in past
    ]


def _versions(those: Sequence[Submission]) -> dict[int, list[int]]:
    """The numbers of the data versions that hold each submission, by its key."""
    found: dict[int, list[int]] = {}
    links = DataVersion.submissions.through.objects.filter(submission__in=those).order_by("dataversion__number")
    for submission, number in links.values_list("submission_id", "dataversion__number"):
        found.setdefault(submission, []).append(number)
    return found


def first_day_without(period: str, received_at: dt.datetime, keep_months: int) -> dt.date:
    """The first day on which a file should be gone, or may not be read any more, kept for so many months."""
    if period:
        last = periods.months_of(period)[-1]
    else:
        came = timezone.localdate(received_at)
        last = 12 * came.year + came.month - 1
    first = last + keep_months + 1
    return dt.date(first // 12, first % 12 + 1, 1)


def mark(those: Iterable[Due]) -> str:
    """A name for what is due: the same for the same files, so that what was looked at is what is destroyed."""
    held = sorted((one.submission.pk, one.submission.content) for one in those)
    return hashlib.sha256(repr(held).encode()).hexdigest()[:20]


def reminder(*, on: dt.date | None = None) -> str:
    """That files are past their time, in a sentence; empty where none is."""
    found = due(on=on)
    if not found:
        return ""
    names = ", ".join(dict.fromkeys(one.submission.dataset for one in found))
    return ngettext(
        "%(n)s accepted file is past the time that its gateway keeps it (%(names)s).",
        "%(n)s accepted files are past the time that their gateways keep them (%(names)s).",
        len(found),
    ) % {"n": f"{len(found):,}", "names": names}


def run(
    *, by: User | str, on: dt.date | None = None, seen: str | None = None, patience: float = PATIENCE
) -> list[Destruction]:
    """Destroy everything whose time is over: one record a dataset. None where nothing is due.

    seen  the mark of what the person looked at, if they did: anything else refuses with NotAllowed, destroying nothing

    Raises Busy when an import still holds the home after `patience` seconds.
    """
    home = Home.current()
    home.make()
    made = []
    with only_one(lock_of(home), patience=patience):
        settle_all(home)
        by_dataset: dict[str, list[Due]] = {}
        found = due(on=on)
        if seen is not None and mark(found) != seen:
            raise NotAllowed(
                _("What is past its time has changed since you looked. Nothing was destroyed: look again.")
            )
        for one in found:
            by_dataset.setdefault(one.submission.dataset, []).append(one)
        for name, those in by_dataset.items():
            losses = [Loss(one.submission, one.submission.rows_accepted) for one in those]
            detail = {"periods": sorted({f"{one.submission.provider} {one.submission.period}" for one in those})}
            done = destruction.commit(
                kind=RETENTION, dataset=name, reason=those[0].why, by=by, losses=losses, detail=detail
            )
            destruction.finish(done, home)
            made.append(done)
    return made


def _longest(of: Collection[str] | None = None) -> dict[str, Gateway]:
    """For each partners' dataset (of these alone) whose time can end, the gateway that keeps it longest."""
    latest: dict[tuple[str, str], Gateway] = {(g.dataset, g.purpose): g for g in ever_in_force()}
    found: dict[str, list[Gateway]] = {}
    for gateway in latest.values():
        if of is None or gateway.dataset in of:
            found.setdefault(gateway.dataset, []).append(gateway)
    return {
        name: max(those, key=lambda g: g.keep_months)
        for name, those in found.items()
        if all(g.keep_months for g in those) and _is_partners(name)
    }


def warnings(staged: Sequence[Staged], *, on: dt.date | None = None) -> Iterator[Warning]:
    """A warning for each return of a period that is past its time already on a day (today): what is accepted of it
    would be destroyed at the next run.
    """
    day = on or timezone.localdate()
    longest = _longest({s.definition.name for s in staged})
    for s in staged:
        gateway, period = longest.get(s.definition.name), s.loaded.period
        if gateway is None or not period:  # of no period: its time begins with the month it comes in
            continue
        since = first_day_without(period, timezone.now(), gateway.keep_months)
        if since > day:
            continue
        text = ngettext(
            "%(period)s: %(gateway)s keeps what is sent for %(months)s month after its period, which was over on "
            "%(since)s. If this were accepted, the next clearing would destroy it.",
            "%(period)s: %(gateway)s keeps what is sent for %(months)s months after its period, which were over on "
            "%(since)s. If this were accepted, the next clearing would destroy it.",
            gateway.keep_months,
        )
        advice = _("Take it back; where it is still needed, let a gateway that keeps it longer be put in force first.")
        said = {
            "period": periods.in_words(period),
            "months": gateway.keep_months,
            "gateway": gateway.words,
            "since": date_format(since, "j F Y"),
        }
        yield Warning("retention", f"{text % said} {advice}", period)


def _is_partners(name: str) -> bool:
    """Whether a dataset is partners' data; one that nothing describes any more came through a gateway, so it is."""
    try:
        return definition_of(name).access == "partners"
    except RedwayError:
        return True


def words(those: Sequence[Due]) -> list[str]:
    """What would be destroyed, a sentence for each file."""
    return [
        _("%(what)s: %(rows)s, since %(day)s (%(why)s); data versions %(versions)s lose it.")
        % {
            "what": ", ".join(
                filter(None, (d.submission.dataset, name_of_agency(d.submission.provider), d.submission.period))
            ),
            "rows": ngettext("%(n)s row", "%(n)s rows", d.submission.rows_accepted)
            % {"n": f"{d.submission.rows_accepted:,}"},
            "day": d.since.isoformat(),
            "why": d.why,
            "versions": ", ".join(map(str, d.versions)) or _("none"),
        }
        for d in those
    ]
