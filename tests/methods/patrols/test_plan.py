"""Plans of visits: the most there can be, within the shift, fair, and in no order that could be foreseen."""

import itertools

import numpy as np
import pytest

from redway.methods.inputs import Unfit
from redway.methods.patrols.plan import allocated, plan
from redway.methods.patrols.routes import minutes, shortened, shuffled
from redway.methods.patrols.tables import METHODS


def town(n=40, seed=1):
    rng = np.random.default_rng(seed)
    return *rng.uniform(0, 6000, (2, n)), rng.gamma(0.5, 2, n)


def made(x, y, harm, seed=1, **settings):
    return plan(x, y, harm, np.random.default_rng(seed), **settings)


@pytest.mark.parametrize("fair", [0.0, 0.9])
def test_visits_are_the_best_there_are_under_the_bounds(fair):
    """Every way to spread four visits over four places in two areas."""
    rng = np.random.default_rng(2)
    labels = np.array(["a", "a", "b", "b"])
    for _ in range(40):
        harm = rng.gamma(0.7, 1, 4)
        gains = harm[:, None] * np.array([0.1, 0.09, 0.081])
        share = {k: harm[labels == k].sum() / harm.sum() for k in "ab"}

        def worth(counts, gains=gains):
            return sum(gains[i, : counts[i]].sum() for i in range(4))

        best = max(
            worth(counts)
            for counts in itertools.product(range(4), repeat=4)
            if sum(counts) == 4
            and all(sum(np.array(counts)[labels == k]) >= np.floor(fair * share[k] * 4) for k in "ab")
        )
        found = allocated(gains, labels, harm, fair, 4)
        assert worth(found) == pytest.approx(best)
        assert found.sum() == 4


@pytest.mark.parametrize("seed", range(6))
def test_rounds_fit_their_shift_and_beat_chance(seed):
    x, y, harm = town(seed=seed)
    found = made(x, y, harm, units=3, shift=300)
    assert (found.takes <= 300 + 1e-6).all()
    assert found.takes == pytest.approx([minutes(r, x, y, 15, 400) for r in found.rounds])
    assert (np.bincount(np.concatenate(found.rounds), minlength=40) == found.visits).all()
    assert found.visits.max() <= 4
    assert min(r.size for r in found.rounds) > 10
    assert found.chance < found.covered <= found.most
    for r in found.rounds:
        assert (np.diff(r) != 0).all(), "no place twice in a row"


def test_it_is_no_worse_than_going_for_the_most_at_each_step():
    """Over twelve towns, without bounds on areas: on average, and in each."""
    ratio = []
    for seed in range(12):
        found = made(*town(60, seed), seed, units=3, shift=360, fair=0, slack=0)
        ratio.append(found.covered / found.greedy)
    assert np.mean(ratio) > 1.01
    assert min(ratio) >= 1 - 1e-9


def test_places_at_one_point_need_no_slack_and_what_a_plan_costs_is_said():
    harm = np.random.default_rng(3).gamma(0.5, 2, 20)
    here = np.full(20, 500.0)
    found = made(here, here, harm)
    assert found.covered >= found.greedy * (1 - 1e-9)
    assert "covers more because" not in found.sentence
    spread = made(*town(60, 2), units=3, shift=360, slack=0.4)
    assert spread.covered < spread.greedy
    told = "Going for the most covers more because here 40% of the shift is kept so that the order cannot be foreseen."
    assert told in spread.sentence


def test_orders_cannot_be_foreseen():
    x, y, harm = town(20)
    firsts = {int(made(x, y, harm, seed, shift=300, max_visits=1).rounds[0][0]) for seed in range(25)}
    orders = {tuple(made(x, y, harm, seed, shift=300).rounds[0].tolist()) for seed in range(25)}
    assert len(orders) == 25
    assert len(firsts) >= 4
    assert made(x, y, harm, 3).rounds[0].tolist() == made(x, y, harm, 3).rounds[0].tolist()


def test_every_order_that_fits_is_as_likely():
    x, y = np.array([0.0, 1000, 2000, 3000]), np.zeros(4)
    rng = np.random.default_rng(3)
    fits = [o for o in itertools.permutations(range(4)) if minutes(np.array(o), x, y, 10, 100) <= 91]
    drawn = [tuple(shuffled(np.arange(4), x, y, 10, 100, 91, rng).tolist()) for _ in range(600)]
    shares = np.array([drawn.count(o) for o in fits]) / 600
    assert shares.sum() == 1
    assert np.abs(shares - 1 / len(fits)).max() < 4.5 * np.sqrt(1 / len(fits) / 600)


