import numpy as np

from redway.methods.comparison.tables import METHODS

TABLE = {
    "events": np.arange(4, 16.0), "exposure": np.full(12, 100.0), "group": np.array(["a", "b"] * 6),
    "count": np.arange(4, 16.0), "pop": np.full(12, 1000.0), "stdpop": np.full(12, 5000.0),
    "stdrate": np.full(12, 0.01), "value": np.arange(4, 16.0),
    "area": np.array([f"area {n}" for n in range(12)]),
}  # fmt: skip


def test_every_method_runs_on_a_table_and_says_a_sentence():
    for method in METHODS:
        columns = {column.name: TABLE[column.name] for column in method.columns}
        answer = method.run(columns, {p.name: p.default for p in method.parameters}, np.random.default_rng(0))
        assert answer.sentence.endswith(".")
        assert len({len(column) for column in answer.rows.values()}) == 1, method.name
