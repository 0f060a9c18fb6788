"""Benchmarks run, and importing the methods stays light."""

import subprocess
import sys
from pathlib import Path

from redway.methods.catalogue import TOPICS

METHODS = Path(__file__).parents[2] / "bench" / "methods.py"


def test_every_benchmark_runs_at_a_tiny_size_and_every_topic_has_one():
    ran = subprocess.run([sys.executable, METHODS, "--quick"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    told, growth = ran.stdout.split("### How times grow")
    assert "| Farrington flexible, newest week" in told
    assert "Knox, 99 shuffles | events | 60: " in growth
    assert "nan" not in ran.stdout
    assert {f.stem for f in (METHODS.parent / "topics").glob("*.py")} >= set(TOPICS)
