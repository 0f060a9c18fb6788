"""Tables that a partnership may release: their definitions, in the profile's `tables.yaml`.

They are written into a file and not made up on a page, because what disclosure control cannot see is how two tables
of the same people lie to each other: so tables are few, are read by somebody before they are used, and stay the same
from one period to the next.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, model_validator

from redway import periods
from redway.errors import Place, RedwayError, did_you_mean
from redway.indicators.conditions import Rows, expanded, names
from redway.indicators.definitions import Indicator
from redway.indicators.release import LOCAL, NHS, OPEN, Policy
from redway.indicators.sets import Definitions
from redway.sources.dataset import Dataset
from redway.sources.dataset import dataset as dataset_of
from redway.store.profile import SLUG, Profile, Strict, checked, read_yaml

FILE = "tables.yaml"
POLICIES = {"local": LOCAL, "nhs": NHS, "open": OPEN}
WIDE = 3  # a hidden count can be at least so many numbers, or hiding it hides nothing
By = Literal["", "ward", "area", "month", "quarter"]
TIMES = ("month", "quarter")


class Band(Strict):
    """Codes of a column that make one row or column of the table."""

    label: str = Field(min_length=1)
    values: tuple[str, ...]


class Axis(Strict):
    """What parts the counts: the rows of a table, or its columns."""

    column: str = Field(default="", description="a column of the dataset whose cells are codes")
    by: By = Field(default="", description="in place of a column: ward or area of its small area; month or quarter")
    title: str = Field(default="", description="what it is called; without it, the heading of the column")
    groups: tuple[Band, ...] = Field(default=(), description="codes that are counted together, in the order shown")
    rest: str = Field(default="", description="what codes that are in no group are counted as")

    @model_validator(mode="after")
    def _one_of_them(self) -> "Axis":
        if bool(self.column) == bool(self.by):
            raise ValueError("one of “column” and “by”")
        if (self.groups or self.rest) and not self.column:
            raise ValueError("groups and rest are of a column")
        if self.rest and not self.groups:
            raise ValueError("rest needs groups")
        values = [value for group in self.groups for value in group.values]
        labels = [group.label for group in self.groups] + ([self.rest] if self.rest else [])
        if len(set(values)) != len(values) or len(set(labels)) != len(labels):
            raise ValueError("each code in one group, and each label once")
        names([self.column] if self.column else [])
        return self

    @property
    def parts(self) -> str:
        """What it parts by, whatever it is called and however codes are put together: two tables that share it can be
        set against each other. Wards and small areas part by the same place.
        """
        return "place" if self.by in ("ward", "area") else self.by or self.column


class Stated(Strict):
    """A policy of the partnership's own."""

    name: str
    hide_from: int = Field(ge=0, le=1)
    hide_to: int = Field(ge=0)
    round_to: int = Field(ge=1)


