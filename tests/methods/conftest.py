"""What tests of several methods share: the seeded events of the references."""

import numpy as np
import pytest


def events(n, seed=42):
    """Clustered events of three years, a tenth of them near repeats: x and y in metres, and days."""
    r, side = np.random.default_rng(seed), 20_000.0
    centre, sd, weight = r.uniform(0, side, (40, 2)), r.uniform(150, 600, 40), r.dirichlet(np.ones(40) * 2)
    alone = r.random(n) < 0.4
    which = r.choice(40, size=n, p=weight)
    uniform = r.uniform(0, side, (n, 2))
    at = np.where(alone[:, None], uniform, centre[which] + r.normal(size=(n, 2)) * sd[which][:, None])
    at = np.abs(at)
    at = np.clip(np.where(at >= side, 2 * side - at - 1e-6, at), 0, side - 0.01)
    day = r.integers(0, 1095, n)
    again = np.flatnonzero(r.random(n) < 0.10)
    again = again[again > 0]
    parent = (r.random(len(again)) * again).astype(int)
    at[again] = np.clip(at[parent] + r.normal(size=(len(again), 2)) * 80, 0, side - 0.01)
    day[again] = np.clip(day[parent] + r.integers(1, 8, len(again)), 0, 1094)
    return np.round(420_000 + at[:, 0], 2), np.round(424_000 + at[:, 1], 2), day


@pytest.fixture
def seeded():
    """The first n events of the references."""
    return events
