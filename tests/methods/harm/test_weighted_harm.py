import numpy as np
import pytest

from redway.methods.comparison.rates import poisson_interval
from redway.methods.harm.tables import METHODS
from redway.methods.harm.weighted_harm import Weights, harm, harm_ratio
from redway.methods.inputs import Unfit

INVENTED = Weights("a table made up for this test", "1", "days", {"grave": 1000, "middling": 20, "slight": 1})


def test_by_hand():
    found = harm(["north", "north", "south"], ["grave", "slight", "middling"], [2, 50, 30], INVENTED)
    assert found.total.tolist() == [2050, 600]
    assert found.variance.tolist() == [2_000_050, 12_000]
    assert found.largest == pytest.approx([2000 / 2050, 1])
    assert found.share_harm == pytest.approx([2050 / 2650, 600 / 2650])
    assert "north has the most harm of 2 places: 2,050 days" in found.sentence
    assert "a table made up for this test, 1" in found.sentence


def test_even_weights_are_counts_with_exact_intervals():
    even = Weights("even", "1", "events", {"a": 1, "b": 1})
    found = harm(["x"] * 2, ["a", "b"], [7, 5], even)
    low, high = poisson_interval(np.array([12.0]))
    assert (found.low[0], found.high[0]) == pytest.approx((low[0], high[0]))


@pytest.mark.parametrize("phi", [1, 3])
def test_the_interval_holds_even_where_few_events_carry_it(phi):
    rng, held = np.random.default_rng(1), 0
    mean = np.array([2.0, 40, 300])
    for _ in range(800):
        counts = phi * rng.poisson(mean / phi)
        found = harm(["x"] * 3, ["grave", "middling", "slight"], counts, INVENTED, phi=phi)
        held += found.low[0] <= mean @ [1000, 20, 1] <= found.high[0]
    assert held / 800 >= 0.945


def test_order_of_rows_does_not_matter():
    rng = np.random.default_rng(2)
    place, offence, n = rng.integers(0, 9, 500), rng.choice([*INVENTED.of], 500), rng.integers(0, 5, 500)
    order = rng.permutation(500)
    one, other = harm(place, offence, n, INVENTED), harm(place[order], offence[order], n[order], INVENTED)
    assert np.allclose(one.total, other.total)
    assert np.allclose(one.high, other.high)


def test_a_missing_weight_is_refused_or_counted_and_never_guessed():
    with pytest.raises(Unfit, match="none for “arson”"):
        harm(["x"], ["arson"], [1], INVENTED)
    found = harm(["x", "x"], ["arson", "slight"], [3, 4], INVENTED, missing="leave-out")
    assert (found.total[0], found.left_out) == (4, 3)
    assert "3 events left out" in found.sentence
    assert "% of all harm from" not in found.sentence or "events that were weighed" in found.sentence
    alone = harm(["x", "x"], ["slight", "unheard of"], [10, 50], INVENTED, missing="leave-out", phi=2)
    assert "% of events" not in alone.sentence, "of one place everything is its own"
    assert "if events vary 2 times as much" in alone.sentence
    found = harm(["x", "x"], ["grave", "slight"], [3, 4], INVENTED, proactive=["grave"])
    assert (found.total[0], found.left_out) == (4, 3)


def test_weights_say_whose_they_are():
    with pytest.raises(Unfit, match="source and version"):
        Weights("", "1", "days", {})
    with pytest.raises(Unfit):
        Weights("somebody", "1", "days", {"a": -1})
    with pytest.raises(Unfit):
        Weights("somebody", "1", "days", {"a": np.nan})


def test_nothing_at_all():
    assert harm(["x"], ["slight"], [0], INVENTED).sentence.startswith("No harm can be told")
    assert harm([], [], [], INVENTED).sentence.startswith("No harm can be told")
    with pytest.raises(Unfit):
        harm(["x"], ["slight"], [-1], INVENTED)


def test_a_ratio_of_harm_holds_its_promise_or_is_not_told():
    rng, held, n = np.random.default_rng(3), 0, 800
    weight = np.array([100.0, 20, 1])
    for _ in range(n):
        after, before = rng.poisson([12, 80, 300]), rng.poisson([24, 160, 600])
        found = harm_ratio(after @ weight, after @ weight**2, before @ weight, before @ weight**2)
        held += found.low <= 0.5 <= found.high
    assert 0.93 <= held / n <= 0.97
    assert "hangs on a few events" in harm_ratio(1000, 1_000_000, 5000, 5_000_000).sentence
    assert "hangs on" in harm_ratio(0, 0, 10, 1).sentence


def test_the_method_on_a_table():
    method = METHODS[0]
    columns = {"place": np.array(["x", "y"]), "offence": np.array(["a", "b"]), "count": np.array([3.0, 4]),
               "weight": np.array([10.0, np.nan])}  # fmt: skip
    given = {p.name: p.default for p in method.parameters} | {"source": "somebody", "version": "1"}
    with pytest.raises(Unfit, match="none for “b”"):
        method.run(columns, given, np.random.default_rng(0))
    answer = method.run(columns, given | {"missing": "leave-out"}, np.random.default_rng(0))
    assert answer.rows["total"].tolist() == [30, 0]
    with pytest.raises(Unfit, match="two for"):
        method.run({**columns, "offence": np.array(["a", "a"]), "weight": np.array([1.0, 2])}, given, None)
    with pytest.raises(Unfit, match="source and version"):
        method.run(columns, given | {"source": ""}, None)


