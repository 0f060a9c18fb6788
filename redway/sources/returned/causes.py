"""Why most of a file's rows are refused, as far as the refused cells tell: one column, all of them, or several."""

from collections.abc import Sequence
from typing import NamedTuple

from redway.sources.returned.cells import EMPTY, NO_CODE, OTHER_PERIOD
from redway.sources.returned.headings import quoted
from redway.sources.returned.refusing import AGAIN, Refusing
from redway.store import query

MOST = 0.8  # of the refused rows: what a column has at fault in so many is what the file is refused for
HALF = 0.5  # of the refused rows, and of the columns: more columns are at fault than can be by themselves
FEWEST = 3  # columns
TOLD = 3  # columns of several
BY_RULE = {
    EMPTY: "It may have been left out of the export, or stand under another heading.",
    NO_CODE: "Its system may use another list, or words in place of codes: the template has those that are taken.",
    OTHER_PERIOD: "The return of another period was chosen, or its period was named wrongly.",
    AGAIN: "Rows may have been pasted twice, or two exports joined.",
}


class Wrong(NamedTuple):
    """What is wrong with a column: in how many rows, and in how many of them by its commonest rule."""

    heading: str
    rows: int
    rule: str
    by_rule: int
    mend: str


def likely(refusing: Refusing, wrong: Sequence[Wrong]) -> str:
    """The likely cause of a file with too many refused rows, in sentences, of what is wrong with each column of it."""
    every = refusing.rows.refused
    frequent = [one for one in wrong if one.rows >= HALF * every]
    if len(frequent) >= max(FEWEST, HALF * len(refusing.rows.headings.at)):
        return (
            f"columns moved, or another file: {quoted([one.heading for one in frequent])} all hold what does not "
            "belong there. Compare one row with the headings above it."
        )
    if wrong[0].rows >= MOST * every and len(frequent) == 1:
        return _of_one(wrong[0], every)
    told = [f"{_named(one)} (in {_rows(one.by_rule)})" for one in wrong[:TOLD]]
    return f"several columns: {'; '.join(told)}{'; and others' if len(wrong) > TOLD else ''}."


def _of_one(one: Wrong, every: int) -> str:
    """Of the one column that is at fault."""
    among = f"in {one.by_rule:,} of {_rows(every)} refused"
    if one.by_rule == every:
        among = f"in all {every:,} rows refused" if every > 1 else "in the one row refused"
    return f"{_named(one)} {among}. {BY_RULE.get(_key(one.rule), one.mend)}"


def _named(one: Wrong) -> str:
    return f"“{one.heading}” {one.rule}" if one.heading else one.rule


def _key(rule: str) -> str:
    return AGAIN if rule.startswith(AGAIN) else rule


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def by_column(refusing: Refusing) -> list[Wrong]:
    """What is wrong with each column, the one with most refused rows first, once the refused cells are written."""
    refused = refusing.rows.refused
    found = refusing.rows.db.execute(
        'WITH rules AS (SELECT "column" AS c, rule, count(*) AS n, arg_min(mend, row) AS mend '  # noqa: S608
        f"FROM read_parquet({query.text(refusing.file)}) GROUP BY ALL) "
        f"SELECT c, least(sum(n), {refused})::BIGINT, arg_max(rule, (n, rule)), least(max(n), {refused}), "
        "arg_max(mend, (n, rule)) FROM rules GROUP BY c"
    ).fetchall()
    order = list(refusing.rows.headings.spelt.values())
    wrong = [Wrong(*each) for each in found]
    return sorted(wrong, key=lambda one: (-one.rows, order.index(one.heading) if one.heading in order else len(order)))
