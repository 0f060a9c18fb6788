"""How long the server takes to answer a page, over the full real data and over 10 million rows of it.

    REDWAY_OPEN_DATA=folder python bench/pages.py [--rounds 200] [--rows 10000000]

Each home is set up with the open data folder's reference data and street files (for the large one every month's
rows are repeated until they are so many), and served by `redway serve`. One person of the role chair asks over
loopback, one page after another in turn; a time is from the request to the last byte. The first views after the
import, with no cube, no finding and no chart yet, are told apart. Writes bench/results/pages.md.
"""

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

OPEN_DATA = Path(os.environ.get("REDWAY_OPEN_DATA", "")).expanduser()
RESULTS = Path(__file__).parent / "results" / "pages.md"
LIMIT, LIMIT_RATIO = 100, 1.5  # what we hold ourselves to: ms at the 95th percentile; times that over 10 million rows
PAGES = {
    "home": "/",
    "priority": "/priorities/retail-and-acquisitive-crime/",
    "indicator": "/indicators/recorded-shoplifting/",
    "indicator of one area": "/indicators/recorded-shoplifting/?area=E01033499",
    "map": "/map/",
    "data": "/data/",
}
JUDGED = ("home", "priority", "indicator")
SIGN_IN = """
import django
django.setup()
from django.test import Client
from redway.work.accounts.actions import add_person
person, _ = add_person(by="the bench", username="chair", role="chair", password="a word for the bench 1")
client = Client()
client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
print(client.cookies["sessionid"].value)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200, help="times each page is asked for")
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of the large home; 0 leaves it out")
    chosen = parser.parse_args()
    zips = sorted((OPEN_DATA / "police-uk").glob("thames-valley-street-*.zip"))
    if not zips:
        raise SystemExit("REDWAY_OPEN_DATA names no folder with police-uk/thames-valley-street-*.zip")
    with tempfile.TemporaryDirectory(prefix="redway-bench-") as folder:
        homes = {"real": set_up(Path(folder) / "real", zips)}
        if chosen.rows:
            homes["large"] = set_up(Path(folder) / "large", repeated(zips, Path(folder) / "months", chosen.rows))
        write(measure(homes, chosen.rounds), chosen.rows, chosen.rounds)


def set_up(home: Path, paths: list[Path]) -> Path:
    redway(home, "setup", "milton-keynes", "--data", str(OPEN_DATA))
    redway(home, "import", "police-street", *map(str, paths))
    return home


def redway(home: Path, *arguments: str) -> str:
    command = [sys.executable, *(["-m", "redway"] if arguments[0] != "-c" else []), *arguments]
    return subprocess.run(command, env=surroundings(home), check=True, stdout=subprocess.PIPE, text=True).stdout


def surroundings(home: Path) -> dict[str, str]:
    return os.environ | {"REDWAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "redway.config.settings"}


def repeated(zips: list[Path], folder: Path, rows: int) -> list[Path]:
    """The same months, each with its rows repeated, until all together are at least so many."""
    months = {}
    for path in zips:
        with zipfile.ZipFile(path) as archive:
            months |= {Path(n).name: archive.read(n) for n in archive.namelist() if n.endswith(".csv")}
    times = -(-rows // sum(text.count(b"\n") - 1 for text in months.values()))
    folder.mkdir()
    for name, text in months.items():
        head, _, body = text.partition(b"\n")
        (folder / name).write_bytes(head + b"\n" + body * times)
    return [folder]


def measure(homes: dict[str, Path], rounds: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds by home and page: first view first, then the warm ones, the homes taking turns."""
    servers, taken = {}, {}
    try:
        for name, home in homes.items():
            cookie = redway(home, "-c", SIGN_IN).strip()
            servers[name] = (*serve(home), cookie)
            taken[name] = {page: [ask(servers[name], path)] for page, path in PAGES.items()}
        for _ in range(rounds):
            for name in homes:
                for page, path in PAGES.items():
                    taken[name][page].append(ask(servers[name], path))
    finally:
        for process, *_ in servers.values():
            process.terminate()
            process.wait()
    return taken


def serve(home: Path) -> tuple[subprocess.Popen[bytes], int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "redway", "serve", "--port", str(port)],
        env=surroundings(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, port
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise SystemExit("the server did not start")


def ask(server: tuple, path: str) -> float:
    _process, port, cookie = server
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    start = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": f"sessionid={cookie}"})
    answer = connection.getresponse()
    answer.read()
    taken = 1000 * (time.perf_counter() - start)
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return taken


def write(taken: dict[str, dict[str, list[float]]], rows: int, rounds: int) -> None:
    lines = [
        f"Each page {rounds} times, in turn, by one person; milliseconds from request to last byte over loopback.",
        "First view: the first after an import, in this order, with nothing computed yet.",
        f"Limits for {', '.join(JUDGED)}: p95 at most {LIMIT} ms over real rows, and {LIMIT_RATIO} times that of the "
        "real rows over many.",
        f"Other work on the machine: a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end.",
        "",
        "| data | page | median | p95 | p95, times that of the real rows | first view |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    failed = []
    for home, pages in taken.items():
        data = "421,360 real rows" if home == "real" else f"{rows:,} rows"
        for page, (first, *warm) in pages.items():
            high = percentile(warm)
            ratio = high / percentile(taken["real"][page][1:])
            if page in JUDGED and (ratio > LIMIT_RATIO or (home == "real" and high > LIMIT)):
                failed.append(f"{data}, {page}: {high:.0f} ms, {ratio:.1f} times")
            times = f"{statistics.median(warm):.0f} | {high:.0f} | {ratio:.2f} | {first:,.0f}"
            lines.append(f"| {data} | {page} | {times} |")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))
    if failed:
        raise SystemExit("a limit was passed: " + "; ".join(failed))


def percentile(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
