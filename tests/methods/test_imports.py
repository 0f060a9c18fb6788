"""What importing the methods brings along: numpy, two parts of scipy, the standard library, and nothing else.

Their time is not measured here, since a busy machine would fail it: what takes time is what is loaded.
"""

import subprocess
import sys

import pytest

EVERY = """
import pkgutil, importlib, sys
import redway.methods
alone = {name.partition(".")[0] for name in sys.modules}
for module in pkgutil.walk_packages(redway.methods.__path__, "redway.methods."):
    importlib.import_module(module.name)
print(*sorted(alone - sys.stdlib_module_names))
print(*sys.modules)
"""
RUNTIME = {"__main__", "_distutils_hack", "cython_runtime"}  # of Python and of what it is installed by


@pytest.fixture(scope="module")
def loaded():
    """What a fresh process holds beyond a bare one: after the package alone, and after every module of it."""
    bare = "import sys; print(*sys.modules)"
    before, after = (
        subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True).stdout.splitlines()
        for words in (bare, EVERY)
    )
    return set(after[0].split()) - set(before[0].split()), set(after[1].split()) - set(before[0].split())


def test_the_package_alone_brings_nothing(loaded):
    assert loaded[0] - RUNTIME == {"redway"}


def test_every_method_brings_numpy_and_scipy_alone(loaded):
    roots = {name.partition(".")[0] for name in loaded[1]} - sys.stdlib_module_names - RUNTIME
    built = {
        name for name in roots if name.startswith(("_cy", "_sysconfig", "_csparsetools"))
    }  # compiled parts of scipy
    assert roots - built == {"numpy", "scipy", "redway"}
    assert "redway.methods.surveys.tables" in loaded[1]


def test_of_scipy_only_the_light_parts(loaded):
    parts = {name.split(".")[1] for name in loaded[1] if name.startswith("scipy.")}
    assert {part for part in parts if not part.startswith("_") and part != "version"} == {"sparse", "special"}
    assert not any(name.startswith(("scipy.sparse.linalg", "scipy.sparse.csgraph")) for name in loaded[1])


def test_of_redway_only_the_methods_and_what_an_error_is(loaded):
    rest = {name for name in loaded[1] if name.startswith("redway.") and not name.startswith("redway.methods")}
    assert rest == {"redway.errors"}
