"""Running a method on made-up columns as `redway method` does, and axes of time for what it answers."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from redway import periods
from redway.methods.catalogue import Answer, Column, methods
from redway.products.charts.plot import Axis

Values = npt.NDArray[Any]


def ask(name: str, columns: Mapping[str, Any], *, seed: int = 1, **given: Any) -> Answer:
    """The method's answer, its settings those that stand unless given."""
    method = methods()[name]
    settings = {parameter.name: parameter.default for parameter in method.parameters} | given
    second = {p.name: _typed(p.table, settings[p.name]) for p in method.parameters if p.table and settings[p.name]}
    return method.run(_typed(method.columns, columns), settings | second, np.random.default_rng(seed))


def _typed(columns: Sequence[Column], given: Mapping[str, Any]) -> dict[str, Values]:
    """A table's columns as whoever reads a file gives them."""
    kinds = {column.name: column.kind for column in columns}
    types: dict[str, Any] = {"number": np.float64, "text": np.str_, "date": "datetime64[D]", "yes-no": np.bool_}
    return {name: np.asarray(values, dtype=types[kinds[name]]) for name, values in given.items()}


class Says(Protocol):
    """A result that says itself in one sentence."""

    @property
    def sentence(self) -> str: ...


def told(about: str, answer: Says) -> str:
    """The words under a picture: what is drawn, then what the method says of it."""
    sentence = answer.sentence if answer.sentence.endswith(".") else f"{answer.sentence}."
    return f"{about} The method says: “{sentence}”"


def months(first: str, count: int) -> Values:
    """The first days of so many months from one such as 2023-01."""
    return (np.datetime64(first, "M") + np.arange(count)).astype("datetime64[D]")


def days(first: str, count: int, step: int = 1) -> Values:
    """So many days, or every seventh."""
    return np.datetime64(first, "D") + step * np.arange(count)


def timeline(dates: Values, title: str = "", *, every: int = 6, room: float = 0.5) -> Axis:
    """An axis of periods numbered from 0, with a tick at every so many-th, named by month and year, or by day."""
    names = [_name(day, long=every * float((dates[1] - dates[0]).astype(int)) > 27) for day in dates]
    ticks = tuple((float(at), names[at]) for at in range(0, dates.size, every))
    return Axis(-room, dates.size - 1 + room, ticks, title)


def _name(day: np.datetime64, *, long: bool) -> str:
    year, month = str(day)[:4], periods.NAMES[int(str(day)[5:7]) - 1][:3]
    return f"{month} {year}" if long else f"{int(str(day)[8:10])} {month}"


def steady(mean: Sequence[float] | Values, seed: int) -> Values:
    """Independent counts about given means."""
    return np.random.default_rng(seed).poisson(mean)
