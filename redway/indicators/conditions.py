"""Which rows of a dataset count: columns and the values they may hold, without a word of SQL in a definition."""

import re
from collections.abc import Iterable, Iterator, Mapping

from pydantic import Field, model_validator

from redway.store.profile import Strict
from redway.store.query import text

COLUMN = re.compile(r"[a-z][a-z0-9_]*")
YES, NO = "yes", "no"
WRITTEN = {YES: "true", NO: "false"}  # how the engine writes the values of a yes-no column as text

Where = dict[str, list[str]]


def names(columns: Iterable[str]) -> None:
    """Raises ValueError for what is no column's name, and so could be anything in a query."""
    if wrong := [column for column in columns if not COLUMN.fullmatch(column)]:
        raise ValueError(f"“{wrong[0]}” is no column's name: small letters, digits and low lines")


class Condition(Strict):
    """All of these hold. A value is a code, `yes` or `no`, or `@name`, the codes of a set."""

    where: Where = Field(default={}, description="a column and the values that count; one that is empty never does")
    without: Where = Field(default={}, description="a column and the values that do not count; an empty one does")
    before: tuple[tuple[str, str], ...] = Field(
        default=(), description="pairs of columns with dates, the first earlier than the second, both known"
    )
    given: tuple[str, ...] = Field(default=(), description="columns that must not be empty")

    @model_validator(mode="after")
    def _named(self) -> "Condition":
        names(self.columns)
        return self

    @property
    def columns(self) -> frozenset[str]:
        """The columns it looks at."""
        return frozenset({*self.where, *self.without, *self.given, *(c for pair in self.before for c in pair)})

    @property
    def sql(self) -> str:
        """True, false and never null, over the columns of the accepted file."""
        parts = [
            *(_holds(column, values) for column, values in self.where.items()),
            *(f"not {_holds(column, values)}" for column, values in self.without.items()),
            *(f'coalesce("{first}" < "{second}", false)' for first, second in self.before),
            *(f"({_text(column)} is not null)" for column in self.given),
        ]
        return f"({' and '.join(parts)})" if parts else "true"


class Rows(Condition):
    """Rows that meet a condition, and at least one of several others where these are given."""

    any_of: tuple[Condition, ...] = ()
    serious_violence: bool = Field(
        default=False, description="whether only serious violence counts, by the version that is chosen"
    )

    @property
    def columns(self) -> frozenset[str]:
        return super().columns.union(*(one.columns for one in self.any_of))

    @property
    def sql(self) -> str:
        every = super().sql
        return f"({every} and ({' or '.join(one.sql for one in self.any_of)}))" if self.any_of else every

    @property
    def sets(self) -> frozenset[str]:
        """The names of the code sets it refers to, without the @."""
        return frozenset(v[1:] for one in (self, *self.any_of) for v in _values(one) if v.startswith("@"))

    @property
    def monthly(self) -> bool:
        """Whether a cube can count them: only columns and their values are looked at."""
        return not any(one.before or one.given or one.without for one in (self, *self.any_of))

    def alternatives(self) -> tuple[Where, ...]:
        """The columns and values of which all of at least one must hold."""
        return tuple(_both(self.where, one.where) for one in self.any_of) if self.any_of else (self.where,)


def expanded(rows: "Rows", codes: Mapping[str, tuple[str, ...]], alternatives: tuple[Condition, ...]) -> "Rows":
    """The same rows with every set written out, and serious violence as the alternatives that make it."""
    any_of = tuple(_expanded(one, codes) for one in (*rows.any_of, *(alternatives if rows.serious_violence else ())))
    own = _expanded(rows, codes)
    return rows.model_copy(update={"where": own.where, "without": own.without, "any_of": any_of})


def _expanded(one: Condition, codes: Mapping[str, tuple[str, ...]]) -> Condition:
    def written(values: list[str]) -> list[str]:
        return list(dict.fromkeys(c for v in values for c in (codes[v[1:]] if v.startswith("@") else (v,))))

    return Condition(
        where={column: written(values) for column, values in one.where.items()},
        without={column: written(values) for column, values in one.without.items()},
        before=one.before,
        given=one.given,
    )


def _values(one: Condition) -> Iterator[str]:
    for values in (*one.where.values(), *one.without.values()):
        yield from values


def _both(first: Where, second: Where) -> Where:
    """What meets both; a column named in both holds what is in both lists."""
    shared = {c: [v for v in first[c] if v in second[c]] for c in first.keys() & second.keys()}
    return first | second | shared


def _text(column: str) -> str:
    return f"nullif(cast(\"{column}\" as varchar), '')"


def _holds(column: str, values: list[str]) -> str:
    """Whether a cell, or one of the codes in it that semicolons part, is one of these values.

    A value with a semicolon in it is the whole of a cell: publishers' words have them.
    """
    listed = ", ".join(text(WRITTEN.get(value, value)) for value in values)
    both = ", ".join(filter(None, [listed, *(text(v) for v in values if v in WRITTEN)]))
    codes = f"string_split({_text(column)}, ';')"
    if any(";" in value for value in values):
        codes = f"list_append({codes}, {_text(column)})"
    return f"coalesce(list_has_any({codes}, [{both}]), false)"
