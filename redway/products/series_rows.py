"""A series as rows, for files and for a terminal: area, period, count, denominator, value, status."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import redway
from redway.indicators.definitions import Indicator
from redway.indicators.series import Area
from redway.indicators.windows import Windows
from redway.products import csv
from redway.store.snapshot import Snapshot

COLUMNS = ("area", "period", "count", "denominator", "value", "status")
ROUNDED = "counts_rounded_to"
JSON_VERSION = 1
DECIMALS = 4  # of a value; a monthly rate of one crime among 287,053 residents is 0.0035 per 1,000


@dataclass(frozen=True)
class Row:
    """One area and period. Null is never zero: count and value are None where they are not known.

    denominator  residents, None where they are no fair base or not known
    value        count per so many residents, as the indicator says (1,000), of the period itself
    """

    area: str
    period: str
    count: int | None
    denominator: int | None
    value: float | None
    status: str


def rows(windows: Windows, indicator: Indicator) -> list[Row]:
    """Every area and period of a table, in order."""
    rates = windows.rates(indicator.rate.per if indicator.rate else 1)
    return [
        Row(
            area.code,
            label,
            _whole(windows.counts[i, j]),
            _whole(windows.denominators[i]),
            None if rates[i, j] != rates[i, j] else round(float(rates[i, j]), DECIMALS),
            str(windows.status[i, j]),
        )
        for i, area in enumerate(windows.areas)
        for j, label in enumerate(windows.labels)
    ]


def as_csv(found: Sequence[Row], rounded_to: int = 1) -> str:
    """Exactly the columns, without a block of metadata: for programs. Lines end as the terminal's do.

    Of rounded counts a last column says what they were rounded to.
    """
    columns, more = ((*COLUMNS, ROUNDED), (rounded_to,)) if rounded_to > 1 else (COLUMNS, ())
    cells = [(r.area, r.period, r.count, r.denominator, _fixed(r.value, DECIMALS), r.status, *more) for r in found]
    return csv.document(columns, cells, {}).replace("\r\n", "\n")


def as_json(
    found: Sequence[Row], *, indicator: Indicator, area: Area, by: str, snapshot: Snapshot, rounded_to: int = 1
) -> str:
    """The rows with what they rest on; `counts_rounded_to` is 1 for exact counts."""
    dataset = indicator.count.dataset if indicator.count else ""
    document = {
        "version": JSON_VERSION,
        "indicator": {
            "id": indicator.id,
            "title": indicator.title,
            "version": indicator.version,
            "unit": indicator.count.unit if indicator.count else None,
        },
        "area": {
            "code": area.code,
            "name": area.name,
            "level": area.level,
            "small_areas_of_either_vintage": len(area.members),
            "residents_are_no_fair_base_because": area.unfair_because or None,
        },
        "by": by,
        "counts_rounded_to": rounded_to,
        "data_version": snapshot.number,
        "basis": {
            "redway": redway.__version__,
            "dataset": dataset,
            "dataset_digest": snapshot.digest(dataset),
            "denominator": indicator.denominator if indicator.rate else None,
            "value_is_per": indicator.rate.per if indicator.rate else None,
            "no_rate_because": (indicator.rate.why_not if indicator.rate else "") or None,
            "files": [
                {"provider": p.provider, "period": p.period, "rows": p.rows, "content": p.content}
                for p in snapshot.of(dataset)
            ],
        },
        "rows": [asdict(row) for row in found],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_table(found: Sequence[Row]) -> str:
    """Plain aligned text for a terminal."""
    lines = [
        COLUMNS,
        *(
            (r.area, r.period, _thousands(r.count), _thousands(r.denominator), _fixed(r.value, 2), r.status)
            for r in found
        ),
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    number = [name in ("count", "denominator", "value") for name in COLUMNS]
    return "".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, number, strict=True)
        ).rstrip()
        + "\n"
        for line in lines
    )


def _whole(value: float) -> int | None:
    return None if value != value else round(float(value))


def _thousands(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _fixed(value: float | None, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"
