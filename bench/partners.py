"""How long each partner's return takes, handed in and checked, beside DuckDB alone reading the same file.

    python bench/partners.py [--rows 200000] [--rounds 3] [DATASET ...]

Ours: the whole way of a return: sealed into quarantine, taken out of it, every cell typed, checked and searched for
direct identifiers, held against what its sender sent before, its result written down, until it is accepted or waits
for a person. DuckDB alone: the file read as text and written as Parquet, with as many threads and as much memory. Each
run is a process of its own whose clock starts after imports; the two take turns. The rows are those of the newest
period that Aldermere's agencies send, over and over under keys of their own. Writes bench/results/partners.md.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from returned import alone, measured

RESULTS = Path(__file__).parent / "results" / "partners.md"
LIMIT_RATIO, LIMIT_MEMORY = 4, 1_000  # what we hold ourselves to: times DuckDB alone; MB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", metavar="DATASET")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        what, path, dataset, agency = chosen.child
        print(json.dumps(alone(Path(path)) if what == "alone" else ours(Path(path), dataset, agency)))
        return
    with tempfile.TemporaryDirectory(prefix="redway-bench-") as folder:
        report(Path(folder), chosen.datasets, chosen.rows, chosen.rounds)


def report(folder: Path, datasets: list[str], rows: int, rounds: int) -> None:
    os.environ |= {"REDWAY_HOME": str(folder / "home"), "DJANGO_SETTINGS_MODULE": "redway.config.settings"}
    subprocess.run(
        [sys.executable, "-m", "redway", "setup", "aldermere"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    lines = [
        f"Returns of {rows:,} rows; medians of {rounds} runs each, taken in turn.",
        "",
        "| dataset | columns | MB | ours, s | DuckDB, s | ratio (at most 4) | ratio of processors' time | peak, MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    passed = []
    for dataset, agency, path in sent(folder, rows):
        if datasets and dataset not in datasets:
            continue
        taken: dict[str, list[dict]] = {"ours": [], "alone": []}
        for _ in range(rounds):
            for what, runs in taken.items():
                runs.append(child(what, path, dataset, agency))
        clock, processor = (
            {what: statistics.median(run[which] for run in runs) for what, runs in taken.items()}
            for which in ("seconds", "processor")
        )
        ratio, peak = clock["ours"] / clock["alone"], max(run["megabytes"] for run in taken["ours"])
        with path.open(encoding="utf-8") as file:
            columns = len(next(csv.reader(file)))
        lines.append(
            f"| {dataset} | {columns} | {path.stat().st_size / 1e6:.0f} | {clock['ours']:.2f} | {clock['alone']:.2f} "
            f"| {ratio:.1f} | {processor['ours'] / processor['alone']:.1f} | {peak:,.0f} |"
        )
        print(lines[-1], taken["ours"][0], flush=True)
        passed += [dataset] * (ratio > LIMIT_RATIO or peak > LIMIT_MEMORY)
    lines += ["", f"Load of the machine at the end, on {os.cpu_count()} processors: {os.getloadavg()[0]:.1f}."]
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    if passed:
        raise SystemExit(f"a limit was passed by {', '.join(passed)}")


def sent(folder: Path, rows: int) -> list[tuple[str, str, Path]]:
    """Each dataset, who sends it, and its file of so many rows of the newest period."""
    from redway.aldermere.partners.files import write
    from redway.sources.dataset import dataset

    found = []
    for one, path in write(folder / "sent"):
        definition = dataset(one.dataset)
        if one.dataset == "agency-counts":  # there are no more counts than cells to count in
            continue
        first = next((column for column in definition.columns if column.name in definition.key[:1]), None)
        new = ""
        if first is not None:
            key = definition.key[-1] if one.dataset == "survey-responses" else first.name
            made = "sha256(n::VARCHAR)" if first.type == "pseudonym" else f"{key} || '-' || n"
            new = f"REPLACE ({made} AS {key})"
        period = f"left({definition.period_from}, 7)"
        large = path.with_name(f"{path.stem}-large.csv")
        duckdb.execute(
            f"COPY (WITH sent AS (SELECT * FROM read_csv('{path}', all_varchar=true)), "
            f"newest AS (SELECT *, row_number() OVER () - 1 AS nth FROM sent "
            f"WHERE {period} = (SELECT max({period}) FROM sent)) "
            f"SELECT newest.* EXCLUDE (nth) {new} FROM range({rows}) t(n) "
            f"JOIN newest ON newest.nth = n % (SELECT count(*) FROM newest)) TO '{large}' (HEADER)"
        )
        found.append((one.dataset, one.agency, large))
    return found


def child(what: str, path: Path, dataset: str, agency: str) -> dict:
    """One run in a process of its own."""
    command = [sys.executable, __file__, "--child", what, str(path), dataset, agency]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def ours(path: Path, dataset: str, agency: str) -> dict:
    import time

    import django

    django.setup()
    from redway.sources.dataset import loader
    from redway.work.returns import checking
    from redway.work.returns.deliveries import deliver, discard
    from redway.work.returns.quarantine import Sent
    from redway.work.returns.states import Way

    loader(dataset)
    started = time.perf_counter(), time.process_time()
    delivery = deliver(files=[Sent(path.name, path)], dataset=dataset, agency=agency, way=Way.COMMAND, by="the bench")
    after = checking.work_on(delivery)
    found = measured(started)
    if after.state == "to-acknowledge":
        discard(delivery=after, by="the bench")
    return {**found, "state": after.state}


if __name__ == "__main__":
    main()
