"""How long each dataset of open data takes, beside DuckDB or the reader library alone reading the same file.

    REDWAY_OPEN_DATA=FOLDER python bench/open_data.py [--rounds 3] [DATASET ...]

Ours: the real file, as its carrier stored it, through `receive` into a home that knows its areas: copied, hashed, read,
every cell checked, written, safe on disk, committed. Alone: the same file read as text and written as one Parquet file,
by DuckDB, or for workbooks by python-calamine; zips are unpacked for it beforehand. Each run is a process of its own,
whose clock starts after imports, and the two take turns. Street crime, workbooks of a million rows and partners'
returns have benchmarks of their own. Writes bench/results/open_data.md.

Most of these files are small, and an import has a cost that no size changes. The largest month of the police files is
also repeated to the size of years of a large force; tables with a row for each area cannot be: no area comes twice.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from imports import OPEN_DATA, fresh, ready_home

RESULTS = Path(__file__).parent / "results" / "open_data.md"
LIMIT_RATIO, LIMIT_MEMORY = 4, 1_000  # what we hold ourselves to: times the reader alone; MB
SMALL = 0.15  # seconds: what the reader alone does faster than this is told in seconds
LARGE = 600_000  # rows of a police file that is repeated
# Dataset, file of the open data folder, and which of its members where it is a zip of several kinds.
FILES = (
    ("crime-severity", "recorded-crime/england_crime_severity.csv", ""),
    ("police-outcomes", "police-uk/northumbria-sunderland-rows-2020-2022.zip", "-outcomes.csv"),
    ("police-stop-search", "police-uk/thames-valley-stop-and-search-2019-2021.zip", "-stop-and-search.csv"),
    ("recorded-crime-force", "recorded-crime/prc-pfa-201718_new.csv.gz", ""),
    ("schools", "dfe/bds_long_0.parquet", ""),
    ("school-exclusion-reasons", "dfe/SFR_exclusion_reasons_200607_to_201617.csv.gz", ""),
    ("school-measures", "dfe/lait_data_dictionary.csv.gz", ""),
    ("statistical-neighbours", "dfe/sn_may_2025.xlsx", ""),
    ("stop-search-ethnicity", "stop-search-ethnicity/stop-and-search_by_ethnicity_force_2006-07_to_2017-18.csv.gz", ""),
    ("population", "denominators/population20_lsoa11.csv.gz", ""),
    ("population-districts", "denominators/population20_ltla21.csv.gz", ""),
    ("census-2011", "denominators/census_2011_population_hh.csv.gz", ""),
    ("households", "denominators/households21_england_wales_ltla23.csv.gz", ""),
    ("residents", "census/ethnicity21_lsoa21.csv.gz", ""),
    ("residents-age-sex", "denominators/age_gender21_ltla21_ew.csv.gz", ""),
    ("residents-ethnicity", "census/ethnicity21_lsoa21.csv.gz", ""),
    ("residents-ethnicity-districts", "census/ethnicity21_ltla21.csv.gz", ""),
    ("deprivation-2019", "deprivation/File_1_-_IMD2019_Index_of_Multiple_Deprivation.xlsx", ""),
    ("deprivation-2025", "deprivation/imd2025_england_lsoa21.csv.gz", ""),
    ("lsoa-lookup", "geography/lookup_lsoa11_lsoa21_ltla22.csv.gz", ""),
    ("lsoa-wards", "geography/lookup_lsoa21_ward24_ltla24.csv.gz", ""),
    ("lsoa-boundaries", "geography/lsoa21_E06000042.geojson", ""),
    ("community-safety-partnerships", "geography/lookup_ltla24_csp24_pfa24.csv.gz", ""),
)
REPEATED = ("police-outcomes", "police-stop-search")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", metavar="DATASET")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        what, dataset, path = chosen.child
        print(json.dumps(alone(dataset, Path(path)) if what == "alone" else ours(dataset, Path(path))))
        return
    if not (OPEN_DATA / FILES[0][1]).is_file():
        raise SystemExit(f"REDWAY_OPEN_DATA names no folder with {FILES[0][1]}")
    with tempfile.TemporaryDirectory(prefix="redway-bench-") as folder:
        report(Path(folder), chosen.datasets, chosen.rounds)


def report(folder: Path, datasets: list[str], rounds: int) -> None:
    lines = [
        f"Medians of {rounds} runs each after one to warm up, taken in turn. Where the reader alone takes under "
        f"{SMALL} s, the cost that every import has (a lock, copies that are safe on disk, a transaction) is most of "
        "ours, and the ratio says little: such a row has no limit but a second.",
        "",
        "| dataset | file | MB | rows | ours, s | alone, s | ratio (at most 4) | ratio of processors' time | peak, MB "
        "|",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    passed = []
    for dataset, path, said in files(folder, datasets):
        found = measure(folder, dataset, path, rounds)
        ratio = found["ours"] / found["alone"]
        small = found["alone"] < SMALL
        lines.append(
            f"| {dataset} | {said} | {path.stat().st_size / 1e6:.1f} | {found['rows']:,} | {found['ours']:.2f} "
            f"| {found['alone']:.2f} | {ratio:.1f}{' (small)' if small else ''} | {found['processor']:.1f} "
            f"| {found['megabytes']:,.0f} |"
        )
        print(lines[-1], flush=True)
        slow = found["ours"] > 1 if small else ratio > LIMIT_RATIO
        passed += [dataset] * (slow or found["megabytes"] > LIMIT_MEMORY)
    lines += ["", f"Load of the machine at the end, on {os.cpu_count()} processors: {os.getloadavg()[0]:.1f}."]
    if not datasets:
        RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    if passed:
        raise SystemExit(f"a limit was passed by {', '.join(passed)}")


def files(folder: Path, datasets: list[str]) -> list[tuple[str, Path, str]]:
    """Dataset, its file, and what to call that: the real ones, and those of the police repeated as well."""
    found = []
    for dataset, name, members in FILES:
        if datasets and dataset not in datasets:
            continue
        path = OPEN_DATA / name
        found.append((dataset, path, f"`{path.name}`"))
        if dataset in REPEATED:
            large = repeated(path, members, folder / "repeated")
            found.append((dataset, large, "a month of it, over and over"))
    return found


def repeated(path: Path, members: str, folder: Path) -> Path:
    """The largest month of a zip, its rows repeated; under the name that the publisher gave it."""
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(path) as archive:
        months = [member for member in archive.infolist() if member.filename.endswith(members)]
        largest = max(months, key=lambda member: member.file_size)
        head, _, rows = archive.read(largest).partition(b"\n")
    made = folder / Path(largest.filename).name
    with made.open("wb") as out:
        out.write(head + b"\n")
        for _ in range(-(-LARGE // rows.count(b"\n"))):
            out.write(rows)
    return made


def measure(folder: Path, dataset: str, path: Path, rounds: int) -> dict[str, float]:
    template = folder / "template"
    if not template.is_dir():
        ready_home(template)
    taken: dict[str, list[dict]] = {"ours": [], "alone": []}
    for turn in range(rounds + 1):
        for what, runs in sorted(taken.items(), reverse=turn % 2 == 1):  # each goes first in turn
            home = fresh(template, folder / "home") if what == "ours" else folder / "none"
            found = child(what, dataset, path, home)
            if turn:  # the first warms the disk and the machine's memory
                runs.append(found)
    clock, processor = (
        {what: statistics.median(run[which] for run in runs) for what, runs in taken.items()}
        for which in ("seconds", "processor")
    )
    return {
        **clock,
        "processor": processor["ours"] / processor["alone"],
        "rows": taken["ours"][0]["rows"],
        "megabytes": max(run["megabytes"] for run in taken["ours"]),
    }


def child(what: str, dataset: str, path: Path, home: Path) -> dict:
    """One run in a process of its own."""
    environment = os.environ | {"REDWAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "redway.config.settings"}
    command = [sys.executable, __file__, "--child", what, dataset, str(path)]
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)


def ours(dataset: str, path: Path) -> dict:
    import django

    django.setup()
    import redway.store.sheets  # noqa: F401 - a workbook's readers, which are imported where one comes
    from redway.sources.loaders import loader
    from redway.work.returns.receive import receive

    loader(dataset)
    started = time.perf_counter(), time.process_time()
    receipt = receive([path], dataset=dataset, by="the bench")
    return measured(started, receipt.rows_accepted)


def alone(dataset: str, path: Path) -> dict:
    """The file read as text and written as Parquet, by what reads it fastest of what is widely used."""
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq
    import python_calamine

    members = next(members for name, _, members in FILES if name == dataset)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as db:
        into, read = f"{folder}/all.parquet", [path]
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                archive.extractall(folder)
            read = sorted(p for p in Path(folder).rglob("*.csv") if p.name.endswith(members))
        started = time.perf_counter(), time.process_time()
        if path.suffix == ".xlsx":
            book = python_calamine.load_workbook(path)
            rows = max((book.get_sheet_by_name(name).to_python() for name in book.sheet_names), key=len)
            cells = zip(*([str(cell) for cell in row] for row in rows), strict=True)
            pq.write_table(
                pa.table([pa.array(column) for column in cells], [str(n) for n in range(len(rows[0]))]), into
            )
        else:
            names = [str(one) for one in read]
            source = {
                ".parquet": f"read_parquet({names!r})",
                ".geojson": f"read_json({names!r}, columns={{features: 'JSON[]'}}, maximum_object_size=1000000000)",
            }
            wanted = source.get(path.suffix, f"read_csv({names!r}, all_varchar=true)")
            db.execute(f"COPY (SELECT * FROM {wanted}) TO '{into}'")
        return measured(started, 0)


def measured(started: tuple[float, float], rows: int) -> dict:
    """Since the clocks stood at `started`: wall and processor seconds, and the most memory this process ever had."""
    seconds, processor = time.perf_counter() - started[0], time.process_time() - started[1]
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return {"seconds": seconds, "processor": processor, "rows": rows, "megabytes": kilobytes * 1024 / 1e6}


if __name__ == "__main__":
    main()
