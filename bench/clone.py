"""How long a newcomer waits: from a fresh clone to a signed-in page, and again the second time, without a network.

    python bench/clone.py

Clones the committed HEAD into an empty folder with an empty home and caches, runs README's first command with the
`python3` on the path, signs in as the analyst over loopback, and stops it; then the same again, in a network
namespace that has loopback only where the machine allows one (`unshare`, as root). Writes bench/results/clone.md.
"""

import http.cookiejar
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results" / "clone.md"
PATIENCE = 600  # seconds
ALONE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
FIRST_LIMIT, SECOND_LIMIT, SIZE_LIMIT = 180, 10, 1000


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="redway-clone-") as folder:
        box = Path(folder)
        began = time.perf_counter()
        subprocess.run(["git", "clone", "-q", str(ROOT), str(box / "redway")], check=True)
        first = visit(box, began=began)
        without = shutil.which("unshare") and shutil.which("ip") and os.geteuid() == 0
        second = visit(box, alone=bool(without))
        packages = megabytes(box / "redway" / ".venv")
        whole = megabytes(box)
    network = "without a network" if without else "network there"
    lines = [
        "| what | measured | limit |",
        "| --- | ---: | ---: |",
        f"| from `git clone` to a signed-in page, nothing cached | {first:.0f} s | {FIRST_LIMIT} s |",
        f"| the second start, {network} | {second:.1f} s | {SECOND_LIMIT} s |",
        f"| installed packages (`.venv`) | {packages:,.0f} MB | {SIZE_LIMIT:,} MB |",
        f"| everything: clone, packages, what the installer cached, the demo's data | {whole:,.0f} MB | |",
    ]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))


def visit(box: Path, *, began: float | None = None, alone: bool = False) -> float:
    """Seconds until the analyst's home page is there. In a namespace the visitor has to be inside it too."""
    command = [sys.executable, __file__, "--visit", str(box)]
    start = began or time.perf_counter()
    done = subprocess.run([*(ALONE if alone else ()), *command], check=True, stdout=subprocess.PIPE, text=True)
    elapsed = time.perf_counter() - start
    return elapsed - json.loads(done.stdout.splitlines()[-1])["stopping"]


def inside(box: Path) -> None:
    """Start the demo, sign in, stop it; prints how long the stopping took, which is nobody's wait."""
    home = box / "home"
    home.mkdir(exist_ok=True)
    kept = {
        k: v
        for k, v in os.environ.items()
        if k.startswith(("PIP_", "SSL_", "REQUESTS_")) or k.lower().endswith("_proxy")
    }
    if (pip := Path.home() / ".config" / "pip").is_dir() and not (home / ".config").exists():
        shutil.copytree(pip, home / ".config" / "pip")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    demo = subprocess.Popen(
        ["python3", "dev.py", "demo", "--port", str(port)],
        cwd=box / "redway",
        env={"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", **kept},
        stdout=sys.stderr,
        start_new_session=True,
    )
    try:
        sign_in(f"http://127.0.0.1:{port}", home, demo)
        arrived = time.perf_counter()
    finally:
        os.killpg(demo.pid, signal.SIGINT)
        demo.wait(timeout=60)
    print(json.dumps({"stopping": time.perf_counter() - arrived}))


def sign_in(address: str, home: Path, demo: subprocess.Popen) -> None:
    """Ask for the home page until it is there, as a person with a browser would."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    until = time.monotonic() + PATIENCE
    while True:
        try:
            form = browser.open(f"{address}/sign-in/", timeout=30)
            break
        except (urllib.error.URLError, OSError):
            if demo.poll() is not None or time.monotonic() > until:
                raise SystemExit("the demo ended, or never answered") from None
            time.sleep(0.1)
    token = form.read().decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    kept = next(home.rglob("demo-passwords.json"))
    people = json.loads(kept.read_text())
    fields = {"csrfmiddlewaretoken": token, "username": "analyst", "password": people["analyst"]}
    request = urllib.request.Request(
        f"{address}/sign-in/", urllib.parse.urlencode(fields).encode(), headers={"Referer": f"{address}/sign-in/"}
    )
    page = browser.open(request, timeout=60)
    if page.status != 200 or "Sign out" not in page.read().decode():
        raise SystemExit("the analyst could not sign in")


def megabytes(folder: Path) -> float:
    """Disk taken, each file once however many names it has."""
    sizes = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            found = path.stat()
            sizes[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(sizes.values()) / 1e6


if __name__ == "__main__":
    inside(Path(sys.argv[2])) if sys.argv[1:2] == ["--visit"] else main()
