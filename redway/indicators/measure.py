"""What a measure is: a figure that is no monthly count of rows, such as a share, a rate or a ratio of two."""

from typing import Literal

from pydantic import Field, model_validator

from redway.indicators.conditions import Rows, names
from redway.store.profile import Strict

Kind = Literal[
    "count", "sum", "share", "ratio", "rate", "rate-ratio", "risk-ratio", "clock", "histogram", "survey", "gap"
]
COUNTS = ("count", "sum", "histogram")  # kinds whose value is a count itself
By = Literal["month", "quarter", "year", "own"]


class Group(Strict):
    """One of the groups a measure is given for, and the values of the column that make it."""

    label: str
    values: tuple[str, ...] = Field(description="codes of the column `group`, or sets of them as `@name`")
    base: tuple[str, ...] = Field(default=(), description="of a rate: the codes of the same people in `population`")


class Population(Strict):
    """How many people a rate is of, from reference data or another return."""

    dataset: str
    column: str = Field(default="", description="the column with the group's code; empty where columns are the groups")
    amount: str = Field(default="", description="the column with the number of people")
    area: str = Field(default="", description="the column with the small area's code, where it has one")
    of: Literal["partnership", "police force"] = Field(
        default="partnership", description="whose people: of a return that covers its force's whole area, all of them"
    )
    rows: Rows = Rows()

    @model_validator(mode="after")
    def _placed(self) -> "Population":
        if self.of == "police force" and not self.area:
            raise ValueError("the people of a police force are found by the column with the small area's code")
        return self


class Measure(Strict):
    """One figure for each period and group. {district} and {partnership} among values stand for the codes of the place.

    count       rows that meet `hits`
    sum         the total of a number column
    share       rows that meet `hits` among those of `rows`; those not `known` are counted beside
    ratio       the total of one number column over that of another
    rate        rows that meet `hits` for so many people
    rate-ratio  the rate of each group as a multiple of the reference group's
    risk-ratio  the share of each group as a multiple of the reference group's
    clock       the share within a time, with the median, from two dates or from counts by band
    histogram   the total of a number column in each interval: groups in order, never added up
    survey      the weighted share of answers, with how many answered
    gap         the difference of such a share between each group and the reference group
    """

    kind: Kind
    dataset: str
    by: By = Field(default="year", description="the period of a figure; own: as the return has it")
    wave: str = Field(default="", description="the column that names the period instead: the wave of a survey")
    unit: str = Field(description="what the figure is, in words: 'of those arrested'")
    rows: Rows = Field(default=Rows(), description="the base: which rows are looked at")
    hits: Rows = Field(default=Rows(), description="which of them count")
    area: str = Field(
        default="", description="the column with the small area's code, of rows from many places: others are left out"
    )
    known: tuple[str, ...] = Field(default=(), description="columns without which a row can be judged neither way")
    unknown: tuple[str, ...] = Field(default=(), description="codes that mean not known, in those columns")
    distinct: str = Field(default="", description="the column that names whom to count once: a child, a person")
    group: str = Field(default="", description="the column that parts them")
    groups: tuple[Group, ...] = ()
    overlap: bool = Field(default=False, description="whether one row can be of several groups: never added up")
    of_all: bool = Field(default=False, description="whether groups part the hits alone, and everybody is the base")
    reference: str = Field(default="", description="label of the group that others are set against")
    population: Population | None = None
    amount: str = Field(default="", description="the number column that is added up; the numerator of a ratio")
    over: str = Field(default="", description="the number column that is the denominator of a ratio")
    whole: tuple[str, ...] = Field(
        default=(), description="columns that break a count down: rows where they are empty stand for all of it"
    )
    per: int = Field(default=100, description="for how many: 100 gives percentages, 1,000 rates")
    weight: str = Field(default="", description="of a survey: the column with the weight of an answer")
    between: tuple[str, ...] = Field(default=(), description="of a clock: the columns with its first and its last date")
    within: float = Field(default=0, description="of a clock of dates: the days by which it should have happened")
    by_band: str = Field(default="", description="of a clock of bands: label of the last group that is in time")

    @property
    def columns(self) -> frozenset[str]:
        """The columns of its dataset that it reads."""
        named = (self.wave, self.distinct, self.group, self.amount, self.over, self.weight, self.area)
        looked_at = (*named, *self.known, *self.between, *self.whole)
        return frozenset(filter(None, looked_at)) | self.rows.columns | self.hits.columns

    @property
    def percentage(self) -> bool:
        """Whether its values are parts of 100."""
        return self.kind in ("share", "survey", "gap", "clock") or (self.kind == "ratio" and self.per == 100)

    @property
    def typed(self) -> bool:
        """Whether it adds up counts that agencies made, each of its own measures alone."""
        return bool(self.whole)

    @model_validator(mode="after")
    def _complete(self) -> "Measure":
        names(self.columns)
        wanted = {
            "sum": ("amount",),
            "histogram": ("amount", "groups"),
            "ratio": ("amount", "over"),
            "rate": ("population",),
            "rate-ratio": ("population", "reference"),
            "risk-ratio": ("reference",),
            "survey": ("weight",),
            "gap": ("weight", "reference"),
        }
        if missing := [name for name in wanted.get(self.kind, ()) if not getattr(self, name)]:
            raise ValueError(f"a {self.kind} needs {', '.join(missing)}")
        if bool(self.groups) != bool(self.group):
            raise ValueError("groups need the column that parts them, and such a column needs groups")
        labels = {one.label for one in self.groups}
        if {self.reference, self.by_band} - {""} - labels:
            raise ValueError("the reference, and the last band in time, are labels of groups")
        if self.kind == "clock" and not (len(self.between) == 2 or self.by_band):
            raise ValueError("a clock needs two dates, or bands")
        return self
