"""What would be released: a table's counts for a period, put through disclosure control beside all that has left.

Nothing here is kept or shown to anybody: `actions` does that.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from redway import periods
from redway.errors import NotAllowed, NotSetUp
from redway.indicators import definitions, sets
from redway.indicators.counts import Table
from redway.indicators.places import NAMES_REST_ON, places
from redway.indicators.release import Edition, Policy, Released, release
from redway.indicators.tables import Counted, counted, table
from redway.indicators.tabulating import Here, residents, tabulated, titles, whole_periods
from redway.store.home import Home
from redway.store.profile import Profile
from redway.store.snapshot import Snapshot
from redway.work.gateways import linking
from redway.work.gateways.purposes import Purpose
from redway.work.releases import kept
from redway.work.releases.models import TableEdition, left
from redway.work.releases.states import LEFT
from redway.work.returns.destruction import unmade
from redway.work.returns.models import DataVersion
from redway.work.returns.senders import senders
from redway.work.returns.versions import snapshot

KEPT = 32  # tables held by one process; each took some seconds


@dataclass(frozen=True)
class Prepared:
    """A table as it would leave, with what nobody outside may see of it.

    counts    the exact counts
    released  as the public would see it, safe beside `earlier`
    public    everything that the public would be told, as plain values
    earlier   editions of this table and period that have left, oldest first
    beside    editions of other tables that count some of the same rows
    unmade    why the data version is not what it was; empty where it is
    """

    counted: Counted
    period: str
    data_version: int
    policy: Policy
    counts: Table
    released: Released
    public: Mapping[str, Any]
    earlier: tuple[TableEdition, ...]
    beside: tuple[TableEdition, ...]
    unmade: str

    @property
    def shown(self) -> str:
        """The hash of everything that would be shown."""
        return kept.shown(self.public)

    @property
    def edition(self) -> Edition:
        return Edition(self.counts, self.released)

    @property
    def needs_second_person(self) -> bool:
        """Whether another person has to agree: of all but open data."""
        return self.counted.dataset.access != "open"

    @property
    def newer(self) -> int | None:
        """The newest data version, where it has other files of the dataset than the one this is of; else None."""
        versions = DataVersion.objects.order_by("number")
        newest, this = versions.last(), versions.filter(number=self.data_version).first()
        if newest is None or this is None or newest.number == this.number:
            return None
        one, other = (
            set(each.submissions.filter(dataset=self.counted.dataset.name).values_list("pk", flat=True))
            for each in (this, newest)
        )
        return newest.number if one != other else None

    @property
    def unchanged(self) -> TableEdition | None:
        """The latest edition, where it stands and shows the same figures by the same policy."""
        last = self.earlier[-1] if self.earlier else None
        if last is None or last.state not in LEFT[:1]:
            return None
        before = kept.read(last.file, last.digest, Home.current())
        # What was revised before is shown as such, and would be no more: that is no other figure.
        same = _bare(before.public) == _bare(self.public)
        return last if same and before.edition.table.counts.tobytes() == self.counts.counts.tobytes() else None


def _bare(public: Mapping[str, Any]) -> dict[str, Any]:
    cells = [[[value, [m for m in marks if m != "[r]"]] for value, marks in line] for line in public["cells"]]
    return {name: value for name, value in public.items() if name != "data_version"} | {"cells": cells}


def found(profile: Profile, id: str) -> Counted:
    """A table of the profile with what it counts. Raises RedwayError for one that is not there or faulty."""
    return counted(table(profile, id), definitions.load(profile), sets.definitions(profile))


def opened(one: Counted, version: int | None = None) -> Snapshot:
    """The data version as far as it may be published. Raises RedwayError for one that does not exist."""
    return snapshot(version, purpose=Purpose.PUBLICATION)


def _here(profile: Profile, read: Snapshot) -> Here:
    known = senders(profile)
    return Here(profile, places(read, profile.partnership), lambda id: known[id].name if id in known else id)


def periods_of(profile: Profile, one: Counted) -> list[str]:
    """The periods that can be released, newest first. Raises NotSetUp where none can be."""
    read = opened(one)
    return whole_periods(one, read, _here(profile, read))


def prepare(profile: Profile, id: str, period: str, *, version: int | None = None, policy: str = "") -> Prepared:
    """A table for a period as it would leave now.

    Raises NotSetUp where its data have not come or no gateway lets them be published; NotAllowed beside a table that
    could give it away; NotReleased where nothing safe can be released; RedwayError for any other fault.
    """
    one = found(profile, id)
    one.table.check_period(period)
    chosen = one.policy(policy)
    read = opened(one, version)
    linking.check(_read_by(one), Purpose.PUBLICATION, on=timezone.localdate())
    beside = _beside(one, period)
    here = _here(profile, read)
    counts = tabulated(one, period, read, here)
    earlier = tuple(left(one.key, period))
    released = _released(_Basis.of(counts, chosen, earlier))
    return Prepared(
        one,
        period,
        read.number,
        chosen,
        counts,
        released,
        kept.as_public(
            released,
            _about(one, period, read.number, fictional=profile.partnership.fictional)
            | _worked_out(one, counts, read, here),
        ),
        earlier,
        beside,
        next(iter(unmade([read.number], of=[one.dataset.name]).values()), ""),
    )


def _read_by(one: Counted) -> list[str]:
    """The datasets whose rows or names come together in a table."""
    return [one.dataset.name, *(NAMES_REST_ON if "place" in one.partings or one.table.rate_per else ())]


def _about(one: Counted, period: str, version: int, *, fictional: bool) -> dict[str, Any]:
    rows, columns = titles(one)
    made_up = _("Made up by Redway, in the publisher's layout: no real place, no real event.")
    return {
        "table": one.table.id,
        "title": one.table.title,
        "what": one.table.what,
        "period": period,
        "rows": rows,
        "columns": columns,
        "parts": list(one.partings),
        "notes": list(one.table.notes),
        "dataset": one.dataset.title,
        "provider": one.dataset.provider,
        "licence": made_up if fictional else one.dataset.licence,
        "data_version": version,
    }


def _worked_out(one: Counted, counts: Table, read: Snapshot, here: Here) -> dict[str, Any]:
    """What is to be worked out of the released counts, and the public figures that takes. Never the counts.

    Raises NotSetUp for rates before the residents have come.
    """
    found: dict[str, Any] = {"shares": one.table.shares} if one.table.shares else {}
    if one.table.rate_per:
        people = residents(one, counts.rows, read, here)
        if not any(people):
            raise NotSetUp(
                "residents, of whom the rates of this table are",
                came="none that are known and a fair base",
                cause="they were not imported, or “residents_no_fair_base” names every place. Run: redway import "
                "residents PATH",
            )
        found["rate"] = {"per": one.table.rate_per, "people": people}
    return found


@dataclass(frozen=True)
class _Basis:
    """What a release rests on, known by its values: counts, policy and the editions before."""

    key: tuple[Hashable, ...]
    counts: Table = field(compare=False)
    policy: Policy
    earlier: tuple[TableEdition, ...] = field(compare=False)

    @classmethod
    def of(cls, counts: Table, policy: Policy, earlier: tuple[TableEdition, ...]) -> "_Basis":
        totals = (counts.row_totals, counts.column_totals, counts.grand_total)
        digests = tuple(one.digest for one in earlier)
        return cls((counts.rows, counts.columns, counts.counts.tobytes(), totals, digests), counts, policy, earlier)


@lru_cache(maxsize=KEPT)
def _released(basis: _Basis) -> Released:
    """Worked out once for a page, the question that follows it and the second person's page."""
    home = Home.current()
    before = [kept.read(one.file, one.digest, home).edition for one in basis.earlier]
    return release(basis.counts, basis.policy, earlier=before)