class Definition(Strict):
    """One table that may be released, for one period at a time."""

    id: str = Field(pattern=SLUG, max_length=60)
    title: str = Field(min_length=1, max_length=200)
    dataset: str = Field(default="", description="whose rows are counted; or `indicator`")
    indicator: str = Field(default="", description="an indicator that counts by month: its dataset and its rows")
    only: Rows = Field(default=Rows(), description="which rows of the dataset count; without it, all")
    amount: str = Field(default="", description="of open data: a column of whole numbers that are added up")
    what: str = Field(min_length=1, description="what is counted, in words: 'fires set on purpose'")
    rows: Axis
    columns: Axis
    period: Literal["month", "quarter", "year"]
    year_ends: int = Field(default=3, ge=1, le=12, description="the month in which its years end")
    policy: Literal["", "local", "nhs", "open"] | Stated = ""
    row_totals: bool = True
    column_totals: bool = True
    grand_total: bool = True
    shares: Literal["", "row", "column", "table"] = Field(
        default="", description="also shown, of the released counts: each as a percentage of that total"
    )
    rate_per: int = Field(
        default=0, ge=0, description="also shown, of the released counts: each for so many residents; 0 for none"
    )
    notes: tuple[str, ...] = Field(default=(), description="what a reader has to know; they are published")
    beside: dict[str, str] = Field(
        default={}, description="tables that part the same people by the same thing -> why both may be released"
    )

    @model_validator(mode="after")
    def _whole(self) -> "Definition":
        if bool(self.dataset) == bool(self.indicator):
            raise ValueError("one of “dataset” and “indicator”")
        if self.indicator and (self.only != Rows() or self.amount):
            raise ValueError("an indicator says itself which rows count")
        if self.rows.parts == self.columns.parts:
            raise ValueError("rows and columns that part by different things")
        if {self.rows.by, self.columns.by} & set(TIMES) and self.period == "month":
            raise ValueError("a table of one month has no months or quarters in it")
        totals = {"row": self.row_totals, "column": self.column_totals, "table": self.grand_total}
        if self.shares and not totals[self.shares]:
            raise ValueError(f"percentages of the {self.shares} need its total, which is put off")
        if self.rate_per and self.columns.parts == "place":
            raise ValueError("rates for residents are of rows: let wards or areas be the rows")
        if self.rate_per and self.amount:
            raise ValueError("rates are of things counted, not of an amount")
        if "quarter" in (self.rows.by, self.columns.by) and (self.period != "year" or self.year_ends % 3):
            raise ValueError("quarters are of a year that ends with one: in March, June, September or December")
        return self

    def period_of(self, month: int) -> str:
        """The period of this table's kind that a month lies in. Those of one table never overlap."""
        if self.period == "month":
            return periods.label(month)
        if self.period == "quarter":
            return periods.quarter(month)
        return periods.year_ending(month + (self.year_ends - 1 - month) % 12)

    def check_period(self, label: str) -> range:
        """The months of a period. Raises RedwayError for one of another kind."""
        try:
            months = periods.months_of(label)
        except ValueError:
            months = range(0)
        if not months or self.period_of(months[0]) != label:
            example = self.period_of(12 * 2025)
            raise RedwayError(
                f"a {self.period} such as {example}", came=f"“{label}”", cause=f"this table is of one {self.period}."
            )
        return months


@dataclass(frozen=True)
class Counted:
    """A table with what it counts looked up: the dataset, and which of its rows."""

    table: Definition
    dataset: Dataset
    only: Rows

    @property
    def suppressed(self) -> bool:
        """Whether small counts of its dataset are hidden."""
        return self.dataset.suppression == "counts"

    @property
    def key(self) -> str:
        """A name for what is counted and how it is parted: editions of another key are not editions of this table."""
        told = self.table.model_dump(include={"amount", "period", "year_ends"})
        axes = [a.model_dump(exclude={"title"}) for a in (self.table.rows, self.table.columns)]
        said = json.dumps([self.dataset.name, self.only.model_dump(), told, axes], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:24]

    @property
    def partings(self) -> tuple[str, str]:
        return self.table.rows.parts, self.table.columns.parts

    def policy(self, asked: str = "") -> Policy:
        """The policy asked for by name, else the table's, else the usual one of its dataset.

        Raises RedwayError for a name there is not, and for one that hides nothing of partners' data.
        """
        given = asked or self.table.policy or ("local" if self.suppressed else "open")
        if isinstance(given, Stated):
            chosen = Policy(given.name, given.hide_from, given.hide_to, given.round_to)
        elif given in POLICIES:
            chosen = POLICIES[given]
        else:
            raise RedwayError(
                f"the name of a policy ({', '.join(POLICIES)})", came=f"“{given}”", cause=did_you_mean(given, POLICIES)
            )
        if self.suppressed and chosen.hide_to - chosen.hide_from + 1 < WIDE:
            raise RedwayError(
                f"a policy that hides at least {WIDE} different counts, since {self.dataset.title} is partners' data",
                came=f"“{chosen.name}”, which hides fewer",
                cause="a policy for open data. Leave it out, and the usual one is taken.",
            )
        return chosen


