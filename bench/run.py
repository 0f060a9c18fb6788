"""Run every benchmark, one after another, and write bench/RESULTS.md.

    REDWAY_OPEN_DATA=FOLDER python bench/run.py            all of them: about a quarter of an hour
    REDWAY_OPEN_DATA=FOLDER python bench/run.py pages      one of them; the others' last results stay

Run it on a machine that does nothing else. Times differ between machines and days; the ratios are what counts.
"""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHES = {
    "clone": "From a clone to a signed-in page",
    "imports": "Importing street crime",
    "methods": "Methods",
    "open_data": "Importing every other open dataset",
    "pages": "Pages",
    "returned": "Checking a partner's return",
    "partners": "Every partner's return",
    "series": "Cubes and series",
    "sheets": "Importing workbooks",
}


def main(wanted: list[str]) -> None:
    if unknown := set(wanted) - set(BENCHES):
        raise SystemExit(f"expected some of {', '.join(BENCHES)}, not {', '.join(unknown)}")
    failed = [name for name in wanted or BENCHES if subprocess.run([sys.executable, HERE / f"{name}.py"]).returncode]
    write()
    if failed:
        raise SystemExit(f"did not end well: {', '.join(failed)}")


def write() -> None:
    """RESULTS.md, of what each benchmark measured last."""
    sections = [
        f"## {title}\n\n{part.read_text('utf-8').strip()}"
        for name, title in BENCHES.items()
        if (part := HERE / "results" / f"{name}.md").is_file()
    ]
    machine = f"{platform.system()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    head = f"# How fast it is\n\nWritten by `bench/run.py` on {datetime.now(UTC):%d %B %Y}: {machine}."
    (HERE / "RESULTS.md").write_text("\n\n".join([head, *sections]) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
