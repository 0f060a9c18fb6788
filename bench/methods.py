"""How fast the methods are, beside other tools, with growth and memory: writes bench/results/methods.md.

    python bench/methods.py                      all topics: about five minutes
    python bench/methods.py repeats emerging     some, shown and not written
    python bench/methods.py --quick              all of them once at tiny sizes, so that they cannot rot; not written

Peers run in the same run, in an environment of their own, where REDWAY_PEERS names its Python (`bench/topics/peers.txt`
says what it needs) and where Rscript with `surveillance` and `survey` is on the path. What is not installed is shown
with its time as measured elsewhere.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from topics.work import Peer, Work, machine, measured

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "methods.md"
TOPICS = (
    "emerging",
    "hot_spots",
    "repeats",
    "process_control",
    "seasonality",
    "surveys",
    "comparison",
    "concentration",
    "disproportionality",
    "evaluation",
    "harm",
    "patrols",
    "suppression",
)
IMPORT_LIMIT, IMPORTS = 0.3, 7
BARE, PARTS = "import numpy, scipy", "import numpy, scipy.sparse, scipy.special"
OURS = "from redway.methods import catalogue; catalogue.methods()"


def works(topic: str) -> tuple[Work, ...]:
    return import_module(f"topics.{topic}").WORKS


def alone(*words: str) -> dict:
    """What a process of its own answers, in one line of JSON."""
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    ran = subprocess.run([sys.executable, __file__, *words], env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(ran.stderr)
    return json.loads(ran.stdout)


def beside(peer: Peer) -> dict:
    """A peer's seconds, here where it is installed; else {}."""
    if not peer.run:
        return {}
    python, rscript = os.environ.get("REDWAY_PEERS"), shutil.which("Rscript")
    with tempfile.TemporaryDirectory() as folder:
        if peer.run.startswith("R "):
            import_module("topics.for_r").write(peer.run[2:], Path(folder))
            command = rscript and [rscript, HERE / "topics" / "peers.R", peer.run[2:], folder]
        else:
            command = python and [python, HERE / "topics" / "peers.py", peer.run]
        if not command:
            return {}
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        print(f"{peer.who} did not run here:\n{ran.stderr[-2000:]}", file=sys.stderr)
        return {}
    wall, cpu = map(float, ran.stdout.split()[-2:])
    return {"wall": wall, "cpu": cpu}


def imports(runs: int) -> dict:
    """Seconds of fresh processes to import: by the clock and by the processors' time, medians taken in turn."""
    script = "import time\nt, c = time.perf_counter(), time.process_time()\n{}\n"
    script += "print(time.perf_counter() - t, time.process_time() - c)"
    taken: dict[str, list] = {what: [] for what in (BARE, PARTS, OURS)}
    with tempfile.TemporaryDirectory() as kept:
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"PYTHONPYCACHEPREFIX": kept}
        for turn in range(runs + 1):  # the first writes bytecode, and is left out
            for what in taken:
                command = [sys.executable, "-c", script.format(what)]
                ran = subprocess.run(command, env=env, cwd=HERE.parent, capture_output=True, text=True, check=True)
                if turn:
                    taken[what].append([float(part) for part in ran.stdout.split()])
    return {what: [statistics.median(part) for part in zip(*each, strict=True)] for what, each in taken.items()}


def seconds(value: float) -> str:
    if value < 0.00095:
        return f"{value * 1e6:,.0f} µs"
    return f"{value * 1000:,.3g} ms" if value < 0.95 else f"{value:,.3g} s" if value < 1000 else f"{value:,.0f} s"


def amount(value: float) -> str:
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.0f} "


def of(work: Work) -> str:
    return f"{work.what}: {work.n:,} {work.unit}"


def peers_told(work: Work, found: dict) -> str:
    told = []
    for peer, here in zip(work.peers, found["peers"], strict=True):
        taken = here.get("wall", peer.there)
        if taken is None:
            continue
        part = f", from {peer.part}" if peer.part else ""
        where = f"here ({seconds(here['cpu'])} of processors{part})" if here else f"elsewhere{part}"
        was = f"; {seconds(peer.there)} elsewhere" if here and peer.there else ""
        ratio = taken / found["wall"]
        told.append(f"{peer.who}: {seconds(taken)} {where}{was}; **{ratio:,.{0 if ratio >= 10 else 2}f}**")
    return "<br>".join(told)


def limit_told(work: Work, found: dict) -> str:
    """The limit. Where the clock did not hold it, also whether it is held beside a peer that was timed in the same run:
    as many times that peer as the limit was of its time where both were set."""
    if not work.limit:
        return ""
    told = seconds(work.limit)
    if found["wall"] <= work.limit:
        return told
    told += f", **missed by the clock {found['wall'] / work.limit:.2g} times**"
    for peer, here in zip(work.peers, found["peers"], strict=True):
        if here and peer.there:
            asked, reached = peer.there / work.limit, here["wall"] / found["wall"]
            told += f"; {asked:,.2g} times {peer.who}: {'held' if reached >= asked else '**missed**'}, {reached:,.2g}"
    return told


