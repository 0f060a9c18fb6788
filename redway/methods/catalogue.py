"""The methods by name, for tables of anybody's own: what each needs, and how to run it.

A topic's `tables` module holds `METHODS`, one `Method` for each; this module knows the topics. The command
`redway method` and the handbook are made from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Kind = Literal["number", "text", "date", "yes-no"]

TOPICS: tuple[str, ...] = (
    "process_control",
    "emerging",
    "hot_spots",
    "repeats",
    "concentration",
    "comparison",
    "seasonality",
    "evaluation",
    "disproportionality",
    "surveys",
    "harm",
    "patrols",
    "suppression",
)


@dataclass(frozen=True)
class Column:
    """A column of the table that a method reads.

    kind     number: float64, NaN where empty; text: str, "" where empty; date: datetime64[D], NaT where empty;
             yes-no: bool
    also     what the field's tools call it: such a heading is known too
    """

    name: str
    about: str
    kind: Kind = "number"
    required: bool = True
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Also:
    """Another name of a setting, as one of the field's tools has it.

    turned  makes what the setting means of what is meant by that name, where it is not the same: of an alpha a level
    """

    name: str
    turned: Callable[[float], float] | None = None


@dataclass(frozen=True)
class Parameter:
    """A setting, under the name that users of the field's tools know; its type is that of what stands if none is given.

    choices  the words it may be, where it is one of some
    words    what the field's tools call some of them, each with ours
    also     what the field's tools call the setting
    several  whether it is a list, written with commas
    day      whether it is a day, or days; whoever runs the method gives it as 2025-11-30
    table    columns of a second file that it names; whoever runs the method gives them as its columns are given, by
             name, or None. A fault in it is told of “NAME.COLUMN”
    """

    name: str
    default: bool | int | float | str | None
    about: str
    kind: type = str
    choices: tuple[str, ...] = ()
    several: bool = False
    day: bool = False
    table: tuple[Column, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    also: tuple[Also, ...] = ()


def complement(value: float) -> float:
    """A level from an alpha, to the figures that were written: 0.95 from 0.05."""
    return round(1 - value, 12)


@dataclass(frozen=True)
class Answer:
    """What a method says of a table: one sentence, rows as columns of one length, and what to know besides."""

    sentence: str
    rows: Mapping[str, Array]
    notes: tuple[str, ...] = ()


Run = Callable[[Mapping[str, Array], Mapping[str, Any], np.random.Generator], Answer]


@dataclass(frozen=True)
class Method:
    """A method on a table. `run(columns, parameters, rng)` is given every parameter and the columns that came.

    title    one line, for a list
    like     what it answers to in the field's tools, e.g. "surveillance::farringtonFlexible"; else empty
    random   whether it draws random numbers, and so takes a seed
    by_row   whether the answer has a row for each row of the table, in its order: others of its columns may be kept
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    run: Run
    parameters: tuple[Parameter, ...] = ()
    like: str = ""
    random: bool = False
    by_row: bool = False


@cache
def methods() -> Mapping[str, Method]:
    """Every method by its name, topics in their order; each looks at its settings first (`asked`)."""
    asked = import_module("redway.methods.asked").asked  # which knows what a method is from here
    found: dict[str, Method] = {}
    for topic in TOPICS:
        found |= {method.name: asked(method) for method in import_module(f"redway.methods.{topic}.tables").METHODS}
    return found
