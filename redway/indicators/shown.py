"""A series as it may be shown: small counts hidden, the rest rounded, and nothing to be had by subtraction.

What partners send is shown so by default. Everything that is made of such a series, a chart, a limit, a sentence, a
file, is made of what is shown, so it cannot tell more. Two totals are given: the latest twelve months and the twelve
before, because a year can be told where its months are too few. They go through `release` with their months.

The same months come again with every new version, in other totals, and a reader keeps what they saw. What was
released is therefore kept under the home (`released/`, never among what may be deleted), and every new release is made
safe beside it. Exact counts are in those files too: they are as closed as the accepted files.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from redway import periods
from redway.errors import RedwayError
from redway.indicators.counts import Table
from redway.indicators.definitions import Indicator
from redway.indicators.release import LOCAL, Cell, Edition, NotReleased, Policy, kept, release, restored
from redway.indicators.series import Series, Status
from redway.sources import dataset as datasets
from redway.store.home import Home
from redway.store.lock import only_one

YEAR = 12
ROW = "count"


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
    years, before = _years(series, policy, name, home or Home.current())
    veiled = {column for edition in before for column in _hidden(edition)}
    for month in series.known:
        count = float(series.counts[0, month - series.months.start])
        # What was hidden to protect another month stays hidden, also when it is in no total of today.
        value = None if periods.label(month) in veiled else policy.shown(count).value
        _put(counts, status, month - series.months.start, value)
    totals = {}
    for stretch, edition in years:
        cells = edition.released.cells[0] if edition else [Cell()] * (YEAR + 1)
        for month, cell in zip(stretch, cells[:-1], strict=True):
            _put(counts, status, month - series.months.start, cell.value)
        if cells[-1].value is not None:
            totals[stretch[0], stretch[-1]] = float(cells[-1].value)
    for values in (counts, status):
        values.setflags(write=False)
    return Series(series.indicator, series.areas, series.months, counts, status, series.denominators, totals)


def _hidden(edition: Edition) -> list[str]:
    pairs = zip(edition.released.columns, edition.released.cells[0][:-1], strict=True)
    return [column for column, cell in pairs if cell.hidden]


def _put(counts: npt.NDArray[np.float64], status: npt.NDArray[np.object_], at: int, value: float | None) -> None:
    counts[0, at] = np.nan if value is None else value
    status[0, at] = Status.SUPPRESSED if value is None else Status.KNOWN


def _years(
    series: Series, policy: Policy, name: str, home: Home
) -> tuple[list[tuple[range, Edition | None]], list[Edition]]:
    """The latest twelve months and the twelve before, as far as all are known, released with their totals.

    None stands for a year of which nothing can be shown any more without giving something away. Besides, all that
    was ever released of this series.
    """
    path = home.released / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.json"
    before = _read(path)
    known = set(series.known)
    last = max(known, default=0)
    stretches = [range(last - 2 * YEAR + 1, last - YEAR + 1), range(last - YEAR + 1, last + 1)]
    wanted = {one: _table(series, one) for one in stretches if known.issuperset(one)}
    if all(_same(table, before) for table in wanted.values()):
        return [(one, _same(table, before)) for one, table in wanted.items()], before
    made: list[tuple[range, Edition | None]] = []
    with only_one(home.released / "lock"):
        before = _read(path)
        for one, table in wanted.items():
            edition = _same(table, before) or _edition(table, policy, before)
            made.append((one, edition))
            before = before if edition is None or edition in before else [*before, edition]
        _write(path, name, before)
    return made, before


def _table(series: Series, months: range) -> Table:
    first = series.months.start
    counts = series.counts[:, months.start - first : months.stop - first]
    return Table((ROW,), tuple(periods.label(m) for m in months), counts, row_totals=True)


def _same(table: Table, before: Sequence[Edition]) -> Edition | None:
    """The release of exactly these counts, where there was one."""
    return next(
        (e for e in before if e.table.columns == table.columns and np.array_equal(e.table.counts, table.counts)), None
    )


def _edition(table: Table, policy: Policy, before: Sequence[Edition]) -> Edition | None:
    """A release that is safe beside those before it that have a month in common; None where there can be none."""
    months = set(table.columns)
    beside = [e for e in before if months.intersection(e.table.columns)]
    with suppress(NotReleased):
        return Edition(table, release(table, policy, earlier=beside))
    return None


def _read(path: Path) -> list[Edition]:
    """What was released of it before, oldest first. Raises RedwayError for a file that cannot be read."""
    if not path.is_file():
        return []
    try:
        return [restored(one) for one in json.loads(path.read_text("utf-8"))["editions"]]
    except (ValueError, KeyError, TypeError, RedwayError) as fault:
        raise RedwayError(
            f"the file {path}, which says what was shown before",
            came=str(fault),
            cause="it was changed by hand, or a disk failed. Put it back from a copy of the home.",
        ) from fault


def _write(path: Path, name: str, editions: Sequence[Edition]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half_done = path.with_name(f".{path.stem}-{uuid4().hex}")
    try:
        half_done.write_text(json.dumps({"name": name, "editions": [kept(e) for e in editions]}), "utf-8")
        half_done.chmod(0o600)
        half_done.replace(path)
    finally:
        half_done.unlink(missing_ok=True)
