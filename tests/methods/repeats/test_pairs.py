"""Close pairs: all of them, once, by every measure of distance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.methods.inputs import Unfit
from redway.methods.repeats import pairs
from redway.methods.repeats.pairs import close_pairs, places


def found(x, y, within, method="euclidean"):
    held = places(x, y, within, method)
    out = []
    for one, other, metres in close_pairs(held):
        out += [(*sorted((held.order[a], held.order[b])), m) for a, b, m in zip(one, other, metres, strict=True)]
    return sorted(out)


def distance(x, y, i, j, method):
    if method == "great-circle":
        (a, b), (c, d) = np.radians([x[i], x[j]]), np.radians([y[i], y[j]])
        cosine = np.sin(c) * np.sin(d) + np.cos(c) * np.cos(d) * np.cos(a - b)
        return pairs.EARTH * np.arccos(np.clip(cosine, -1, 1))
    return np.hypot(x[i] - x[j], y[i] - y[j]) if method == "euclidean" else abs(x[i] - x[j]) + abs(y[i] - y[j])


@pytest.mark.parametrize("method", pairs.METHODS)
@pytest.mark.parametrize("chunk", [7, 500_000])
def test_pairs_are_all_that_are_near_once(method, chunk, monkeypatch):
    monkeypatch.setattr(pairs, "AT_ONCE", chunk)
    rng = np.random.default_rng(1)
    x, y = rng.normal(0, 1000, (2, 150))
    if method == "great-circle":
        x, y = -0.75 + x / 60_000, 52 + y / 100_000
    slow = [
        (i, j, distance(x, y, i, j, method))
        for i in range(150)
        for j in range(i + 1, 150)
        if distance(x, y, i, j, method) <= 400
    ]
    fast = found(x, y, 400, method)
    assert [f[:2] for f in fast] == [s[:2] for s in slow]
    assert [f[2] for f in fast] == pytest.approx([s[2] for s in slow], abs=0.2 if method == "great-circle" else 1e-9)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=40), st.integers(0, 12))
def test_whole_metres_and_ties(points, within):
    x, y = np.array(points, dtype=float).reshape(-1, 2).T
    slow = [(i, j) for i in range(len(x)) for j in range(i + 1, len(x)) if np.hypot(x[i] - x[j], y[i] - y[j]) <= within]
    assert [f[:2] for f in found(x, y, within)] == slow


def test_degrees_beyond_the_globe_are_refused():
    with pytest.raises(Unfit, match="degrees"):
        places([400_000.0], [200_000.0], 100, "great-circle")
