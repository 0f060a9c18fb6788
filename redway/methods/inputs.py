"""What methods take, looked at before any arithmetic: every fault has a sentence, none becomes a silent NaN.

Each function gives back an array ready to compute with, or raises Unfit. `what` names the argument as its user
knows it ("events", "population"), since the sentence is shown as it stands.
"""

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from redway.errors import Place, RedwayError, did_you_mean

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


NOT_THERE = "an empty cell, or a division by nought in the table it comes from."
TOO_LARGE = "a mistyped number, or one that names something (a reference, a telephone) in place of one that counts."
BELOW = "a difference, or a code for what is not known, such as -9."
NONE_OF_IT = "a row with nobody and nothing in it: leave it out."
PARTS = "a rate, a mean or an estimate where a count was meant."
MISTYPED = "a mistyped number, or one in another unit."
PERCENT = "percent where a share was meant: 0.95 and not 95."
LARGEST = 1e15  # above it, a double cannot tell one whole number from the next, and squares and products overflow


class Unfit(RedwayError):
    """What a method was given cannot be worked with. A result that "cannot tell" is no fault, and is not this."""


def numbers(values: Any, what: str, *, dimensions: int = 1, missing: bool = False) -> Floats:
    """Finite numbers, as an array of so many dimensions; with `missing`, NaN may stand where nothing is known."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise Unfit(
            f"{what}: numbers", came="something that is not a number", cause="words or marks among the numbers."
        ) from None
    if array.ndim != dimensions:
        raise Unfit(
            f"{what}: an array of {dimensions} dimension{'s' if dimensions > 1 else ''}",
            came=f"one of shape {array.shape}",
            cause="a table where a column was meant, or a single number where a series was.",
        )
    fit = np.abs(array) <= LARGEST
    if missing:
        fit |= np.isnan(array)
    if not fit.all():
        _every(
            np.isfinite(array) | (missing & np.isnan(array)),
            array,
            what,
            "numbers that are finite and there",
            NOT_THERE,
        )
        _every(fit, array, what, f"numbers of at most {LARGEST:g} in size", TOO_LARGE)
    return array


def at_least(values: Any, what: str, least: float, **options: Any) -> Floats:
    """Numbers none of which lies under `least`."""
    array = numbers(values, what, **options)
    _every(~(array < least), array, what, f"numbers of at least {least:g}", BELOW if least == 0 else MISTYPED)
    return array


def above(values: Any, what: str, bound: float, **options: Any) -> Floats:
    """Numbers that all lie above `bound`."""
    array = numbers(values, what, **options)
    _every(~(array <= bound), array, what, f"numbers above {bound:g}", NONE_OF_IT if bound == 0 else MISTYPED)
    return array


def counts(values: Any, what: str, **options: Any) -> Floats:
    """Counts of things: whole, none under nought."""
    array = at_least(values, what, 0, **options)
    _every(np.isnan(array) | (array == np.floor(array)), array, what, "whole numbers", PARTS)
    return array


def same_length(**columns: Any) -> int:
    """The length that all columns share."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length:,}" for name, length in lengths.items())
        raise Unfit("columns of one length", came=told, cause="rows that were left out of one and not of another.")
    return next(iter(lengths.values()))


def number(value: Any, what: str, *, least: float = -np.inf, most: float = np.inf) -> float:
    """One number from `least` to `most`, both of them in it."""
    try:
        given = float(value)
    except (TypeError, ValueError):
        given = np.nan
    if not least <= given <= most:
        bounds = {"of at least": least, "of at most": most}
        ends = [f"{word} {bound:g}" for word, bound in bounds.items() if np.isfinite(bound)]
        raise Unfit(f"{what}: a number " + " and ".join(ends), came=f"{value}", cause=_why(value, given, least, most))
    return given


def _why(value: Any, given: float, least: float, most: float) -> str:
    """The likely cause of a number out of its bounds."""
    if np.isnan(given):
        return NOT_THERE if isinstance(value, float) else "a word, or nothing, where a number was meant."
    if given < least:
        return BELOW if least == 0 else MISTYPED
    return PERCENT if most == 1 else TOO_LARGE if most >= 1e6 else MISTYPED


def whole(value: Any, what: str, *, least: int = 0, most: float = np.inf) -> int:
    """One whole number from `least` to `most`."""
    given = number(value, what, least=least, most=most)
    if given != np.floor(given):
        raise Unfit(f"{what}: a whole number", came=f"{value}", cause="a share or an average where so many are meant.")
    return int(given)


def probability(value: Any, what: str) -> float:
    """One number between 0 and 1, neither of them."""
    given = number(value, what, least=0, most=1)
    if given in (0, 1):
        raise Unfit(
            f"{what}: a number between 0 and 1",
            came=f"{value}",
            cause="an end, at which there would be no doubt, or nothing else.",
        )
    return given


def chosen(value: str, what: str, among: Collection[str]) -> str:
    """One of some words."""
    if value not in among:
        raise Unfit(f"{what}: one of {', '.join(among)}", came=f"“{value}”", cause=did_you_mean(str(value), among))
    return value


def named(value: str, what: str, among: Iterable[Any]) -> str:
    """One of the names that a column holds, which has to be given. Raises Unfit for none, or one that is not there."""
    known = list(dict.fromkeys(map(str, among)))
    if value in known:
        return value
    shown = ", ".join(f"“{name}”" for name in known[:6]) + (" …" if len(known) > 6 else "")
    raise Unfit(
        f"{what}: one of the names in the table ({shown})",
        came=f"“{value}”" if value else "none",
        cause=did_you_mean(value, known) if value else f"a setting that has to be given: {what}.",
    )


def _every(fit: npt.NDArray[np.bool_], array: Floats, what: str, expected: str, cause: str) -> None:
    """Raise Unfit with the first place, from 1, where `fit` is not so."""
    wrong = np.argwhere(~fit)
    if len(wrong):
        first = tuple(wrong[0])
        place = Place(row=int(first[0]) + 1)
        raise Unfit(f"{what}: {expected}", came=f"{array[first]:g}", cause=cause, place=place, count=len(wrong))
