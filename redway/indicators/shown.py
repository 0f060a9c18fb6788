"""A series as it may be shown: small counts hidden, the rest rounded, and nothing to be had by subtraction.

What partners send is shown so by default. Everything that is made of such a series, a chart, a limit, a sentence, a
file, is made of what is shown, so it cannot tell more. Besides its months it has quarters and years, each added up of
exact counts and then rounded once; `spans` says which can be given beside all that ever was.

The same months come again with every new version, in other totals, and a reader keeps what they saw. What was given is
therefore kept under the home (`released/`, never among what may be deleted), and every new quarter and year is held
against it. Exact counts are in those files too: they are as closed as the accepted files.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from redway import periods
from redway.errors import Damaged
from redway.indicators.definitions import Indicator
from redway.indicators.release import LOCAL, Policy
from redway.indicators.series import Series, Status
from redway.indicators.spans import Span, Told, settled, spans
from redway.sources import dataset as datasets
from redway.store.home import Home
from redway.store.lock import only_one

VERSION = 1  # of the files in which it is kept what was given


def policy_of(dataset: str) -> Policy | None:
    """How the counts of a dataset are shown; None for open data, which are shown as they are."""
    return LOCAL if datasets.dataset(dataset).suppression == "counts" else None


def name_of(indicator: Indicator, area: str) -> str:
    """The name under which releases of an indicator in an area are kept: of what is counted, whatever it is called."""
    counted = indicator.count.model_dump_json() if indicator.count else ""
    return f"{indicator.id} {area} {hashlib.sha256(counted.encode()).hexdigest()[:12]}"


def shown(series: Series, policy: Policy, name: str, home: Home | None = None) -> Series:
    """The series of one area, with what may not be shown hidden and the rest rounded.

    `name` is that of what is counted: indicator, definition and area. Raises ValueError for several areas.
    """
    if len(series.areas) != 1:
        raise ValueError(f"expected the series of one area, not of {len(series.areas)}")
    counts, status = series.counts.copy(), series.status.copy()
    for at in np.flatnonzero(~np.isnan(series.counts[0])):
        value = policy.shown(float(series.counts[0, at])).value
        counts[0, at] = np.nan if value is None else value
        if value is None:
            status[0, at] = Status.SUPPRESSED
    for values in (counts, status):
        values.setflags(write=False)
    wanted = spans(series.months, series.counts[0], policy)
    totals = {}
    for told in _told(wanted, policy, name, home or Home.current()):
        value = policy.shown(told.span.count).value
        if told.given and value is not None:
            totals[told.span.first, told.span.last] = float(value)
    return Series(
        series.indicator, series.areas, series.months, counts, status, series.denominators, totals, policy.round_to
    )


def _told(wanted: Sequence[Span], policy: Policy, name: str, home: Home) -> list[Told]:
    """What is told of each span wanted; what is settled for the first time is kept."""
    path = home.released / f"series-{hashlib.sha256(name.encode()).hexdigest()[:24]}.json"
    before = _read(path)
    asked = {(span, policy) for span in wanted}
    if not asked <= {(told.span, told.policy) for told in before}:
        with only_one(home.released / "lock"):
            before = settled(wanted, _read(path), policy)
            _write(path, name, before)
    return [told for told in before if (told.span, told.policy) in asked]


def _read(path: Path) -> list[Told]:
    """What was settled of it before. Raises Damaged for a file that cannot be read or was changed."""
    if not path.is_file():
        return []
    try:
        kept = json.loads(path.read_text("utf-8"))
        if kept["version"] != VERSION or kept["digest"] != _digest(kept["told"]):
            raise ValueError("its digest is another")
        return [_restored(one) for one in kept["told"]]
    except (ValueError, KeyError, TypeError) as fault:
        raise Damaged(
            f"the file {path}, which says what was shown before",
            came=str(fault),
            cause="it was changed by hand, or a disk failed. Put it back from a copy of the home.",
        ) from fault


def _restored(one: dict[str, Any]) -> Told:
    span = Span(periods.month(one["first"]), tuple(one["counts"]))
    return Told(span, Policy(**one["policy"]), one["given"], one["promised"])


def _digest(told: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _write(path: Path, name: str, told: Sequence[Told]) -> None:
    kept = [
        {
            "first": periods.label(one.span.first),
            "counts": one.span.counts,
            "policy": asdict(one.policy),
            "given": one.given,
            "promised": one.promised,
        }
        for one in told
    ]
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half_done = path.with_name(f".{path.stem}-{uuid4().hex}")
    try:
        half_done.write_text(
            json.dumps({"version": VERSION, "name": name, "digest": _digest(kept), "told": kept}), "utf-8"
        )
        half_done.chmod(0o600)
        half_done.replace(path)
    finally:
        half_done.unlink(missing_ok=True)
