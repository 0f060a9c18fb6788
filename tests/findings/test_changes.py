"""What changed: compared with its own past, ranked by one rule, and honest about what was not examined."""

import numpy as np
import pytest

from redway.findings.changes import FEWEST, RATE, basis_of, examine, signal_id
from redway.methods.comparison.change import change
from redway.methods.comparison.dispersion import dispersion, dispersions, squeezed
from redway.methods.false_discovery import benjamini_hochberg
from redway.store.profile import Partnership
from redway.store.snapshot import Part, Snapshot


def steady(rng, mean, months=36):
    return rng.poisson(mean, months).astype(float)


def test_a_rise_is_found_and_said(counted, indicator):
    rng = np.random.default_rng(1)
    x = steady(rng, 100)
    x[24:] *= 1.6
    found = examine([(indicator(), counted([x], first="2022-12"))], "basis")
    (only,) = found.ranked
    assert only.kind == "rolling-12"
    assert (only.after_words, only.before_words) == ("the year ending November 2025", "the year ending November 2024")
    before, after = x[12:24].sum(), x[24:].sum()
    assert (only.change.before, only.change.after) == (before, after)
    assert only.sentence.startswith(
        f"Shoplifting recorded in the year ending November 2025 rose from {before:,.0f} to {after:,.0f}: "
    )
    assert only.basis == "basis"
    assert found.rule.startswith("1 series was examined; 1 stands out")


def test_the_interval_allows_for_the_dispersion_measured_on_the_series_itself(counted, indicator):
    rng = np.random.default_rng(2)
    x = rng.negative_binomial(60 / 4, 1 / 5, 36).astype(float)
    series = counted([x])
    found = examine([(indicator(), series)], "basis").every[0].change
    own = dispersion(x, series.months)
    assert own.phi > 1.5
    assert found == change(x[12:24].sum(), x[24:].sum(), phi=own.phi, df=own.df)


def test_an_area_borrows_from_what_is_usual_for_all(counted, indicator):
    rng = np.random.default_rng(3)
    x = rng.negative_binomial(20, 0.4, (40, 36)).astype(float)
    series = counted(x)
    found = examine([(indicator(), series)], "basis")
    own = {a.code: m for a, m in zip(series.areas, dispersions(x, series.months).measured, strict=True)}
    used = {f.area.code: f.change.phi for f in found.every}
    assert np.std(list(used.values())) < 0.5 * np.std(list(own.values()))
    assert all(f.change.df > 22 for f in found.every)


def test_it_is_the_rule_worked_by_hand(counted, indicator):
    rng = np.random.default_rng(4)
    x = rng.poisson(rng.uniform(0.2, 12, 60)[:, None], (60, 36)).astype(float)
    x[:3] = rng.poisson(0.3, (3, 36))  # too small to examine
    x[5, 24:] *= 3
    series = counted(x)
    found = examine([(indicator(), series)], "basis")
    # the slow twin: one area after the other
    p, small = {}, []
    used = [i for i in range(60) if sum(x[i, 12:36]) >= 20]
    own = [dispersion(x[i], series.months) for i in used]
    phi, df = squeezed(np.array([d.measured for d in own]), np.array([d.df for d in own]))
    for i, area in enumerate(series.areas):
        if i in used:
            at = used.index(i)
            p[area.code] = change(sum(x[i, 12:24]), sum(x[i, 24:36]), phi=phi[at], df=df[at]).p
        else:
            small.append(("recorded-shoplifting", area.code))
    assert {f.area.code: f.change.p for f in found.every} == pytest.approx(p)
    assert [f.change.p for f in found.every] == sorted(p.values())
    assert sorted(found.too_small) == sorted(small)
    assert len(small) == 3
    listed = benjamini_hochberg(list(p.values()), 0.10).listed
    assert {f.area.code for f in found.ranked} == {code for code, is_in in zip(p, listed, strict=True) if is_in}
    assert series.areas[5].code == found.ranked[0].area.code
    assert "Aby 006A" in found.ranked[0].sentence
    assert found.expected_false == pytest.approx(0.1 * len(found.ranked))
    assert found.by_chance == pytest.approx(0.05 * len(p))


