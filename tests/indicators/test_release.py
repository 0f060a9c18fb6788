"""Disclosure control: what each policy hides, worked examples, and the one way to a table that may leave."""

import dataclasses
import pickle

import numpy as np
import pytest

from redway.errors import RedwayError
from redway.indicators import release as module
from redway.indicators.counts import TOTAL, Mark, Table
from redway.indicators.release import LOCAL, NHS, OPEN, Cell, Edition, NotReleased, Policy, Released, release
from redway.methods.suppression.subtraction import Protection

UNROUNDED = Policy("unrounded", hide_from=1, hide_to=4, round_to=1)  # the hardest: totals are exact
TENS = Policy("tens", hide_from=1, hide_to=2, round_to=10)  # 3 and 4 are shown as [low]
POLICIES = (LOCAL, NHS, UNROUNDED, TENS)
HIDDEN = Cell(None, (Mark.CONFIDENTIAL,))


def table(counts, totals=True, rows="ABCDEFGH", columns="uvwxyzst", **more):
    counts = np.array(counts, dtype=float)
    asked = dict.fromkeys(("row_totals", "column_totals", "grand_total"), totals)
    return Table(tuple(rows[: counts.shape[0]]), tuple(columns[: counts.shape[1]]), counts, **{**asked, **more})


def word(cell):
    return f"{cell.value:g}" if cell.value is not None else "".join(cell.marks)


def words(released):
    """The rows of a released table as one reads them."""
    lines = (" ".join(word(cell) for cell in row if cell != Cell()) for row in released.cells)
    return [line for line in lines if line]


# The policy


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        (LOCAL, {0: "[c]", 1: "[c]", 4: "[c]", 5: 5, 7: 5, 8: 10, 12: 10, 13: 15}),
        (NHS, {0: 0, 1: "[c]", 7: "[c]", 8: 10, 12: 10, 13: 15}),
        (OPEN, {0: 0, 1: 1, 3: 3, 8: 8}),
        (TENS, {0: 0, 2: "[c]", 3: "[low]", 4: "[low]", 5: 10, 14: 10, 15: 20}),
    ],
)
def test_the_boundaries_of_each_policy(policy, shown):
    for count, expected in shown.items():
        cell = release(table([[count]], totals=False), policy)["A", "u"]
        assert word(cell) == str(expected)


@pytest.mark.parametrize("policy", [*POLICIES, OPEN])
def test_what_lies_behind_a_cell_is_every_count_shown_so(policy):
    shown = {count: policy.shown(count) for count in range(60)}
    for count, cell in shown.items():
        if not cell.hidden and count < 50:
            behind = [other for other, one in shown.items() if one == cell]
            assert policy.behind(cell) == (min(behind), max(behind))


@pytest.mark.parametrize("numbers", [(2, 4, 5), (1, -1, 5), (0, 4, 0)])
def test_a_policy_that_makes_no_sense_is_refused(numbers):
    with pytest.raises(ValueError, match="expected to hide"):
        Policy("wrong", *numbers)


# Worked examples


def test_a_lone_hidden_count_is_not_given_away_by_its_total():
    counts = table([[3, 12, 40]], totals=False, row_totals=True)
    assert words(release(counts, LOCAL)) == ["[c] 10 40 55"]  # rounding leaves 0 to 11 of it
    assert words(release(counts, UNROUNDED)) == ["[c] [c] 40 55"]


def test_rounding_may_tell_that_a_hidden_count_is_not_nought():
    # 13 to 17 less 8 to 12 is 1 at least
    assert words(release(table([[3, 12]], totals=False, row_totals=True), LOCAL)) == ["[c] [c] 15"]


def test_without_totals_nothing_else_needs_hiding():
    released = release(table([[3, 12], [22, 31]], totals=False), UNROUNDED)
    assert words(released) == ["[c] 12", "22 31"]


def test_exact_totals_need_a_rectangle():
    released = release(table([[3, 12, 40], [22, 31, 19], [60, 14, 18]]), UNROUNDED)
    assert released["A", "u"] == HIDDEN
    for line in [[released[r, c] for c in "uvw"] for r in "A"] + [[released[r, "u"] for r in "ABC"]]:
        assert sum(cell.hidden for cell in line) >= 2 or released["A", TOTAL].hidden
    assert released.loss.hidden >= 3


def test_a_zero_is_shown_where_the_policy_says_so_and_never_hidden_for_others():
    released = release(table([[0, 3, 0], [20, 30, 40], [11, 12, 13]]), NHS)
    assert released["A", "u"] == released["A", "w"] == Cell(0)


