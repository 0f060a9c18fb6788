"""What a page rests on: one data version, one profile, and what was read from them, kept between requests.

Everything here is keyed by the data version, the gateways in force and the profile, so a new version is a new basis
and nothing is ever invalidated. A warm page asks the database two questions: which version is the newest, and which
gateways are in force today? An older version that a page was asked for has a basis of its own: its data, today's
gateways and profile, and links that stay at it.
"""

from collections.abc import Callable, Hashable
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from redway.errors import NotSetUp
from redway.findings.changes import WhatChanged, what_changed
from redway.indicators import definitions
from redway.indicators.definitions import Indicator
from redway.indicators.measures import Measured, measured
from redway.indicators.places import Places, places
from redway.indicators.query import Level, by_area, series
from redway.indicators.release import Policy
from redway.indicators.series import Series
from redway.indicators.shown import name_of, policy_of, shown
from redway.store.home import Home
from redway.store.profile import Partnership, Profile
from redway.store.snapshot import Snapshot
from redway.web.addresses import address
from redway.web.as_at import AsAt
from redway.web.profile import profile
from redway.work.gateways import linking
from redway.work.gateways.purposes import Purpose
from redway.work.returns.models import DataVersion
from redway.work.returns.versions import rests_on, snapshot
from redway.work.strategy.profile import Strategy, strategy

T = TypeVar("T")


class Basis:
    """One data version under one profile. `made_at` is None before anything was accepted.

    exact  whether partners' counts are shown as they are; without it they go through disclosure control
    as_at  the version that was asked for by its number; None: whatever is the newest
    """

    def __init__(
        self,
        home: Home,
        profile: Profile,
        snapshot: Snapshot,
        made_at: datetime | None,
        *,
        exact: bool = False,
        as_at: AsAt | None = None,
    ):
        self.home, self.profile, self.snapshot, self.made_at = home, profile, snapshot, made_at
        self.exact, self.as_at = exact, as_at
        self._kept: dict[Any, Any] = {}

    @property
    def partnership(self) -> Partnership:
        return self.profile.partnership

    @property
    def charts(self) -> Path:
        """The folder of drawings."""
        return self.home.derived / "charts"

    @property
    def has_crime(self) -> bool:
        """Whether any street-level file of the partnership's own police force has come."""
        force = self.partnership.police_force
        return any(p.provider == force for p in self.snapshot.of("police-street"))

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        return definitions.load(self.profile)

    @cached_property
    def strategy(self) -> Strategy:
        return strategy(self.profile)

    @cached_property
    def places(self) -> Places:
        """Raises NotSetUp where reference data have not come."""
        return places(self.snapshot, self.partnership)

    @cached_property
    def changed(self) -> WhatChanged:
        return what_changed(self.snapshot, self.profile)

    @cached_property
    def exactly(self) -> "Basis":
        """The same with partners' counts as they are, for those who may see them; each use is audited."""
        return Basis(self.home, self.profile, self.snapshot, self.made_at, exact=True, as_at=self.as_at)

    def address(self, name: str, *args: Any, **query: Any) -> str:
        """The address of a page by its name, at the version that was asked for where it is a page of figures."""
        return address(name, *args, as_at=self.as_at.number if self.as_at else None, **query)

    @property
    def suffix(self) -> str:
        """What the name of a file of figures ends with: nothing, or the version that was asked for."""
        return f"-as-at-{self.as_at.number}" if self.as_at else ""

    def day(self, today: date) -> date:
        """The day by which it is judged what is late: of a version that is superseded, its last as the newest."""
        return self.as_at.until if self.as_at and self.as_at.until else today

    def defined(self, id: str, version: str) -> Indicator:
        """An indicator by one version of serious violence. Raises RedwayError for a version that does not exist."""
        by_version: dict[str, Indicator] = self.keep(
            ("definition", version), lambda: definitions.load(self.profile, version)
        )
        return by_version[id]

    def policy(self, indicator: Indicator) -> Policy | None:
        """How the counts of an indicator are hidden and rounded; None where they are shown as they are."""
        read = indicator.count.dataset if self.follows(indicator) and indicator.count else indicator.datasets[0]
        return None if self.exact else policy_of(read)

    def series(self, indicator: Indicator, level: Level) -> Series:
        """As redway.indicators.query.series, once for each indicator and level, as it may be shown.

        Of partners' data only the partnership as a whole, unless counts are shown as they are.
        """

        def make() -> Series:
            found = series(indicator, snapshot=self.snapshot, partnership=self.partnership, level=level)
            policy = policy_of(indicator.datasets[0])
            if self.exact or policy is None:
                return found
            if level == "area":
                raise NotSetUp(_("counts by area that may be shown"), came=_("exact counts alone"))
            return shown(found, policy, name_of(indicator, self.partnership.district), self.home)

        return self.keep(("series", indicator.key, level), make)

    def measured(self, indicator: Indicator) -> Measured:
        """As redway.indicators.measures.measured, once for each indicator, as it may be shown."""

        def make() -> Measured:
            linking.check_read(indicator.datasets, Purpose.ANALYSIS, on=timezone.localdate())
            policy = None if self.exact or indicator.measure is None else policy_of(indicator.measure.dataset)
            return measured(indicator, self.snapshot, self.places, self.partnership.police_force, policy)

        return self.keep(("measured", indicator.key), make)

    def follows(self, indicator: Indicator) -> bool:
        """Whether the months of an indicator that counts have come."""
        if indicator.count is None or not self.snapshot.has(indicator.count.dataset):
            return False

        def tried() -> bool:
            try:
                return bool(self.series(indicator, "partnership").months)
            except NotSetUp:
                return False

        return self.keep(("follows", indicator.key), tried)

    def measures(self, indicator: Indicator) -> bool:
        """Whether what a measure is worked out of has come."""
        if indicator.measure is None or not self.snapshot.has(indicator.measure.dataset):
            return False

        def tried() -> bool:
            try:
                return bool(self.measured(indicator).values)
            except NotSetUp:
                return False

        return self.keep(("measures", indicator.key), tried)

    def waits(self, indicator: Indicator) -> bool:
        """Whether nothing has come that an indicator could be worked out of."""
        return not (self.follows(indicator) or self.measures(indicator))

    def areas_of(self, indicator: Indicator) -> bool:
        """Whether an indicator can be shown by area."""
        return self.follows(indicator) and by_area(indicator) and self.policy(indicator) is None

    def keep(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` gives, made once for this basis and language. Two threads may both make it: it is the same."""
        spoken = (get_language(), key)
        if spoken not in self._kept:
            self._kept[spoken] = make()
        kept: T = self._kept[spoken]
        return kept


def basis(as_at: AsAt | None = None) -> Basis:
    """A data version, or the newest, under the profile of this home. Raises NotSetUp when there is no profile."""
    if as_at is not None:
        return _older(Home.current().root, profile(), as_at, rests_on())
    newest = DataVersion.objects.order_by("-number").values_list("number", "made_at").first()
    number, made_at = newest or (0, None)
    return _basis(Home.current().root, profile(), number, made_at, rests_on())


@lru_cache(maxsize=2)
def _basis(root: Path, profile: Profile, number: int, made_at: datetime | None, _readable: Hashable) -> Basis:
    return Basis(Home(root), profile, snapshot(number) if number else Snapshot(0, ()), made_at)


# Kept apart, so that whoever looks at older versions never takes the newest one's place.
@lru_cache(maxsize=3)
def _older(root: Path, profile: Profile, as_at: AsAt, _readable: Hashable) -> Basis:
    return Basis(Home(root), profile, snapshot(as_at.number), as_at.made_at, as_at=as_at)
