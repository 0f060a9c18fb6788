"""Percentages and rates of released tables, attacked: by division nobody learns what the shown counts do not tell."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from redway.indicators.counts import Table
from redway.indicators.release import LOCAL, NHS, NotReleased, Policy, release

POLICIES = (LOCAL, NHS, Policy("ours", 1, 4, 1))
# Where the total stands that a percentage is of.
TOTAL_OF = {"row": lambda i, j: (i, -1), "column": lambda i, j: (-1, j), "table": lambda i, j: (-1, -1)}
sizes = st.tuples(st.integers(1, 4), st.integers(1, 4))
counts = sizes.flatmap(
    lambda size: st.lists(
        st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 8, 12, 13, 30, 200]), min_size=size[1], max_size=size[1]),
        min_size=size[0],
        max_size=size[0],
    )
)


def made(given):
    rows, columns = (tuple("ABCDEFG"[: len(given)]), tuple("uvwxyz"[: len(given[0])]))
    return Table(rows, columns, np.array(given, dtype=float), True, True, True)


def released(given, policy):
    try:
        return release(made(given), policy)
    except NotReleased:
        return None


def shown(one):
    """Everything that a reader of the counts sees: values and marks, nothing else."""
    return [[(cell.value, tuple(map(str, cell.marks))) for cell in line] for line in one.cells]


def by_hand(seen, base):
    """A share or rate as a reader works it out, of what is shown: None where either figure is not."""

    def one(i, j):
        (value, _), under = seen[i][j], base(i, j)
        if value is None or not under:
            return None
        return round(100 * value / under, 1)

    return [[one(i, j) for j in range(len(seen[0]))] for i in range(len(seen))]


@settings(max_examples=60, deadline=None)
@given(given=counts, policy=st.sampled_from(POLICIES), people=st.integers(1, 5_000_000))
def test_a_reader_of_the_counts_could_have_worked_out_every_percentage_and_rate(given, policy, people):
    """So they are no second release: whatever they tell, the counts told. Where a count or its total is hidden there is
    none: count / share = total, so one of the two beside a share would give the other away. Residents are public, so
    a rate gives a count back: the rounded one.
    """
    one = released(given, policy)
    if one is None:
        return
    seen = shown(one)
    bases = {of: lambda i, j, at=at: seen[at(i, j)[0]][at(i, j)[1]][0] for of, at in TOTAL_OF.items()}
    found = [(one.percentages(of), base) for of, base in bases.items()]
    found.append((one.rates([people] * len(seen), 100), lambda i, j: people))
    for worked_out, base in found:
        expected = by_hand(seen, base)
        for i, j in product(range(len(seen)), range(len(seen[0]))):
            got = worked_out.cells[i][j]
            if one.cells[i][j].hidden or base(i, j) is None:
                assert got.value is None
            if got.value is None:
                assert not expected[i][j]
            else:
                assert got.value == expected[i][j]


def test_tables_that_show_the_same_counts_show_the_same_percentages_and_rates():
    """Small tables that look alike, side by side: whoever has the percentages and rates too tells no more of them
    apart.
    """
    alike = {}
    for four in product((1, 3, 6), (2, 12), (4, 8, 30), (6, 7)):
        one = released([four[:2], four[2:]], LOCAL)
        if one is not None:
            told = [shown(one.percentages(of)) for of in TOTAL_OF] + [shown(one.rates([900, 1700, 2600], 1000))]
            alike.setdefault(repr(shown(one)), []).append(told)
    assert len(alike) > 3
    assert any(len(told) > 2 for told in alike.values())
    assert all(told == tables[0] for tables in alike.values() for told in tables)