def test_a_small_total_is_hidden():
    assert release(table([[1, 2], [30, 40]]), NHS)["A", TOTAL] == HIDDEN


def test_two_small_counts_whose_total_tells_that_neither_is_nought():
    # Whoever knows that both are under 5 learns from 8 that each is 4
    assert release(table([[4, 4]], totals=False, row_totals=True), Policy("", 0, 4, 1))["A", TOTAL] == HIDDEN


def test_totals_are_added_up_here_from_the_counts_and_not_from_what_is_shown():
    released = release(table([[12, 12, 12, 12]], totals=False, row_totals=True), LOCAL)
    assert words(released)[0] == "10 10 10 10 50"


def test_an_open_table_is_shown_as_it_is():
    assert words(release(table([[1, 0], [2, 3]]), OPEN)) == ["1 0 1", "2 3 5", "3 3 6"]


# Marks


def test_what_is_not_there_is_marked_and_its_totals_are_not_made():
    counts = table([[np.nan, 20], [np.nan, 50]], marks={("B", "u"): Mark.NOT_APPLICABLE})
    released = release(counts, LOCAL)
    unknown, inapplicable = Cell(None, (Mark.NOT_AVAILABLE,)), Cell(None, (Mark.NOT_APPLICABLE,))
    assert [released["A", "u"], released["A", TOTAL], released["B", "u"]] == [unknown, unknown, inapplicable]
    assert released["B", TOTAL] == Cell(50)
    assert released[TOTAL, "u"] == released[TOTAL, TOTAL] == unknown


def test_a_provisional_count_says_so_and_so_does_its_total():
    released = release(table([[20, 40]], marks={("A", "u"): Mark.PROVISIONAL}, totals=False, row_totals=True), LOCAL)
    assert released["A", "u"] == Cell(20, (Mark.PROVISIONAL,))
    assert released["A", TOTAL] == Cell(60, (Mark.PROVISIONAL,))
    assert released["A", "v"] == Cell(40)


def test_a_value_that_was_shown_otherwise_is_revised_and_one_that_rounds_alike_is_not():
    before = table([[20, 40], [60, 80]])
    after = table([[30, 41], [60, 80]])
    released = release(after, LOCAL, earlier=[Edition(before, release(before, LOCAL))])
    assert released["A", "u"] == Cell(30, (Mark.REVISED,))
    assert released["A", "v"] == Cell(40)


def test_a_total_of_other_columns_is_not_a_revision():
    before, after = table([[20, 40]]), table([[20, 40, 60]])
    released = release(after, LOCAL, earlier=[Edition(before, release(before, LOCAL))])
    assert released["A", TOTAL] == Cell(120)


# Percentages and rates


def test_percentages_and_rates_rest_on_what_is_shown_and_are_hidden_with_it():
    released = release(table([[2, 10, 20]], totals=False, row_totals=True), LOCAL)
    assert words(released) == ["[c] 10 20 30"]
    assert words(released.percentages("row")) == ["[c] 33.3 66.7 100"]
    assert words(released.rates([2000, None])) == ["[c] 5 10 15"]
    shares = release(table([[12, 33], [23, 100]]), LOCAL).percentages("table")
    assert shares["A", "u"] == Cell(5.9)  # 10 of 170, not 12 of 168
    assert shares[TOTAL, TOTAL] == Cell(100)


def test_of_a_hidden_total_there_is_no_percentage():
    assert release(table([[1, 2], [30, 40]]), NHS).percentages("row")["A", TOTAL] == HIDDEN


def test_a_rate_without_people_is_not_available_and_a_tiny_one_is_low():
    rates = release(table([[10], [20]], totals=False), LOCAL).rates([1e9, None, None])
    assert rates["A", "u"] == Cell(None, (Mark.LOW,))
    assert rates["B", "u"] == Cell(None, (Mark.NOT_AVAILABLE,))


def test_a_percentage_of_nothing_does_not_apply():
    assert release(table([[0, 0]]), NHS).percentages("row")["A", "u"] == Cell(None, (Mark.NOT_APPLICABLE,))


def test_percentages_need_their_totals():
    with pytest.raises(RedwayError, match="with the totals"):
        release(table([[10, 20]], totals=False), LOCAL).percentages("row")


# The type


def test_only_release_makes_a_released_table():
    released = release(table([[3]]), LOCAL)
    with pytest.raises(TypeError, match="only"):
        Released(("A",), ("u",), ((Cell(3),),), LOCAL)
    with pytest.raises(TypeError, match="only"):
        dataclasses.replace(released, cells=((Cell(3),),))


