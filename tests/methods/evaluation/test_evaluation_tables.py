import numpy as np
import pytest

from redway.methods.catalogue import methods
from redway.methods.evaluation.tables import METHODS
from redway.methods.evaluation.wdd import dispersion_of
from redway.methods.inputs import Unfit

AREA = {"kind": np.array(["treated", "control"]), "before": np.array([90.0, 100]), "after": np.array([60.0, 95])}
PANEL = {
    "unit": np.repeat([*"abcdef"], 30),
    "time": np.tile(np.arange(30.0), 6),
    "y": np.random.default_rng(1).poisson(40, 180).astype(float),
    "treated": np.repeat([True, *[False] * 5], 30),
    "after": np.tile(np.arange(30) >= 20, 6),
}
TABLES = {
    "wdd": AREA,
    "before-after": AREA,
    "displacement": {k: np.append(v, x) for (k, v), x in zip(AREA.items(), ("buffer", 40.0, 44.0), strict=True)},
    "difference-in-differences": {"area": PANEL["unit"], **PANEL},
    "synthetic-control": PANEL,
    "structural": PANEL,
    "interrupted-time-series": {"count": PANEL["y"][:60], "after": np.arange(60) >= 40},
    "log-dosage": {"before": PANEL["y"][:20], "after": PANEL["y"][20:40], "dose": np.arange(20.0)},
    "power-from-history": {name: PANEL[name] for name in ("unit", "time", "y", "treated")},
    "power": {"treated": np.array([100.0, 300.0])},
}


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_every_method_runs_on_a_table_and_says_a_sentence(method):
    answer = method.run(TABLES[method.name], {p.name: p.default for p in method.parameters}, np.random.default_rng(0))
    assert answer.sentence.endswith(".")
    assert len({len(column) for column in answer.rows.values()}) == 1


def test_what_tells_nothing_is_no_evidence_of_any_level():
    method = next(method for method in METHODS if method.name == "structural")
    given = {p.name: p.default for p in method.parameters}
    answer = method.run(PANEL | {"y": np.ones(180)}, given, np.random.default_rng(0))
    assert answer.sentence.startswith("No effect can be told")
    assert np.isnan(answer.rows["maryland"]).all()


def with_earlier(counts, area=None):
    """The window's two rows and rows of earlier periods, (periods, 2), treated first."""
    periods = np.repeat([f"2024-{m:02}" for m in range(1, len(counts) + 1)], 2)
    kinds = np.tile(["treated", "control"], len(counts))
    table = {
        "kind": np.concatenate([AREA["kind"], kinds]),
        "before": np.concatenate([AREA["before"], np.ravel(counts)]),
        "after": np.concatenate([AREA["after"], np.full(kinds.size, np.nan)]),
        "earlier": np.concatenate([["", ""], periods]),
    }
    return table if area is None else table | {"area": np.resize(area, kinds.size + 2)}


@pytest.mark.parametrize("name", ["wdd", "before-after"])
def test_rows_of_earlier_periods_measure_how_much_counts_vary(name):
    method = next(m for m in METHODS if m.name == name)
    given = {p.name: p.default for p in method.parameters}
    earlier = np.random.default_rng(3).negative_binomial(5, 0.05, (12, 2)).astype(float)

    def run(columns):
        return method.run(columns, given, np.random.default_rng(0))

    plain, measured = run(AREA), run(with_earlier(earlier))
    assert plain.rows["phi"][0] == 1
    assert measured.rows["phi"][0] == pytest.approx(dispersion_of(earlier)[0])
    assert measured.rows["value"][0] == plain.rows["value"][0]
    assert measured.rows["low"][0] < plain.rows["low"][0]
    order = np.random.default_rng(4).permutation(26)
    shuffled = run({k: v[order] for k, v in with_earlier(earlier).items()})
    assert shuffled.rows["phi"] == pytest.approx(measured.rows["phi"])
    by_area = run(with_earlier(earlier, area=["a", "b"]))
    assert by_area.rows["phi"] == pytest.approx(measured.rows["phi"])
    assert run(AREA | {"earlier": np.array(["", ""])}).sentence == plain.sentence


def test_earlier_periods_that_leave_an_area_out_or_name_one_twice_are_refused():
    method = next(m for m in METHODS if m.name == "wdd")
    given = {p.name: p.default for p in method.parameters}
    table = with_earlier(np.full((3, 2), 9.0))
    for rows in (np.arange(7), np.append(np.arange(8), 7)):
        with pytest.raises(Unfit, match="one row for every area"):
            method.run({k: v[rows] for k, v in table.items()}, given, np.random.default_rng(0))
    with pytest.raises(Unfit, match="kind"):
        method.run({k: v[2:] for k, v in table.items()}, given, np.random.default_rng(0))
    with pytest.raises(Unfit, match="two areas or more"):
        method.run({k: v[:4] for k, v in table.items()}, given, np.random.default_rng(0))


def test_the_mix_can_be_asked_to_be_alike_in_means_of_longer_spells():
    method = next(m for m in METHODS if m.name == "synthetic-control")
    given = {p.name: p.default for p in method.parameters}
    every = method.run(PANEL, given, np.random.default_rng(0))
    means = method.run(PANEL, given | {"special_predictors": 2}, np.random.default_rng(0))
    assert means.rows["rmspe_before"][0] > every.rows["rmspe_before"][0]