def row(work: Work, found: dict, rates: dict) -> str:
    touched, operations = work.costs(work.n)
    least = max(touched / rates["bytes"], operations / rates["operations"])
    memory = f"{found['peak']:,.0f} MB" + (f" (limit {work.memory:,.0f} MB)" if work.memory else "")
    cells = [
        of(work),
        peers_told(work, found),
        seconds(found["wall"]) + ("" if work.runs > 1 else " (once)"),
        seconds(found["cpu"]),
        limit_told(work, found),
        memory,
        f"{amount(touched)}B, {amount(operations)}op: {seconds(least)}",
        f"{found['cpu'] / least:,.{0 if found['cpu'] >= 10 * least else 1}f}",
        f"{found['load']:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


HEAD = """| work | peer: its time; **that over ours** | ours, by the clock | by the processors | limit | peak memory \
| own limit | processors' time over it | load |
| --- | --- | --: | --: | --: | --: | --: | --: | --: |"""


def grown(work: Work, found: dict) -> str:
    cells = [f"{n:,}: {seconds(taken)}" for n, taken in found["growth"]]
    cells = [work.what, work.unit, *cells, f"{found['exponent']:.2f}"]
    return f"| {' | '.join(cells)} |"


def report(all_of: list[tuple[Work, dict]], rates: dict, loads: list[float]) -> str:
    limited = [row(w, f, rates) for w, f in all_of if w.limit]
    others = [row(w, f, rates) for w, f in all_of if not w.limit]
    growth = [grown(w, f) for w, f in all_of if w.sizes]
    sizes = max(len(f["growth"]) for _, f in all_of)
    bandwidth, rate = f"{rates['bytes'] / 1e9:.1f}", f"{rates['operations'] / 1e9:.2f}"
    return f"""Load of the machine on {os.cpu_count()} processors: {loads[0]:.1f} before, {loads[-1]:.1f} after, \
at most {max(loads):.1f}. Over 1, other work took turns: then the processors' time is what to judge by.

Medians of five after one to warm up, three where it takes long, or once where it says so; every row in a process of
its own, whose peak memory is that of Python, its input and the work together. Ours has one thread for products of
matrices (OMP_NUM_THREADS=1): ours are small, and a second thread mostly waits. Peers are free to take both processors;
the processors' time of helpers they keep is not in theirs. "Elsewhere": as measured on two shared cores, Debian 12,
R 4.2.2, Python 3.11; limits were set for that machine. Where the clock misses one and a peer ran on both, it is also
told as how many times as fast as that peer we are to be, which does not depend on the machine.

The own limit is what the work costs at least: bytes it must touch, at {bandwidth} GB a second, or operations it must
do, at {rate} thousand million a second, whichever is longer; both measured here, one processor, through numpy: copying,
and multiplying and adding within the cache. A logarithm, root or exponential counts as ten.

### With a limit

{HEAD}
{chr(10).join(limited)}

### Without

{HEAD}
{chr(10).join(others)}

### How times grow

Processors' time at each size. The exponent is fitted over the sizes: 1 is in proportion, 2 with the square, near 0
where what is done once costs more than what is done for each.

| work | of | {" | ".join(["size: time"] * sizes)} | exponent |
| --- | --- | {" | ".join(["--:"] * sizes)} | --: |
{chr(10).join(growth)}
"""


def importing(taken: dict) -> str:
    ours = taken[OURS]

    def over(what: str) -> str:
        wall, cpu = (more - less for more, less in zip(ours, taken[what], strict=True))
        return f"{seconds(wall)} ({seconds(cpu)} of the processors)"

    lines = "\n".join(f"| `{what}` | {seconds(wall)} | {seconds(cpu)} |" for what, (wall, cpu) in taken.items())
    return f"""
### What importing costs

Fresh processes, bytecode written, medians of {IMPORTS} taken in turn. All topics take {over(PARTS)} more than the parts
of numpy and scipy that they use (limit {seconds(IMPORT_LIMIT)}), and {over(BARE)} more than both bare, which load
hardly a part of themselves.

| | by the clock | by the processors |
| --- | --: | --: |
{lines}
"""


def quick() -> str:
    found = []
    for topic in TOPICS:
        for work in map(Work.small, works(topic)):
            found.append((work, measured(work) | {"peers": []}))
    return report(found, machine(), [os.getloadavg()[0]])


def whole(topics: tuple[str, ...]) -> str:
    loads, found, rates, imported = [os.getloadavg()[0]], [], alone("--machine"), imports(IMPORTS)
    for topic in topics:
        for at, work in enumerate(works(topic)):
            taken = alone("--one", topic, str(at))
            found.append((work, taken | {"peers": [beside(peer) for peer in work.peers]}))
            loads.append(os.getloadavg()[0])
            print(f"{topic}: {of(work)}: {seconds(taken['wall'])}", file=sys.stderr, flush=True)
    return report(found, rates, loads) + importing(imported)


def main(words: list[str]) -> None:
    if words[:1] == ["--one"]:
        print(json.dumps(measured(works(words[1])[int(words[2])])))
    elif words == ["--machine"]:
        print(json.dumps(machine()))
    elif words == ["--quick"]:
        print(quick())
    elif unknown := set(words) - set(TOPICS):
        sys.exit(f"expected some of {', '.join(TOPICS)}, not {', '.join(unknown)}")
    elif words:
        print(whole(tuple(words)))
    else:
        told = whole(TOPICS)
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(told, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