def tables(profile: Profile) -> dict[str, Definition]:
    """Every table that may be released, by its ID, in the order of the file; none where there is no file.

    Raises RedwayError, naming the entry, for a fault.
    """
    path = profile.file(FILE)
    if not path.is_file():
        return {}
    given: Any = read_yaml(path) or []
    if not isinstance(given, list):
        raise RedwayError("a list of tables", came="something else", place=Place(FILE))
    made = [checked(Definition, one, file=FILE, label=f"table {n}: ") for n, one in enumerate(given, 1)]
    ids = [one.id for one in made]
    if twice := [id for id in ids if ids.count(id) > 1]:
        raise RedwayError("each ID once", came=f"“{twice[0]}” more than once", place=Place(FILE))
    return {one.id: one for one in made}


def table(profile: Profile, id: str) -> Definition:
    """The table of an ID. Raises RedwayError for another."""
    found = tables(profile)
    if id not in found:
        none = "this partnership has none yet: docs/releases.md says how to write one."
        raise RedwayError(
            f"the ID of a table in {FILE}" + (f" ({', '.join(found)})" if found else ""),
            came=f"“{id}”",
            cause=did_you_mean(id, found) if found else none,
        )
    return found[id]


def counted(one: Definition, indicators: Mapping[str, Indicator], using: Definitions) -> Counted:
    """A table with what it counts. Raises RedwayError for an indicator or a dataset that cannot be counted so."""
    dataset, only = _dataset(one, indicators, using)
    found = Counted(one, dataset, only)
    there = {column.name for column in dataset.columns}
    parted = {one.rows.column, one.columns.column, one.amount} - {""} - there
    worked_out = {"month", "period", "lsoa_code"}  # from what was sent: rows can be chosen by them, and not parted
    if unknown := sorted(parted | (only.columns - there - worked_out)):
        raise RedwayError(
            f"columns of {dataset.name} ({', '.join(sorted(there))})",
            came=f"“{unknown[0]}”",
            cause=did_you_mean(unknown[0], there),
            place=Place(FILE, item=one.id),
        )
    numbers = [column.name for column in dataset.columns if column.type in ("integer", "number")]
    if dataset.access == "partners" and (one.amount or not (dataset.nature is None or dataset.nature.personal)):
        raise _no_rows(one, f"{dataset.name}, which holds counts that agencies made" if not one.amount else one.amount)
    if dataset.access == "open" and not one.amount and "integer" in {c.type for c in dataset.columns}:
        raise _no_rows(one, f"{dataset.name}, whose rows hold numbers ({', '.join(numbers)}) and no “amount”")
    if one.amount and one.amount not in {c.name for c in dataset.columns if c.type == "integer"}:
        raise _no_rows(one, f"the column {one.amount}, which holds no whole numbers")
    found.policy()
    return found


def _dataset(one: Definition, indicators: Mapping[str, Indicator], using: Definitions) -> tuple[Dataset, Rows]:
    if one.dataset:
        if unknown := sorted(name for name in one.only.sets if name not in using.sets):
            raise RedwayError("the name of a code set", came=f"“@{unknown[0]}”", place=Place(FILE, item=one.id))
        if one.only.serious_violence:
            raise RedwayError(
                "an indicator, where only serious violence counts", came="a dataset", place=Place(FILE, item=one.id)
            )
        return dataset_of(one.dataset), expanded(one.only, using.codes, ())
    if one.indicator not in indicators:
        raise RedwayError(
            "the ID of an indicator",
            came=f"“{one.indicator}”",
            cause=did_you_mean(one.indicator, indicators),
            place=Place(FILE, item=one.id),
        )
    count = indicators[one.indicator].count
    if count is None:
        raise RedwayError(
            "an indicator that counts rows month by month",
            came=f"“{one.indicator}”, which is measured otherwise",
            cause="a share, rate or survey is no count. Count the rows of its dataset instead.",
            place=Place(FILE, item=one.id),
        )
    own = Rows.model_validate(count.model_dump(include=set(Rows.model_fields)))
    return dataset_of(count.dataset), own


def _no_rows(one: Definition, came: str) -> RedwayError:
    return RedwayError(
        "rows that each stand for one thing, of partners' data, or of open data a column of whole numbers",
        came=came,
        cause="numbers that others added up, of which some may be parts of others.",
        place=Place(FILE, item=one.id),
    )
