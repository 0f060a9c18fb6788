"""Every method can say its answer in one plain sentence, and every result of one can."""

import dataclasses
import importlib
import inspect
import pkgutil
import typing

import numpy as np
import pytest

import redway.methods as package
from redway.methods.catalogue import methods
from redway.methods.comparison.change import change, changes
from redway.methods.comparison.dispersion import dispersion, dispersions
from redway.methods.comparison.proportion import difference, share, weighted
from redway.methods.comparison.ratio import rate, rate_ratio
from redway.methods.false_discovery import benjamini_hochberg
from redway.methods.process_control.outliers import compared
from redway.methods.process_control.xmr import xmr

# What functions give back on the way to a result: nothing to say of it to anybody.
PARTS = {
    "Answer": "has the sentence of the method that made it",
    "Assumption": "said in the sentence of its effect",
    "BySeries": "a table laid out by series and period",
    "Design": "how a sample was drawn",
    "Fit": "a regression inside methods",
    "TwoWay": "a regression inside difference in differences",
    "Grid": "cells",
    "GridNeighbours": "which cells touch",
    "History": "what was reported when",
    "Limits": "lines of a chart",
    "Line": "a regression inside methods",
    "LogLinear": "a regression inside methods",
    "NoiseTable": "settings of a cell key",
    "Judged": "bounds of many weeks inside methods",
    "Method": "what is asked, and not an answer",
    "OwnMap": "cells of somebody's map",
    "Published": "a table as it was published",
    "PanelEffects": "effects of many panels inside the telling of power",
    "Places": "events sorted by place",
    "References": "which past weeks are like a week",
    "Rules": "settings of a chart",
    "Runs": "runs of a chart",
    "Signals": "codes of a chart's points",
    "SparseNeighbours": "which areas touch",
}
# What gives no verdict of data, and so is never short of them.
ALWAYS = {"Audit", "Choice", "Difference", "FalseAlarms", "FalseDiscovery", "Keyed", "Protection", "Rate", "Ratio"}
ALWAYS |= {"Changes", "Compared", "Share", "Tails"}


def results():
    """Every dataclass that a public function of the methods gives back."""
    found = set()
    for module in pkgutil.walk_packages(package.__path__, "redway.methods."):
        for name, function in vars(importlib.import_module(module.name)).items():
            if inspect.isfunction(function) and function.__module__ == module.name and not name.startswith("_"):
                back = typing.get_type_hints(function).get("return")
                found |= {
                    c for c in (back, *typing.get_args(back)) if inspect.isclass(c) and dataclasses.is_dataclass(c)
                }
    return sorted(found, key=lambda c: (c.__module__, c.__name__))


RESULTS = [c for c in results() if c.__name__ not in PARTS]


def test_what_counts_as_a_part_is_one():
    parts = {c.__name__: c for c in results() if c.__name__ in PARTS}
    assert parts.keys() == PARTS.keys()
    assert [name for name, c in parts.items() if hasattr(c, "sentence") and name != "Answer"] == []
    assert {c.__name__ for c in RESULTS} >= ALWAYS


@pytest.mark.parametrize("kind", RESULTS, ids=lambda c: f"{c.__module__.removeprefix('redway.methods.')}.{c.__name__}")
def test_every_result_is_frozen_has_a_sentence_and_can_say_that_it_cannot_tell(kind):
    assert kind.__dataclass_params__.frozen
    assert isinstance(inspect.getattr_static(kind, "sentence", None), property), "a sentence, made from its figures"
    told = "cannot_tell" in {f.name for f in dataclasses.fields(kind)} or hasattr(kind, "cannot_tell")
    assert told != (kind.__name__ in ALWAYS)


