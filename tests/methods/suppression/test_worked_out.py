"""What published tables give away, against trying every table, and against what another tool's tables give away."""

import csv
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redway.methods.inputs import Unfit
from redway.methods.suppression.audit import sums_of
from redway.methods.suppression.published import published
from redway.methods.suppression.tables import METHODS
from redway.methods.suppression.worked_out import worked_out

AUDIT, HIDE = (
    next(m for m in METHODS if m.name == name) for name in ("suppression-audit", "complementary-suppression")
)


def run(columns, **given):
    return AUDIT.run(columns, {p.name: p.default for p in AUDIT.parameters} | given, np.random.default_rng(0))


def text(table, rows="NSE", kinds="KTF"):
    """A table of values or marks, totals last, as long columns."""
    down, across = [*rows[: len(table) - 1], "Total"], [*kinds[: len(table[0]) - 1], "Total"]
    return {
        "down": np.repeat(down, len(across)),
        "across": np.tile(across, len(down)),
        "value": np.array([str(value) for row in table for value in row]),
    }


def twin(known, sums):
    """The least and the most of each figure over every table of whole numbers that fits, tried one by one."""
    tried = itertools.product(*(range(int(low), int(high) + 1) for low, high in known))
    fits = np.array([table for table in tried if not (sums @ np.array(table)).any()])
    return (fits.min(axis=0), fits.max(axis=0)) if len(fits) else None


@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), st.lists(st.integers(0, 2), min_size=9, max_size=9))
@settings(max_examples=15, deadline=None)
def test_it_is_what_trying_every_table_finds(values, ways):
    """Figures shown, rounded (one more or less) or hidden with a known end, totals among them."""
    table = np.zeros((3, 3))
    table[:2, :2] = np.reshape(values, (2, 2))
    table[2], table[:, 2] = table.sum(axis=0), 0
    table[:, 2] = table.sum(axis=1)
    a, way, sums = table.ravel(), np.array(ways), sums_of(2, 2)
    known = np.column_stack(
        [np.where(way == 2, 0, np.maximum(0, a - way)), np.where(way == 2, np.maximum(a, 3), a + way)]
    )
    if np.prod(known[:, 1] - known[:, 0] + 1) > 20_000:
        return
    found, (low, high) = worked_out(known, sums, way > 0), twin(known, sums)
    asked = way > 0
    assert found.low[asked].tolist() == low[asked].tolist()
    assert found.high[asked].tolist() == high[asked].tolist()
    assert found.exactly.tolist() == (asked & (low == high)).tolist()
    assert found.too_closely.tolist() == (asked & ((high - low < 2) | (low == high))).tolist()


@pytest.mark.peers
def test_what_acro_hides_alone_its_totals_give_away(peer_outputs):
    """Its table of wards by offences: twenty-two cells under ten hidden, none besides.

    Three stand alone in their row, and the total of the ward tells them; with those of offences a fourth is known.
    """

    def read(name):
        with (peer_outputs / name).open(newline="") as lines:
            return list(csv.DictReader(lines))

    raw, shown = read("sdc_crosstab_raw.csv"), read("acro_crosstab_suppressed.csv")
    kinds = [name for name in raw[0] if name != "ward"]
    rows = [(r["ward"], k, s[k]) for r, s in zip(raw, shown, strict=True) for k in kinds]
    rows += [(r["ward"], "Total", str(sum(int(r[k]) for k in kinds))) for r in raw]
    truth = {(r["ward"], k): int(r[k]) for r in raw for k in kinds}
    for of_offences, known in ((False, 3), (True, 4)):
        if of_offences:
            rows += [("Total", k, str(sum(int(r[k]) for r in raw))) for k in kinds]
        answer = run(dict(zip(("down", "across", "value"), map(np.array, zip(*rows, strict=True)), strict=True)))
        assert (answer.rows["verdict"] != "shown").sum() == 22
        exactly = answer.rows["verdict"] == "exactly"
        told = zip(*(answer.rows[n][exactly] for n in ("down", "across", "low")), strict=True)
        assert [truth[ward, kind] - low for ward, kind, low in told] == [0] * known
        assert "totals are not in the table" in answer.notes[0]


def test_a_table_made_safe_is_told_safe_and_one_hidden_cell_more_shown_gives_all_away():
    rng = np.random.default_rng(0)
    down, across = np.divmod(np.arange(20), 4)
    columns = {"down": down.astype(str), "across": across.astype(str), "count": rng.poisson(5, 20).astype(float)}
    made = HIDE.run(columns, {p.name: p.default for p in HIDE.parameters} | {"hide_to": 3}, rng).rows
    table = {name: made[name] for name in ("down", "across")}
    table["value"] = np.array(["" if np.isnan(v) else f"{v:,.0f}" for v in made["value"]])
    safe = run(table)
    assert safe.sentence.startswith("None of")
    hidden = made["status"] != "shown"
    assert (safe.rows["verdict"] == "safe").tolist() == hidden.tolist()
    besides = int(np.flatnonzero(made["status"] == "secondary")[0])
    counts = {(d, a): c for d, a, c in zip(columns["down"], columns["across"], columns["count"], strict=True)}
    given_away = table["value"].astype("U20")
    given_away[besides] = str(int(counts[made["down"][besides], made["across"][besides]]))
    assert "exactly" in run(table | {"value": given_away}).rows["verdict"]


