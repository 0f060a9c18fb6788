"""Tables that nobody should hand in: a method refuses them in words, or says a sentence; never anything else."""

import itertools
import zlib

import numpy as np
import pytest

from redway.methods.catalogue import methods
from redway.methods.inputs import Unfit
from tests.methods.test_sentences import NAMED, ordinary

NUMBERS = {
    "nought": np.zeros,
    "one": np.ones,
    "half": lambda n: np.full(n, 0.5),
    "vast": lambda n: np.full(n, 1e12),
    "first": lambda n: (np.arange(n) == 0).astype(float),
    "rising": lambda n: np.arange(n, dtype=float),
    "some": lambda n: np.arange(n) * 7 % 11 * 1.0,
    "unknown": lambda n: np.where(np.arange(n) % 3 == 0, np.nan, 1.0),
    "endless": lambda n: np.where(np.arange(n) == 0, np.inf, 1.0),
    "below": lambda n: -np.ones(n),
}
PLACES = {
    "one point": lambda n: np.full(n, 430_000.0),
    "a line": lambda n: 430_000 + 100.0 * np.arange(n),
    "about": lambda n: 430_000 + 37.0 * (np.arange(n) * 7 % 11),
    "unknown": lambda n: np.where(np.arange(n) % 3 == 0, np.nan, 430_000.0),
    "endless": lambda n: np.where(np.arange(n) == 0, np.inf, 430_000.0),
    "nought": np.zeros,
}
DAY = np.datetime64("2020-01-01")
DATES = {
    "one day": lambda n: np.full(n, DAY),
    "days": lambda n: DAY + np.arange(n),
    "weeks": lambda n: DAY + 7 * np.arange(n),
    "months": lambda n: (np.datetime64("2019-01") + np.arange(n)).astype("datetime64[D]"),
    "mixed": lambda n: DAY + np.arange(n) * 7 % 11,
    "backwards": lambda n: DAY - np.arange(n),
    "blank": lambda n: np.where(np.arange(n) % 3 == 0, np.datetime64("NaT"), DAY),
    "far": lambda n: np.where(np.arange(n) == 0, np.datetime64("1066-10-14"), DAY),
}
SPOILT = {
    "nought": lambda v: 0 * v,
    "alike": lambda v: 0 * v + v[0],
    "missing": lambda v: np.where(np.arange(v.size) == v.size // 2, np.nan, v),
    "all missing": lambda v: v * np.nan,
    "endless": lambda v: np.where(np.arange(v.size) == 1, np.inf, v),
    "below": lambda v: -v - 1,
    "first alone": lambda v: np.where(np.arange(v.size) == 0, v, 0),
    "last alone": lambda v: np.where(np.arange(v.size) == v.size - 1, v, 0),
    "two events": lambda v: (np.arange(v.size) < 2) * 1.0,
    "vast": lambda v: v * 1e12,
    "beyond": lambda v: 0 * v + 1e300,
    "in parts": lambda v: v + 0.5,
    "tiny": lambda v: v * 1e-12,
}
SPOILT_DATES = {
    "one day": lambda v: np.full(v.size, v[0]),
    "one blank": lambda v: np.where(np.arange(v.size) == 1, np.datetime64("NaT"), v),
    "all blank": lambda v: np.full(v.size, np.datetime64("NaT")),
    "backwards": lambda v: v[::-1],
    "one far": lambda v: np.where(np.arange(v.size) == 0, np.datetime64("1066-10-14"), v),
}
SPOILT_WORDS = {
    "alike": lambda v: np.full(v.size, v[0]),
    "each its own": lambda v: np.array([f"k{i}" for i in range(v.size)]),
    "blank": lambda v: np.full(v.size, ""),
}
SPOILT_ANSWERS = {
    "all": lambda v: np.ones(v.size, dtype=bool),
    "none": lambda v: np.zeros(v.size, dtype=bool),
    "first": lambda v: np.arange(v.size) == 0,
    "last": lambda v: np.arange(v.size) == v.size - 1,
}
WAYS = {"number": SPOILT, "date": SPOILT_DATES, "text": SPOILT_WORDS, "yes-no": SPOILT_ANSWERS}
FEWER = {"complementary-suppression": 8, "patrol-plan": 10, "false-alarms": 5}
# each so manieth of what is wrong
THINNED = {"false-alarms": 7, "forecast-score": 6, "cusum": 4, "patrol-plan": 3, "space-time-scan": 5}
THINNED |= {"dual-kernel-density": 3, "hot-spot-accuracy": 3, "hot-spot-classes": 3, "control-chart": 2}
# drawing as little as will do: what a table is like, and not how often it is drawn, is what is tried here
DRAWN = {"nsim": 19, "nrep": 19, "permutations": 19, "replicates": 20, "time_limit": 2.0}
EACH = methods().values()


def settings(method):
    given = {p.name: p.default for p in method.parameters} | NAMED.get(method.name, {})
    return given | {name: value for name, value in DRAWN.items() if name in given}


def column(given, n, rng):
    if given.kind == "number":
        ways = PLACES if given.name in ("x", "y") else NUMBERS
        return ways[str(rng.choice([*ways]))](n)
    if given.kind == "date":
        return DATES[str(rng.choice([*DATES]))](n).astype("datetime64[D]")
    if given.kind == "yes-no":
        return [np.zeros(n, dtype=bool), np.ones(n, dtype=bool), np.arange(n) >= n // 2][rng.integers(0, 3)]
    words = [*"abcde", "treated", "control", "buffer"][: rng.integers(1, 9)]
    return rng.choice(words, n).astype(str)


def table(method, rng):
    n = int(rng.choice([0, 1, 2, 3, 5, 7, 20, 40]))
    columns = {c.name: column(c, n, rng) for c in method.columns if c.required or rng.random() < 0.4}
    if "kind" in columns:
        columns["kind"] = np.resize(["treated", "control", "buffer"][: rng.integers(2, 4)], n).astype(str)
    return columns


def said(method, columns, given):
    """A sentence without holes, over rows of one length, or a refusal in its three parts."""
    try:
        answer = method.run(columns, given, np.random.default_rng(0))
    except Unfit:
        return
    words = answer.sentence.lower()
    for mark in ",():%;":
        words = words.replace(mark, " ")
    assert answer.sentence.endswith(".")
    assert not {"nan", "inf", "nat", "none."} & set(words.split()), answer.sentence
    assert len({len(values) for values in answer.rows.values()}) == 1


@pytest.mark.parametrize("method", EACH, ids=lambda method: method.name)
def test_a_sentence_or_a_refusal_in_words(method):
    rng = np.random.default_rng(zlib.crc32(method.name.encode()))
    for _ in range(FEWER.get(method.name, 30)):
        given = settings(method)
        given |= {p.name: str(rng.choice(p.choices)) for p in method.parameters if p.choices}
        said(method, table(method, rng), given)


def spoilt(method):
    """An ordinary table with one thing wrong at a time, and what it is."""
    whole = ordinary(method)
    n = len(next(iter(whole.values())))
    for rows in (0, 1, 2, 3, 5, 7, 11, 14, 23):
        yield f"{rows} rows", {name: values[:rows] for name, values in whole.items()}
    yield "each row twice", {name: np.repeat(values, 2) for name, values in whole.items()}
    yield "backwards", {name: values[::-1] for name, values in whole.items()}
    if "x" in whole:
        here = np.full(n, 430_000.0)
        yield "one point", whole | {"x": here, "y": here}
        yield "two points", whole | {"x": here + 100.0 * (np.arange(n) % 2), "y": here}
        yield "a line", whole | {"x": here}
    for given in method.columns:
        if given.name in whole:
            values = whole[given.name].astype(float) if given.kind == "number" else whole[given.name]
            for way, spoil in WAYS[given.kind].items():
                made = spoil(values)
                told = made.astype("datetime64[D]") if given.kind == "date" else made
                yield f"{given.name} {way}", whole | {given.name: told}


@pytest.mark.parametrize("method", EACH, ids=lambda method: method.name)
def test_an_ordinary_table_with_one_thing_wrong(method):
    """Noughts, one event and two, one point, one day, gaps, infinities, numbers below nought, all alike, too short."""
    for wrong, columns in itertools.islice(spoilt(method), 0, None, THINNED.get(method.name, 1)):
        try:
            said(method, columns, settings(method))
        except Exception as error:
            error.add_note(f"the table was ordinary but for: {wrong}")
            raise


MILLION = 1_000_000
# what takes a second or more of a million rows is tried with fewer, so that this may be run often
SHORT = dict.fromkeys(
    (
        *("hot-spots", "local-moran", "kernel-density", "dual-kernel-density", "hot-spot-change", "hot-spot-classes"),
        *("hot-spot-accuracy", "moved-points", "knox", "near-repeats", "repeat-victims", "repeat-places", "stability"),
        *("concentration", "rates", "funnel", "trend", "survey-replicates", "decision-point", "stages", "harm"),
    ),
    20_000,
) | dict.fromkeys(("patrol-plan", "near-repeats", "survey-replicates"), 2_000)


@pytest.mark.parametrize("method", EACH, ids=lambda method: method.name)
def test_a_million_identical_rows(method):
    """Which are refused or answered, in seconds and not in hours."""
    whole = ordinary(method)
    rows = SHORT.get(method.name, MILLION)
    said(method, {name: np.repeat(values[:1], rows) for name, values in whole.items()}, settings(method))
