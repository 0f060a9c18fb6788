"""What changed: every series against its own past, ranked by one rule.

Each computable indicator is compared for the partnership as a whole and for each comparable area: the latest
twelve months with the twelve before, or else the matched months that exist (`indicators.windows.comparison`).
Series are ranked by the p-value of their change, and those listed that stand out at a false discovery rate of
10% (Benjamini and Hochberg) among all that were examined. One list, one rule, and its cost in words.

Which series are examined is settled without a look at which way they went: at least `FEWEST` events in the two
periods together. Fewer than that, and even a doubling (6 to 13) is within what chance alone gives.

Of what partners send, only the partnership as a whole is examined, by counts as they may be shown: so no sentence tells
more than the tables do.

Intervals allow for the dispersion that each series shows, drawn towards what is usual for the areas of its
indicator (`methods.comparison.dispersion.squeezed`); the partnership as a whole stands on its own.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from redway import __version__, periods
from redway.errors import NotSetUp
from redway.findings.finding import Finding, WhatChanged
from redway.findings.stored import stored
from redway.indicators.definitions import Indicator, load
from redway.indicators.places import NAMES_REST_ON
from redway.indicators.query import by_area, series
from redway.indicators.series import Area, Series
from redway.indicators.shown import name_of as shown_name
from redway.indicators.shown import policy_of, shown
from redway.indicators.windows import Comparison, comparison, total
from redway.methods import false_discovery
from redway.methods.comparison import change as change_method
from redway.methods.comparison import dispersion as dispersion_method
from redway.methods.comparison.change import Change, changes
from redway.methods.comparison.dispersion import dispersions, squeezed
from redway.methods.false_discovery import benjamini_hochberg
from redway.store.profile import Partnership, Profile
from redway.store.snapshot import Snapshot

VERSION = 3  # raise it when the comparison, the minimum or the rate changes
FEWEST = 20
RATE = 0.10

METHOD = (
    f"changes {VERSION}, change {change_method.VERSION}, dispersion {dispersion_method.VERSION}, "
    f"false discovery {false_discovery.VERSION}"
)


def what_changed(snapshot: Snapshot, profile: Profile) -> WhatChanged:
    """Every series of the profile's computable indicators against its own past; computed once per basis."""
    indicators = {name: one for name, one in load(profile).items() if one.count}
    partnership = profile.partnership
    basis = basis_of(snapshot, partnership, indicators)
    return stored(basis, snapshot, partnership, lambda: compute(snapshot, partnership, indicators, basis))


def basis_of(snapshot: Snapshot, partnership: Partnership, indicators: Mapping[str, Indicator]) -> str:
    """A name for everything the findings rest on: data, definitions, methods, release."""
    datasets = {one.count.dataset for one in indicators.values() if one.count} | set(NAMES_REST_ON)
    rests_on = (
        snapshot.digest(*sorted(datasets)),
        partnership.model_dump_json(),
        [indicators[name].model_dump_json() for name in sorted(indicators)],
        sorted(snapshot.late.items()),
        sorted(snapshot.closed),
        METHOD,
        __version__,
    )
    return hashlib.sha256(repr(rests_on).encode()).hexdigest()[:20]


def compute(
    snapshot: Snapshot, partnership: Partnership, indicators: Mapping[str, Indicator], basis: str
) -> WhatChanged:
    """Read the series and examine them."""
    found: list[tuple[Indicator, Series]] = []
    not_compared: dict[str, str] = {}
    for name, indicator in sorted(indicators.items()):
        try:
            whole = series(indicator, snapshot=snapshot, partnership=partnership, level="partnership")
        except NotSetUp as nothing:
            not_compared[name] = str(nothing)
            continue
        policy = policy_of(indicator.datasets[0])
        if policy is not None:
            # What is said of partners' data is made of what may be shown, and only of the partnership as a whole.
            found.append((indicator, shown(whole, policy, shown_name(indicator, partnership.district))))
        elif by_area(indicator):
            areas = series(indicator, snapshot=snapshot, partnership=partnership, level="area")
            found += [(indicator, whole), (indicator, areas)]
        else:
            found.append((indicator, whole))
    return examine(found, basis, not_compared)


def examine(
    found: Sequence[tuple[Indicator, Series]], basis: str, not_compared: Mapping[str, str] | None = None
) -> WhatChanged:
    """Compare every series with its own past and rank them all by the one rule."""
    examined: list[Finding] = []
    too_small: list[tuple[str, str]] = []
    reasons = dict(not_compared or {})
    for indicator, many in found:
        compared = comparison(many)
        if compared.kind is None:
            reasons[indicator.id] = compared.reason
            continue
        for area, one in zip(many.areas, _compare(many, compared), strict=True):
            if one is None:
                too_small.append((indicator.id, area.code))
            else:
                examined.append(replace(_finding(indicator, area, compared, one, basis), rounded_to=many.rounded_to))
    return WhatChanged(_ranked(examined), tuple(too_small), reasons, RATE, basis)


def _compare(many: Series, compared: Comparison) -> list[Change | None]:
    """The change of every area; None where counts are too small, or the months too few to show how they vary."""
    after, before = (total(many, months) for months in (compared.after, compared.before))
    result: list[Change | None] = [None] * len(many.areas)
    enough = np.flatnonzero(after + before >= FEWEST)
    spread = dispersions(many.counts[enough], many.months)
    phi, df = squeezed(spread.measured, spread.df)
    varies = df > 0
    enough, phi, df = enough[varies], phi[varies], df[varies]
    found = changes(before[enough], after[enough], phi=phi, df=df)
    for i, row in enumerate(enough):
        result[row] = found[i]
    return result


def _ranked(examined: Sequence[Finding]) -> tuple[Finding, ...]:
    """The most unusual first, each with the rate at which it would be listed."""
    control = benjamini_hochberg([f.change.p for f in examined], RATE)
    judged = [
        replace(f, adjusted=float(a), listed=bool(listed))
        for f, a, listed in zip(examined, control.adjusted, control.listed, strict=True)
    ]
    # ties: the larger count first, then by name, so that the order never depends on chance
    return tuple(
        sorted(judged, key=lambda f: (f.change.p, -(f.change.before + f.change.after), f.indicator, f.area.code))
    )


def _finding(indicator: Indicator, area: Area, compared: Comparison, change: Change, basis: str) -> Finding:
    """A finding not yet judged among the others."""
    kind = str(compared.kind)
    return Finding(
        signal_id=signal_id(indicator.id, area.code, kind, compared.after, compared.before),
        indicator=indicator.id,
        what=indicator.short_title or indicator.title,
        area=area,
        kind=kind,
        after=compared.after,
        before=compared.before,
        change=change,
        adjusted=1.0,
        listed=False,
        basis=basis,
        method=METHOD,
    )


def signal_id(indicator: str, area: str, kind: str, after: tuple[int, ...], before: tuple[int, ...]) -> str:
    """A name for a signal that is the same whenever the same question is asked the same way."""
    asked = [indicator, area, kind, [periods.label(m) for m in after], [periods.label(m) for m in before], METHOD]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]
