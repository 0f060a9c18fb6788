"""The period a row is of, in SQL: the twin of redway/periods.py, for millions of rows."""

from redway.sources.dataset import Column, Dataset

MONTH = "[0-9]{4}-(0[1-9]|1[0-2])"
QUARTER = "[0-9]{4}/[0-9]{2}-Q[1-4]"
YEAR = f"YE-{MONTH}"
TERM = "[0-9]{4}-(autumn|spring|summer)"
OF_DATE = {
    "monthly": "strftime({d}, '%Y-%m')",
    "quarterly": "CASE WHEN month({d}) > 3 THEN concat(year({d}), '/', right((year({d}) + 1)::VARCHAR, 2), '-Q', "
    "quarter({d}) - 1) WHEN month({d}) <= 3 THEN concat(year({d}) - 1, '/', right(year({d})::VARCHAR, 2), '-Q4') END",
    "annual": "printf('YE-%d-03', year({d} + INTERVAL 9 MONTH))",
    "termly": "printf('%d-%s', year({d}), CASE WHEN month({d}) >= 9 THEN 'autumn' "
    "WHEN month({d}) >= 4 THEN 'summer' ELSE 'spring' END)",
    "once": "''",
}


def period_column(dataset: Dataset) -> Column | None:
    """The column that says which period a row is of."""
    return next((column for column in dataset.columns if column.name == dataset.period_from), None)


def are_written(dataset: Dataset) -> bool:
    """Whether people write periods or months in a column, and so in words."""
    column = period_column(dataset)
    return any(c.type == "month" for c in dataset.columns) or (column is not None and column.type == "text")


def of_date(date: str, cadence: str) -> str:
    """SQL for the label of the period a date lies in; `date` is SQL."""
    return OF_DATE[cadence].format(d=f"({date})")


def is_label(cell: str) -> str:
    """SQL, true for the label of a period of any kind."""
    return (
        f"(regexp_full_match({cell}, '{MONTH}|{YEAR}|{TERM}') OR (regexp_full_match({cell}, '{QUARTER}') "
        f"AND (left({cell}, 4)::INTEGER + 1) % 100 = {cell}[6:7]::INTEGER))"
    )


def first_day(label: str) -> str:
    """SQL for the first day of a labelled period."""
    return (
        f"CASE WHEN {label} LIKE 'YE-%' THEN ({label}[4:10] || '-01')::DATE - INTERVAL 11 MONTH "
        f"WHEN {label} LIKE '%-Q_' THEN make_date(left({label}, 4)::INTEGER, 4, 1) "
        f"+ to_months(3 * ({label}[-1]::INTEGER - 1)) "
        f"WHEN {label} LIKE '%-autumn' THEN make_date(left({label}, 4)::INTEGER, 9, 1) "
        f"WHEN {label} LIKE '%-spring' THEN make_date(left({label}, 4)::INTEGER, 1, 1) "
        f"WHEN {label} LIKE '%-summer' THEN make_date(left({label}, 4)::INTEGER, 4, 1) "
        f"ELSE ({label} || '-01')::DATE END"
    )


def of_row(dataset: Dataset, typed: str) -> str:
    """SQL for the label of the submission that a row belongs to; `typed` is SQL of the typed column `period_from`."""
    column = period_column(dataset)
    if column is None:
        return "''"
    if column.type in ("date", "date-time"):
        return of_date(f"{typed}::DATE", dataset.cadence)
    months = of_date(f"({typed} || '-01')::DATE", dataset.cadence)
    if column.type == "month":
        return months
    return f"CASE WHEN regexp_full_match({typed}, '{MONTH}') THEN {months} ELSE {typed} END"


def month_of_row(dataset: Dataset, column: Column) -> str:
    """SQL for the month a row is of, as text; null where its period is longer than a month.

    column  of the typed rows, `period_from`: rows have the label that it gives as `of_period`
    """
    if dataset.cadence == "monthly" and column.type != "text":
        return "of_period"
    if column.type in ("date", "date-time"):
        return f"strftime(\"{column.name}\", '%Y-%m')"
    if column.type == "month":
        return f'"{column.name}"'
    return f'CASE WHEN regexp_full_match("{column.name}", \'{MONTH}\') THEN "{column.name}" END'
