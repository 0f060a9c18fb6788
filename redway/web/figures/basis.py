"""What a page rests on: one data version, one profile, and what was read from them, kept between requests.

Everything here is keyed by the data version, the gateways in force and the profile, so a new version is a new basis
and nothing is ever invalidated. A warm page asks the database two questions: which version is the newest, and which
gateways are in force today?
"""

from collections.abc import Callable, Hashable
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from django.utils.translation import get_language

from redway.findings.changes import WhatChanged, what_changed
from redway.indicators import definitions
from redway.indicators.definitions import Indicator
from redway.indicators.places import Places, places
from redway.indicators.query import Level, series
from redway.indicators.series import Series
from redway.store.home import Home
from redway.store.profile import Partnership, Profile
from redway.store.snapshot import Snapshot
from redway.web.profile import profile
from redway.work.returns.models import DataVersion
from redway.work.returns.versions import rests_on, snapshot
from redway.work.strategy.profile import Strategy, strategy

T = TypeVar("T")


class Basis:
    """One data version under one profile. `made_at` is None before anything was accepted."""

    def __init__(self, home: Home, profile: Profile, snapshot: Snapshot, made_at: datetime | None):
        self.home, self.profile, self.snapshot, self.made_at = home, profile, snapshot, made_at
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

    def series(self, indicator: Indicator, level: Level) -> Series:
        """As redway.indicators.query.series, once for each indicator and level."""
        return self.keep(
            ("series", indicator.id, level),
            lambda: series(indicator, snapshot=self.snapshot, partnership=self.partnership, level=level),
        )

    def keep(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` gives, made once for this basis and language. Two threads may both make it: it is the same."""
        spoken = (get_language(), key)
        if spoken not in self._kept:
            self._kept[spoken] = make()
        kept: T = self._kept[spoken]
        return kept


def basis() -> Basis:
    """The newest data version under the profile of this home. Raises NotSetUp when there is no profile."""
    newest = DataVersion.objects.order_by("-number").values_list("number", "made_at").first()
    number, made_at = newest or (0, None)
    return _basis(Home.current().root, profile(), number, made_at, rests_on())


@lru_cache(maxsize=2)
def _basis(root: Path, profile: Profile, number: int, made_at: datetime | None, _readable: Hashable) -> Basis:
    return Basis(Home(root), profile, snapshot(number) if number else Snapshot(0, ()), made_at)
