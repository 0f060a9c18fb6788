"""The exact Poisson tail of neighbourhoods: scipy's, fair to small counts, and against exposure."""

import numpy as np
import pytest
from scipy import stats

from redway.methods.hot_spots.neighbours import neighbours
from redway.methods.hot_spots.poisson_cells import poisson_cells
from redway.methods.inputs import Unfit


def test_tails_are_scipys(square):
    x = np.random.default_rng(1).poisson(1, 100).astype(float)
    found = poisson_cells(x, neighbours(square(10, 10)))
    assert found.greater == pytest.approx(stats.poisson.sf(found.observed - 1, found.expected), rel=1e-9)
    assert found.less == pytest.approx(stats.poisson.cdf(found.observed, found.expected), rel=1e-9)
    assert found.expected[0] == pytest.approx(x.sum() * 4 / 100)


def test_small_counts_are_listed_no_more_often_than_stated(square):
    """Where the normal curve gives four times too many (see Gi*), this gives no more than it says."""
    rng, around = np.random.default_rng(5), neighbours(square(50, 50))
    p = np.concatenate([poisson_cells(rng.poisson(0.68, 2500).astype(float), around).greater for _ in range(40)])
    assert (p <= 0.025).mean() < 0.026
    assert (p <= 0.0005).mean() < 0.0007


def test_the_city_centre_is_busy_until_people_are_counted(square):
    people = np.full((10, 10), 100.0)
    people[4:6, 4:6] = 2000
    x = np.random.default_rng(2).poisson(people / 100).ravel().astype(float)
    around = neighbours(square(10, 10))
    assert poisson_cells(x, around).listed().listed.sum() > 10
    assert poisson_cells(x, around, exposure=people.ravel()).listed().listed.sum() == 0


def test_events_where_nobody_lives_are_not_judged(square):
    people, x = np.ones((6, 6)), np.zeros((6, 6))
    people[:3, :3], x[0, 0], x[5, 5] = 0, 4, 1
    found = poisson_cells(x.ravel(), neighbours(square(6, 6)), exposure=people.ravel())
    assert found.unexposed.reshape(6, 6)[0, 0]
    assert found.greater[0] == 1
    assert not found.listed().listed[0]
    assert "cannot be judged" in found.sentence


def test_no_event_gives_no_verdict(square):
    found = poisson_cells(np.zeros(9), neighbours(square(3, 3)))
    assert found.sentence.startswith("Cannot tell")
    assert found.greater.tolist() == [1.0] * 9


@pytest.mark.parametrize(
    ("x", "exposure"),
    [([1, 0, 0, -1], None), ([1, 0, 0, 0.5], None), ([1, 0, 0, 0], [0] * 4), ([1, 0, 0, 0], [1, -1, 1, 1])],
)
def test_counts_and_exposure_that_are_none_are_refused(square, x, exposure):
    with pytest.raises(Unfit):
        poisson_cells(x, neighbours(square(2, 2)), exposure=exposure)