def test_whether_a_series_is_examined_does_not_depend_on_which_way_it_went(counted, indicator):
    def months(before, after):
        return [0.0] * 10 + [before // 2, before - before // 2] + [0.0] * 10 + [after // 2, after - after // 2]

    x = [months(0, 20), months(20, 0), months(10, 10), months(0, 19), months(19, 0), months(9, 10)]
    found = examine([(indicator(), counted(x))], "basis")
    assert {f.area.name for f in found.every} == {"Aby 001A", "Aby 002A", "Aby 003A"}
    assert found.refused == 3
    assert (FEWEST, RATE) == (20, 0.10)


def test_matched_months_are_compared_where_no_year_is_whole(counted, indicator):
    quarter, gap = [228.0, 220.0, 235.0], [np.nan] * 9
    found = examine([(indicator(), counted([quarter + gap + [280.0, 275.0, 285.0]]))], "basis")
    (only,) = found.every
    assert only.kind == "matched months"
    assert only.sentence.startswith("Shoplifting recorded in January to March 2025 rose from 683 to 840: 23% (")
    assert only.sentence.endswith("on the same months a year before.")


def test_what_cannot_be_compared_says_why(counted, indicator):
    found = examine([(indicator(), counted([[10.0, 12.0, 11.0]]))], "basis")
    assert found.examined == 0
    assert "nothing to compare" in found.not_compared["recorded-shoplifting"]
    assert found.rule == "No series could be examined."


def test_a_lone_month_a_year_cannot_show_how_it_varies(counted, indicator):
    found = examine([(indicator(), counted([[40.0, *[np.nan] * 11, 90.0]]))], "basis")
    assert (found.examined, found.refused) == (0, 1)


def test_a_signal_keeps_its_name_until_the_question_changes():
    months = tuple(range(24300, 24312)), tuple(range(24288, 24300))
    name = signal_id("recorded-robbery", "E01", "rolling-12", *months)
    assert name == signal_id("recorded-robbery", "E01", "rolling-12", *months)
    assert len(name) == 16
    assert len({name, signal_id("recorded-drugs", "E01", "rolling-12", *months)}) == 2
    assert len({name, signal_id("recorded-robbery", "E02", "rolling-12", *months)}) == 2
    later = tuple(tuple(m + 1 for m in side) for side in months)
    assert len({name, signal_id("recorded-robbery", "E01", "rolling-12", *later)}) == 2


def test_the_order_does_not_depend_on_the_order_of_the_areas(counted, indicator):
    x = np.random.default_rng(5).poisson(4, (30, 24)).astype(float)
    x[10:20] = x[:10]  # ties
    series = counted(x)
    backwards = type(series)(
        series.indicator, series.areas[::-1], series.months, x[::-1], series.status[::-1], series.denominators
    )
    order = [f.area.code for f in examine([(indicator(), series)], "b").every]
    assert order == [f.area.code for f in examine([(indicator(), backwards)], "b").every]


def test_the_basis_changes_with_data_definition_and_partnership(indicator, tmp_path):
    aby = Partnership(name="Aby", short_name="Aby", place="Aby", district="E06", police_force="Aby Police")

    def snapshot(content, dataset="police-street"):
        return Snapshot(1, (Part(dataset, "Aby Police", "2025-01", content, 1, tmp_path, 1),))

    def basis(snap, one=None, where=aby):
        one = one or indicator()
        return basis_of(snap, where, {one.id: one})

    first = basis(snapshot("a"))
    assert first == basis(snapshot("a"))
    assert first != basis(snapshot("b"))
    assert first != basis(snapshot("a"), one=indicator(better="higher"))
    assert first != basis(snapshot("a"), where=aby.model_copy(update={"police_force": "Other"}))
    unrelated = Snapshot(2, (*snapshot("a").parts, *snapshot("z", "hospital").parts))
    assert first == basis(unrelated), "another dataset's return does not empty the cache"
