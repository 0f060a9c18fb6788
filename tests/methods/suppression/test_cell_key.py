import csv

import numpy as np
import pytest
from scipy.optimize import minimize

from redway.methods.inputs import Unfit
from redway.methods.suppression.cell_key import cell_keys, noise_table, perturb
from redway.methods.suppression.tables import METHODS


@pytest.mark.peers
def test_equal_to_ptable(peer_outputs):
    with (peer_outputs / "sdc_ptable_D5V3js2.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    table = noise_table(5, 3, 2)
    ours = [table.probability[int(r["i"]), int(r["v"]) + 5] for r in rows]
    assert ours == pytest.approx([float(r["p"]) for r in rows], abs=1e-6)
    assert len(rows) == (table.probability > 0).sum()


@pytest.mark.parametrize("settings", [(5, 3, 2), (3, 1, 0), (8, 6, 3), (2, 1, 1)])
def test_noise_is_fair_and_within_bounds(settings):
    table = noise_table(*settings)
    for i, row in enumerate(table.probability):
        assert row.sum() == pytest.approx(1)
        assert row @ table.noise == pytest.approx(0, abs=1e-8)
        if i:
            assert row @ table.noise**2 == pytest.approx(settings[1])
        out = i + table.noise[row > 0]
        assert out.min() >= 0
        assert not ((out >= 1) & (out <= settings[2])).any()


def test_the_same_people_get_the_same_noise_and_other_people_fair_noise():
    rng = np.random.default_rng(1)
    keys, cells = rng.random(20_000), rng.integers(0, 2000, 20_000)
    counts = np.bincount(cells, minlength=2000)
    table = noise_table()
    found = perturb(counts, cell_keys(keys, cells, 2000), table)
    order = rng.permutation(20_000)
    again = perturb(counts, cell_keys(keys[order], cells[order], 2000), table)
    assert (found.value == again.value).all()
    assert abs(found.noise.mean()) < 0.15
    assert found.noise.var() == pytest.approx(3, rel=0.12)
    assert not np.isin(found.value, (1, 2)).any()
    assert perturb([0], [0.7], table).value[0] == 0


def test_bad_settings_and_keys_are_refused():
    for settings in ((2, 50, 1), (2, 1, 2), (0, 1, 0)):
        with pytest.raises(Unfit):
            noise_table(*settings)
    with pytest.raises(Unfit, match="keys"):
        cell_keys([1.5], [0], 1)
    with pytest.raises(Unfit):
        perturb([-1], [0.5], noise_table())


def test_every_method_runs_on_a_table_and_says_a_sentence():
    rng = np.random.default_rng(2)
    columns = {"down": rng.choice([*"abcd"], 300), "across": rng.choice([*"xyz"], 300)}
    columns |= {"count": np.ones(300), "key": rng.random(300)}
    columns["count"][columns["down"] == "a"] = 0
    columns["count"][np.flatnonzero(columns["down"] == "a")[:4]] = 1
    for method in METHODS:
        if method.name == "suppression-audit":  # of a table that was published: test_worked_out
            continue
        answer = method.run(
            {c.name: columns[c.name] for c in method.columns}, {p.name: p.default for p in method.parameters}, rng
        )
        assert answer.sentence.endswith(".")
        assert len({len(column) for column in answer.rows.values()}) == 1
    with pytest.raises(Unfit, match="totals"):
        METHODS[0].run(columns | {"down": np.full(300, "Total")}, {}, rng)


def test_it_says_what_the_slow_twin_says():
    """Record by record, count by count, step by step up the table of probabilities."""
    rng = np.random.default_rng(6)
    table = noise_table(4, 2.0, 1)
    keys, cells = rng.random(200), rng.integers(0, 30, 200)
    of_cell = cell_keys(keys, cells, 30)
    count = np.bincount(cells, minlength=30)
    found = perturb(count, of_cell, table)
    for cell in range(30):
        key = sum(k for k, c in zip(keys, cells, strict=True) if c == cell) % 1
        assert of_cell[cell] == pytest.approx(key)
        row, so_far, v = table.probability[min(count[cell], 6)], 0.0, -4
        for chance in row:
            so_far += chance
            if key < so_far:
                break
            v += 1
        assert (found.noise[cell], found.value[cell]) == (v, count[cell] + v)


def test_no_noise_with_that_variance_is_more_even():
    """The slow twin of entropy: of all probabilities with mean nought and that variance SLSQP finds none with more."""
    table, v = noise_table(3, 1.5, 0), np.arange(-3, 4.0)
    q = table.probability[3]
    rules = [{"type": "eq", "fun": lambda p: p.sum() - 1}, {"type": "eq", "fun": lambda p: p @ v},
             {"type": "eq", "fun": lambda p: p @ v**2 - 1.5}]  # fmt: skip
    best = minimize(
        lambda p: (p * np.log(p)).sum(), np.full(7, 1 / 7), method="SLSQP", bounds=[(1e-12, 1)] * 7, constraints=rules
    )
    assert -(q * np.log(q)).sum() == pytest.approx(-best.fun, abs=1e-6)
    assert q == pytest.approx(best.x, abs=1e-3)
