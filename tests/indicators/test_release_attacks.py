"""Attempts to work out what a release hides. All but those on careless releases must fail.

They know nothing of how the module works: one counts out every possible table; the others ask linear programming
for the least and the most that a hidden figure can be.
"""

import functools
import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from redway.indicators import release as module
from redway.indicators.counts import TOTAL, Mark, Table
from redway.indicators.release import LOCAL, NHS, OPEN, Cell, Edition, NotReleased, Policy, Released, release

UNROUNDED = Policy("unrounded", hide_from=1, hide_to=4, round_to=1)  # the hardest: totals are exact
TENS = Policy("tens", hide_from=1, hide_to=2, round_to=10)  # 3 and 4 are shown as [low]
POLICIES = (LOCAL, NHS, UNROUNDED, TENS)


def table(counts, **totals):
    counts = np.array(counts, dtype=float)
    totals = totals or dict.fromkeys(("row_totals", "column_totals", "grand_total"), True)
    return Table(tuple("ABCDEFGH"[: counts.shape[0]]), tuple("stuvwxyz"[: counts.shape[1]]), counts, **totals)


@functools.cache
def alike(policy, cell):
    """Every count that would be shown as a cell is, found by trying."""
    near = int(cell.value or 0)
    return [n for n in range(max(0, near - 50), near + 50) if policy.shown(n) == cell]


def plain(cell):
    return Cell(cell.value, tuple(m for m in cell.marks if m not in (Mark.REVISED, Mark.PROVISIONAL)))


def parts(grid, i, j):
    """Where the parts of a total are that the grid (counts with totals last) has at i, j."""
    rows, columns = grid.shape[0] - 1, grid.shape[1] - 1
    return [(r, c) for r in (range(rows) if i == rows else [i]) for c in (range(columns) if j == columns else [j])]


def is_total(grid, i, j):
    return i == grid.shape[0] - 1 or j == grid.shape[1] - 1


def attack(editions, knowing):
    """The least and most of each hidden figure, by linear programming: (edition, i, j) to (least, most).

    `knowing` readers know which hidden counts are small, and which did not change; the others only what is shown.
    """
    unknowns, bounds, equal = {}, [], []

    def unknown(number, name, count):
        whole = editions[number].released
        of = (whole.rows if name[0] is TOTAL else None, whole.columns if name[1] is TOTAL else None)
        key = (*name, of, count) if knowing else (number, *name)
        if key not in unknowns:
            unknowns[key] = len(bounds)
            bounds.append([0, np.inf])
        return unknowns[key]

    places = {}
    for number, edition in enumerate(editions):
        policy, released, grid = edition.released.policy, edition.released, edition.table.figures()[0]
        names = list(itertools.product((*released.rows, TOTAL), (*released.columns, TOTAL)))
        at = {}
        for (i, j), name in zip(np.ndindex(grid.shape), names, strict=True):
            if np.isnan(grid[i, j]):
                continue
            x = at[i, j] = unknown(number, name, grid[i, j])
            cell = plain(released.cells[i][j])
            if not cell.hidden:
                known = [min(alike(policy, cell)), max(alike(policy, cell))]
            elif knowing and not is_total(grid, i, j) and not policy.hides(grid[i, j]):
                known = [policy.hide_to + 1, np.inf]
            elif knowing and not is_total(grid, i, j):
                known = [policy.hide_from, policy.hide_to]
            else:
                known = [policy.hide_from, np.inf]
            bounds[x] = [max(bounds[x][0], known[0]), min(bounds[x][1], known[1])]
            if cell.hidden:
                places[number, i, j] = x
        for i, j in at:
            if is_total(grid, i, j):
                equal.append(([at[p] for p in parts(grid, i, j) if p in at], at[i, j]))
    sums = np.zeros((max(1, len(equal)), len(bounds)))
    for line, (added, total) in zip(sums, equal, strict=False):
        line[added] += 1
        line[total] -= 1
    found = {}
    for place, x in places.items():
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(bounds))
            aim[x] = sign
            answer = linprog(aim, A_eq=sums, b_eq=np.zeros(len(sums)), bounds=bounds)
            assert answer.status in (0, 3)
            ends.append(sign * answer.fun if answer.status == 0 else np.inf)
        found[place] = tuple(ends)
    return found


def ranges_to_keep(edition, i, j):
    """The least and most that must stay possible, and how wide the range must stay."""
    policy, grid = edition.released.policy, edition.table.figures()[0]
    width = policy.hide_to - policy.hide_from
    least, most = policy.hide_from, policy.hide_to
    if is_total(grid, i, j):
        # whoever knows which parts are small knows this much of the total, hidden or not
        inside = [grid[p] for p in parts(grid, i, j) if not np.isnan(grid[p])]
        zero = [n for n in inside if n == 0 and not policy.hides(0)]
        small = [n for n in inside if policy.hides(n)]
        large = len(inside) - len(zero) - len(small)
        low, high = len(small) * policy.hide_from + large * (policy.hide_to + 1), len(small) * policy.hide_to
        least = max(least, low)
        most = most if large else min(most, high)
        width = width if large else min(width, high - low)
    return least, most, width


def assert_safe(editions):
    for knowing in (False, True):
        for (number, i, j), (low, high) in attack(editions, knowing).items():
            edition = editions[number]
            least, most, width = ranges_to_keep(edition, i, j)
            if edition.released.policy.hides(edition.table.figures()[0][i, j]):
                assert low <= least + 1e-6, (number, i, j)
                assert high >= most - 1e-6, (number, i, j)
            assert high - low >= width - 1e-6, (number, i, j)


