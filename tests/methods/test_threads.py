"""Work in threads: in order, the first error raised, and nothing in it that depends on how many there are."""

import numpy as np
import pytest

from redway.methods import threads
from redway.methods.emerging import farrington
from redway.methods.emerging.farrington import farrington_flexible
from redway.methods.hot_spots import scatter
from redway.methods.hot_spots.grids import grid_over
from redway.methods.hot_spots.kde import kde
from redway.methods.repeats import pairs
from redway.methods.repeats.knox import knox


@pytest.fixture(params=[1, 2, 5])
def processors(request, monkeypatch):
    monkeypatch.setattr(threads, "processors", lambda: request.param)


@pytest.mark.usefixtures("processors")
def test_what_was_found_comes_in_the_order_of_the_pieces():
    assert threads.each(lambda piece: piece * piece, range(50)) == [piece * piece for piece in range(50)]
    assert threads.each(str, []) == []


@pytest.mark.usefixtures("processors")
def test_an_error_in_a_piece_is_raised():
    with pytest.raises(ZeroDivisionError):
        threads.each(lambda piece: 1 / piece, [1, 0, 2])


def test_streams_follow_from_the_generator_and_differ():
    one, other = (threads.streams(np.random.default_rng(3), 4) for _ in range(2))
    drawn = [stream.random(5).tolist() for stream in one]
    assert drawn == [stream.random(5).tolist() for stream in other]
    assert len({tuple(numbers) for numbers in drawn}) == 4
    rng = np.random.default_rng(3)
    assert threads.streams(rng, 1)[0].random() != threads.streams(rng, 1)[0].random()


def alike(monkeypatch, found):
    """What is found with one thread and with several."""
    answers = []
    for many in (1, 2, 5):
        monkeypatch.setattr(threads, "processors", lambda many=many: many)
        answers.append(found())
    return all(np.array_equal(answers[0], other, equal_nan=True) for other in answers[1:])


def test_farringtons_bounds_do_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr(farrington, "CELLS", 400)
    counts = np.random.default_rng(1).poisson(4.0, (60, 312))
    assert alike(monkeypatch, lambda: farrington_flexible(counts).upperbound)


@pytest.mark.parametrize("strata", [None, "areas"])
def test_knoxs_table_does_not_depend_on_the_number_of_threads(monkeypatch, strata):
    monkeypatch.setattr(pairs, "AT_ONCE", 50)
    r = np.random.default_rng(2)
    (x, y), day = r.uniform(0, 2000, (2, 120)), r.integers(0, 90, 120)
    areas = None if strata is None else r.integers(0, 3, 120)
    assert alike(monkeypatch, lambda: knox(x, y, day, np.random.default_rng(5), nrep=40, strata=areas).sim_sd)


@pytest.mark.parametrize("kernel", ["quartic", "triangular"])
def test_densities_do_not_depend_on_the_number_of_threads(monkeypatch, kernel):
    monkeypatch.setattr(scatter, "AT_ONCE", 30)
    x, y = np.random.default_rng(4).uniform(0, 2000, (2, 700))
    grid = grid_over(x, y, 150)
    assert alike(monkeypatch, lambda: kde(grid, x, y, bandwidth=400, kernel=kernel).values)


@pytest.mark.parametrize("at_once", [30, 100_000])
def test_points_far_from_the_grid_cost_nothing_and_change_nothing(monkeypatch, at_once):
    monkeypatch.setattr(scatter, "AT_ONCE", at_once)
    x, y = np.random.default_rng(4).uniform(0, 2000, (2, 300))
    grid = grid_over(x, y, 150)
    far = kde(grid, np.append(x, [1e12, 400]), np.append(y, [500, -1e12]), bandwidth=400)
    assert far.values == pytest.approx(kde(grid, x, y, bandwidth=400).values, rel=1e-12)
    assert kde(grid, [1e12], [0], bandwidth=400).values.max() == 0
