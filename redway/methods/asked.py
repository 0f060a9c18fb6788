"""A method as it is asked for by name: its settings looked at before anything is worked out, and its faults told by
names that whoever asks can see.

- a numeric setting is finite and within `BOUNDS`: beyond them sums do not end, or fill all memory; a day is a day
- a fault names columns and settings as the method's table has them, whatever they are called inside
- a p-value is called so in the rows of all methods
- a fault of a setting has no line; one of a column has the line where the number that is told of stands
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from redway.errors import Place
from redway.methods import inputs
from redway.methods.catalogue import Answer, Array, Method, Parameter
from redway.methods.inputs import Unfit

METRES = (0, 5e7)  # more than the way round the Earth
LEVEL = (0.01, 0.999999)
DRAWS = (0, 100_000)
PLACES = (1, 1_000_000)  # in a series
# least and most of settings, by name: one name is one thing in all methods. What a method asks besides, it says itself
BOUNDS: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("nsim", "nrep", "permutations", "replicates"), DRAWS),
    **dict.fromkeys(("inner", "outer"), (0, 100)),
    **dict.fromkeys(("s.jump", "t.jump", "l.jump", "t.window", "l.window"), PLACES),
    **dict.fromkeys(("s.degree", "t.degree", "l.degree"), (0, 1)),
    **dict.fromkeys(("period", "block", "first", "window", "nseasons", "holdout"), PLACES),
    **dict.fromkeys(("conf_level", "level"), LEVEL),
    **dict.fromkeys(("cell_size", "nb_dist", "distance", "bandwidth"), METRES),
    "bandwidth_adjust": (0.001, 1000),
    "maxit": (1, 100_000),
    "harmonics": (0, 1000),
    "b": (1, 100),
    "noPeriods": (1, 366),
    "longest": (1, 520),
    "weightsThreshold": (0, 1e6),
    "complete": (0, 1),
    "season": (0, 1e6),
    "days": (0, 1e6),
    "phi": (0, 1e6),
    "at_risk": (0, 1e12),
    "multiplier": (0, 1e9),
    "time_limit": (0, 86_400),
    "epsilon": (0, 1),
    "hold_back": PLACES,
    "D": (1, 100),
    "V": (0, 10_000),
}
LEAST = {"bandwidth": 0.001, "cell_size": 0.001, "season": 1.0}  # of those that stand for something else at nought
ANY = (-1e15, 1e15)
WHOLE = (-1e9, 1e9)
TINY = 1e-15  # in size, if not nought: less is a slip

# what settings are called inside, where that is more than another spelling
INSIDE = {
    "leaning": "autocorrelation",
    "charts": "nsim",
    "most_expected": "maxpop",
    "power": "asked",
    "lower": "protection",
    "parts": "special_predictors",
    "baseline": "fix_after_n_points",
    "breaks": "part",
}
PVALUE = "pvalue"
NO_NUMBER = "a word that stands for no number, where a number was meant."
ENDLESS = "a setting that is meant to have no end: leave it out, or give a number."
MISTYPED = "a mistyped number, or one in another unit."
OF_ROWS = (inputs.NOT_THERE, inputs.NONE_OF_IT, inputs.BELOW)  # causes that no setting has


def asked(method: Method) -> Method:
    """The method, its settings looked at first and its faults told as its user can find them."""

    def run(columns: Mapping[str, Array], given: Mapping[str, Any], rng: np.random.Generator) -> Answer:
        for parameter in method.parameters:
            if parameter.kind in (int, float) and parameter.name in given:
                _within(parameter, given[parameter.name])
            elif parameter.day and given.get(parameter.name):
                _of_a_calendar(parameter, given[parameter.name])
        try:
            answer = method.run(columns, given, rng)
        except Unfit as fault:
            raise _told(fault, method, columns, given) from None
        return replace(answer, rows={PVALUE if name == "p" else name: of for name, of in answer.rows.items()})

    return replace(method, run=run)


def _within(parameter: Parameter, value: Any) -> None:
    """Raise Unfit for a number that the setting cannot be."""
    if value is None or value == parameter.default:
        return
    for one in value if isinstance(value, tuple | list) else (value,):
        least, most = BOUNDS.get(parameter.name, WHOLE if parameter.kind is int else ANY)
        least = LEAST.get(parameter.name, least) if one else least
        if isinstance(one, int | float) and not least <= one <= most:
            if least in (WHOLE[0], ANY[0]):
                meant = f"a number of at most {most:,.0f} in size"
            else:
                meant = f"a number from {_plain(least)} to {_plain(most)}"
            cause = NO_NUMBER if np.isnan(float(one)) else ENDLESS if abs(one) == np.inf else MISTYPED
            raise Unfit(f"{parameter.name}: {meant}", came=f"{one:,}" if abs(one) < ANY[1] else f"{one:g}", cause=cause)
        if isinstance(one, float) and 0 < abs(one) < TINY:
            raise Unfit(f"{parameter.name}: nought, or a number of at least {TINY:g}", came=f"{one:g}", cause=MISTYPED)


def _of_a_calendar(parameter: Parameter, value: Any) -> None:
    """Raise Unfit for what is no day (or month, for its first day) of four figures to the year."""
    for one in value if isinstance(value, tuple | list) else (value,):
        try:
            if not re.fullmatch(r"[1-9]\d{3}-\d{2}(-\d{2})?", str(one)):
                raise ValueError
            np.datetime64(str(one), "D")
        except ValueError:
            raise Unfit(
                f"{parameter.name}: a day such as 2025-11-30",
                came=f"“{one}”",
                cause="a mistyped day, one that does not exist, or a word.",
            ) from None


def _plain(bound: float) -> str:
    return f"{bound:,.0f}" if bound == round(bound) else f"{bound:.6f}".rstrip("0")


def _told(fault: Unfit, method: Method, columns: Mapping[str, Array], given: Mapping[str, Any]) -> Unfit:
    """The same fault by the names, and at the place, that whoever asked can find."""
    head, colon, rest = fault.expected.partition(":")
    inside = fault.place.column or head
    second = {
        f"{p.name}.{c.name}": given[p.name][c.name]
        for p in method.parameters
        for c in p.table
        if isinstance(given.get(p.name), Mapping) and c.name in given[p.name]
    }
    held = {**second, **columns}
    name = _known(inside, method, held)
    if name is None:
        return fault
    expected = f"{name}{colon}{rest}" if head == inside and colon else fault.expected
    if name not in held and any(p.name == name for p in method.parameters):
        cause = MISTYPED if fault.cause in OF_ROWS else fault.cause
        return Unfit(expected, came=fault.came, cause=cause)
    row = fault.place.row if fault.place.row is None else _line(fault, held.get(name))
    place = Place(row=row, column=name if fault.place.column or name in second else "")
    return Unfit(expected, came=fault.came, cause=fault.cause, place=place, count=fault.count)


def _known(inside: str, method: Method, held: Mapping[str, Array]) -> str | None:
    """What is called so inside, by the name that the method's table has for it; None for what has none there."""
    asked = [parameter.name for parameter in method.parameters]
    if inside in held or inside in asked:
        return inside
    alike = [name for name in (*held, *asked) if _spelt(name) == _spelt(inside)]
    alike += [name for name in held if _spelt(name.rpartition(".")[2]) == _spelt(inside)]
    other = INSIDE.get(inside)
    return next(iter(alike), other if other in asked else None)


def _spelt(name: str) -> str:
    """A name without what spellings differ in: capitals, marks between words, an s of more than one."""
    return name.casefold().replace("_", "").replace(".", "").removesuffix("s")


def _line(fault: Unfit, values: Array | None) -> int | None:
    """The row in which the number stands that a fault tells of; None where no row has it, as of sums."""
    try:
        came = float(fault.came)
    except ValueError:
        return fault.place.row
    if values is None or np.asarray(values).dtype.kind != "f":
        return fault.place.row
    same = np.isnan(values) if np.isnan(came) else values == came
    if not same.any() and np.isfinite(came):  # told to six figures
        same = np.abs(np.where(np.isfinite(values), values, np.inf) - came) <= 1e-5 * abs(came)
    row = fault.place.row
    if row is not None and row <= len(same) and same[row - 1]:
        return row
    return int(np.argmax(same)) + 1 if same.any() else None