def test_tables_that_contradict_themselves_are_refused():
    by_name = {m.name: m for m in METHODS}

    def run(name, **columns):
        method = by_name[name]
        given = {p.name: p.default for p in method.parameters}
        return method.run({**TABLES[name], **columns}, given, np.random.default_rng(0))

    with pytest.raises(Unfit, match="kind"):
        run("wdd", kind=np.array(["treated", "elsewhere"]))
    with pytest.raises(Unfit, match="order of time"):
        run("interrupted-time-series", after=np.arange(60) < 40)
    with pytest.raises(Unfit, match="one treated unit"):
        run("synthetic-control", treated=np.zeros(180, dtype=bool))
    with pytest.raises(Unfit, match="every unit at every time"):
        run("synthetic-control", time=np.zeros(180))


@pytest.mark.parametrize("name", ["before-after", "interrupted-time-series", "log-dosage", "synthetic-control"])
def test_a_number_no_double_can_count_with_is_refused_and_the_largest_is_worked_with(name):
    method = next(m for m in METHODS if m.name == name)
    given = {p.name: p.default for p in method.parameters}
    column = next(c for c in ("count", "before", "y") if c in TABLES[name])

    def run(large):
        values = TABLES[name][column].copy()
        values[0] = large
        return method.run(TABLES[name] | {column: values}, given, np.random.default_rng(0))

    with pytest.raises(Unfit, match="at most 1e"):
        run(1e308)
    found = run(1e15)
    assert found.sentence.endswith(".")
    if "prevented" in found.rows:
        assert np.isfinite(found.rows["prevented"]).all()


def test_weights_of_wdd_are_lengths_of_times_and_sizes_of_areas():
    """As `ptools::wdd` has them; area_weights of control, treated and the two of displacement."""
    from_table = next(m for m in METHODS if m.name == "wdd")
    given = {p.name: p.default for p in from_table.parameters}
    said = from_table.run(AREA, given | {"time_weights": (12.0, 6.0), "area_weights": "2,1,1,1"}, None)
    assert said.rows["value"][0] == pytest.approx((60 / 6 - 90 / 12) - (95 / 6 - 100 / 12) / 2)
    for wrong in ({"time_weights": "1 2"}, {"time_weights": (1.0,)}, {"area_weights": (1.0, 0.0, 1.0, 1.0)}):
        with pytest.raises(Unfit, match="weights"):
            from_table.run(AREA, given | wrong, None)


@pytest.mark.parametrize("name", ["synthetic-control", "structural", "power-from-history"])
def test_several_treated_areas_are_added_up_if_asked(name):
    method = next(m for m in METHODS if m.name == name)
    given = {p.name: p.default for p in method.parameters} | (
        {"kind": "synthetic-control", "nsim": 20} if "power" in name else {}
    )
    several = PANEL | {"treated": np.isin(PANEL["unit"], ["a", "c"])}
    if "power" in name:
        several = {key: values[PANEL["time"] < 20] for key, values in several.items() if key != "after"}
    with pytest.raises(Unfit, match="--add_up adds up"):
        method.run(several, given, np.random.default_rng(0))
    found = method.run(several, given | {"add_up": True}, np.random.default_rng(0))
    first, third = (several["y"][several["unit"] == unit] for unit in "ac")
    one = {key: values[several["unit"] != "c"] for key, values in several.items()}
    one["y"] = np.concatenate([first + third, one["y"][first.size :]])
    by_hand = method.run(one, given, np.random.default_rng(0))
    assert found.sentence == by_hand.sentence
    with pytest.raises(Unfit, match="treated unit"):
        method.run(several | {"treated": np.zeros(several["y"].size, dtype=bool)}, given | {"add_up": True}, None)


def named(name, kinds, **more):
    method = methods()[name]
    n = len(kinds)
    table = {"kind": np.array(kinds), "before": np.arange(50.0, 50 + n), "after": np.arange(40.0, 40 + n)} | more
    return method.run(table, {p.name: p.default for p in method.parameters}, np.random.default_rng(1))


def test_kinds_may_be_spelt_with_capitals_and_spaces():
    plain = named("wdd", ["treated", "control", "disp_treated", "disp_control"]).sentence
    assert named("wdd", ["Treated", " CONTROL", "Disp treated", "disp-control"]).sentence == plain
    assert named("displacement", ["Treated", "Buffer", "Control"]).sentence


@pytest.mark.parametrize(
    ("name", "words"), [("wdd", "disp_treated"), ("before-after", "control"), ("displacement", "buffer")]
)
def test_kinds_are_listed_in_help_and_an_unknown_one_has_its_line(name, words):
    about = next(c.about for c in methods()[name].columns if c.name == "kind")
    assert words in about
    with pytest.raises(Unfit, match=r"line 4, column “kind”: .* Did you mean “control”") as refused:
        named(name, ["treated", "control", "controls"], earlier=np.array(["", "", ""]))
    assert words in refused.value.expected
    with pytest.raises(Unfit, match=r"none that is “(control|buffer)”"):
        named(name, ["treated", "treated"])


def test_a_table_without_rows_is_refused():
    with pytest.raises(Unfit, match="rows whose kind is"):
        named("wdd", np.array([], dtype=str))
