"""How long a workbook of recorded crime takes to import beside the reader library alone, and how much memory it needs.

    python bench/sheets.py [--folder FOLDER] [--years 25]

Ours: workbooks in the Home Office's layout, more than 1 GB of XML in each, through `receive` into a fresh home: every
sheet read, checked row by row, hashed, written quarter by quarter, safe on disk, committed. Alone: python-calamine
reads every row of every sheet of the same file, and does nothing with them. A workbook of one year stands for a usual
one. Each run is a process of its own, and its clock starts after imports and set-up. Where other work shares the
machine, the processors' time tells more than the clock. Making the large workbooks takes minutes; --folder keeps them
for the next run. Writes bench/results/sheets.md.
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

RESULTS = Path(__file__).parent / "results" / "sheets.md"
LIMIT_RATIO, LIMIT_MEMORY = 4, 1_000  # what we hold ourselves to: times the reader library alone; MB
LARGE = 1_000_000_000  # bytes of XML
PARTNERSHIPS = {"ods": 350, "xlsx": 640}  # an Excel sheet says the same in less XML, so it has more rows
ROUNDS = 3  # of the usual workbook; the large ones are read once


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where the workbooks are kept; without it, they are thrown away")
    parser.add_argument("--years", type=int, default=25, help="sheets of the large workbooks")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        print(json.dumps({"ours": ours, "alone": alone}[chosen.child[0]](Path(chosen.child[1]))))
        return
    with tempfile.TemporaryDirectory(prefix="redway-bench-") as folder:
        kept = chosen.folder or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        report(kept, Path(folder), chosen.years)


def report(kept: Path, folder: Path, years: int) -> None:
    lines = ["| what | measured | limit |", "| --- | --- | --- |"]
    over = []
    for kind in ("ods", "xlsx"):
        large, usual = made(kept, kind, years), made(kept, kind, 1)
        size = xml(large)
        if size < LARGE:
            raise SystemExit(f"{large} has {size / 1e9:.2f} GB of XML: name more --years")
        read, taken = child("alone", large, folder), child("ours", large, folder)
        ratio = taken["seconds"] / read["seconds"]
        runs = [(child("alone", usual, folder), child("ours", usual, folder)) for _ in range(ROUNDS)]
        small = {
            clock: [statistics.median(run[which][clock] for run in runs) for which in (0, 1)]
            for clock in ("seconds", "processor")
        }
        over += [ratio > LIMIT_RATIO, taken["megabytes"] > LIMIT_MEMORY]
        lines += [
            f"| {kind}, {size / 1e9:.2f} GB of XML, {taken['rows']:,} rows: import | {taken['seconds']:.0f} s | |",
            f"| calamine alone reading it | {read['seconds']:.0f} s | |",
            f"| ratio | {ratio:.1f} | {LIMIT_RATIO} |",
            f"| ratio of the processors' time | {taken['processor'] / read['processor']:.1f} | |",
            f"| peak memory of the import | {taken['megabytes']:,.0f} MB | {LIMIT_MEMORY:,} MB |",
            f"| peak memory of calamine alone | {read['megabytes']:,.0f} MB | |",
            f"| {kind} of one year: import, median of {ROUNDS}, in turn | {small['seconds'][1]:.2f} s | |",
            f"| ratio to calamine alone | {small['seconds'][1] / small['seconds'][0]:.1f} | |",
            f"| ratio of the processors' time | {small['processor'][1] / small['processor'][0]:.1f} | |",
        ]
    lines.append(f"| load of the machine at the end, on {os.cpu_count()} processors | {os.getloadavg()[0]:.1f} | |")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))
    if any(over):
        raise SystemExit("a limit was passed")


def made(folder: Path, kind: str, years: int) -> Path:
    """A workbook of so many years; one that is there already is used again."""
    from redway.aldermere.recorded_crime import Partnership, rows, write

    path = folder / f"prc-csp-{years}-years.{kind}"
    if not path.is_file():
        places = [Partnership(f"Force {n // 8}", f"Partnership {n}", 1.5) for n in range(PARTNERSHIPS[kind])]
        sheets = {f"{y}_{(y + 1) % 100:02d}": rows(y, places, seed=1) for y in range(2025 - years, 2025)}
        write(folder / f"half-made.{kind}", sheets).rename(path)
    return path


def xml(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(part.file_size for part in archive.infolist())


def child(what: str, path: Path, folder: Path) -> dict:
    home = Path(tempfile.mkdtemp(dir=folder))
    environment = os.environ | {"REDWAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "redway.config.settings"}
    if what == "ours":
        (home / "profile").mkdir()
        (home / "profile" / "profile.yaml").write_text("profile: milton-keynes\n")
        subprocess.run([sys.executable, "-m", "redway", "migrate", "--skip-checks"], env=environment, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
    command = [sys.executable, __file__, "--child", what, str(path)]
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)


def ours(path: Path) -> dict:
    import django

    django.setup()
    from redway.sources.loaders import loader
    from redway.store import sheets  # noqa: F401 - loaded before the clock starts
    from redway.work.returns.receive import receive

    loader("recorded-crime-partnership")
    start = time.perf_counter(), time.process_time()
    receipt = receive([path], dataset="recorded-crime-partnership", by="the bench")
    return measured(start, receipt.rows_accepted)


def alone(path: Path) -> dict:
    import python_calamine

    start = time.perf_counter(), time.process_time()
    book = python_calamine.load_workbook(str(path))
    rows = 0
    for name in book.sheet_names:
        for _ in book.get_sheet_by_name(name).iter_rows():
            rows += 1
    return measured(start, rows)


def measured(start: tuple[float, float], rows: int) -> dict:
    """What was taken since `start`: seconds by the clock, and of all processors together."""
    seconds, processor = time.perf_counter() - start[0], time.process_time() - start[1]
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return {"seconds": seconds, "processor": processor, "rows": rows, "megabytes": kilobytes * 1024 / 1e6}


if __name__ == "__main__":
    main()