def test_the_attack_succeeds_where_only_small_counts_are_hidden():
    counts = table([[3, 12, 40], [22, 31, 19], [60, 14, 18]])
    cells = module._cells(*counts.figures(), UNROUNDED, np.zeros((4, 4), dtype=bool))
    careless = Released(counts.rows, counts.columns, cells, UNROUNDED, seal=module._SEAL)
    assert attack([Edition(counts, careless)], knowing=False) == {(0, 0, 0): (3, 3)}
    with pytest.raises(AssertionError):
        assert_safe([Edition(counts, careless)])


def test_the_attack_succeeds_on_two_releases_that_do_not_know_of_each_other():
    before, after = table([[20, 40]]), table([[20, 40, 3]])
    editions = [Edition(counts, release(counts, UNROUNDED)) for counts in (before, after)]
    assert attack(editions, knowing=True)[1, 0, 2] == (3, 3)


WIDE, NARROW = (st.tuples(st.integers(1, n), st.integers(1, n)) for n in (5, 3))
UP_TO_12 = st.integers(0, 12)
small_and_large = st.one_of(st.integers(0, 9), st.integers(0, 60))


@st.composite
def tables(draw, shapes=WIDE, cells=small_and_large):
    rows, columns = draw(shapes)
    counts = np.array(draw(st.lists(cells, min_size=rows * columns, max_size=rows * columns)), dtype=float)
    asked = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    names = ("row_totals", "column_totals", "grand_total")
    return table(counts.reshape(rows, columns), **dict(zip(names, asked, strict=True)))


@st.composite
def later(draw, before):
    """The table again: some counts revised, one perhaps not received, perhaps a column or a row more, other totals."""
    shape = (len(before.rows) + draw(st.integers(0, 1)), len(before.columns) + draw(st.integers(0, 1)))
    counts = np.array(draw(st.lists(small_and_large, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])))
    counts = counts.reshape(shape).astype(float)
    changed = draw(st.lists(st.tuples(*(st.integers(0, n - 1) for n in before.counts.shape)), max_size=3))
    kept = counts[: before.counts.shape[0], : before.counts.shape[1]]
    new = kept.copy()
    kept[:] = before.counts
    for at in changed:
        kept[at] = draw(st.sampled_from([new[at], kept[at] + 1, np.nan]))
    asked = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    names = ("row_totals", "column_totals", "grand_total")
    return table(counts, **dict(zip(names, asked, strict=True)))


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)


@patient
@given(tables(), st.sampled_from(POLICIES))
def test_no_hidden_count_is_recovered_from_rows_columns_and_totals(counts, policy):
    assert_safe([Edition(counts, release(counts, policy))])


@patient
@given(tables(), st.sampled_from(POLICIES))
def test_every_small_count_is_hidden_and_all_else_is_the_rounded_truth(counts, policy):
    released, grid = release(counts, policy), counts.figures()[0]
    for i, j in np.ndindex(grid.shape):
        cell = released.cells[i][j]
        if not np.isnan(grid[i, j]) and not cell.hidden:
            assert not policy.hides(grid[i, j])
            assert cell == policy.shown(grid[i, j])


@patient
@given(st.data(), st.sampled_from(POLICIES))
def test_no_hidden_count_is_recovered_from_successive_releases(data, policy):
    editions = []
    counts = data.draw(tables(NARROW))
    for _ in range(3):
        try:
            editions.append(Edition(counts, release(counts, policy, earlier=editions)))
        except NotReleased:
            assume(editions)  # a first release is never refused
            break
        counts = data.draw(later(counts))
    assert_safe(editions)


@patient
@given(st.data())
def test_nor_where_the_policy_changed_in_between(data):
    editions = []
    counts = data.draw(tables(NARROW))
    for _ in range(2):
        try:
            policy = data.draw(st.sampled_from([*POLICIES, OPEN]))
            editions.append(Edition(counts, release(counts, policy, earlier=editions)))
        except NotReleased:
            break
        counts = data.draw(later(counts))
    assert_safe(editions)


every_two_by_two = np.array(list(itertools.product(range(20), repeat=4)), dtype=float).reshape(-1, 2, 2)


@patient
@given(tables(st.just((2, 2)), UP_TO_12), st.sampled_from(POLICIES))
def test_counting_out_every_table_that_looks_the_same_finds_every_hidden_small_count(counts, policy):
    released = release(counts, policy)
    grid = counts.figures()[0]
    every = np.full((len(every_two_by_two), 3, 3), np.nan)
    every[:, :2, :2] = every_two_by_two
    every[:, :2, 2], every[:, 2, :2], every[:, 2, 2] = (every_two_by_two.sum(axis=axes) for axes in (2, 1, (1, 2)))
    looks_the_same = np.ones(len(every), dtype=bool)
    for i, j in np.ndindex(3, 3):
        cell = released.cells[i][j]
        if np.isnan(grid[i, j]):
            continue
        possible = alike(policy, cell) if not cell.hidden else range(policy.hide_from, 100)
        looks_the_same &= np.isin(every[:, i, j], list(possible))
    for i, j in np.ndindex(2, 2):
        if policy.hides(grid[i, j]):
            assert set(range(policy.hide_from, policy.hide_to + 1)) <= set(every[looks_the_same, i, j])
