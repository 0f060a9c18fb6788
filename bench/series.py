"""How long cubes and series take, over the full real data and over ten million rows made by repeating them.

    REDWAY_OPEN_DATA=FOLDER python bench/series.py

Sets up Milton Keynes in a temporary home, imports the four Thames Valley zips, and writes bench/results/series.md.
Every time is the median of several, in one run on one machine, so that the ratios mean something. Each measurement
has a process of its own (`bench/series.py build 24`), whose answer is one line of JSON.
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "series.md"
TEN_MILLION = 10_000_000
BUILDS, READS, STARTS = 5, 200, 5
PLAIN = """
    select area, month, crime_type, count(*) as count from accepted join comparable using (lsoa_code)
    group by all order by all
"""


class City:
    """What the command has once it has started: the profile, the newest data version with its street files
    listed so many times over, and the means to ask for a series."""

    def __init__(self, times: int):
        began = time.perf_counter()
        os.environ["DJANGO_SETTINGS_MODULE"] = "redway.config.settings"
        import django

        django.setup()
        from redway.indicators import definitions
        from redway.indicators.query import series
        from redway.store.home import Home
        from redway.store.profile import Profile
        from redway.store.snapshot import Snapshot
        from redway.work.returns.versions import snapshot

        self.home, self.ask_for = Home.current(), series
        profile = Profile.of(self.home)
        self.partnership, self.indicators = profile.partnership, definitions.load(profile)
        self.started = time.perf_counter() - began
        real = snapshot()
        street = real.of("police-street")
        more = [replace(p, provider=f"{p.provider} {n}") for n in range(1, times) for p in street]
        self.snapshot = Snapshot(real.number, (*real.parts, *more))

    def ask(self, level: str = "partnership", name: str = "recorded-shoplifting") -> None:
        self.ask_for(self.indicators[name], snapshot=self.snapshot, partnership=self.partnership, level=level)

    def ask_areas(self) -> None:
        self.ask("area", "recorded-crime")


def timed(function: Callable[[], None]) -> float:
    before = time.perf_counter()
    function()
    return time.perf_counter() - before


def build(times: int) -> dict:
    """A cube from nothing, turn by turn with DuckDB alone: the same files and join, written by hand."""
    city = City(times)
    from redway.indicators import cubes
    from redway.indicators.places import places
    from redway.store import query

    area_of = places(city.snapshot, city.partnership).area_of
    parts = city.snapshot.of("police-street")
    into = city.home.derived / "alone.parquet"

    def alone() -> None:
        with query.connect(city.home.derived) as db:
            db.execute("create table comparable (lsoa_code varchar, area varchar)")
            codes = [list(area_of), list(area_of.values())]
            db.execute("insert into comparable select unnest(?::varchar[]), unnest(?::varchar[])", codes)
            db.read_parquet([str(p.path) for p in parts]).create_view("accepted")
            db.execute(f"copy ({PLAIN}) to {query.text(into)} (format parquet)")

    def from_nothing() -> None:
        cubes._IN_MEMORY.clear()
        for file in (city.home.derived / "cubes").glob("*"):
            file.unlink()
        city.ask()

    from_nothing(), alone()  # the first also imports Ibis
    pairs = [(timed(from_nothing), timed(alone)) for _ in range(BUILDS)]
    return {
        "rows": sum(p.rows for p in parts),
        "files": len(parts),
        "build": statistics.median(pair[0] for pair in pairs),
        "alone": statistics.median(pair[1] for pair in pairs),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def read(times: int) -> dict:
    """Series of a warm process."""
    city = City(times)
    city.ask(), city.ask_areas()
    one = sorted(timed(city.ask) for _ in range(READS))
    areas = sorted(timed(city.ask_areas) for _ in range(READS))
    middle, high = READS // 2, int(0.95 * READS) - 1
    return {"one": one[middle], "one p95": one[high], "areas": areas[middle], "areas p95": areas[high]}


def first(times: int) -> dict:
    """The first series of a new process, its cube on disk."""
    city = City(times)
    return {"start": city.started, "first": timed(city.ask)}


def in_a_process(what: Callable[[int], dict], home: Path, times: int) -> dict:
    ran = subprocess.run(
        [sys.executable, __file__, what.__name__, str(times)],
        env=os.environ | {"REDWAY_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        sys.exit(ran.stderr)
    return json.loads(ran.stdout)


def measure(home: Path, times: int) -> dict:
    built = in_a_process(build, home, times)
    starts = [in_a_process(first, home, times) for _ in range(STARTS)]
    return (
        built
        | in_a_process(read, home, times)
        | {name: statistics.median(s[name] for s in starts) for name in ("start", "first")}
    )


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def report(real: dict, many: dict) -> str:
    def row(title: str, name: str, shown: Callable[[float], str] = ms) -> str:
        return f"| {title} | {shown(real[name])} | {shown(many[name])} | {many[name] / real[name]:.2f} |"

    over = [f"{m['build'] / m['alone']:.2f}" for m in (real, many)]
    return f"""Load average {os.getloadavg()[1]:.1f} (over 2: other work took turns, and single ratios may mislead).
Milton Keynes: `recorded-shoplifting` of the partnership, and `recorded-crime` (13 types)
of all 152 areas.

| | full real data | repeated | ratio |
| --- | --: | --: | --: |
{row("rows", "rows", "{:,}".format)}
{row("files", "files", "{:,}".format)}
{row("cube counted, kept, read back, and one series drawn from it", "build")}
{row("DuckDB alone: the same files and join, written by hand", "alone")}
| the first over the second | {over[0]} | {over[1]} | |
{row("peak memory of the process that counted", "peak", "{:,.0f} MB".format)}
{row("one series, warm, median", "one")}
{row("one series, warm, p95", "one p95")}
{row("all areas, warm, median", "areas")}
{row("all areas, warm, p95", "areas p95")}
| a new process: imports, settings, definitions | {ms(real["start"])} | {ms(many["start"])} | |
{row("a new process: its first series, cube on disk", "first")}

The repeated rows are the real files counted over and over, so their cube has the same cells with larger counts. The
first count of a process also imports Ibis, about half a second, left out above. The first series of a process works
out the comparable areas from the look-up of England and Wales, which is most of its time.
"""


def main() -> None:
    if len(sys.argv) == 3:
        print(json.dumps({"build": build, "read": read, "first": first}[sys.argv[1]](int(sys.argv[2]))))
        return
    data = Path(os.environ.get("REDWAY_OPEN_DATA", ""))
    zips = sorted((data / "police-uk").glob("thames-valley-street-*.zip"))
    if not zips:
        sys.exit("REDWAY_OPEN_DATA names no folder with police-uk/thames-valley-street-*.zip")
    home = Path(tempfile.mkdtemp(prefix="redway-bench-"))
    try:
        for words in (["setup", "milton-keynes", "--data", data], ["import", "police-street", *zips]):
            command = [sys.executable, "-m", "redway", *map(str, words)]
            subprocess.run(command, env=os.environ | {"REDWAY_HOME": str(home)}, check=True, stdout=subprocess.DEVNULL)
        real = measure(home, 1)
        many = measure(home, -(-TEN_MILLION // real["rows"]))
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(report(real, many), "utf-8")
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
