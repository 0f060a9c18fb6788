"""How long each partner's return takes, handed in and checked, beside DuckDB alone reading the same file.

    python bench/partners.py [--rows 200000] [--rounds 3] [--large 1000000] [DATASET ...]

The import: the file unpacked and looked at byte by byte, every cell typed, checked and searched for direct identifiers,
its content hashed, and written as Parquet. That is what the limit is of. The whole way of a return has more: it is
sealed into quarantine, taken out of it, held against what its sender sent before, and its result is written down, until
it is accepted or waits for a person. DuckDB alone: the file read as text and written as Parquet, with as many threads
and as much memory. Each run is a process of its own whose clock starts after imports; the two take turns. The rows are
those of the newest period that Aldermere's agencies send, over and over under keys of their own. Some datasets are
measured with many more rows too, to tell what is fixed from what grows. Writes bench/results/partners.md.

Of the whole way, the processors' time is told by part: `sealing` is sealing and unsealing, `comparing` the look for
what looks wrong beside earlier returns, `other` all but these and the import: the database, the lock, the audit, the
small change of starting.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

import duckdb
from returned import alone, measured

RESULTS = Path(__file__).parent / "results" / "partners.md"
LIMIT_RATIO, LIMIT_MEMORY = 4, 1_000  # what we hold ourselves to: times DuckDB alone; MB
PARTS = {"sealing": ("seal_all", "unseal_all"), "import": ("load_parcel",), "comparing": ("arrived", "report_of")}
LARGE = ("police-extract", "fire", "treatment", "hospital-istv", "ambulance", "asb-incidents", "survey-responses")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", metavar="DATASET")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", type=int, default=1_000_000, help="rows of some datasets; 0: none")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        what, path, dataset, agency = chosen.child
        print(json.dumps(alone(Path(path)) if what == "alone" else ours(Path(path), dataset, agency)))
        return
    with tempfile.TemporaryDirectory(prefix="redway-bench-") as folder:
        report(Path(folder), chosen.datasets, chosen.rows, chosen.rounds, chosen.large)


def report(folder: Path, datasets: list[str], rows: int, rounds: int, large: int) -> None:
    os.environ |= {"REDWAY_HOME": str(folder / "home"), "DJANGO_SETTINGS_MODULE": "redway.config.settings"}
    subprocess.run(
        [sys.executable, "-m", "redway", "setup", "aldermere"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    runs = [(rows, rounds, datasets)]
    if some := [name for name in LARGE if large and name in (datasets or LARGE)]:
        runs.append((large, rounds, some))
    lines, passed = [], []
    for many, times, these in runs:
        lines += [
            f"Returns of {many:,} rows; medians of {times} runs each, taken in turn.",
            "",
            "| dataset | columns | MB | DuckDB, s | import, s | ratio (at most 4) | of processors' time "
            "| whole way, s | ratio | of processors' time | sealing, s | comparing, s | other, s | peak, MB |",
            "| --- |" + " ---: |" * 13,
        ]
        for dataset, agency, path in sent(folder / f"{many}", many, these):
            line, fits = measured_beside(dataset, agency, path, times)
            lines.append(line)
            print(line, flush=True)
            passed += [] if fits else [f"{dataset} ({many:,} rows)"]
            path.unlink()
        lines.append("")
    lines += [
        "The three columns before the last are processors' time.",
        f"Load of the machine at the end, on {os.cpu_count()} processors: {os.getloadavg()[0]:.1f}.",
    ]
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    if passed:
        raise SystemExit(f"a limit was passed by {', '.join(passed)}")


def measured_beside(dataset: str, agency: str, path: Path, rounds: int) -> tuple[str, bool]:
    """One line of the table, and whether the limits are kept."""
    taken: dict[str, list[dict]] = {"ours": [], "alone": []}
    for _ in range(rounds):
        for what, runs in taken.items():
            runs.append(child(what, path, dataset, agency))

    def median(what: str, which: str) -> float:
        return statistics.median(run[which] for run in taken[what])

    whole, own, parts = median("ours", "seconds"), median("ours", "processor"), {p: median("ours", p) for p in PARTS}
    alone_, theirs = median("alone", "seconds"), median("alone", "processor")
    ratio, peak = median("ours", "clock of import") / alone_, max(r["megabytes"] for r in taken["ours"])
    with path.open(encoding="utf-8") as file:
        columns = len(next(csv.reader(file)))
    told = [
        dataset,
        f"{columns}",
        f"{path.stat().st_size / 1e6:.0f}",
        f"{alone_:.2f}",
        f"{median('ours', 'clock of import'):.2f}",
        f"{ratio:.1f}",
        f"{parts['import'] / theirs:.1f}",
        f"{whole:.2f}",
        f"{whole / alone_:.1f}",
        f"{own / theirs:.1f}",
        f"{parts['sealing']:.2f}",
        f"{parts['comparing']:.2f}",
        f"{own - sum(parts.values()):.2f}",
        f"{peak:,.0f}",
    ]
    return f"| {' | '.join(told)} |", ratio <= LIMIT_RATIO and peak <= LIMIT_MEMORY


def sent(folder: Path, rows: int, datasets: list[str]) -> list[tuple[str, str, Path]]:
    """Each dataset (of these, where some are named), who sends it, and its file of so many rows of one period."""
    from redway.aldermere.partners.files import write
    from redway.sources.dataset import dataset

    found = []
    for one, path in write(folder):
        if datasets and one.dataset not in datasets:
            continue
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
    import django

    django.setup()
    from redway.sources.loaders import loader
    from redway.work.returns import checking
    from redway.work.returns.deliveries import deliver, discard
    from redway.work.returns.quarantine import Sent
    from redway.work.returns.states import Way

    loader(dataset)
    with by_parts() as parts:
        started = time.perf_counter(), time.process_time()
        delivery = deliver(
            files=[Sent(path.name, path)], dataset=dataset, agency=agency, way=Way.COMMAND, by="the bench"
        )
        after = checking.work_on(delivery)
        found = measured(started)
    if after.state == "to-acknowledge":
        discard(delivery=after, by="the bench")
    return {**found, **parts, "state": after.state}


@contextmanager
def by_parts() -> Iterator[dict[str, float]]:
    """The processors' time of each part and what the clock says of it, in seconds, while it lasts."""
    from redway.work.returns import checking, quarantine, receive

    where = {
        "seal_all": quarantine,
        "unseal_all": quarantine,
        "load_parcel": receive,
        "arrived": receive,
        "report_of": checking,
    }
    found = dict.fromkeys([*PARTS, *(f"clock of {part}" for part in PARTS)], 0.0)
    with ExitStack() as stack:
        for part, names in PARTS.items():
            for name in names:
                stack.enter_context(
                    mock.patch.object(where[name], name, _timed(getattr(where[name], name), part, found))
                )
        yield found


def _timed(call, part: str, found: dict[str, float]):
    def timed(*given, **named):
        clock, processor = time.perf_counter(), time.process_time()
        try:
            return call(*given, **named)
        finally:
            found[f"clock of {part}"] += time.perf_counter() - clock
            found[part] += time.process_time() - processor

    return timed


if __name__ == "__main__":
    main()
