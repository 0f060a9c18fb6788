"""Everything from a clean clone, with nothing but Python 3.11 and pip.

    python3 dev.py demo       set up what is missing, then start the demo on localhost
    python3 dev.py check      format, lint, types, import contracts and tests: what CI runs
    python3 dev.py fix        mend formatting and lint
    python3 dev.py pin        write requirements/ anew from pyproject.toml
    python3 dev.py pictures   draw those pictures of the handbook that show what methods no longer say

What follows the first word is passed on: `python3 dev.py demo --port 8100`, `python3 dev.py check -k series`.
The first run takes the network; a later one needs none, unless pins or front-end files have changed.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
REQUIREMENTS = ROOT / "requirements"
FRONT_END = ROOT / "redway" / "web" / "front_end"
OLDEST = (3, 11)


def run(*command: object, **options: object) -> None:
    """Run a command, or end with its exit status."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, **options)  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(done.returncode)


def step(words: str) -> None:
    print(f"-- {words}", file=sys.stderr, flush=True)


def digest(paths: list[Path]) -> str:
    """A name for the content of some files."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()


def once(name: str, paths: list[Path]) -> Path | None:
    """The stamp to write when a step is done; None when it was done already for these very files."""
    stamp = VENV / f".{name}-{digest(paths)[:16]}"
    return None if stamp.exists() else stamp


def environment() -> None:
    """The virtual environment, with uv in it."""
    if sys.version_info < OLDEST:
        sys.exit(f"Redway needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}.")
    if not (BIN / "python").exists() and not (BIN / "python.exe").exists():
        step("making .venv")
        venv.create(VENV, with_pip=True)
    pins = REQUIREMENTS / "uv.txt"
    if stamp := once("uv", [pins]):
        step("installing uv")
        run(BIN / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", pins)
        stamp.touch()


def packages(level: str) -> None:
    """Install the pinned packages of `default` or `check`, and Redway itself as an editable package."""
    pins = REQUIREMENTS / f"{level}.txt"
    if stamp := once(level, [pins, ROOT / "pyproject.toml"]):
        step(f"installing packages ({pins.relative_to(ROOT)})")
        install = (BIN / "uv", "pip", "install", "-q", "--python", BIN / "python")
        run(*install, "--require-hashes", "-r", pins)
        run(*install, "--no-deps", "--no-build-isolation", "-e", ROOT)
        stamp.touch()


def front_end() -> None:
    """Build style sheet and scripts from npm's packages; Node comes by pip for as long as it takes, then goes."""
    sources = [p for p in FRONT_END.rglob("*") if p.is_file() and p.suffix in (".json", ".scss", ".py", ".js")]
    built = ROOT / "redway" / "web" / "static" / "built"
    stamp = once("front-end", [p for p in sources if "node_modules" not in p.parts])
    if stamp is None and built.is_dir():
        return
    step("building style sheet and scripts")
    with tempfile.TemporaryDirectory(prefix="redway-node-") as folder:
        node = Path(folder) / "node"
        venv.create(node, with_pip=False)
        python = node / BIN.name / "python"
        quiet = (BIN / "uv", "pip", "install", "-q", "--no-cache", "--python", python)  # 170 MB that nobody needs twice
        run(*quiet, "--require-hashes", "-r", REQUIREMENTS / "node.txt")
        path = os.pathsep.join([str(python.parent), os.environ.get("PATH", "")])
        run(BIN / "python", "-m", "redway.web.front_end.build", env={**os.environ, "PATH": path})
    if stamp:
        stamp.touch()


def demo(rest: list[str]) -> None:
    started = time.monotonic()
    environment()
    packages("default")
    front_end()
    step(f"ready after {time.monotonic() - started:.0f} s; starting the demo")
    os.execv(BIN / "redway", ["redway", "demo", *rest]) if os.name != "nt" else run(BIN / "redway", "demo", *rest)


def ready_to_check() -> None:
    environment()
    packages("check")
    front_end()


def check(rest: list[str]) -> None:
    """Format, lint, types, import contracts, tests; each says what is wrong and stops."""
    ready_to_check()
    if not rest:
        step("format and lint")
        run(BIN / "ruff", "format", "--check", "-q", ".")
        run(BIN / "ruff", "check", "-q", ".")
        step("import contracts")
        run(BIN / "lint-imports", stdout=subprocess.DEVNULL if not os.environ.get("CI") else None)
        step("types")
        run(BIN / "mypy", "--no-error-summary")
    step("tests")
    # Every process of tests reads the same modules: their bytecode is kept, also where Python is told to keep none.
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    kept.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".pytest_cache" / "bytecode"))
    run(BIN / "pytest", "-q", "-n", os.environ.get("REDWAY_TEST_PROCESSES", "auto"), *rest, env=kept)


def fix(rest: list[str]) -> None:
    ready_to_check()
    run(BIN / "ruff", "check", "-q", "--fix", ".")
    run(BIN / "ruff", "format", "-q", ".")


def pin(rest: list[str]) -> None:
    """Pin every package with its hashes; no address of any index is written."""
    environment()
    compile_ = (BIN / "uv", "pip", "compile", "-q", "--universal", "--generate-hashes", "--no-header")
    tail = ("--no-emit-index-url", "--no-emit-find-links", "--python-version", "3.11", "--upgrade")
    whole = (ROOT / "pyproject.toml", REQUIREMENTS / "build.in")
    run(*compile_, *whole, "--all-extras", "--group", "check", *tail, "-o", REQUIREMENTS / "check.txt")
    same = ("-c", REQUIREMENTS / "check.txt")
    run(*compile_, *whole, *same, *tail, "-o", REQUIREMENTS / "default.txt")
    for name in ("uv", "node"):
        run(*compile_, REQUIREMENTS / f"{name}.in", *tail, "-o", REQUIREMENTS / f"{name}.txt")


def pictures(rest: list[str]) -> None:
    environment()
    packages("default")
    run(BIN / "python", "-m", "redway.products.handbook", *rest)


WORDS = {"demo": demo, "check": check, "fix": fix, "pin": pin, "pictures": pictures}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in WORDS:
        sys.exit(__doc__)
    WORDS[sys.argv[1]](sys.argv[2:])