def test_short_rounds_are_the_shortest_there_are():
    rng = np.random.default_rng(4)
    for _ in range(10):
        x, y = rng.uniform(0, 1000, (2, 7))
        best = min(minutes(np.array(o), x, y, 10, 1) for o in itertools.permutations(range(7)))
        assert minutes(shortened(np.arange(7), x, y), x, y, 10, 1) < 1.15 * best


def test_areas_have_their_share():
    rng = np.random.default_rng(5)
    x, y = rng.uniform(0, 3000, (2, 40))
    area = np.repeat(["north", "south"], 20)
    harm = np.where(area == "north", 10.0, 4.0)
    without, fair = (made(x, y, harm, area=area, fair=f, max_visits=2) for f in (0.0, 1.0))
    assert without.by_area["south"][0] < 0.1
    assert fair.by_area["south"][0] > 0.24  # 29% of the harm


def test_who_is_held_back_is_not_visited():
    found = made(*town(), held_back=[0, 5])
    assert not found.visits[[0, 5]].any()
    assert "2 places held back for comparison" in found.sentence


def test_no_harm_or_no_time_gives_no_plan():
    assert made([0, 1], [0, 1], [0, 0]).sentence.startswith("Cannot plan")
    assert made([0, 1], [0, 1], [1, 1], shift=12).cannot_tell
    assert made([], [], []).cannot_tell
    one = made([0], [0], [3])
    assert one.visits.tolist() == [4]
    assert made([5] * 3, [5] * 3, [1, 1, 1], shift=64).visits.sum() == 4


@pytest.mark.parametrize(
    "settings",
    [{"visit": 5}, {"visit": 40}, {"units": 0}, {"fair": 2}, {"held_back": [9]}, {"area": ["a"]}, {"units": 500}],
)
def test_what_cannot_be_planned_is_refused(settings):
    x, y, harm = town(3 if "units" not in settings else 900)
    with pytest.raises(Unfit):
        made(x, y, harm, **settings)


def run(columns, **settings):
    (method,) = METHODS
    return method.run(columns, {p.name: p.default for p in method.parameters} | settings, np.random.default_rng(1))


def test_it_runs_on_a_table_and_holds_back_only_with_authority():
    x, y, harm = town()
    columns = {"x": x, "y": y, "harm": harm, "area": np.where(x < 3000, "west", "east")}
    answer = run(columns)
    assert len(answer.notes) == 2
    assert len(answer.rows["unit"]) > 10
    with pytest.raises(Unfit, match="authorised"):
        run(columns, hold_back=3)
    with pytest.raises(Unfit, match="an authorisation to hold places back"):
        run(columns, hold_back=3, authorised_on="2025-11-01")
    allowed = {"authorised_by": "Supt. A. Example", "authorised_on": "2025-11-01", "reason": "trial of visits"}
    with pytest.raises(Unfit, match=r"a day that has been.*2999-11-01, which is still to come"):
        run(columns, hold_back=3, **allowed | {"authorised_on": "2999-11-01"})
    answer = run(columns, hold_back=3, **allowed)
    assert "as Supt. A. Example authorised on 2025-11-01" in answer.notes[0]
    pair, held, unit = (answer.rows[name] for name in ("pair", "held_back", "unit"))
    assert np.isnan(unit[held]).all(), "no visit to a place that is held back"
    assert sorted(pair[held]) == [1, 2, 3]
    assert {*pair[~held & ~np.isnan(pair)]} == {1, 2, 3}, "the place that each is compared with, visited or not"
    assert "no more pairs of like places" in run(columns, hold_back=1_000, **allowed).notes[1]


@pytest.mark.parametrize(
    ("fair", "worth", "visits"), [(0.0, 2.0596, [3, 3, 3, 0, 0, 0, 0]), (0.9, 1.9657, [3, 3, 2, 0, 0, 0, 1])]
)
def test_visits_are_those_of_integer_programming(fair, worth, visits):
    """R 4.2.2, lpSolve 5.6.18: lp("max", gains, rbind(1, area a, area b), c("==", ">=", ">="), c(9,
    floor(9 * fair * share)), all.bin = TRUE) over three visits to each of seven places."""
    harm = np.array([3.1, 2.6, 1.9, 0.5, 0.55, 0.45, 0.6])
    gains = harm[:, None] * np.array([0.1, 0.09, 0.081])
    found = allocated(gains, np.array([*"aaabbbb"]), harm, fair, 9)
    assert found.tolist() == visits
    assert sum(gains[i, :n].sum() for i, n in enumerate(found)) == pytest.approx(worth)