def column(name, n, rng, frequency):
    """A column that makes sense by its name."""
    half = np.arange(n) >= n // 2
    if name in ("date", "happened", "reported"):
        if name == "reported":
            return column("happened", n, rng, frequency) + rng.integers(0, 30, n).astype("timedelta64[D]")
        if frequency > 12:
            return np.datetime64("2018-01-01") + (7 if frequency == 52 else 1) * np.arange(n).astype("timedelta64[D]")
        return (np.datetime64("2016-01") + np.arange(n)).astype("datetime64[D]")
    words = {
        "group": np.where(half, "b", "a"),
        "kind": np.resize(["treated", "control", "buffer"], n),
        "stage": np.array([f"stage {i}" for i in range(n)]),
        "unit": np.repeat([*"abcdef"], n // 6),
        "area": np.repeat([*"abcdef"], n // 6),
        "wave": np.where(np.arange(n) % 2, "2", "1"),
    }
    if name in words:
        return words[name]
    numbers = {
        "time": np.tile(np.arange(n // 6), 6).astype(float),
        "x": rng.normal(430_000, 900, n).round(),
        "y": rng.normal(430_000, 900, n).round(),
        "weight": rng.uniform(0.5, 2, n),
        "key": rng.random(n),
        "stdrate": np.full(n, 0.02),
        "dose": np.arange(n, dtype=float),
        "treated": np.array([80.0]),
    }
    large = ("exposure", "pop", "stdpop", "base", "total", "reference")
    return numbers.get(name, rng.poisson(900 if name in large else 30, n).astype(float))


def ordinary(method):
    """A table of the columns that a method must have."""
    rng = np.random.default_rng(7)
    frequency = next((p.default for p in method.parameters if p.name == "frequency"), 12)
    n = {"displacement": 3, "stages": 4, "disparity": 2}.get(method.name, 390 if frequency > 12 else 120)
    columns = {c.name: column(c.name, n, rng, frequency) for c in method.columns if c.required}
    if method.name == "hot-spot-accuracy":  # or the cell of a map of one's own
        columns |= {name: column(name, n, rng, frequency) for name in ("x", "y")}
    if method.name == "power-from-history":  # or one series
        columns["unit"] = column("unit", n, rng, frequency)
        columns["treated"] = np.isin(columns["unit"], ["a", "b"])
    if method.name == "repeat-victims":  # or a place
        columns["victim"] = rng.choice([*"abcd"], n)
    for c in method.columns:
        if c.required and c.kind == "yes-no":
            columns[c.name] = rng.random(n) < 0.4
        elif c.required and c.kind == "text" and columns[c.name].dtype.kind == "f":
            columns[c.name] = rng.choice([*"abcd"], n)
    if method.name == "space-time-scan":  # an area has one middle
        at = np.unique(columns["series"], return_inverse=True)[1]
        columns |= {name: columns[name][at] for name in ("x", "y")}
    if method.name in ("wdd", "before-after"):
        columns = {k: v[:2] for k, v in columns.items()}
    if {"treated", "after"} <= columns.keys():
        units = columns["unit" if "unit" in columns else "area"]
        columns["treated"] = np.isin(units, ["a"] if "unit" in columns else ["a", "b"])
        columns["after"] = columns["time"] >= 14
    elif "after" in columns and method.name == "interrupted-time-series":
        columns["after"] = np.arange(n) >= 80
    if method.name == "suppression-audit":  # each pair once, a total among them
        down, across = np.divmod(np.arange(24), 4)
        columns = {"down": np.array([*"abcde", "Total"])[down], "across": np.array([*"xyz", "Total"])[across]}
        counts = np.where(down < 5, 4, 20) * np.where(across < 3, 1, 3)
        columns["value"] = np.where((down % 2 == 0) & (across == 0), "*", counts.astype(str))
    if method.name == "stages":
        columns |= {"group": np.array([900.0, 300, 80, 20]), "reference": np.array([9000.0, 2000, 400, 90])}
    if method.name in ("harm", "harm-ratio"):
        columns["weight"] = np.unique(columns["offence"], return_inverse=True)[1] + 1.0
    if method.name == "survey-rake":
        columns["total"] = 1000.0 * np.unique(columns["margin"], return_inverse=True)[1] + 1000
    return columns


NAMED = {
    "disparity": {"reference": "a"},
    "decision-point": {"first": "a", "reference": "b"},
    "harm": {"source": "made up", "version": "1"},
    "harm-ratio": {"source": "made up", "version": "1", "reference": "a"},
    "hot-spot-accuracy": {"boundary": "2020-01-01"},
    "hot-spot-change": {"boundary": "2020-01-01"},
}


@pytest.mark.parametrize("method", methods().values(), ids=lambda method: method.name)
def test_every_method_answers_with_one_sentence(method):
    given = {p.name: p.default for p in method.parameters} | NAMED.get(method.name, {})
    answer = method.run(ordinary(method), given, np.random.default_rng(0))
    assert len(answer.sentence) > 20
    assert answer.sentence.endswith(".")
    assert "\n" not in answer.sentence
    assert not {"nan", "inf"} & set(answer.sentence.replace(",", " ").split())
    assert all(note.endswith(".") for note in answer.notes)
    assert len({len(values) for values in answer.rows.values()}) == 1


def test_what_small_results_say():
    assert change(100, 140, phi=1, df=50).sentence.startswith("It went from 100 to 140, 40% (95% interval ")
    assert "not statistically different" in change(100, 104, phi=2, df=50).sentence
    assert change(0, 9, phi=1, df=50).sentence.startswith("It went from 0 to 9: a rise from nought has no percentage")
    assert "nothing was recorded" in change(0, 0, phi=1, df=50).sentence
    assert changes([100, 50], [200, 50], phi=1, df=50).sentence.startswith("1 of 2 changes is statistically different")
    assert changes([100], [140], phi=1, df=50).sentence == change(100, 140, phi=1, df=50).sentence
    steady = dispersion([5, 7, 4, 6], range(4))
    assert "(4 months, 3 degrees of freedom, around the mean of each run" in steady.sentence
    assert dispersion([np.nan, 7, np.nan], range(3)).sentence.startswith("Cannot tell how much counts vary")
    assert dispersions(np.array([[5, 7, 4, 6.0]]), range(4)).sentence == steady.sentence
    assert share(45, 100).sentence == "45% (95% interval 35.6 to 54.8, of 100)."
    assert "of 100, worth 50" in weighted(50, 100, 200, 100).sentence
    assert "15 points (95% interval" in difference(share(45, 100), share(60, 100)).sentence
    assert "not statistically different" in difference(share(45, 100), share(46, 100)).sentence
    assert rate(10, 1000, per=1000).sentence == "The rate is 10 (95% interval 4.79 to 18.4)."
    assert "2 times the other" in rate_ratio(80, 1, 40, 1).sentence
    assert benjamini_hochberg([0.001, 0.5], 0.05).sentence.startswith(
        "1 of 2 stands out; of what is listed so, at most 5%"
    )
    assert benjamini_hochberg([0.5], 0.05).sentence == "None of 1 stands out, at a false discovery rate of 5%."
    assert benjamini_hochberg([], 0.05).sentence == "Nothing was looked at."
    assert xmr([9, 11] * 5 + [32], better="lower").sentence.startswith(
        "The newest value, 32, is unusual: a point outside"
    )
    assert "is ordinary (limits" in xmr([50, 52, 49, 51, 50], better="lower").sentence
    assert xmr([1, 2], better="lower").sentence == "Cannot tell what is unusual: fewer than 5 points."
    assert compared(50, [5, 6, 7, 5]).sentence.startswith("50 is out of keeping with the values before it (5 to 7")
