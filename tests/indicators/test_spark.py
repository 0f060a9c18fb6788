"""The same expression on Spark, over the same Parquet files, gives the same series."""

import os
import pickle
import shutil
import subprocess
import sys

import numpy as np
import pytest

from redway.indicators.query import series_of
from tests.indicators.conftest import HOME_FORCE, an_indicator, row

pytestmark = pytest.mark.spark


def many_rows():
    """Rows of both vintages, three forces, blanks and repeats, with counts that differ from cell to cell."""
    forces = [HOME_FORCE, "British Transport Police", "Bedfordshire Police"]
    codes = ["E01000001", "E01000002", "E01900002", "E01900003", "E01000004", "E01999999", None]
    types = ["Burglary", "Robbery", "Anti-social behaviour", "Drugs"]
    months = ["2014-01", "2014-02", "2019-01", "2024-01", "2024-03"]
    cells = [(m, c, t, f) for m in months for c in codes for t in types for f in forces]
    return [row(*cell, crime_id=None) for n, cell in enumerate(cells) for _ in range(n * 7 % 5)]


# A process of its own: Spark leaves a Java machine and open sockets behind in whichever starts it.
OTHER_PROCESS = """
import pickle, sys
from redway.indicators.query import series_of
asked = pickle.load(sys.stdin.buffer)
pickle.dump([series_of(*one) for one in asked], sys.stdout.buffer)
"""


def test_spark_and_duckdb_give_equal_series(accepted, where, home):
    snapshot = accepted(many_rows())
    indicators = [an_indicator("Burglary"), an_indicator("Robbery", "Drugs"), an_indicator("Bicycle theft")]
    asked = [(i, snapshot, where, HOME_FORCE, level) for i in indicators for level in ("partnership", "area")]

    on_duckdb = [series_of(*one) for one in asked]
    shutil.rmtree(home.derived)
    ran = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS],
        input=pickle.dumps(asked),
        capture_output=True,
        check=False,
        env=os.environ | {"REDWAY_ENGINE": "spark"},
    )
    assert ran.returncode == 0, ran.stderr.decode()
    on_spark = pickle.loads(ran.stdout)

    assert len(list((home.derived / "cubes").iterdir())) == 1
    assert np.nansum(on_duckdb[0].counts) > 50
    for one, other in zip(on_duckdb, on_spark, strict=True):
        assert one.months == other.months
        assert np.array_equal(one.counts, other.counts, equal_nan=True)
        assert np.array_equal(one.status, other.status)
        assert np.array_equal(one.denominators, other.denominators, equal_nan=True)
