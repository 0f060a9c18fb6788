"""A measure as rows, for files and for a terminal: period, group, value, its interval, what it is made of, status."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import redway
from redway.indicators.definitions import Indicator
from redway.indicators.measures import Measured
from redway.products import csv
from redway.products.series_rows import ROUNDED
from redway.store.snapshot import Snapshot

COLUMNS = ("period", "group", "value", "low", "high", "counted", "out_of", "unknown", "median", "status", "why")
JSON_VERSION = 1
DECIMALS = 4


@dataclass(frozen=True)
class Row:
    """One period and group. Null is never zero: what is not known or withheld is None."""

    period: str
    group: str
    value: float | None
    low: float | None
    high: float | None
    counted: float | None
    out_of: float | None
    unknown: float | None
    median: float | None
    status: str
    why: str


def rows(found: Measured) -> list[Row]:
    """Every period and group, in order."""
    return [
        Row(
            period=v.period,
            group=v.group,
            value=_rounded(v.value),
            low=_rounded(v.low),
            high=_rounded(v.high),
            counted=_rounded(v.hits),
            out_of=_rounded(v.base),
            unknown=_rounded(v.unknown),
            median=_rounded(v.median),
            status=str(v.status),
            why=v.why,
        )
        for v in found.values
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def as_csv(found: Sequence[Row], rounded_to: int = 1) -> str:
    """Exactly the columns, without a block of metadata: for programs. Lines end as the terminal's do.

    Of rounded counts a last column says what they were rounded to.
    """
    columns, more = ((*COLUMNS, ROUNDED), (rounded_to,)) if rounded_to > 1 else (COLUMNS, ())
    cells = [(*asdict(row).values(), *more) for row in found]
    return csv.document(columns, cells, {}).replace("\r\n", "\n")


def as_json(found: Sequence[Row], *, indicator: Indicator, snapshot: Snapshot, rounded_to: int = 1) -> str:
    """The rows with what they rest on; `counts_rounded_to` is 1 for exact counts."""
    measure = indicator.measure
    dataset = measure.dataset if measure else ""
    document = {
        "version": JSON_VERSION,
        "indicator": {
            "id": indicator.id,
            "title": indicator.title,
            "version": indicator.version,
            "kind": measure.kind if measure else None,
            "unit": measure.unit if measure else None,
            "serious_violence_as": indicator.definition or None,
        },
        "counts_rounded_to": rounded_to,
        "data_version": snapshot.number,
        "basis": {
            "redway": redway.__version__,
            "dataset": dataset,
            "dataset_digest": snapshot.digest(dataset),
            "numerator": indicator.numerator,
            "denominator": indicator.denominator,
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
    lines = [COLUMNS, *(tuple(_written(value) for value in asdict(row).values()) for row in found)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    words = ("period", "group", "status", "why")
    return "".join(
        "  ".join(
            cell.ljust(width) if name in words else cell.rjust(width)
            for cell, width, name in zip(line, widths, COLUMNS, strict=True)
        ).rstrip()
        + "\n"
        for line in lines
    )


def _written(value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"
