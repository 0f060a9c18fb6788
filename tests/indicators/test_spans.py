"""Attempts to work out a hidden month from quarters, years and versions of a series. All but the careless must fail.

They know nothing of how the module works. They take what the tables of months, quarters and rolling years say, in every
version, and ask integer programming for the least and the most that each hidden month or quarter can be. The reader
knows which hidden months are small, and which months were revised.
"""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from redway import periods
from redway.indicators import windows
from redway.indicators.release import LOCAL, NHS, Policy
from redway.indicators.series import Area, Series, Status
from redway.indicators.shown import shown
from redway.indicators.spans import Span, Told, settled, spans
from redway.store.home import Home

FIRST = periods.month("2023-04")
UNROUNDED = Policy("unrounded", hide_from=1, hide_to=4, round_to=1)  # the hardest: totals are exact
POLICIES = (LOCAL, NHS, UNROUNDED)


def made(counts, first=FIRST):
    values = np.array([[float(c) for c in counts]])
    status = np.full(values.shape, Status.KNOWN, object)
    area = Area("E06000042", "Aby", "partnership")
    return Series("x", (area,), range(first, first + len(counts)), values, status, np.array([np.nan]))


def published(series):
    """What the tables of one version say: (months, value) of every period of them that has one."""
    tables = (windows.months(series), windows.quarters(series), windows.rolling_12(series))
    found = []
    for label, value in itertools.chain(*(zip(t.labels, t.counts[0], strict=True) for t in tables)):
        if not np.isnan(value):
            found.append((tuple(periods.months_of(label)), float(value)))
    return found


def alike(policy, value):
    """The least and the most count that are shown as a value, found by trying."""
    fits = [n for n in range(max(0, int(value) - 12), int(value) + 13) if policy.shown(n).value == value]
    return fits[0], fits[-1]


def attack(versions, policy):
    """The least and most of each hidden month, and of each small quarter of hidden months: by linear equations."""
    unknowns, bounds = {}, []
    for counts, _series in versions:
        for at in enumerate(counts, start=FIRST):
            if at not in unknowns:
                unknowns[at] = len(bounds)
                bounds.append((policy.hide_from, policy.hide_to) if policy.hides(at[1]) else (0, np.inf))
    rows, ends = [], []
    for counts, series in versions:
        for months, value in published(series):
            row = np.zeros(len(bounds))
            row[[unknowns[m, counts[m - FIRST]] for m in months]] = 1
            rows.append(row)
            ends.append(alike(policy, value))
    low, high = np.array(ends, dtype=float).T if ends else (np.zeros(0), np.zeros(0))
    limits = LinearConstraint(np.array(rows), low, high) if rows else ()
    asked = {(m,): [unknowns[m]] for m in unknowns if policy.hides(m[1])}
    for counts, _series in versions[:1]:  # of later ones a month may be told already, with others beside it
        for first in range(0, len(counts) - 2, 3):
            months = tuple(enumerate(counts[first : first + 3], start=FIRST + first))
            if policy.hides(sum(c for _m, c in months)):
                asked[months] = [unknowns[m] for m in months]
    found = {}
    for name, places in asked.items():
        reached = []
        for sign in (1, -1):
            aim = np.zeros(len(bounds))
            aim[places] = sign
            answer = milp(aim, constraints=limits, bounds=tuple(np.array(bounds).T), integrality=np.ones(len(bounds)))
            assert answer.x is not None
            reached.append(round(sign * answer.fun))
        found[name] = tuple(reached)
    return found


def assert_safe(versions, policy):
    for months, (low, high) in attack(versions, policy).items():
        # of a quarter, no more than that its months are hidden or shown zeros
        least = sum(policy.hide_from for _m, c in months if policy.hides(c))
        assert low <= max(policy.hide_from, least), months
        assert high >= policy.hide_to, months


def released(truths, policy, home):
    return [(list(counts), shown(made(counts), policy, "x", home)) for counts in truths]


patient = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=15)
few = st.one_of(st.integers(0, 4), st.integers(0, 9), st.integers(3, 30))
series_of = lambda least, most: st.lists(few, min_size=least, max_size=most)  # noqa: E731


def new_home(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("home"))
    home.make()
    return home


def test_the_attack_succeeds_where_every_quarter_and_year_is_given():
    truth = [3, 12, 40, *[20] * 21]
    series = made(truth)
    careless = Series(
        "x",
        series.areas,
        series.months,
        np.where(series.counts < 5, np.nan, series.counts),
        np.where(series.counts < 5, Status.SUPPRESSED, series.status),
        series.denominators,
        {(FIRST, FIRST + 2): 55.0},
    )
    assert attack([(truth, careless)], UNROUNDED)[((FIRST, 3),)] == (3, 3)


