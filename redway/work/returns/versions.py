"""Data versions as values."""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext as _

from redway.errors import RedwayError
from redway.sources.dataset import dataset as definition_of
from redway.store.home import Home
from redway.store.profile import Profile
from redway.store.snapshot import Part, Snapshot
from redway.work.gateways.policies import Register
from redway.work.gateways.purposes import Purpose
from redway.work.returns.expected import came, late, rules
from redway.work.returns.models import DataVersion, Destruction, Submission
from redway.work.returns.retention import first_day_without

PART = ("dataset", "provider", "period", "content", "rows_accepted", "parquet")  # of a submission


def snapshot(number: int | None = None, *, purpose: Purpose = Purpose.ANALYSIS, on: dt.date | None = None) -> Snapshot:
    """The data version of that number, or the newest, as far as a purpose may read it on a day (today).

    Parts of partners' data that no gateway in force opens for the purpose are left out, and `closed` says why;
    the others say which columns may be read. So are parts that the purpose's own gateway keeps no longer, though
    another purpose may still need them and retention leaves them. So what is closed now is closed in every version,
    while what was late in an older one stays as it was (`judged_on`). Version 0, before anything was accepted, has no
    parts.
    Raises RedwayError for a version that does not exist.
    """
    day = on or timezone.localdate()
    whole = everything(number)
    return replace(_readable(whole, Register(day), purpose, day), late=_late(whole, judged_on(whole.number, day)))


def everything(number: int | None = None) -> Snapshot:
    """The data version with all its parts, whatever any gateway says: for what Redway does with accepted files to
    keep them whole, and never for what people are shown. Raises RedwayError as `snapshot` does.
    """
    versions = DataVersion.objects.order_by("-number")
    version = versions.first() if number is None else versions.filter(number=number).first()
    if version is None:
        if number is None:
            return Snapshot(0, ())
        newest = versions.first()
        raise RedwayError(
            f"a data version from 1 to {newest.number}" if newest else "a data version",
            came=str(number) if newest else "none yet",
            cause="a mistyped number. `redway versions` lists them." if newest else "nothing has been imported.",
        )
    accepted = Home.current().accepted
    return Snapshot(
        version.number,
        tuple(
            Part(s.dataset, s.provider, s.period, s.content, s.rows_accepted, accepted / s.parquet, s.pk)
            for s in version.submissions.exclude(parquet="").only(*PART)
        ),
    )


def judged_on(number: int, day: dt.date) -> dt.date:
    """The day by which it is judged what was late in a data version: its last as the newest, `day` while it is that.

    So a version says the same of its months before and after another one is made, and for ever after.
    """
    newer = DataVersion.objects.filter(number__gt=number).order_by("number").values_list("made_at", flat=True).first()
    return min(day, timezone.localdate(newer)) if newer else day


def rests_on(*, on: dt.date | None = None) -> Hashable:
    """What a snapshot rests on beside its number, to keep it by: the day, the gateways in force on it, and what was
    destroyed.
    """
    day = on or timezone.localdate()
    return day, Register(day).key, Destruction.objects.count()


def _readable(everything: Snapshot, register: Register, purpose: Purpose, day: dt.date) -> Snapshot:
    parts = []
    closed: dict[str, str] = {}
    readings = {name: register.reading(name, purpose) for name in {p.dataset for p in everything.parts}}
    kept = {name: r.gateway for name, r in readings.items() if r.gateway and r.gateway.keep_months}
    received = _received(p for p in everything.parts if p.dataset in kept)
    too_old: dict[str, str] = {}
    for part in everything.parts:
        reading, gateway = readings[part.dataset], kept.get(part.dataset)
        if reading.closed:
            closed[part.dataset] = reading.closed
        elif gateway and first_day_without(part.period, received[part.submission], gateway.keep_months) <= day:
            too_old[part.dataset] = _(
                "%(dataset)s: all of it is older than the %(months)s months that %(gateway)s keeps it."
            ) % {
                "dataset": definition_of(part.dataset).title,
                "months": gateway.keep_months,
                "gateway": gateway.words,
            }
        else:
            parts.append(part if reading.columns is None else replace(part, permitted=reading.columns))
    left = {part.dataset for part in parts}
    closed |= {name: why for name, why in too_old.items() if name not in left}
    return replace(everything, parts=tuple(parts), closed=closed)


def _received(parts: Iterable[Part]) -> dict[int, dt.datetime]:
    """When each submission came, by its key."""
    keys = [part.submission for part in parts]
    return dict(Submission.objects.filter(pk__in=keys).values_list("pk", "received_at")) if keys else {}


def _late(whole: Snapshot, day: dt.date) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """What the profile expected by a day and has not come. What no gateway opens has come all the same."""
    home = Home.current()
    if not (home.profile / "profile.yaml").is_file():
        return {}
    wanted = rules(Profile.of(home))
    return late(wanted, came({rule.dataset for rule in wanted}, version=whole.number), day)
