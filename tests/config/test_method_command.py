"""`redway method`, as an analyst types it."""

import json
import sys

import numpy as np
import pytest

from redway.config.cli import main
from redway.config.management.commands import method as command
from redway.methods.catalogue import Answer, Column, Method, Parameter

pytestmark = pytest.mark.usefixtures("db")


def drawn(columns, parameters, rng):
    """As many draws as asked for, beside the mean of a column."""
    rows = {
        "draw": rng.random(parameters["times"]).round(6),
        "day": np.array(["2025-11-01"] * parameters["times"], "datetime64[D]"),
        "unknown": np.full(parameters["times"], np.nan),
    }
    note = f"By {parameters['by']}, {list(parameters['quantiles'] or ())}, {parameters['plain']}."
    return Answer(f"The mean is {columns['count'].mean():g}.", rows, (note,))


DRAWN = Method(
    "drawn",
    "Draw numbers beside a mean",
    (Column("count", "how many"),),
    drawn,
    (
        Parameter("times", 2, "how often", int),
        Parameter("by", "area", "what by: 100% of it", choices=("area", "week")),
        Parameter("quantiles", None, "which", float, several=True),
        Parameter("plain", False, "whether", bool),
    ),
    like="nowhere::drawn",
    random=True,
)


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Run it on a small table; its answer, and what it remarked."""
    monkeypatch.setattr(command, "methods", lambda: {"drawn": DRAWN})
    path = tmp_path / "mine.csv"
    path.write_text("Offences\n1\n3\n")

    def say(*arguments):
        given = [str(path) if a == "FILE" else a for a in arguments]
        monkeypatch.setattr(sys, "argv", ["redway", "method", *given])
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                raise
        said = capsys.readouterr()
        return said.out, said.err

    return say


ON = ("drawn", "--in", "FILE", "--column", "count=Offences")


def test_without_a_name_each_has_a_line(run):
    assert run()[0] == "drawn  Draw numbers beside a mean\n"


def test_rows_as_csv_and_the_sentence_beside_them(run):
    out, err = run(*ON, "--seed", "7", "--times", "1", "--quantiles", "0.1,0.9", "--plain", "--by", "week")
    assert out == f"draw,day,unknown\n{np.random.default_rng(7).random():.6f},2025-11-01,\n"
    assert err.splitlines() == ["The mean is 2.", "By week, [0.1, 0.9], True.", "Seed: 7."]


def test_json_holds_what_would_make_it_again(run):
    said = json.loads(run(*ON, "--seed", "7", "--format", "json")[0])
    assert (said["version"], said["method"], said["seed"], said["file"]) == (1, "drawn", 7, "mine.csv")
    assert said["parameters"] == {"times": 2, "by": "area", "quantiles": None, "plain": False}
    assert said["sentence"] == "The mean is 2."
    assert [row["unknown"] for row in said["rows"]] == [None, None]


def test_a_seed_that_was_not_given_is_printed_and_gives_the_same(run):
    out, err = run(*ON)
    seed = err.splitlines()[-1].removeprefix("Seed: ").rstrip(".")
    assert run(*ON, "--seed", seed)[0] == out


def test_help_names_columns_and_settings(run):
    out, _ = run("drawn", "--help")
    for words in (
        "Draw numbers beside a mean",
        "nowhere::drawn",
        "count  number: how many",
        "--times INT",
        "100% of it",
    ):
        assert words in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["drown"], "the name of a method"),
        (["drawn"], "a file, with --in FILE"),
        (["drawn", "--in", "FILE"], "the columns “count”"),
        (["drawn", "--in", "FILE", "--column", "count"], "a missing ="),
        ([*ON, "--seed", "-1"], "a seed of at least 0"),
    ],
)
def test_a_mistake_is_a_sentence(run, capsys, arguments, told):
    with pytest.raises(SystemExit):
        run(*arguments)
    assert told in capsys.readouterr().err
