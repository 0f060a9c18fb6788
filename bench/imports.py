"""How long an import takes beside DuckDB alone reading the same files, and how much memory it needs.

    REDWAY_OPEN_DATA=folder python bench/imports.py [--rounds 5] [--rows 10000000]

Ours: the four Thames Valley street zips of the open data folder, through `receive`, into a fresh home that knows its
areas: unpacked, checked row by row, hashed, written, safe on disk, committed. DuckDB alone: the same files,
unzipped beforehand, read as text and written as one Parquet file. Each run is a process of its own; its
clock starts after imports and set-up, and the two take turns. Writes bench/results/imports.md.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

OPEN_DATA = Path(os.environ.get("REDWAY_OPEN_DATA", "")).expanduser()
RESULTS = Path(__file__).parent / "results" / "imports.md"
LIMIT_RATIO, LIMIT_MEMORY = 3, 1_000  # what we hold ourselves to: times DuckDB alone; MB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of the one large file")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        what, *paths = chosen.child
        print(json.dumps({"ours": ours, "alone": alone}[what]([Path(p) for p in paths])))
        return
    zips = sorted((OPEN_DATA / "police-uk").glob("thames-valley-street-*.zip"))
    if not zips:
        raise SystemExit("REDWAY_OPEN_DATA names no folder with police-uk/thames-valley-street-*.zip")
    with tempfile.TemporaryDirectory(prefix="redway-bench-") as folder:
        report(Path(folder), zips, chosen.rounds, chosen.rows)


def report(folder: Path, zips: list[Path], rounds: int, rows: int) -> None:
    template = ready_home(folder / "template")
    files = unzipped(zips, folder / "files")
    taken: dict[str, list[dict]] = {"ours": [], "alone": []}
    for _ in range(rounds):
        taken["alone"].append(child("alone", files, folder / "none"))
        taken["ours"].append(child("ours", zips, fresh(template, folder / "home")))
    seconds = {what: statistics.median(run["seconds"] for run in runs) for what, runs in taken.items()}
    memory = max(run["megabytes"] for run in taken["ours"])
    large = child("ours", [repeated(files, folder / "large.csv", rows)], fresh(template, folder / "home"))
    ratio = seconds["ours"] / seconds["alone"]
    lines = [
        "| what | measured | limit |",
        "| --- | --- | --- |",
        f"| import of four zips, {taken['ours'][0]['rows']:,} rows, checked row by row | {seconds['ours']:.2f} s | |",
        f"| DuckDB alone, the same files unzipped, as text to Parquet | {seconds['alone']:.2f} s | |",
        f"| ratio of the medians of {rounds} runs each, taken in turn | {ratio:.1f} | {LIMIT_RATIO} |",
        f"| peak memory of the import | {memory:,.0f} MB | {LIMIT_MEMORY:,} MB |",
        f"| peak memory for one file of {large['rows']:,} rows | {large['megabytes']:,.0f} MB | {LIMIT_MEMORY:,} MB |",
        f"| time for it; DuckDB alone cannot read it, its line ends are mixed | {large['seconds']:.0f} s | |",
    ]
    lines.append(f"| load of the machine at the end, on {os.cpu_count()} processors | {os.getloadavg()[0]:.1f} | |")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))
    if ratio > LIMIT_RATIO or max(memory, large["megabytes"]) > LIMIT_MEMORY:
        raise SystemExit("a limit was passed")


def ready_home(home: Path) -> Path:
    """A home of the shipped profile that knows its areas."""
    (home / "profile").mkdir(parents=True)
    (home / "profile" / "profile.yaml").write_text("profile: milton-keynes\n")
    lookup = OPEN_DATA / "geography" / "lookup_lsoa11_lsoa21_ltla22.csv.gz"
    for command in (["migrate", "--skip-checks"], ["import", "lsoa-lookup", str(lookup)]):
        subprocess.run(
            [sys.executable, "-m", "redway", *command],
            env=os.environ | {"REDWAY_HOME": str(home)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return home


def fresh(template: Path, home: Path) -> Path:
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)
    return home


def unzipped(zips: list[Path], folder: Path) -> list[Path]:
    for path in zips:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
    return sorted(folder.rglob("*.csv"))


def repeated(files: list[Path], path: Path, rows: int) -> Path:
    """One file of at least so many rows, made by repeating all months; line ends mixed, as they come."""
    months = [file.read_bytes().split(b"\n", 1)[1] for file in files]
    written = 0
    with path.open("wb") as out:
        out.write(files[0].read_bytes().split(b"\n", 1)[0] + b"\n")
        while written < rows:
            for month in months:
                out.write(month)
                written += month.count(b"\n")
    return path


def child(what: str, paths: list[Path], home: Path) -> dict:
    environment = os.environ | {"REDWAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "redway.config.settings"}
    command = [sys.executable, __file__, "--child", what, *map(str, paths)]
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)


def ours(paths: list[Path]) -> dict:
    import django

    django.setup()
    from redway.sources.loaders import loader
    from redway.work.returns.receive import receive

    loader("police-street")
    start = time.perf_counter()
    receipt = receive(paths, dataset="police-street", by="the bench")
    return measured(start, receipt.rows_accepted)


def alone(paths: list[Path]) -> dict:
    import duckdb

    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as db:
        start = time.perf_counter()
        files = [str(p) for p in paths]
        db.execute(f"COPY (SELECT * FROM read_csv({files!r}, all_varchar=true)) TO '{folder}/all.parquet'")
        return measured(start, 0)


def measured(start: float, rows: int) -> dict:
    seconds = time.perf_counter() - start
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return {"seconds": seconds, "rows": rows, "megabytes": kilobytes * 1024 / 1e6}


if __name__ == "__main__":
    main()