def test_marks_say_what_they_say():
    table = text([["<5", "*", 30, 60], ["1–4", "[c]", 20, 30], ["≤ 3", ">9", 7, 20], [9, "", 57, 110]])
    rows = run(table, high=90).rows
    told = {
        (d, a): (lo, hi) for d, a, lo, hi in zip(*(rows[n] for n in ("down", "across", "low", "high")), strict=True)
    }
    assert told["N", "K"] == (2, 4)  # 9 less 4 and 3
    assert told["S", "K"] == (2, 4)
    assert told["E", "K"] == (1, 3)
    assert told["N", "T"] == (26, 28)
    assert told["Total", "T"] == (44, 44)


@pytest.mark.parametrize(
    ("table", "given", "told"),
    [
        ([[3, 4, 7], [5, 6, 11], [8, 10, 19]], {}, "in the row “Total”"),
        ([[3, 4, 8], [5, 6, 11], [8, 10, 19]], {}, "in the row “N”"),
        ([["*", 4, 7], [5, 6, 11], [8, 11, 18]], {}, "in the row “Total”"),
        ([["*", 4, 7], [5, "*", 11], [9, 9, 18]], {"high": 2}, "in the row “N”"),
        ([[3.5, 4, 7.5], [5, 6, 11], [8.5, 10, 18.5]], {}, "a count of 0 or more"),
        ([["12%", 4, 7], [5, 6, 11], [8, 10, 18]], {}, "a count of 0 or more"),
        ([[-3, 4, 1], [5, 6, 11], [2, 10, 12]], {}, "a count of 0 or more"),
        ([["<3", 4, 7], [5, 6, 11], [8, 10, 18]], {"low": 6}, "low: no more than a mark says"),
    ],
)
def test_figures_that_cannot_be_are_refused_where_they_stand(table, given, told):
    with pytest.raises(Unfit) as fault:
        run(text(table), **given)
    assert told in str(fault.value)


def test_rounded_totals_are_said_and_leave_room():
    table = text([["*", 20, 25], [10, 15, 20], [15, 35, 50]])
    with pytest.raises(Unfit, match="totals that were rounded"):
        run(table)
    rows = run(table, rounding=5).rows
    assert (rows["low"][0], rows["high"][0]) == (4, 8)  # one sum at a time would leave 1 to 9


def test_pairs_without_a_row_are_told_of_and_totals_may_be_left_out():
    whole = text([["*", "*", 7], ["*", "*", 11], [8, 10, 18]])
    gap = {name: np.delete(values, 1) for name, values in whole.items()}
    with pytest.raises(Unfit, match="none for “N” and “T”"):
        run(gap)
    assert run(gap, absent="hidden").rows["high"].max() == run(whole).rows["high"].max()
    assert run(gap, absent="nought").rows["verdict"].tolist().count("exactly") == 3
    body = {name: values[:2] for name, values in whole.items()}
    alone = run(body)
    assert np.isinf(alone.rows["high"]).all()
    assert alone.notes == ("5 of 5 totals are not in the table, and are not known.",) or "totals" in alone.notes[0]
    with pytest.raises(Unfit, match="one row for a pair"):
        run({name: np.tile(values, 2) for name, values in whole.items()})
    assert run(text([[1, 2, 3], [3, 4, 7], [4, 6, 10]])).sentence.startswith(
        "Cannot tell what can be worked out: nothing"
    )


def test_parts_that_share_no_sum_are_audited_each_by_itself():
    """Hidden figures in blocks of two by two: every one within its own block."""
    blocks = 12
    body = np.full((2 * blocks, 2 * blocks), 9.0)
    hidden = np.zeros((2 * blocks + 1, 2 * blocks + 1), dtype=bool)
    for k in range(blocks):
        hidden[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = True
    whole = np.zeros(hidden.shape)
    whole[:-1, :-1] = body
    whole[-1], whole[:, -1] = whole.sum(axis=0), 0
    whole[:, -1] = whole.sum(axis=1)
    a = whole.ravel()
    known = np.column_stack([np.where(hidden.ravel(), 0, a), np.where(hidden.ravel(), np.inf, a)])
    found = worked_out(known, sums_of(2 * blocks, 2 * blocks), hidden.ravel())
    assert set(zip(found.low[found.hidden], found.high[found.hidden], strict=True)) == {(0.0, 18.0)}


def test_more_hidden_together_than_can_be_audited_is_refused():
    known = np.column_stack([np.zeros(61 * 61), np.full(61 * 61, np.inf)])
    with pytest.raises(Unfit, match="at most 3,000 figures that are not known"):
        worked_out(known, sums_of(60, 60), np.ones(61 * 61, dtype=bool))


@pytest.mark.parametrize(
    "known", [np.zeros((3, 2)), np.full((4, 2), np.nan), np.tile([2.0, 1.0], (4, 1)), np.tile([-np.inf, 1.0], (4, 1))]
)
def test_what_is_no_range_is_refused(known):
    with pytest.raises(Unfit):
        worked_out(known, sums_of(1, 1), np.ones(len(known), dtype=bool))


def test_names_of_totals_differ_and_keep_their_order():
    table = text([["*", 4, 7], [5, 6, 11], [8, 10, 18]])
    for name in ("down", "across"):
        table[name] = np.where(table[name] == "Total", "ALL", table[name])
    found = published(*table.values(), total="all")
    assert found.rows == ("N", "S", "all")
    assert run(table, total="all").rows["low"][0] == 3
