"""Tables that nobody should hand in: a method refuses them in words, or says a sentence; never anything else."""

import zlib

import numpy as np
import pytest

from redway.methods.comparison.tables import METHODS as COMPARISON
from redway.methods.disproportionality.tables import METHODS as DISPROPORTIONALITY
from redway.methods.evaluation.tables import METHODS as EVALUATION
from redway.methods.harm.tables import METHODS as HARM
from redway.methods.inputs import Unfit
from redway.methods.suppression.tables import METHODS as SUPPRESSION
from redway.methods.surveys.tables import METHODS as SURVEYS

NAMES = {
    "disparity": {"reference": "a"},
    "decision-point": {"first": "a", "reference": "b"},
    "harm": {"source": "somebody", "version": "1"},
}
NUMBERS = {
    "nought": np.zeros,
    "one": np.ones,
    "half": lambda n: np.full(n, 0.5),
    "vast": lambda n: np.full(n, 1e12),
    "first": lambda n: (np.arange(n) == 0).astype(float),
    "rising": lambda n: np.arange(n, dtype=float),
    "some": lambda n: np.arange(n) * 7 % 11 * 1.0,
    "unknown": lambda n: np.where(np.arange(n) % 3 == 0, np.nan, 1.0),
    "endless": lambda n: np.where(np.arange(n) == 0, np.inf, 1.0),
    "below": lambda n: -np.ones(n),
}


def column(kind, n, rng):
    if kind == "number":
        return NUMBERS[str(rng.choice([*NUMBERS]))](n)
    if kind == "yes-no":
        return [np.zeros(n, dtype=bool), np.ones(n, dtype=bool), np.arange(n) >= n // 2][rng.integers(0, 3)]
    words = [*"abcde", "treated", "control", "buffer"][: rng.integers(1, 9)]
    return rng.choice(words, n).astype(str)


FEWER = {"power": 20, "complementary-suppression": 20}  # tables of those that simulate or solve, which takes long


def table(method, rng):
    n = int(rng.choice([0, 1, 2, 3, 5, 7, 20, 40]))
    columns = {c.name: column(c.kind, n, rng) for c in method.columns if c.required or rng.random() < 0.4}
    if "kind" in columns:
        columns["kind"] = np.resize(["treated", "control", "buffer"][: rng.integers(2, 4)], n).astype(str)
    return columns


@pytest.mark.parametrize(
    "method", [*COMPARISON, *EVALUATION, *DISPROPORTIONALITY, *SURVEYS, *HARM, *SUPPRESSION], ids=lambda m: m.name
)
def test_a_sentence_or_a_refusal_in_words(method):
    rng = np.random.default_rng(zlib.crc32(method.name.encode()))
    for _ in range(FEWER.get(method.name, 60)):
        given = {p.name: p.default for p in method.parameters} | NAMES.get(method.name, {})
        given |= {p.name: str(rng.choice(p.choices)) for p in method.parameters if p.choices}
        try:
            answer = method.run(table(method, rng), given, np.random.default_rng(0))
        except Unfit:
            continue
        assert answer.sentence.endswith(".")
        assert "nan" not in answer.sentence.lower().split()
        assert len({len(values) for values in answer.rows.values()}) == 1
