"""Counting in Spark: the same expression over the same Parquet files, for when one machine is too small.

Needs the `spark` extra and Java 17. With no other configuration Spark runs inside this process.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from redway.errors import NotSetUp
from redway.indicators.counting import as_text, counting


def session() -> Any:
    """The Spark session in use, or a local one: no web page, nothing reachable from outside this machine."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise NotSetUp(
            "the spark extra",
            came="REDWAY_ENGINE=spark without it",
            cause="it is not part of the default install. Run: pip install 'redway[spark]' (Java 17 is needed too).",
        ) from None
    if running := SparkSession.getActiveSession():
        return running
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else it looks for an address others can reach
    spark = (
        SparkSession.builder.appName("redway")
        .master("local[*]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        .config("spark.sql.shuffle.partitions", "8")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def spark_engine(
    columns: Sequence[str], parts: Sequence[Path], area_of: Mapping[str, str], unplaced: bool, into: Path
) -> None:
    """Count in Spark; the cube itself is small, so one file is written from here."""
    import pyarrow as pa
    from pyarrow import parquet

    spark = session()
    accepted = spark.read.option("mergeSchema", "true").parquet(*[str(p) for p in parts])
    wanted = as_text(columns, accepted.columns).replace('"', "`")
    accepted.selectExpr(*wanted.split(", ")).createOrReplaceTempView("accepted")
    spark.createDataFrame(list(area_of.items()), "lsoa_code string, area string").createOrReplaceTempView("comparable")
    rows = [row.asDict() for row in spark.sql(counting(columns, "pyspark", unplaced=unplaced)).collect()]
    text = [pa.field(name, pa.string()) for name in ("area", "month", *columns)]
    parquet.write_table(pa.Table.from_pylist(rows, pa.schema([*text, pa.field("count", pa.int64())])), into)