def test_weights_may_come_in_a_file_that_names_its_own_source():
    method = METHODS[0]
    columns = {"place": np.array(["x", "y"]), "offence": np.array(["a", "b"]), "count": np.array([3.0, 4])}
    given = {p.name: p.default for p in method.parameters}
    table = {"offence": np.array(["b", "a", "c"]), "weight": np.array([2.0, 10, 7]),
             "source": np.array(["Somebody", "", "Somebody"]), "version": np.full(3, "May 2023")}  # fmt: skip
    answer = method.run(columns, given | {"weights": table}, None)
    assert answer.rows["total"].tolist() == [30, 8]
    assert answer.notes == ("Weights: Somebody, May 2023.",)
    bare = {name: table[name] for name in ("offence", "weight")}
    cited = method.run(columns, given | {"weights": bare, "source": "Others", "version": "2"}, None)
    assert cited.notes == ("Weights: Others, 2.",)
    for wrong, told in (
        ({"weights": bare}, "source and version"),
        ({"weights": table | {"source": np.array(["one", "two", "two"])}}, "one source of all weights"),
        ({"weights": table | {"offence": np.array(["a", "a", "b"])}}, "two for “a”"),
        ({}, "in a column “weight” or in a file"),
    ):
        with pytest.raises(Unfit, match=told):
            method.run(columns, given | wrong, None)
    with pytest.raises(Unfit, match="What came: both"):
        method.run(columns | {"weight": np.ones(2)}, given | {"weights": table}, None)


PRICES = Weights("invented", "1", "days", {"grave": 5475, "theft": 10, "assault": 365, "damage": 2})


def test_equal_to_epitools():
    """R 4.2.2, epitools 0.5-10.1: sum(w) * ageadjust.direct(count, pop = rep(1, 4), stdpop = w), w the weights."""
    found = harm(["x"] * 4, ["grave", "theft", "assault", "damage"], [1, 140, 12, 300], PRICES)
    assert (found.total[0], found.low[0], found.high[0]) == pytest.approx(
        (11855, 3525.33976762, 35755.77831378), rel=1e-9
    )


def test_it_says_what_the_slow_twin_says():
    rng = np.random.default_rng(8)
    place, offence, count = rng.integers(0, 5, 60), rng.choice([*PRICES.of], 60), rng.integers(0, 9, 60)
    found = harm(place, offence, count, PRICES, phi=1.5)
    every = sum(n * PRICES.of[o] for o, n in zip(offence, count, strict=True))
    for at, name in enumerate(found.places):
        rows = [(o, n) for p, o, n in zip(place, offence, count, strict=True) if p == name]
        total = sum(n * PRICES.of[o] for o, n in rows)
        by_kind = [sum(n * PRICES.of[o] for o, n in rows if o == kind) for kind in PRICES.of]
        assert (found.total[at], found.share_harm[at]) == pytest.approx((total, total / every))
        assert found.variance[at] == pytest.approx(1.5 * sum(n * PRICES.of[o] ** 2 for o, n in rows))
        assert found.largest[at] == pytest.approx(max(by_kind) / total)
        assert found.count[at] == sum(n for _, n in rows)


def test_a_ratio_of_harm_is_r_s():
    """R 4.2.2: y <- c(11855, 9000); v <- c(3e6, 2e6);
    exp(log(y[1] / y[2]) + c(-1, 1) * qnorm(.975) * sqrt(sum(v / y^2)));
    2 * pnorm(-abs(log(y[1] / y[2])) / sqrt(sum(v / y^2)))."""
    found = harm_ratio(11855, 3e6, 9000, 2e6)
    assert (found.value, found.low, found.high, found.p) == pytest.approx(
        (1.317222222222, 0.865012493533, 2.005837367308, 0.199099919194), rel=1e-9
    )


RATIO = METHODS[1]


def test_a_ratio_by_command_is_of_all_and_of_each_place():
    """Sums row by row; places in order of name, false discovery held over those that can be told."""
    rng = np.random.default_rng(5)
    n = 400
    columns = {
        "group": rng.choice(["2024", "2025"], n),
        "place": rng.choice([*"abc"], n),
        "offence": rng.choice(["theft", "assault", "damage"], n),
        "count": rng.poisson(3, n) * np.where(rng.random(n) < 0.5, 1.0, 2.0),
    }
    table = {"offence": np.array([*PRICES.of]), "weight": np.array([*PRICES.of.values()], dtype=float)}
    given = {p.name: p.default for p in RATIO.parameters}
    given |= {"weights": table, "source": "invented", "version": "1", "reference": "2024", "phi": 2.0}
    answer = RATIO.run(columns, given, None)

    def sums(group, place):
        rows = zip(*(columns[name] for name in ("group", "place", "offence", "count")), strict=True)
        held = [(PRICES.of[o], c) for g, p, o, c in rows if g == group and place in ("", p)]
        return sum(w * c for w, c in held), sum(2.0 * w * w * c for w, c in held)

    assert answer.rows["place"].tolist() == [*"abc"]
    for at, place in enumerate("abc"):
        twin = harm_ratio(*sums("2025", place), *sums("2024", place))
        for name in ("value", "low", "high", "p"):
            assert answer.rows[name][at] == pytest.approx(getattr(twin, name), rel=1e-12)
    every = harm_ratio(*sums("2025", ""), *sums("2024", ""))
    assert answer.sentence == every.sentence
    assert answer.notes[0] == "“2025” is set against “2024”."
    alone = RATIO.run({name: columns[name] for name in ("group", "offence", "count")}, given, None)
    assert alone.rows["value"].tolist() == pytest.approx([every.value])
    assert alone.sentence == every.sentence
    for wrong, told in (({"reference": ""}, "reference: one of"), ({"reference": "2023"}, "reference: one of")):
        with pytest.raises(Unfit, match=told):
            RATIO.run(columns, given | wrong, None)
    with pytest.raises(Unfit, match="of two groups"):
        RATIO.run(columns | {"group": columns["place"]}, given | {"reference": "a"}, None)