def test_a_released_table_holds_no_count():
    released = release(table([[3, 123_457], [22, 654_321]]), NHS)
    assert b"123457" not in pickle.dumps(released)
    assert "123457" not in repr(released)


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": [[-1]]},
        {"counts": [[1.5]]},
        {"counts": [[np.inf]]},
        {"counts": [[1, 2]], "columns": ("u", "u")},
        {"counts": np.zeros((0, 0))},
        {"counts": [[1]], "marks": {("A", "u"): Mark.NOT_AVAILABLE}},
        {"counts": [[1]], "marks": {("A", "nowhere"): Mark.PROVISIONAL}},
        {"counts": [[np.nan]], "marks": {("A", "u"): Mark.PROVISIONAL}},
    ],
)
def test_what_are_not_counts_is_refused(wrong):
    with pytest.raises(RedwayError):
        table(**wrong)


def test_the_guard_stops_a_table_that_gives_a_count_away(monkeypatch):
    def careless(figures):
        return Protection(np.zeros(figures.truth.size, dtype=bool), np.array([figures.truth]))

    monkeypatch.setattr(module, "protect", careless)
    with pytest.raises(NotReleased, match="not proven safe"):
        release(table([[3, 12]]), UNROUNDED)


# Successive releases


def test_counts_that_did_not_change_are_released_again_just_the_same():
    counts = table([[3, 12, 40], [22, 31, 9], [60, 14, 18]])
    first = release(counts, LOCAL)
    assert release(counts, LOCAL, earlier=[Edition(counts, first)]).cells == first.cells


def test_a_column_added_later_is_not_the_difference_of_two_totals():
    before, after = table([[20, 40]]), table([[20, 40, 3]])
    alone = release(after, UNROUNDED)
    beside = release(after, UNROUNDED, earlier=[Edition(before, release(before, UNROUNDED))])
    # alone, hiding one of the others is enough; but those were shown before, and so the total must go
    assert not alone["A", TOTAL].hidden
    assert beside["A", TOTAL].hidden


def test_what_was_hidden_cannot_be_released_openly_later():
    counts = table([[3, 12], [22, 31]])
    with pytest.raises(NotReleased, match="could be worked out") as refused:
        release(counts, OPEN, earlier=[Edition(counts, release(counts, LOCAL))])
    assert "“A”" in str(refused.value)
    assert "earlier release" in refused.value.cause


def test_a_policy_that_shows_zeros_cannot_follow_one_that_hides_them():
    counts = table([[0, 12], [22, 31]], totals=False)
    with pytest.raises(NotReleased):
        release(counts, NHS, earlier=[Edition(counts, release(counts, LOCAL))])


def test_a_column_added_later_does_not_tell_by_a_total_that_stayed_the_same():
    before, after = table([[20, 40]]), table([[20, 40, 0]])
    released = release(after, LOCAL, earlier=[Edition(before, release(before, LOCAL))])
    assert released["A", "w"] == HIDDEN


def test_a_count_moved_between_two_small_cells_is_not_told_by_the_zero_it_leaves():
    # whoever knows that the total stayed would know from the zero that the other is now the whole of it
    before, after = table([[1], [1], [20]]), table([[2], [0], [20]])
    with pytest.raises(NotReleased, match="could be worked out"):
        release(after, UNROUNDED, earlier=[Edition(before, release(before, UNROUNDED))])


def test_an_earlier_release_comes_with_the_counts_it_was_made_from():
    counts = table([[3, 12], [22, 31]])
    for others in (table([[3, 12], [22, 41]]), table([[3, 12]]), table([[30, 12], [22, 31]], columns="ab")):
        with pytest.raises(RedwayError, match="was made from"):
            Edition(others, release(counts, LOCAL))


def test_a_count_that_rounds_to_zero_may_have_been_hidden_for_others_but_not_a_zero():
    def hiding_all(counts):
        cells = module._cells(*counts.figures(), TENS, ~np.isnan(counts.figures()[0]))
        return Released(counts.rows, counts.columns, cells, TENS, seal=module._SEAL)

    low, zero = table([[1, 3]], totals=False), table([[1, 0]], totals=False)
    assert Edition(low, hiding_all(low)).besides == 1
    with pytest.raises(RedwayError, match="was made from"):
        Edition(zero, hiding_all(zero))


def test_an_edition_tells_the_members_what_protecting_others_cost():
    counts = table([[3, 12, 40], [22, 31, 19], [60, 14, 18]])
    edition = Edition(counts, release(counts, UNROUNDED))
    assert edition.besides == edition.released.loss.hidden - 1 > 0
