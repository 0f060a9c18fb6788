"""Faults as whoever asks can find them: by the names of their table, in the right file and line."""

import numpy as np
import pytest

from redway.methods.catalogue import methods
from redway.methods.inputs import Unfit
from tests.methods.test_hard_tables import settings
from tests.methods.test_sentences import ordinary


def refused(name, columns=None, **given):
    method = methods()[name]
    with pytest.raises(Unfit) as fault:
        method.run(ordinary(method) | (columns or {}), settings(method) | given, np.random.default_rng(0))
    return fault.value


def spoilt(name, column, row, value, like=30.0):
    values = np.full(len(ordinary(methods()[name])["date"]), like)
    values[row - 1] = value
    return {column: values}


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [("farrington", "population", 0.0), ("count-scan", "weight", -1.0), ("farrington", "count", -3.0)],
)
def test_the_line_told_is_the_one_where_the_number_stands(name, column, value):
    fault = refused(name, spoilt(name, column, 330, value))
    assert (fault.place.row, fault.expected.split(":")[0]) == (330, column)
    assert fault.came == f"{value:g}"


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [("knox", "tds", "0,7,-1"), ("cusum", "m", 0.0), ("complementary-suppression", "protection", -1.0)],
)
def test_a_fault_of_a_setting_is_in_no_line_of_the_file(name, setting, value):
    fault = refused(name, **{setting: value})
    assert fault.expected.startswith(f"{setting}: ")
    assert (str(fault.place), fault.count) == ("", 0)
    assert "row" not in fault.cause


def test_a_fault_of_a_second_file_is_told_of_it():
    kinds = np.unique(ordinary(methods()["survey-rake"])["margin"])
    population = {"margin": np.full(kinds.size, "1"), "kind": kinds, "total": np.r_[np.ones(kinds.size - 1), 0.0]}
    columns = ordinary(methods()["survey-rake"])
    columns.pop("total", None)
    method = methods()["survey-rake"]
    with pytest.raises(Unfit) as fault:
        method.run(columns, settings(method) | {"population": population}, None)
    assert fault.value.place.column == "population.total"
    assert fault.value.place.row == kinds.size


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        *[
            ("farrington", "pThresholdTrend", 2.0),
            ("farrington", "pastWeeksNotIncluded", -1),
            ("ears", "minSigma", -1.0),
        ],
        *[("false-alarms", "autocorrelation", 2.0), ("false-alarms", "nsim", 0), ("space-time-scan", "maxpop", 2.0)],
        *[("xmr", "fix_after_n_points", 1), ("control-chart", "part", (0,)), ("power", "asked", 2.0)],
        *[("synthetic-control", "special_predictors", 0)],
    ],
)
def test_settings_are_told_by_the_names_that_users_gave(name, setting, value):
    assert refused(name, **{setting: value}).expected.startswith(f"{setting}: ")


@pytest.mark.parametrize(
    ("name", "column"), [("xmr", "value"), ("survey-means", "weight"), ("hot-spots", "weight"), ("funnel", "exposure")]
)
def test_columns_are_told_by_the_names_that_the_table_has(name, column):
    n = len(next(iter(ordinary(methods()[name]).values())))
    fault = refused(name, {column: np.r_[np.full(n - 1, 30.0), np.inf]})
    assert (fault.place.row, fault.expected.split(":")[0]) == (n, column)


@pytest.mark.parametrize("name", ["knox", "wdd", "trend", "stability", "survey-waves", "rates", "decision-point"])
def test_a_p_value_is_called_alike_in_all_methods(name):
    method = methods()[name]
    assert "p" not in method.run(ordinary(method), settings(method), np.random.default_rng(0)).rows