# ------------------------------------------------------------------ Other tables


def _beside(one: Counted, period: str) -> tuple[TableEdition, ...]:
    """Editions of other tables that count rows of the same dataset and months.

    Raises NotAllowed for partners' data where one parts them by the same thing, or where this table was released by
    another definition: then one could be worked out of the other, and nothing here can look through both. The table
    may name it under `beside`, with why it tells nothing more.
    """
    months = set(periods.months_of(period))
    others = [
        other
        for other in TableEdition.objects.filter(dataset=one.dataset.name, state__in=LEFT)
        if (other.key, other.period) != (one.key, period) and months & set(periods.months_of(other.period))
    ]
    if not one.suppressed:
        return tuple(others)
    for other in others:
        if other.table in one.table.beside:
            continue
        said = {"title": other.title, "period": periods.in_words(other.period), "id": other.table}
        if other.table == one.table.id:
            raise NotAllowed(
                _(
                    "“%(title)s” was released for %(period)s by another definition, and nothing can look through both "
                    "at once. Put the definition back, or release other months by the new one. If you are sure that "
                    "the two together give nobody away, say why under “beside: %(id)s” in tables.yaml."
                )
                % said
            )
        if set(other.partings) & set(one.partings):
            raise NotAllowed(
                _(
                    "“%(title)s” was released for %(period)s. It counts rows of the same data and parts them by the "
                    "same thing, so each could give away what the other hides. Release other months, or one table in "
                    "place of both. If you are sure that the two together give nobody away, say why under "
                    "“beside: %(id)s” in tables.yaml."
                )
                % said
            )
    return tuple(others)