def test_the_attack_succeeds_on_rounded_totals_that_were_not_looked_at():
    truth = [4, 12, 42]  # 58 is shown as 60, and its months as 10 and 40: the first cannot be less than 4
    series = made(truth)
    careless = Series(
        "x",
        series.areas,
        series.months,
        np.array([[np.nan, 10.0, 40.0]]),
        np.array([[Status.SUPPRESSED, Status.KNOWN, Status.KNOWN]], object),
        series.denominators,
        {(FIRST, FIRST + 2): 60.0},
    )
    assert attack([(truth, careless)], LOCAL)[((FIRST, 4),)] == (4, 4)


@patient
@given(st.data(), st.sampled_from(POLICIES))
def test_no_hidden_month_is_recovered_from_quarters_and_rolling_years(tmp_path_factory, data, policy):
    truth = data.draw(series_of(12, 30))
    assert_safe(released([truth], policy, new_home(tmp_path_factory)), policy)


@patient
@given(st.data(), st.sampled_from(POLICIES))
def test_nor_from_versions_in_which_months_come_and_others_are_revised(tmp_path_factory, data, policy):
    truths = [data.draw(series_of(12, 24))]
    for _version in range(3):
        after = [*truths[-1], *data.draw(series_of(0, 2))]
        for at in data.draw(st.lists(st.integers(0, len(after) - 1), max_size=3)):
            after[at] = data.draw(st.sampled_from([after[at] + 1, max(0, after[at] - 1), 3, 6]))
        truths.append(after)
    home, asked = new_home(tmp_path_factory), data.draw(st.permutations(truths))  # an older one may be asked for later
    told = released(asked, policy, home)
    assert_safe(told, policy)
    for counts, series in told:
        again = shown(made(counts), policy, "x", home)
        assert published(again) == published(series)


@patient
@given(st.data(), st.sampled_from(POLICIES))
def test_what_is_given_is_the_exact_sum_rounded_once(tmp_path_factory, data, policy):
    truth = data.draw(series_of(12, 30))
    (_truth, series), *_ = released([truth], policy, new_home(tmp_path_factory))
    for months, value in published(series):
        assert value == policy.shown(sum(truth[m - FIRST] for m in months)).value


@patient
@given(st.data())
def test_what_is_given_does_not_depend_on_how_the_asking_is_parted(data):
    truth = np.array(data.draw(series_of(12, 26)), dtype=float)
    every = spans(range(FIRST, FIRST + truth.size), truth, LOCAL)
    wanted = [one for one in every if not LOCAL.hides(one.count)]  # small quarters go first where many are asked for
    one_by_one = []
    for one in wanted:
        one_by_one = settled([one], one_by_one, LOCAL)
    assert set(one_by_one) == set(settled(wanted, [], LOCAL))


def test_most_quarters_and_years_are_given_where_most_months_are_hidden():
    """The policy is of use: of months of about four, nearly every quarter and year that ends with a quarter is told."""
    truth = np.random.default_rng(1).poisson(4, 60).astype(float)
    wanted = spans(range(FIRST, FIRST + 60), truth, LOCAL)
    told = settled(wanted, [], LOCAL)
    assert (truth < 5).sum() > 30
    assert sum(t.given for t in told) / len(wanted) > 0.85


def test_years_are_given_by_whole_quarters_where_a_month_is_hidden():
    truth = np.full(24, 20.0)
    truth[4] = 2  # in the second quarter
    firsts = [s.first - FIRST for s in spans(range(FIRST, FIRST + 24), truth, LOCAL) if len(s.counts) == 12]
    assert firsts == [0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12]


def test_what_was_settled_stays_so():
    truth = np.random.default_rng(2).poisson(4, 36).astype(float)
    months = range(FIRST, FIRST + 36)
    told = settled(spans(months[:24], truth[:24], LOCAL), [], LOCAL)
    later = settled(spans(months, truth, LOCAL), told, LOCAL)
    assert later[: len(told)] == told
    assert settled(spans(months, truth, LOCAL), later, LOCAL) == later


def test_a_quarter_told_before_under_a_policy_that_hides_nothing_gives_nothing_more():
    open_ = Policy("open", hide_from=1, hide_to=0, round_to=1)
    span = Span(FIRST, (3, 12, 40))
    told = settled([span], [Told(span, open_, given=True)], UNROUNDED)
    assert [t.given for t in told if t.policy is UNROUNDED] == [True]  # it was out before, and its months with it


@pytest.mark.parametrize("policy", [LOCAL, NHS])
def test_a_hidden_month_among_large_ones_costs_no_year(policy):
    truth = np.array([20.0, 31, 27, 3, 25, 40] * 6)
    told = settled(spans(range(FIRST, FIRST + 36), truth, policy), [], policy)
    years = [t for t in told if len(t.span.counts) == 12]
    assert all(t.given for t in years)


@pytest.mark.parametrize(("counts", "given_"), [((4, 12, 42), False), ((3, 12, 40), True)])
def test_the_example_of_the_guide(counts, given_):
    """docs/disclosure.md, Partners' figures on pages."""
    (told,) = settled([Span(FIRST, counts)], [], LOCAL)
    assert told.given is given_
