"""How long checking a partner's return takes beside DuckDB alone reading the same file, and how much memory it needs.

    python bench/returned.py [--rows 1000000] [--rounds 3]

Ours: a police extract, through its loader: every cell typed, checked, searched for direct identifiers, hashed and
written. DuckDB alone: the same file read as text and written as Parquet of the same kind, with as many threads and as
much memory. Each run is a process of its own whose clock starts after imports, and the two take turns. Then as
many rows in which every cell is wrong: how long until its last refused cell is written, and the memory. Everything is
made here, people and places too. Writes bench/results/returned.md.
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
from pathlib import Path

import duckdb

RESULTS = Path(__file__).parent / "results" / "returned.md"
LIMIT_RATIO, LIMIT_MEMORY = 4, 1_000  # what we hold ourselves to: times DuckDB alone; MB
DISTRICT = "E06999999"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        what, path = chosen.child
        print(json.dumps({"ours": ours, "alone": alone}[what](Path(path))))
        return
    with tempfile.TemporaryDirectory(prefix="redway-bench-") as folder:
        report(Path(folder), chosen.rows, chosen.rounds)


def report(folder: Path, rows: int, rounds: int) -> None:
    good, bad = folder / "good.csv", folder / "bad.csv"
    duckdb.execute(f"COPY ({good_rows(rows)}) TO '{good}' (HEADER)")
    duckdb.execute(f"COPY (SELECT '#' || i::VARCHAR AS {headings(', ')} FROM range({rows}) t(i)) TO '{bad}' (HEADER)")
    taken: dict[str, list[dict]] = {"ours": [], "alone": []}
    for _ in range(rounds):
        taken["alone"].append(child("alone", good))
        taken["ours"].append(child("ours", good))
    wrong = child("ours", bad)
    seconds, processor = (
        {what: statistics.median(run[clock] for run in runs) for what, runs in taken.items()}
        for clock in ("seconds", "processor")
    )
    memory, ratio = max(run["megabytes"] for run in taken["ours"]), seconds["ours"] / seconds["alone"]
    lines = [
        "| what | measured | limit |",
        "| --- | --- | --- |",
        f"| police extract of {taken['ours'][0]['rows']:,} rows, every cell checked | {seconds['ours']:.1f} s | |",
        f"| DuckDB alone, the same file, as text to Parquet | {seconds['alone']:.1f} s | |",
        f"| ratio of the medians of {rounds} runs each, taken in turn | {ratio:.1f} | {LIMIT_RATIO} |",
        f"| ratio of the processors' time | {processor['ours'] / processor['alone']:.1f} | |",
        f"| peak memory | {memory:,.0f} MB | {LIMIT_MEMORY:,} MB |",
        f"| {wrong['rows']:,} rows with every cell wrong, {wrong['refused']:,} cells | {wrong['seconds']:.0f} s | |",
        f"| peak memory for it | {wrong['megabytes']:,.0f} MB | {LIMIT_MEMORY:,} MB |",
        f"| load of the machine at the end, on {os.cpu_count()} processors | {os.getloadavg()[0]:.1f} | |",
    ]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))
    if ratio > LIMIT_RATIO or max(memory, wrong["megabytes"]) > LIMIT_MEMORY:
        raise SystemExit("a limit was passed")


def columns() -> list[tuple[str, str]]:
    """Each column's heading in the template, and SQL for a cell of it that is in order."""
    from redway.sources.dataset import dataset
    from redway.sources.returned.look_ups import look_ups

    definition = dataset("police-extract")
    codes = {name: found.codes for name, found in look_ups(definition).items()}
    made = {
        "pseudonym": "sha256(i::VARCHAR)",
        "date": "strftime(DATE '2025-11-01' + (random() * 29)::INTEGER, '%Y-%m-%d')",
        "date-time": "strftime(TIMESTAMP '2025-09-01' + to_seconds((random() * 5000000)::BIGINT), '%Y-%m-%d %H:%M')",
        "area": "'E0199' || (1000 + (random() * 200)::INTEGER)",
        "yes-no": "['yes', 'no'][1 + (random() * 1)::INTEGER]",
    }
    found = []
    for column in definition.columns:
        cell = (
            made.get(column.type)
            or f"{list(codes[column.codes])}[1 + (random() * {len(codes[column.codes]) - 1})::INTEGER]"
        )
        found.append((column.heading, "''" if column.name == "committed_to" else cell))
    return found


def good_rows(rows: int) -> str:
    cells = ", ".join(f'{cell} AS "{heading}"' for heading, cell in columns())
    return f"SELECT {cells} FROM range({rows}) t(i)"


def headings(between: str) -> str:
    """The headings for a row whose every cell is the same wrong text."""
    first, *others = [f'"{heading}"' for heading, _ in columns()]
    return between.join([first, *(f"{first} AS {other}" for other in others)])


def child(what: str, path: Path) -> dict:
    """One run in a process of its own."""
    command = [sys.executable, __file__, "--child", what, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def measured(started: tuple[float, float], **found: int) -> dict:
    """What was taken since `started`: seconds by the clock, and of all processors together."""
    seconds, processor = time.perf_counter() - started[0], time.process_time() - started[1]
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    return {"seconds": seconds, "processor": processor, "megabytes": megabytes, **found}


def ours(path: Path) -> dict:
    from redway.errors import FileRefused
    from redway.sources.dataset import REFUSED, Context
    from redway.sources.loaders import loader
    from redway.store.home import Home
    from redway.store.profile import Profile
    from redway.store.snapshot import Part, Snapshot

    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        home, into = Home(Path(folder) / "home"), Path(folder) / "work"
        home.make()
        into.mkdir()
        (home.profile / "profile.yaml").write_text("profile: ''\n")
        (home.profile / "partnership.yaml").write_text(
            f"name: Bench\nshort_name: Bench\nplace: Bench\ndistrict: {DISTRICT}\npolice_force: Bench Police\n"
        )
        areas = Path(folder) / "areas.parquet"
        code = "'E0199' || (1000 + i)"
        duckdb.execute(
            f"COPY (SELECT {code} AS lsoa11_code, {code} AS lsoa21_code, '{DISTRICT}' AS district_code "
            f"FROM range(201) t(i)) TO '{areas}'"
        )
        lookup = Part("lsoa-lookup", "Bench", "", "areas", 201, areas, 1)
        context = Context(home, Profile.of(home).partnership, Snapshot(1, (lookup,)), agency="bench-police")
        engine = loader("police-extract")
        started = time.perf_counter(), time.process_time()
        try:
            rows = sum(each.rows_read for each in engine.load(path, file_name="b.csv", into=into, context=context))
        except FileRefused as fault:
            rows = fault.count
        found = measured(started, rows=rows)
        refused = into / REFUSED
        found["refused"] = (
            duckdb.execute(f"SELECT count(*) FROM read_parquet('{refused}')").fetchall()[0][0]
            if refused.is_file()
            else 0
        )
        return found


def alone(path: Path) -> dict:
    from redway.store import query

    with tempfile.TemporaryDirectory(dir=path.parent) as folder, query.connect(Path(folder) / "s", threads=2) as db:
        started = time.perf_counter(), time.process_time()
        db.execute(
            f"COPY (SELECT * FROM read_csv('{path}', all_varchar = true, header = true)) TO '{folder}/all.parquet' "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 61440)"
        )
        return measured(started)


if __name__ == "__main__":
    main()
